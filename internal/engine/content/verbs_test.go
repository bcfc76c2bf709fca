package content_test

import (
	"context"
	"reflect"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
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

func makes(v enginetest.Verb, m func(k K) int64) enginetest.Verb { v.Make = m; return v }

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
		"SearchPassages": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.SearchPassages(ctx, content.SearchPassages{Query: "text"}))
		}),
		"CreateItem": {Scope: domain.ScopeContent, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Content.CreateItem(ctx, content.CreateItem{Title: "By hand", Body: "A text."}))
		}},
		"DuplicateItem": changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return second(k.Content.DuplicateItem(ctx, verb.ID{ID: x.Item}))
		}),
		"Item":    enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Content.Item(ctx, x.Item)) }),
		"Lineage": enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Content.Lineage(ctx, x.Item)) }),
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

// said adds a comment about a new item, and returns its id.
func said(k K) int64 {
	c, err := k.Content.AddComment(k.Ctx(), content.AddComment{ID: k.Item(k.Ctx(), "An item", "Text.").ID, Body: "Why?"})
	must(k, err)
	return c.ID
}

// commentOf names a comment by its id alone.
func commentOf(k K, id int64) content.CommentOf {
	about := k.Count("select coalesce(max(content_id), 0) from comment where id = $1", id)
	return content.CommentOf{ID: int64(about), Comment: id}
}

// own makes the caller the author of a comment.
func own(k K, ctx C, id int64) {
	if a, ok := domain.ActorFrom(ctx); ok {
		k.Exec("update comment set author_kind = $1, author_id = $2 where id = $3", string(a.Kind), a.ID, id)
	}
}

func (verbs) Comments() enginetest.Verbs {
	changesIt := func(call func(k K, ctx C, id int64) error) enginetest.Verb {
		return enginetest.Verb{
			Scope: domain.ScopeReview, Event: true, ByID: true, Make: said,
			Call: func(k K, ctx C, x X) error { return call(k, ctx, x.Made) },
		}
	}
	return enginetest.Verbs{
		"Comments": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.Comments(ctx, content.ListComments{ID: x.Item, Page: enginetest.FirstPage()}))
		}),
		"Comment": {Scope: domain.ScopeRead, ByID: true, Make: said, Call: func(k K, ctx C, x X) error {
			return second(k.Content.Comment(ctx, commentOf(k, x.Made)))
		}},
		"AddComment": changes(domain.ScopeReview, func(k K, ctx C, x X) error {
			return second(k.Content.AddComment(ctx, content.AddComment{ID: x.Item, Body: "Why?"}))
		}),
		"EditComment": changesIt(func(k K, ctx C, id int64) error {
			own(k, ctx, id)
			return second(k.Content.EditComment(ctx, content.EditComment{CommentOf: commentOf(k, id), Body: "How?"}))
		}),
		"ResolveComment": changesIt(func(k K, ctx C, id int64) error {
			return second(k.Content.ResolveComment(ctx, commentOf(k, id)))
		}),
		"ReopenComment": {
			Scope: domain.ScopeReview, Event: true, ByID: true,
			Make: func(k K) int64 {
				id := said(k)
				must(k, second(k.Content.ResolveComment(k.Ctx(), commentOf(k, id))))
				return id
			},
			Call: func(k K, ctx C, x X) error { return second(k.Content.ReopenComment(ctx, commentOf(k, x.Made))) },
		},
		"DeleteComment": changesIt(func(k K, ctx C, id int64) error {
			own(k, ctx, id)
			return k.Content.DeleteComment(ctx, commentOf(k, id))
		}),
	}
}

func (verbs) ReviewLinks() enginetest.Verbs {
	return enginetest.Verbs{
		"ReviewLinks": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.ReviewLinks(ctx, content.ListReviewLinks{ID: x.Item, Page: enginetest.FirstPage()}))
		}),
		"CreateReviewLink": changes(domain.ScopeReview, func(k K, ctx C, x X) error {
			return second(k.Content.CreateReviewLink(ctx, content.CreateReviewLink{ID: x.Item, Days: 7}))
		}),
		"RevokeReviewLink": {
			Scope: domain.ScopeReview, Event: true, ByID: true,
			Make: func(k K) int64 { return linked(k, k.Item(k.Ctx(), "An item", "Text.").ID).Link.ID },
			Call: func(k K, ctx C, x X) error { return k.Content.RevokeReviewLink(ctx, x.Made) },
		},
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
		"BrandVoiceVersions": enginetest.ReadByID(func(k K, ctx C, x X) error {
			in := content.ListBrandVoiceVersions{ID: x.BrandVoice, Page: enginetest.FirstPage()}
			return second(k.Content.BrandVoiceVersions(ctx, in))
		}),
		"CreateBrandVoice": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Content.CreateBrandVoice(ctx, content.CreateBrandVoice{Name: "Warm"}))
		}},
		"EditBrandVoice": changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return second(k.Content.EditBrandVoice(ctx, content.EditBrandVoice{ID: x.BrandVoice, Name: new("Warmer")}))
		}),
		"DeleteBrandVoice": makes(changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return k.Content.DeleteBrandVoice(ctx, verb.ID{ID: x.Made})
		}), func(k K) int64 {
			v, err := k.Content.CreateBrandVoice(k.Ctx(), content.CreateBrandVoice{Name: "Unused"})
			must(k, err)
			return v.ID
		}),
	}
}

