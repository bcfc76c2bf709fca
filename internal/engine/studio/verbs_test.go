package studio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/studio"
	"vellocity/internal/store"
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
			return wait(ctx, func(ctx C) error { return second(k.Studio.WaitGeneratedText(ctx, x.GeneratedText)) })
		}),
	}
}

// wait has f wait for a text that never ends, a short while: longer where that is too short to look at the database.
func wait(ctx C, f func(C) error) error {
	for short := 50 * time.Millisecond; ; short *= 2 {
		limited, cancel := context.WithTimeout(ctx, short)
		err := f(limited)
		cancel()
		if domain.CodeOf(err) != domain.CodeUnavailable || short > await.Patience {
			return err
		}
	}
}

// theirs is a text that the caller may act on: one of its own where its scopes allow no other.
func theirs(k K, ctx C, id int64, create func(K, domain.Actor) int64) int64 {
	a, ok := domain.ActorFrom(ctx)
	if !ok || a.WorkspaceID != k.Ours.ID || a.May(domain.ScopeRead) || !a.May(domain.ScopeContent) {
		return id
	}
	return create(k, a)
}

func ended(k K) int64 { return endedBy(k, domain.Actor{Kind: domain.ActorPerson, ID: 1}) }

// endedBy is a text of ours that has ended.
func endedBy(k K, by domain.Actor) (id int64) {
	k.Do(func(ctx context.Context, tx *store.Tx) error {
		m, err := tx.CreateGeneratedText(ctx, store.GeneratedText{
			WorkspaceID: k.Ours.ID, Origin: domain.Origin{Kind: domain.OriginModel, Provider: "scripted"}, Title: "Rain",
		}, studio.GenerateOutput{Prompt: "Rain"}, by)
		if err != nil {
			return err
		}
		id, m.Status, m.Body = m.ID, domain.TextCompleted, "It rains."
		_, err = tx.FinishGeneratedText(ctx, m)
		return err
	})
	return id
}

func open(k K) int64 { return openBy(k, domain.Actor{}) }

// openBy is a text of ours that is being written, by nobody.
func openBy(k K, by domain.Actor) (id int64) {
	k.Do(func(ctx context.Context, tx *store.Tx) error {
		m, err := tx.CreateGeneratedText(ctx, store.GeneratedText{WorkspaceID: k.Ours.ID}, "x", by)
		id = m.ID
		return err
	})
	return id
}

// faq fills in a template that ships with the program.
func faq() studio.FillTemplate {
	return studio.FillTemplate{
		Template: "faq_generator",
		Fields:   json.RawMessage(`{"title":"Returns","description":"How long do I have? 30 days.\nWho pays? We do."}`),
	}
}

func built(k K) int64 {
	a, _ := domain.ActorFrom(k.Ctx())
	return builtBy(k, a)
}

func builtBy(k K, by domain.Actor) int64 {
	b, err := k.Studio.BuildText(domain.WithActor(context.Background(), by), faq())
	must(k, err)
	return b.ID
}

func (verbs) Writing() enginetest.Verbs {
	return enginetest.Verbs{
		"BuildText": {Scope: domain.ScopeContent, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Studio.BuildText(ctx, faq()))
		}},
		"WriteText": {Scope: domain.ScopeContent, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Studio.WriteText(ctx, faq()))
		}},
		"RewritePassage": {
			Scope: domain.ScopeContent, Event: true, ByID: true, Call: func(k K, ctx C, x X) error {
				return second(k.Studio.RewritePassage(ctx, studio.RewritePassage{
					ContentID: x.Item, Text: "It rains. It pours.", Passage: domain.Passage{End: 9}, Action: domain.RewriteAgain,
				}))
			},
		},
		"BeginText": {
			Scope: domain.ScopeContent, Event: true, ByID: true, Make: built, Call: func(k K, ctx C, x X) error {
				return second(k.Studio.BeginText(ctx, studio.BeginText{ID: theirs(k, ctx, x.Made, builtBy)}))
			},
		},
		"SaveText": {
			Scope: domain.ScopeContent, Event: true, ByID: true, Make: ended, Call: func(k K, ctx C, x X) error {
				return second(k.Studio.SaveText(ctx, studio.SaveText{ID: theirs(k, ctx, x.Made, endedBy)}))
			},
		},
		"Saved": {Scope: domain.ScopeRead, ByID: true, Make: ended, Call: func(k K, ctx C, x X) error {
			return second(k.Studio.Saved(ctx, x.Made))
		}},
		"Request": {Scope: domain.ScopeRead, ByID: true, Make: ended, Call: func(k K, ctx C, x X) error {
			return second(k.Studio.Request(ctx, x.Made))
		}},
		"Outputs": {Scope: domain.ScopeRead, Call: func(k K, ctx C, _ X) error {
			return second(k.Studio.Outputs(ctx, studio.ListOutputs{All: true, Page: enginetest.FirstPage()}))
		}},
		"DeleteOutput": {
			Scope: domain.ScopeContent, Event: true, ByID: true, Make: ended, Call: func(k K, ctx C, x X) error {
				return k.Studio.DeleteOutput(ctx, theirs(k, ctx, x.Made, endedBy))
			},
		},
		"StopOutput": {
			Scope: domain.ScopeContent, Event: true, ByID: true, Make: open, Call: func(k K, ctx C, x X) error {
				return second(k.Studio.StopOutput(ctx, theirs(k, ctx, x.Made, openBy)))
			},
		},
	}
}

