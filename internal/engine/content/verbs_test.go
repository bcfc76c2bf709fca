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

// verbs has a method for each noun of the area: its verbs, what each takes, whether it
// appends an event, and how it is called.
type verbs struct{}

type (
	K = *enginetest.Kit
	C = context.Context
	X = enginetest.Things
)

func changes(s domain.Scope, call func(k K, ctx C, x X) error) enginetest.Verb {
	return enginetest.Verb{Scope: s, Event: true, ByID: true, Call: call}
}

func (verbs) Board() enginetest.Verbs {
	return enginetest.Verbs{
		"Board": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.Board(ctx, content.BoardFilter{}))
		}),
		"BoardCounts": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Content.BoardCounts(ctx)) }),
		"BoardColumn": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.BoardColumn(ctx, content.ColumnPage{Status: domain.ItemReview}))
		}),
		"BoardChanges": enginetest.Read(func(k K, ctx C, x X) error {
			_, _, err := k.Content.BoardChanges(ctx, content.BoardChanges{IDs: []int64{x.Item}})
			return err
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
	}
}

func (verbs) Items() enginetest.Verbs {
	return enginetest.Verbs{
		"ListItems": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.ListItems(ctx, content.ListItems{Page: enginetest.FirstPage()}))
		}),
		"Item": enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Content.Item(ctx, x.Item)) }),
		"EditItem": changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return second(k.Content.EditItem(ctx, content.EditItem{ID: x.Item, ItemEdit: domain.ItemEdit{Body: new("Third.")}}))
		}),
		"DeleteItem": changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return k.Content.DeleteItem(ctx, verb.ID{ID: x.Item})
		}),
		"Versions": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.Versions(ctx, content.ListVersions{ID: x.Item, Page: enginetest.FirstPage()}))
		}),
		"Version": enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Content.Version(ctx, x.Item, 1)) }),
		"RestoreVersion": changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return second(k.Content.RestoreVersion(ctx, content.RestoreVersion{ID: x.Item, N: 1}))
		}),
		"ExportItem": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.ExportItem(ctx, content.ExportItem{ID: x.Item}))
		}),
	}
}

// found creates an item with a finding, and returns their ids.
func found(k K) (id int64, finding string) {
	c := k.Item(k.Ctx(), "An item", "Mail jane@acme.io.")
	must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{
		ID: c.ID, ItemEdit: domain.ItemEdit{Body: new("Write to jane@acme.io.")},
	})))
	c, err := k.Content.Findings(k.Ctx(), c.ID)
	must(k, err)
	return c.ID, c.Findings[0].ID
}

func accept(k K, ctx C, id int64, finding, reason string) error {
	return second(k.Content.AcceptFinding(ctx, content.AcceptFinding{
		FindingOf: content.FindingOf{ID: id, Finding: finding}, Reason: reason,
	}))
}

// first is the id of an item's first finding.
func first(k K, id int64) string {
	c, err := k.Content.Findings(k.Ctx(), id)
	if err != nil || len(c.Findings) == 0 {
		return "none"
	}
	return c.Findings[0].ID
}

func (verbs) Findings() enginetest.Verbs {
	makes := func(v enginetest.Verb, m func(k K) int64) enginetest.Verb { v.Make = m; return v }
	return enginetest.Verbs{
		"Findings": enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Content.Findings(ctx, x.Item)) }),
		"AcceptFinding": makes(changes(domain.ScopePublish, func(k K, ctx C, x X) error {
			return accept(k, ctx, x.Made, first(k, x.Made), "Our own")
		}), func(k K) int64 { id, _ := found(k); return id }),
		"WithdrawAcceptance": makes(changes(domain.ScopePublish, func(k K, ctx C, x X) error {
			return second(k.Content.WithdrawAcceptance(ctx, content.FindingOf{ID: x.Made, Finding: first(k, x.Made)}))
		}), func(k K) int64 {
			id, finding := found(k)
			must(k, accept(k, k.Ctx(), id, finding, "Our own"))
			return id
		}),
		"SetSupport": changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return second(k.Content.SetSupport(ctx, content.SetSupport{
				ID: x.Item, Support: domain.Support{Facts: []string{"It saves 37 %."}},
			}))
		}),
	}
}

func (verbs) BrandVoices() enginetest.Verbs {
	return enginetest.Verbs{
		"BrandVoices": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.BrandVoices(ctx, enginetest.FirstPage()))
		}),
		"BrandVoice": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.BrandVoice(ctx, x.BrandVoice))
		}),
	}
}

func (verbs) Agents() enginetest.Verbs {
	return enginetest.Verbs{
		"Agents": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.Agents(ctx, content.ListAgents{Page: enginetest.FirstPage()}))
		}),
		"Agent": enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Content.Agent(ctx, x.Agent)) }),
	}
}

func (verbs) Check() enginetest.Verbs {
	return enginetest.Verbs{
		"CheckText": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.CheckText(ctx, content.CheckText{Text: "A text."}))
		}),
	}
}

func (verbs) Public() enginetest.Verbs {
	return enginetest.Verbs{
		"RenderMarkdown":  {Open: true},
		"PreviewMarkdown": {Open: true},
		"Feed":            {Open: true},
		"FeedItem":        {Open: true},
	}
}

func TestVerbs(t *testing.T) { enginetest.CheckVerbs(t, reflect.TypeFor[*content.Verbs](), verbs{}) }

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