func (verbs) Agents() enginetest.Verbs {
	return enginetest.Verbs{
		"Agents": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.Agents(ctx, content.ListAgents{Page: enginetest.FirstPage()}))
		}),
		"Agent":        enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Content.Agent(ctx, x.Agent)) }),
		"AgentOptions": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Content.AgentOptions(ctx)) }),
		"CreateAgent": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Content.CreateAgent(ctx, content.CreateAgent{Name: "Launch writer"}))
		}},
		"EditAgent": changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return second(k.Content.EditAgent(ctx, content.EditAgent{ID: x.Agent, Name: new("Better writer")}))
		}),
		"DeleteAgent": makes(changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return k.Content.DeleteAgent(ctx, verb.ID{ID: x.Made})
		}), func(k K) int64 {
			a, err := k.Content.CreateAgent(k.Ctx(), content.CreateAgent{Name: "Unused"})
			must(k, err)
			return a.Agent.ID
		}),
		"UseAgents": {Open: true},
		"RotateAgentSecret": makes(changes(domain.ScopeAdmin, func(k K, ctx C, x X) error {
			return second(k.Content.RotateAgentSecret(ctx, verb.ID{ID: x.Made}))
		}), externalAgent),
		"TestAgent": makes(enginetest.Verb{Scope: domain.ScopeAdmin, ByID: true, Call: func(k K, ctx C, x X) error {
			return second(k.Content.TestAgent(ctx, x.Made))
		}}, externalAgent),
	}
}

func newRule(k K, name, when string, to domain.ItemStatus) domain.BoardRule {
	k.T.Helper()
	r, err := k.Content.CreateBoardRule(k.Ctx(), content.BoardRuleEdit{Name: &name, When: &when, MoveTo: &to})
	must(k, err)
	return r
}

func (verbs) BoardRules() enginetest.Verbs {
	clean := func(k K) int64 { return newRule(k, "Clean", "findings.warning == 0", domain.ItemReview).ID }
	return enginetest.Verbs{
		"BoardRules": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Content.BoardRules(ctx)) }),
		"BoardRule": makes(enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.BoardRule(ctx, x.Made))
		}), clean),
		"CreateBoardRule": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Content.CreateBoardRule(ctx, content.BoardRuleEdit{
				Name: new("Clean"), When: new("findings.warning == 0"), MoveTo: new(domain.ItemReview),
			}))
		}},
		"EditBoardRule": makes(changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return second(k.Content.EditBoardRule(ctx, content.EditBoardRule{
				ID: x.Made, BoardRuleEdit: content.BoardRuleEdit{When: new("findings.info == 0")},
			}))
		}), clean),
		"DeleteBoardRule": makes(changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return k.Content.DeleteBoardRule(ctx, verb.ID{ID: x.Made})
		}), clean),
		"TryBoardRule": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.TryBoardRule(ctx, content.TryBoardRule{When: "word_count > 3"}))
		}),
	}
}

// externalAgent makes an agent at an address where nobody listens.
func externalAgent(k K) int64 {
	a, err := k.Content.CreateAgent(k.Ctx(), content.CreateAgent{
		Name: "Remote", Type: domain.AgentExternal,
		AgentEdit: domain.AgentEdit{Capabilities: &[]string{enginetest.Slug}, URL: new("http://127.0.0.1:1/write")},
	})
	must(k, err)
	return a.Agent.ID
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
		"Review":          {Open: true},
		"DecideReview":    {Open: true},
		"CommentReview":   {Open: true},
	}
}

func (verbs) Sources() enginetest.Verbs {
	make1 := func(k K) int64 {
		s, err := k.Content.CreateSource(k.Ctx(), content.CreateSource{Text: "Refunds take five days."})
		must(k, err)
		return s.ID
	}
	return enginetest.Verbs{
		"Sources": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.Sources(ctx, content.ListSources{Page: enginetest.FirstPage()}))
		}),
		"Source": makes(enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.Source(ctx, x.Made))
		}), make1),
		"CreateSource": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Content.CreateSource(ctx, content.CreateSource{Text: "Refunds take five days."}))
		}},
		"EditSource": makes(changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return second(k.Content.EditSource(ctx, content.EditSource{ID: x.Made, Title: new("Returns")}))
		}), make1),
		"DeleteSource": makes(changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return k.Content.DeleteSource(ctx, verb.ID{ID: x.Made})
		}), make1),
		"RefreshSource": makes(changes(domain.ScopeWrite, func(k K, ctx C, x X) error {
			return second(k.Content.RefreshSource(ctx, verb.ID{ID: x.Made}))
		}), func(k K) (id int64) {
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				s, err := tx.CreateSource(ctx, domain.Source{WorkspaceID: k.Ours.ID, Kind: domain.SourceURL, Title: "Page",
					Origin: "https://example.invalid/", Body: "Old."})
				id = s.ID
				return err
			})
			return id
		}),
		"UseFetch": {Open: true},
		"UsePDF":   {Open: true},
		// What it prepares asks for the scope; see TestActionsTakeTheScopesOfWhatTheyDo.
		"PrepareLater": {Open: true},
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
