package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
)

type step = enginetest.Step

func server(t *testing.T, s aitest.Script) *aitest.Server {
	t.Helper()
	m := aitest.NewServer(s)
	t.Cleanup(m.Close)
	return m
}

// things are one of each, for a verb to act on.
type things struct{ item, open, failed, key, message, voice, agent int64 }

var serial atomic.Int64

func make1(k *enginetest.Kit) (x things) {
	k.T.Helper()
	n := serial.Add(1)
	c := k.Item(k.Ctx(), fmt.Sprintf("Item %d", n), "First text.")
	x.item = c.ID
	body := "Second text."
	must(k, second(k.Engine.EditItem(k.Ctx(), engine.EditItem{ID: c.ID, Body: &body})))
	must(k, second(k.Engine.Move(k.Ctx(), engine.Move{ID: c.ID, To: domain.ItemReview})))
	x.open = k.Run(step{Key: "a", Credits: 1}).ID
	x.failed = k.Run(step{Key: "a", Credits: 1}).ID
	must(k, second(k.Engine.Cancel(k.Ctx(), engine.ID{ID: x.failed})))
	key, err := k.Engine.CreateKey(k.Operator(), engine.CreateKey{Name: "key", Role: domain.RoleEditor})
	must(k, err)
	x.key = key.Key.ID
	k.Do(func(ctx context.Context, tx *store.Tx) error {
		m, err := tx.CreateGeneratedText(ctx, store.GeneratedText{WorkspaceID: k.Ours.ID, Engine: domain.ComposerOrigin()}, "x", "x")
		x.message = m.ID
		return err
	})
	x.voice, x.agent = int64(k.Count("select min(id) from voice where workspace_id = $1", k.Ours.ID)), int64(k.Count("select min(id) from agent where workspace_id = $1", k.Ours.ID))
	return x
}

func second[T any](_ T, err error) error { return err }

func must(k *enginetest.Kit, err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}

// verb describes one exported method of the engine.
type verb struct {
	scope    domain.Scope // that it takes; "" for whatever needs none
	operator bool         // for the command line alone
	event    bool         // it changes something and appends an event
	about    string       // the noun whose id it takes, for the check of isolation
	noClaim  bool         // it carries no Idempotency-Key: the operator's, and background work
	call     func(k *enginetest.Kit, ctx context.Context, x things) error
}

func page() domain.Page { return domain.Page{Number: 1, Size: 20} }

func read(about string, call func(k *enginetest.Kit, ctx context.Context, x things) error) verb {
	return verb{scope: domain.ScopeRead, about: about, call: call}
}