// ownTemplate is a writer template of a workspace.
func ownTemplate(slug string) domain.WriterTemplate {
	return domain.WriterTemplate{
		Slug: slug, Title: "Launch note",
		Fields: []domain.WriterField{{Name: "news", Type: domain.WriterLongText, Title: "News", Required: true}},
		Prompt: "Write a note.\n\n{{news}}",
	}
}

var slugs atomic.Int64

func newSlug() string { return fmt.Sprintf("note_%d", slugs.Add(1)) }

func madeTemplate(k K) int64 {
	t, err := k.Studio.CreateWriterTemplate(k.Ctx(), ownTemplate(newSlug()))
	must(k, err)
	return t.ID
}

func (verbs) Templates() enginetest.Verbs {
	ref := func(x X) string { return strconv.FormatInt(x.Made, 10) }
	return enginetest.Verbs{
		"WriterTemplates": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Studio.WriterTemplates(ctx, studio.ListWriterTemplates{}))
		}),
		"WriterTemplate": {Scope: domain.ScopeRead, ByID: true, Make: madeTemplate, Call: func(k K, ctx C, x X) error {
			return second(k.Studio.WriterTemplate(ctx, ref(x)))
		}},
		"CreateWriterTemplate": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Studio.CreateWriterTemplate(ctx, ownTemplate(newSlug())))
		}},
		"ReplaceWriterTemplate": {
			Scope: domain.ScopeWrite, Event: true, ByID: true, Make: madeTemplate, Call: func(k K, ctx C, x X) error {
				return second(k.Studio.ReplaceWriterTemplate(ctx,
					studio.ReplaceWriterTemplate{Ref: ref(x), Template: ownTemplate("")}))
			},
		},
		"DeleteWriterTemplate": {
			Scope: domain.ScopeWrite, Event: true, ByID: true, Make: madeTemplate, Call: func(k K, ctx C, x X) error {
				return k.Studio.DeleteWriterTemplate(ctx, studio.DeleteWriterTemplate{Ref: ref(x)})
			},
		},
		"WriterFavorites": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Studio.WriterFavorites(ctx)) }),
		"AddWriterFavorite": {Scope: domain.ScopeRead, Event: true, Make: madeTemplate, Call: func(k K, ctx C, x X) error {
			return second(k.Studio.AddWriterFavorite(ctx, x.Made))
		}},
		"RemoveWriterFavorite": {Scope: domain.ScopeRead, Event: true, Make: madeTemplate, Call: func(k K, ctx C, x X) error {
			if _, err := k.Studio.AddWriterFavorite(ctx, x.Made); err != nil {
				return err
			}
			return second(k.Studio.RemoveWriterFavorite(ctx, x.Made))
		}},
	}
}

func (verbs) Background() enginetest.Verbs {
	return enginetest.Verbs{
		"TextStatus":  {Open: true},
		"Run":         {Open: true},
		"Orphans":     {Open: true},
		"ExpireBuilt": {Open: true},
		"Wait":        {Open: true},
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
