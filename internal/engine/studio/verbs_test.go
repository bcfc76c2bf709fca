package studio_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/studio"
)

// verbs has every verb of the area: what it takes, whether it appends an event, and
// how it is called.
func verbs() map[string]enginetest.Verb {
	type (
		K = *enginetest.Kit
		C = context.Context
		X = enginetest.Things
	)
	generate := func(k K, ctx C, _ X) error {
		return second(k.Studio.GenerateOutput(ctx, studio.GenerateOutput{Prompt: "A text about cold brew coffee"}))
	}
	return map[string]enginetest.Verb{
		"GenerateOutput": {Scope: domain.ScopeContent, Event: true, Call: generate},
		"Message": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Studio.Message(ctx, x.Message))
		}),
		"ReadMessage": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Studio.ReadMessage(ctx, x.Message, 0))
		}),
		"WaitMessage": enginetest.ReadByID(func(k K, ctx C, x X) error {
			ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond) // the text never ends
			defer cancel()
			return second(k.Studio.WaitMessage(ctx, x.Message))
		}),
		"TextStatus": {Open: true},
		"Run":        {Open: true},
		"Orphans":    {Open: true},
		"Wait":       {Open: true},
	}
}

func TestVerbs(t *testing.T) { enginetest.CheckVerbs(t, reflect.TypeFor[*studio.Verbs](), verbs()) }

// A key that can only write may read what it started, and nothing else.
func TestACallerMayReadTheTextThatItStarted(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		as := func(name string) context.Context {
			return domain.WithActor(context.Background(), domain.Actor{
				Kind:        domain.ActorKey,
				Name:        name,
				WorkspaceID: k.Ours.ID,
				Role:        domain.RoleOwner,
				Scopes:      []domain.Scope{domain.ScopeContent},
			})
		}
		id, err := k.Studio.GenerateOutput(as("writer"), studio.GenerateOutput{Prompt: "Write"})
		must(k, err)
		if text, _, err := tail(k.Studio, as("writer"), id, 0); err != nil || text != "Some words." {
			t.Errorf("%q, %v", text, err)
		}
		must(k, second(k.Studio.Message(as("writer"), id)))
		if _, _, err := tail(k.Studio, as("other"), id, 0); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("another's text was read: %v", err)
		}
		if _, err := k.Studio.Message(as("other"), id); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("another's text was read: %v", err)
		}
	})
}

func TestLimitsOfGenerateOutput(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		long := string(make([]byte, domain.LimitPrompt.Max+1))
		for field, in := range map[string]studio.GenerateOutput{
			"prompt":               {Prompt: long},
			"maximum_length":       {Prompt: "x", MaximumLength: domain.LimitWords.Max + 1},
			"number_of_results":    {Prompt: "x", Results: domain.LimitResults.Max + 1},
			"tone_of_voice_custom": {Prompt: "x", ToneCustom: long[:domain.LimitToneCustom.Max+1]},
			"brand_voice_id":       {Prompt: "x", VoiceID: 1 << 40},
		} {
			_, err := k.Studio.GenerateOutput(k.Ctx(), in)
			if e := domain.AsError(err); err == nil || e.Code != domain.CodeValidation || len(e.Fields[field]) != 1 {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func server(t *testing.T, s aitest.Script) *aitest.Server {
	t.Helper()
	m := aitest.NewServer(s)
	t.Cleanup(m.Close)
	return m
}

func config(t *testing.T) enginetest.Config {
	return enginetest.Config{Idle: true, Slots: 1000, Provider: server(t, aitest.Always(aitest.Text("Some ", "words.")))}
}

func second[T any](_ T, err error) error { return err }

func must(k *enginetest.Kit, err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}