// verbs has every exported method of the engine, or the test fails.
func verbs() map[string]verb {
	type K = *enginetest.Kit
	type C = context.Context
	text := func(s string) *string { return &s }
	return map[string]verb{
		// Reads.
		"Board":       read("", func(k K, ctx C, x things) error { return second(k.Engine.Board(ctx, engine.BoardFilter{})) }),
		"BoardCounts": read("", func(k K, ctx C, x things) error { return second(k.Engine.BoardCounts(ctx)) }),
		"SearchItems": read("", func(k K, ctx C, x things) error { return second(k.Engine.SearchItems(ctx, engine.SearchItems{})) }),
		"Version":     read("item", func(k K, ctx C, x things) error { return second(k.Engine.Version(ctx, x.item, 1)) }),
		"ExecutionEvents": read("run", func(k K, ctx C, x things) error {
			return second(k.Engine.ExecutionEvents(ctx, x.open))
		}),
		"Capabilities": read("", func(k K, ctx C, x things) error { return second(k.Engine.Capabilities(ctx, engine.ListCapabilities{})) }),
		"Capability":   read("", func(k K, ctx C, x things) error { return second(k.Engine.Capability(ctx, enginetest.Slug)) }),
		"Item":         read("item", func(k K, ctx C, x things) error { return second(k.Engine.Item(ctx, x.item)) }),
		"Versions": read("item", func(k K, ctx C, x things) error {
			return second(k.Engine.Versions(ctx, engine.ListVersions{ID: x.item, Page: page()}))
		}),
		"ExportItem": read("item", func(k K, ctx C, x things) error {
			return second(k.Engine.ExportItem(ctx, engine.ExportItem{ID: x.item}))
		}),
		"Executions": read("", func(k K, ctx C, x things) error {
			return second(k.Engine.Executions(ctx, engine.ListExecutions{Page: page()}))
		}),
		"ExecutionCounts": read("", func(k K, ctx C, x things) error { return second(k.Engine.ExecutionCounts(ctx)) }),
		"Execution":       read("run", func(k K, ctx C, x things) error { return second(k.Engine.Execution(ctx, x.open)) }),
		"WaitExecution":   read("run", func(k K, ctx C, x things) error { return second(k.Engine.WaitExecution(ctx, x.open, time.Millisecond)) }),
		"Assets":          read("run", func(k K, ctx C, x things) error { return second(k.Engine.Assets(ctx, x.open)) }),
		"Attempts":        read("", func(k K, ctx C, x things) error { return second(k.Engine.Attempts(ctx, x.open)) }),
		"WatchExecution":  read("run", func(k K, ctx C, x things) error { return second(k.Engine.WatchExecution(ctx, x.open, "")) }),
		"WatchWorkspace":  read("", func(k K, ctx C, x things) error { return second(k.Engine.WatchWorkspace(ctx, "")) }),
		"Voices":          read("", func(k K, ctx C, x things) error { return second(k.Engine.Voices(ctx, page())) }),
		"Voice":           read("voice", func(k K, ctx C, x things) error { return second(k.Engine.Voice(ctx, x.voice)) }),
		"Agents":          read("", func(k K, ctx C, x things) error { return second(k.Engine.Agents(ctx, engine.ListAgents{Page: page()})) }),
		"Agent":           read("agent", func(k K, ctx C, x things) error { return second(k.Engine.Agent(ctx, x.agent)) }),
		"Profile":         read("", func(k K, ctx C, x things) error { return second(k.Engine.Profile(ctx)) }),
		"Credits":         read("", func(k K, ctx C, x things) error { return second(k.Engine.Credits(ctx)) }),
		"Ledger":          read("", func(k K, ctx C, x things) error { return second(k.Engine.Ledger(ctx, page())) }),
		"Message":         read("message", func(k K, ctx C, x things) error { return second(k.Engine.Message(ctx, x.message)) }),
		"ReadMessage":     read("message", func(k K, ctx C, x things) error { return second(k.Engine.ReadMessage(ctx, x.message, 0)) }),
		"Keys":            {scope: domain.ScopeAdmin, call: func(k K, ctx C, x things) error { return second(k.Engine.Keys(ctx, engine.ListKeys{Page: page()})) }},
		"Key":             {scope: domain.ScopeAdmin, about: "key", call: func(k K, ctx C, x things) error { return second(k.Engine.Key(ctx, x.key)) }},
		// Verbs that change something.
		"Move": {scope: domain.ScopeReview, event: true, about: "item", call: func(k K, ctx C, x things) error {
			return second(k.Engine.Move(ctx, engine.Move{ID: x.item, To: domain.ItemReady}))
		}},
		"BulkMove": {scope: domain.ScopeReview, event: true, about: "items", call: func(k K, ctx C, x things) error {
			return second(k.Engine.BulkMove(ctx, engine.BulkMove{IDs: []int64{x.item}, To: domain.ItemReady}))
		}},
		"ApproveItem": {scope: domain.ScopeReview, event: true, about: "item", call: func(k K, ctx C, x things) error {
			return second(k.Engine.ApproveItem(ctx, engine.ID{ID: x.item}))
		}},
		"EditItem": {scope: domain.ScopeContent, event: true, about: "item", call: func(k K, ctx C, x things) error {
			return second(k.Engine.EditItem(ctx, engine.EditItem{ID: x.item, Body: text("Third.")}))
		}},
		"RestoreVersion": {scope: domain.ScopeContent, event: true, about: "item", call: func(k K, ctx C, x things) error {
			return second(k.Engine.RestoreVersion(ctx, engine.RestoreVersion{ID: x.item, N: 1}))
		}},
		"DeleteItem": {scope: domain.ScopeContent, event: true, about: "item", call: func(k K, ctx C, x things) error {
			return k.Engine.DeleteItem(ctx, engine.ID{ID: x.item})
		}},
		"Execute": {scope: domain.ScopeContent, event: true, call: func(k K, ctx C, x things) error {
			return second(k.Execute(ctx, step{Key: "a", Credits: 1}))
		}},
		"Cancel":  {scope: domain.ScopeContent, event: true, about: "run", call: func(k K, ctx C, x things) error { return second(k.Engine.Cancel(ctx, engine.ID{ID: x.open})) }},
		"Retry":   {scope: domain.ScopeContent, event: true, about: "run", call: func(k K, ctx C, x things) error { return second(k.Engine.Retry(ctx, engine.ID{ID: x.failed})) }},
		"Archive": {scope: domain.ScopeContent, event: true, about: "run", call: func(k K, ctx C, x things) error { return second(k.Engine.Archive(ctx, engine.ID{ID: x.failed})) }},
		"CreateKey": {scope: domain.ScopeAdmin, event: true, call: func(k K, ctx C, x things) error {
			return second(k.Engine.CreateKey(ctx, engine.CreateKey{Name: "new", Role: domain.RoleViewer, Scopes: []domain.Scope{domain.ScopeRead}}))
		}},
		"RotateKey": {scope: domain.ScopeAdmin, event: true, about: "key", call: func(k K, ctx C, x things) error {
			return second(k.Engine.RotateKey(ctx, engine.RotateKey{ID: x.key}))
		}},
		"RevokeKey": {scope: domain.ScopeAdmin, event: true, about: "key", call: func(k K, ctx C, x things) error { return k.Engine.RevokeKey(ctx, engine.ID{ID: x.key}) }},
		"UpdateProfile": {scope: domain.ScopeAdmin, event: true, call: func(k K, ctx C, x things) error {
			return second(k.Engine.UpdateProfile(ctx, engine.UpdateProfile{CompanyName: text("New")}))
		}},
		"GenerateOutput": {scope: domain.ScopeContent, event: true, call: func(k K, ctx C, x things) error {
			return second(k.Engine.GenerateOutput(ctx, engine.GenerateOutput{Prompt: "A text about cold brew coffee"}))
		}},
		"SetWorkspace": {operator: true, event: true, call: func(k K, ctx C, x things) error {
			return second(k.Engine.SetWorkspace(ctx, engine.SetWorkspace{CompanyName: text("Newer")}))
		}},
		"GrantCredits": {operator: true, event: true, call: func(k K, ctx C, x things) error {
			return second(k.Engine.GrantCredits(ctx, engine.GrantCredits{Amount: 5}))
		}},
		// For nobody in particular.
		"AllCapabilities": {noClaim: true}, "RenderMarkdown": {noClaim: true}, "TextStatus": {noClaim: true}, "Feed": {noClaim: true}, "FeedItem": {noClaim: true},
		"Replay": {noClaim: true}, "FireDue": {noClaim: true}, "Bootstrap": {noClaim: true}, "Sample": {noClaim: true}, "Run": {noClaim: true}, "Orphans": {noClaim: true}, "Wait": {noClaim: true},
	}
}

