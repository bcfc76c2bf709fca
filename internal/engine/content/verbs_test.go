package content_test

import (
	"context"
	"reflect"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

// verbs has every verb of the area: what it takes, whether it appends an event, and
// how it is called.
func verbs() map[string]enginetest.Verb {
	type (
		K = *enginetest.Kit
		C = context.Context
		X = enginetest.Things
	)
	third := "Third."
	read, byID := enginetest.Read, enginetest.ReadByID
	changes := func(s domain.Scope, call func(k K, ctx C, x X) error) enginetest.Verb {
		return enginetest.Verb{Scope: s, Event: true, ByID: true, Call: call}
	}
	return map[string]enginetest.Verb{
		"Board":       read(func(k K, ctx C, _ X) error { return second(k.Content.Board(ctx, content.BoardFilter{})) }),
		"BoardCounts": read(func(k K, ctx C, _ X) error { return second(k.Content.BoardCounts(ctx)) }),
		"SearchItems": read(func(k K, ctx C, _ X) error {
			return second(k.Content.SearchItems(ctx, content.SearchItems{}))
		}),
		"Move": changes(domain.ScopeReview, func(k K, ctx C, x X) error {
			return second(k.Content.Move(ctx, content.Move{ID: x.Item, To: domain.ItemReady}))
		}),
		"BulkMove": changes(domain.ScopeReview, func(k K, ctx C, x X) error {
			return second(k.Content.BulkMove(ctx, content.BulkMove{IDs: []int64{x.Item}, To: domain.ItemReady}))
		}),
		"ApproveItem": changes(domain.ScopeReview, func(k K, ctx C, x X) error {
			return second(k.Content.ApproveItem(ctx, verb.ID{ID: x.Item}))
		}),

		"Item": byID(func(k K, ctx C, x X) error { return second(k.Content.Item(ctx, x.Item)) }),
		"EditItem": changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return second(k.Content.EditItem(ctx, content.EditItem{ID: x.Item, Body: &third}))
		}),
		"DeleteItem": changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return k.Content.DeleteItem(ctx, verb.ID{ID: x.Item})
		}),
		"Versions": byID(func(k K, ctx C, x X) error {
			return second(k.Content.Versions(ctx, content.ListVersions{ID: x.Item, Page: enginetest.FirstPage()}))
		}),
		"Version": byID(func(k K, ctx C, x X) error { return second(k.Content.Version(ctx, x.Item, 1)) }),
		"RestoreVersion": changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return second(k.Content.RestoreVersion(ctx, content.RestoreVersion{ID: x.Item, N: 1}))
		}),
		"ExportItem": byID(func(k K, ctx C, x X) error {
			return second(k.Content.ExportItem(ctx, content.ExportItem{ID: x.Item}))
		}),

		"Voices": read(func(k K, ctx C, _ X) error { return second(k.Content.Voices(ctx, enginetest.FirstPage())) }),
		"Voice":  byID(func(k K, ctx C, x X) error { return second(k.Content.Voice(ctx, x.Voice)) }),
		"Agents": read(func(k K, ctx C, _ X) error {
			return second(k.Content.Agents(ctx, content.ListAgents{Page: enginetest.FirstPage()}))
		}),
		"Agent": byID(func(k K, ctx C, x X) error { return second(k.Content.Agent(ctx, x.Agent)) }),

		"RenderMarkdown": {Open: true},
		"Feed":           {Open: true},
		"FeedItem":       {Open: true},
	}
}

func TestVerbs(t *testing.T) { enginetest.CheckVerbs(t, reflect.TypeFor[*content.Verbs](), verbs()) }

func config(t *testing.T) enginetest.Config {
	t.Helper()
	m := aitest.NewServer(aitest.Always(aitest.Text("Some ", "words.")))
	t.Cleanup(m.Close)
	return enginetest.Config{Idle: true, Slots: 1000, Provider: m}
}

func second[T any](_ T, err error) error { return err }

func must(k *enginetest.Kit, err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}
