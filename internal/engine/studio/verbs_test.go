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

// verbs has a method for each noun of the area: its verbs, what each takes, whether it
// appends an event, and how it is called.
type verbs struct{}

type (
	K = *enginetest.Kit
	C = context.Context
	X = enginetest.Things
)

func generate(k K, ctx C, _ X) error {
	return second(k.Studio.GenerateOutput(ctx, studio.GenerateOutput{Prompt: "A text about cold brew coffee"}))
}

func (verbs) Texts() enginetest.Verbs {
	return enginetest.Verbs{
		"GenerateOutput": {Scope: domain.ScopeContent, Event: true, Call: generate},
		"GeneratedText": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Studio.GeneratedText(ctx, x.GeneratedText))
		}),
		"ReadGeneratedText": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Studio.ReadGeneratedText(ctx, x.GeneratedText, 0))
		}),
		"WaitGeneratedText": enginetest.ReadByID(func(k K, ctx C, x X) error {
			ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond) // the text never ends
			defer cancel()
			return second(k.Studio.WaitGeneratedText(ctx, x.GeneratedText))
		}),
	}
}

func (verbs) Background() enginetest.Verbs {
	return enginetest.Verbs{
		"TextStatus": {Open: true},
		"Run":        {Open: true},
		"Orphans":    {Open: true},
		"Wait":       {Open: true},
	}
}

func TestVerbs(t *testing.T) { enginetest.CheckVerbs(t, reflect.TypeFor[*studio.Verbs](), verbs{}) }

// A key that can only write may read what it started, and nothing else.
func TestACallerMayReadTheTextThatItStarted(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		as := func(kind domain.ActorKind, id int64) context.Context {
			return domain.WithActor(context.Background(), domain.Actor{
				Kind:        kind,
				ID:          id,
				Name:        "writer", // nothing keeps two keys from having one name
				WorkspaceID: k.Ours.ID,
				Role:        domain.RoleOwner,
				Scopes:      []domain.Scope{domain.ScopeContent},
			})
		}
		writer := as(domain.ActorKey, 7)
		id, err := k.Studio.GenerateOutput(writer, studio.GenerateOutput{Prompt: "Write"})
		must(k, err)
		if text, _, err := tail(k.Studio, writer, id, 0); err != nil || text != "Some words." {
			t.Errorf("%q, %v", text, err)
		}
		must(k, second(k.Studio.GeneratedText(writer, id)))
		for _, other := range []context.Context{as(domain.ActorKey, 8), as(domain.ActorPerson, 7), as(domain.ActorKey, 0)} {
			if _, _, err := tail(k.Studio, other, id, 0); domain.CodeOf(err) != domain.CodeForbidden {
				t.Errorf("another's text was read: %v", err)
			}
			if _, err := k.Studio.GeneratedText(other, id); domain.CodeOf(err) != domain.CodeForbidden {
				t.Errorf("another's text was read: %v", err)
			}
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
			"brand_voice_id":       {Prompt: "x", BrandVoiceID: 1 << 40},
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