func TestEveryVerbIsInTheTable(t *testing.T) {
	table, typ := verbs(), reflect.TypeFor[*engine.Engine]()
	for i := range typ.NumMethod() {
		name := typ.Method(i).Name
		v, ok := table[name]
		if !ok {
			t.Errorf("the verb %s has no entry: say what it takes, does and tells", name)
		}
		if v.call == nil && !v.noClaim {
			t.Errorf("the verb %s has an empty entry", name)
		}
		delete(table, name)
	}
	if len(table) > 0 {
		t.Errorf("entries without a verb: %v", slices.Collect(maps.Keys(table)))
	}
}

func each(t *testing.T, k *enginetest.Kit, f func(t *testing.T, k *enginetest.Kit, name string, v verb)) {
	table := verbs()
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if v := table[name]; v.call != nil {
			t.Run(name, func(t *testing.T) {
				mine := *k
				mine.T = t
				f(t, &mine, name, v)
			})
		}
	}
}

func config(t *testing.T) enginetest.Config {
	return enginetest.Config{Idle: true, Tickets: 1000, Provider: server(t, aitest.Always(aitest.Text("Some ", "words.")))}
}

func as(k *enginetest.Kit, v verb) context.Context {
	if v.operator {
		return k.Operator()
	}
	return k.Ctx()
}

func TestEveryVerbThatChangesSomethingAppendsAnEvent(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		each(k.T, k, func(t *testing.T, k *enginetest.Kit, name string, v verb) {
			x := make1(k)
			count := func() int { return k.Count("select count(*) from event where workspace_id = $1", k.Ours.ID) }
			before := count()
			must(k, v.call(k, as(k, v), x))
			if !v.event {
				if n := count() - before; n != 0 {
					t.Errorf("reading appended %d events", n)
				}
				return
			}
			enginetest.Eventually(t, 5*time.Second, func() string { // a text's event comes at its end
				if count() > before {
					return ""
				}
				return "no event"
			})
			if n := k.Count("select count(*) from event where name = '' or actor_kind = ''"); n != 0 {
				t.Errorf("%d events without a name or an actor", n)
			}
		})
		k.Engine.Wait(context.Background())
		k.Audit()
	})
}

// state is all that a verb could leave behind.
func state(k *enginetest.Kit) string {
	k.T.Helper()
	var b strings.Builder
	for _, t := range []string{"workspace", "api_key", "voice", "agent", "execution", "step", "attempt", "content", "content_version", "move", "publication",
		"movement", "tally_delta", "event", "idempotency", "message", "message_piece", "river_job"} {
		fmt.Fprintf(&b, "%s %d, ", t, k.Count("select count(*) from "+t))
	}
	for _, sum := range []string{"balance * balance) from account", "revision) from content", "version) from execution", "revision) from workspace", "revision) from api_key", "job_id) from execution"} {
		fmt.Fprintf(&b, "%s %d, ", sum, k.Count("select coalesce(sum("+sum[:strings.Index(sum, ")")]+"), 0)"+sum[strings.Index(sum, ")")+1:]))
	}
	return b.String()
}

func TestAVerbThatFailsLeavesNothingBehind(t *testing.T) {
	broken := errors.New("the answer cannot be rendered")
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		each(k.T, k, func(t *testing.T, k *enginetest.Kit, name string, v verb) {
			if !v.event {
				return
			}
			x := make1(k)
			before := state(k)
			ctx := domain.WithClaim(as(k, v), domain.ClaimOf[any]{Claim: domain.Claim{Scope: name, Key: "k", Fingerprint: "f"}, Render: func(any) (domain.StoredAnswer, error) {
				return domain.StoredAnswer{}, broken
			}})
			if err := v.call(k, ctx, x); !errors.Is(err, broken) {
				t.Errorf("it answered %v", err)
			}
			if after := state(k); after != before {
				t.Errorf("before: %s\nafter:  %s", before, after)
			}
		})
	})
}

func TestNoWorkspaceSeesOrTouchesAnothers(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		x := make1(k)
		missing := things{item: 1 << 40, open: 1 << 40, failed: 1 << 40, key: 1 << 40, message: 1 << 40, voice: 1 << 40, agent: 1 << 40}
		strangers := enginetest.As(k.Theirs.ID, domain.RoleOwner)
		before := state(k)
		each(k.T, k, func(t *testing.T, k *enginetest.Kit, name string, v verb) {
			if v.about == "" {
				return
			}
			theirs, none := v.call(k, strangers, x), v.call(k, strangers, missing)
			if domain.CodeOf(theirs) != domain.CodeNotFound {
				t.Fatalf("another workspace gets %v", theirs)
			}
			if got, want := same(theirs, x), same(none, missing); got != want {
				t.Errorf("another's is told as %s, a missing one as %s", got, want)
			}
		})
		if after := state(k); after != before {
			t.Errorf("before: %s\nafter:  %s", before, after)
		}
		if list, err := k.Engine.Attempts(strangers, x.open); domain.CodeOf(err) != domain.CodeNotFound || len(list) != 0 {
			t.Errorf("attempts %v, %v", list, err)
		}
		columns, err := k.Engine.Board(strangers, engine.BoardFilter{ExecutionID: x.open})
		must(k, err)
		for _, c := range columns {
			if c.Count != 0 {
				t.Errorf("board %+v", c)
			}
		}
		_, err = k.Engine.Execute(strangers, engine.Execute{Capability: enginetest.Slug, AgentID: x.agent, Settings: enginetest.Settings(step{Key: "a"})})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("another's agent was used: %v", err)
		}
		_, err = k.Engine.Execute(strangers, engine.Execute{Capability: enginetest.Slug, Settings: enginetest.Settings(step{Key: "a", Do: "publish", Item: x.item})})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("another's item was used: %v", err)
		}
	})
}

// same shows an error as callers see it, without the ids of what was asked for.
func same(err error, x things) string {
	e := domain.AsError(err)
	text, _ := json.Marshal(e.Details)
	return strings.ReplaceAll(fmt.Sprintf("%s %s %s %v", e.Code, e.Message, text, e.Fields), fmt.Sprintf("[%d]", x.item), "[N]")
}

func TestEveryVerbTakesItsScopeAndRole(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		scopes := []domain.Scope{domain.ScopeRead, domain.ScopeContent, domain.ScopePublish, domain.ScopeWrite, domain.ScopeAdmin}
		each(k.T, k, func(t *testing.T, k *enginetest.Kit, name string, v verb) {
			x := make1(k)
			if err := v.call(k, context.Background(), x); domain.CodeOf(err) != domain.CodeUnauthorized {
				t.Errorf("without a caller: %v", err)
			}
			try := func(a domain.Actor, allowed bool) {
				t.Helper()
				a.WorkspaceID, a.Name = k.Ours.ID, "somebody"
				// Nothing is to happen but the check, so that the next one finds the same.
				stop := errors.New("allowed")
				ctx := domain.WithClaim(domain.WithActor(context.Background(), a), domain.ClaimOf[any]{Claim: domain.Claim{Scope: name, Key: "k", Fingerprint: "f"},
					Render: func(any) (domain.StoredAnswer, error) { return domain.StoredAnswer{}, stop }})
				err := v.call(k, ctx, x)
				if allowed && err != nil && !errors.Is(err, stop) {
					t.Errorf("%s with %v as %s: %v", a.Kind, a.Scopes, a.Role, err)
				}
				if !allowed && domain.CodeOf(err) != domain.CodeForbidden {
					t.Errorf("%s with %v as %s was allowed: %v", a.Kind, a.Scopes, a.Role, err)
				}
			}
			for _, r := range domain.Roles() {
				try(domain.Actor{Kind: domain.ActorPerson, Role: r, Scopes: []domain.Scope{domain.ScopeAdmin}}, !v.operator && (r.Has(v.scope) || orContent(name, r.Has)))
			}
			for _, s := range scopes {
				held := func(want domain.Scope) bool { return domain.Grants([]domain.Scope{s}, want) }
				try(domain.Actor{Kind: domain.ActorKey, ID: x.key, Role: domain.RoleOwner, Scopes: []domain.Scope{s}}, !v.operator && (held(v.scope) || orContent(name, held)))
			}
		})
	})
}

// orContent says who else may read a generated text: anyone who may have one written.
func orContent(name string, has func(domain.Scope) bool) bool {
	return (name == "ReadMessage" || name == "Message") && has(domain.ScopeContent)
}
