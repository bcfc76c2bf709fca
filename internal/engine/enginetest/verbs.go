package enginetest

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

	"vellocity/internal/ai/aitest"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Things are the ids of one of each, for a verb to act on.
type Things struct {
	Item          int64 // in review, with two versions
	Open          int64 // an execution that is pending
	Failed        int64 // an execution that was cancelled after its step a
	Key           int64
	GeneratedText int64 // a generated text that is being written
	BrandVoice    int64
	Agent         int64
	Made          int64 // what the verb's own Make created
}

// Verbs are verbs by name.
type Verbs map[string]Verb

// Verb says what one verb takes and does.
type Verb struct {
	Scope    domain.Scope
	Operator bool // it is for the command line alone
	Event    bool // it changes something and appends an event
	// ByID says that the verb takes an id, which must not be one of another workspace.
	ByID bool
	// Open says that the verb needs no caller: it is public or runs in the background.
	Open bool
	// Make creates what the verb acts on in our workspace, and returns its id, which
	// Call gets as Things.Made; nil where one of the other things serves.
	Make func(k *Kit) int64
	Call func(k *Kit, ctx context.Context, x Things) error
}

// Read is a verb that reads and takes no id.
func Read(call func(k *Kit, ctx context.Context, x Things) error) Verb {
	return Verb{Scope: domain.ScopeRead, Call: call}
}

// ReadByID is a verb that reads the thing with an id.
func ReadByID(call func(k *Kit, ctx context.Context, x Things) error) Verb {
	return Verb{Scope: domain.ScopeRead, ByID: true, Call: call}
}

// Second drops a verb's result.
func Second[T any](_ T, err error) error { return err }

// FirstPage is a page of a list.
func FirstPage() domain.Page { return domain.Page{Number: 1, Size: 20} }

// CheckVerbs checks every exported method of an area's verbs, on both databases. The
// entries come from nouns, which has a method for each noun of the area that returns
// the [Verbs] of that noun. Each verb has an entry; it takes its scope and role and no less; it appends
// an event where it changes something, and none where it reads; it leaves nothing
// behind when it fails; and it neither sees nor touches another workspace.
func CheckVerbs(t *testing.T, area reflect.Type, nouns any) {
	t.Helper()
	table := collect(t, nouns)
	for i := range area.NumMethod() {
		name := area.Method(i).Name
		v, ok := table[name]
		if !ok {
			t.Errorf("the verb %s has no entry: say what it takes and does", name)
		}
		if v.Call == nil && !v.Open {
			t.Errorf("the verb %s has an empty entry", name)
		}
	}
	for name := range table {
		if _, ok := area.MethodByName(name); !ok {
			t.Errorf("the entry %s has no verb", name)
		}
	}
	m := aitest.NewServer(aitest.Always(aitest.Text("Some ", "words.")))
	t.Cleanup(m.Close)
	for name, check := range map[string]func(k *Kit, table Verbs){
		"events": checkEvents, "rollback": checkRollback, "isolation": checkIsolation, "scopes": checkScopes,
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Idle: true, Slots: 1000, Provider: m}
			c.Capabilities, c.Templates = []capability.Capability{Plain()}, []domain.Template{PlainTemplate()}
			Each(t, c, func(k *Kit) { check(k, table) })
		})
	}
}

// collect joins the verbs of all nouns.
func collect(t *testing.T, nouns any) Verbs {
	t.Helper()
	all := Verbs{}
	v := reflect.ValueOf(nouns)
	for i := range v.NumMethod() {
		entries, ok := v.Method(i).Call(nil)[0].Interface().(Verbs)
		if !ok {
			t.Fatalf("%s returns no verbs", v.Type().Method(i).Name)
		}
		for name, entry := range entries {
			if _, twice := all[name]; twice {
				t.Errorf("the verb %s has two entries", name)
			}
			all[name] = entry
		}
	}
	return all
}

// eachVerb runs f with each verb that can be called.
func (k *Kit) eachVerb(table Verbs, f func(k *Kit, name string, v Verb)) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if v := table[name]; v.Call != nil {
			k.T.Run(name, func(t *testing.T) {
				mine := *k
				mine.T = t
				f(&mine, name, v)
			})
		}
	}
}

var serial atomic.Int64

// Things creates one of each in our workspace.
func (k *Kit) Things() (x Things) {
	k.T.Helper()
	n := serial.Add(1)
	c := k.Item(k.Ctx(), fmt.Sprintf("Item %d", n), "First text.")
	x.Item = c.ID
	body := "Second text."
	k.must(Second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: &body}})))
	k.must(Second(k.Content.Move(k.Ctx(), content.Move{ID: c.ID, To: domain.ItemReview})))
	x.Open = k.Run(Step{Key: "a", Credits: 1}).ID
	x.Failed = k.Run(Step{Key: "a"}, Step{Key: "b", After: []string{"a"}, Credits: 1}).ID
	k.must(Second(k.Work.Cancel(k.Ctx(), verb.ID{ID: x.Failed})))
	k.Do(func(ctx context.Context, tx *store.Tx) error { // as if its first step had run
		plan := []domain.PlanStep{{Key: "a", Name: "Step a"}, {Key: "b", Name: "Step b", DependsOn: []string{"a"}}}
		return errors.Join(tx.ExtendExecutionPlan(ctx, x.Failed, plan), tx.SaveStep(ctx, x.Failed, store.Step{
			StepResult: domain.StepResult{Key: "a", Status: domain.StepDone, Output: json.RawMessage(`"done"`)},
		}))
	})
	key, err := k.Account.CreateKey(k.Operator(), account.CreateKey{Name: "key", Role: domain.RoleEditor})
	k.must(err)
	x.Key = key.Key.ID
	k.Do(func(ctx context.Context, tx *store.Tx) error {
		row := store.GeneratedText{WorkspaceID: k.Ours.ID, Origin: domain.ComposerOrigin()}
		m, err := tx.CreateGeneratedText(ctx, row, "x", domain.Actor{Name: "x"})
		x.GeneratedText = m.ID
		return err
	})
	x.BrandVoice = int64(k.Count("select min(id) from voice where workspace_id = $1", k.Ours.ID))
	x.Agent = int64(k.Count("select min(id) from agent where workspace_id = $1", k.Ours.ID))
	return x
}

// thingsFor creates one of each in our workspace, and what the verb makes itself.
func (k *Kit) thingsFor(v Verb) Things {
	k.T.Helper()
	x := k.Things()
	if v.Make != nil {
		x.Made = v.Make(k)
	}
	return x
}

// ctxFor is a caller who may call the verb.
func (k *Kit) ctxFor(v Verb) context.Context {
	if v.Operator {
		return k.Operator()
	}
	return k.Ctx()
}

// withRender returns a context with an Idempotency-Key whose answer is rendered by
// an error, so that a verb that passes its checks is rolled back with it.
func withRender(ctx context.Context, name string, err error) context.Context {
	return domain.WithClaim(ctx, domain.ClaimOf[any]{
		Claim:  domain.Claim{Scope: name, Key: "k", Fingerprint: "f"},
		Render: func(any) (domain.StoredAnswer, error) { return domain.StoredAnswer{}, err },
	})
}

func checkEvents(k *Kit, table Verbs) {
	k.eachVerb(table, func(k *Kit, _ string, v Verb) {
		x := k.thingsFor(v)
		count := func() int { return k.Count("select count(*) from event where workspace_id = $1", k.Ours.ID) }
		before := count()
		k.must(v.Call(k, k.ctxFor(v), x))
		if !v.Event {
			if n := count() - before; n != 0 {
				k.T.Errorf("reading appended %d events", n)
			}
			return
		}
		Eventually(k.T, func() string { // a text's event comes at its end
			if count() > before {
				return ""
			}
			return "no event"
		})
		if n := k.Count("select count(*) from event where name = '' or actor_kind = ''"); n != 0 {
			k.T.Errorf("%d events without a name or an actor", n)
		}
	})
	k.Studio.Wait(context.Background())
	k.Audit()
}

// tables lists our tables and that of the jobs. The index of texts is left out: it follows from them, and anyone
// who searches may write it.
func (k *Kit) tables() (names []string) {
	k.T.Helper()
	query := "select name from sqlite_master where type = 'table'"
	if k.Store.Postgres() {
		query = "select table_name from information_schema.tables where table_schema = 'public'"
	}
	rows, err := k.Store.DB().SQL().QueryContext(context.Background(), query)
	k.must(err)
	defer rows.Close()
	for rows.Next() {
		var name string
		k.must(rows.Scan(&name))
		foreign, _, _ := strings.Cut(name, "_")
		index := foreign == "passage" || strings.HasPrefix(name, "content_search")
		if name == "river_job" || !index && !slices.Contains([]string{"goose", "river", "sqlite"}, foreign) {
			names = append(names, name)
		}
	}
	k.must(rows.Err())
	slices.Sort(names)
	return names
}

// state is everything that a verb could leave behind.
func (k *Kit) state() string {
	k.T.Helper()
	var b strings.Builder
	for _, t := range k.tables() {
		fmt.Fprintf(&b, "%s %d, ", t, k.Count("select count(*) from "+t))
	}
	for _, s := range [][2]string{
		{"balance * balance", "account"}, {"revision", "content"}, {"version", "execution"}, {"revision", "workspace"},
		{"revision", "api_key"}, {"job_id", "execution"}, {"version", "voice"}, {"version", "agent"},
		{"version", "channel"}, {"version", "webhook"}, {"revision", "source"}, {"revision", "listing"},
		{"revision", "opportunity"},
		{"round", "channel_publication"},
	} {
		sum := k.Count(fmt.Sprintf("select coalesce(sum(%s), 0) from %s", s[0], s[1]))
		fmt.Fprintf(&b, "%s of %s %d, ", s[0], s[1], sum)
	}
	return b.String()
}

func checkRollback(k *Kit, table Verbs) {
	broken := errors.New("the answer cannot be rendered")
	k.eachVerb(table, func(k *Kit, name string, v Verb) {
		if !v.Event {
			return
		}
		x := k.thingsFor(v)
		before := k.state()
		if err := v.Call(k, withRender(k.ctxFor(v), name, broken), x); !errors.Is(err, broken) {
			k.T.Errorf("it returned %v", err)
		}
		if after := k.state(); after != before {
			k.T.Errorf("before: %s\nafter:  %s", before, after)
		}
	})
}

func checkIsolation(k *Kit, table Verbs) {
	const none = 1 << 40
	missing := Things{
		Item: none, Open: none, Failed: none, Key: none, GeneratedText: none, BrandVoice: none, Agent: none, Made: none,
	}
	stranger := As(k.Theirs.ID, domain.RoleOwner)
	k.eachVerb(table, func(k *Kit, _ string, v Verb) {
		if !v.ByID {
			return
		}
		x := k.thingsFor(v)
		before := k.state()
		theirs, none := v.Call(k, stranger, x), v.Call(k, stranger, missing)
		if domain.CodeOf(theirs) != domain.CodeNotFound {
			k.T.Fatalf("another workspace gets %v", theirs)
		}
		if got, want := withoutID(theirs, x), withoutID(none, missing); got != want {
			k.T.Errorf("another's reads as %s, a missing one as %s", got, want)
		}
		if after := k.state(); after != before {
			k.T.Errorf("before: %s\nafter:  %s", before, after)
		}
	})
}

// withoutID shows an error as callers see it, without the ids that were asked for.
func withoutID(err error, x Things) string {
	e := domain.AsError(err)
	text, _ := json.Marshal(e.Details)
	whole := fmt.Sprintf("%s %s %s %v", e.Code, e.Message, text, e.Fields)
	return strings.ReplaceAll(whole, fmt.Sprintf("[%d]", x.Item), "[N]")
}

func checkScopes(k *Kit, table Verbs) {
	scopes := []domain.Scope{
		domain.ScopeRead, domain.ScopeContent, domain.ScopePublish, domain.ScopeWrite, domain.ScopeAdmin,
	}
	k.eachVerb(table, func(k *Kit, name string, v Verb) {
		x := k.thingsFor(v)
		if err := v.Call(k, context.Background(), x); domain.CodeOf(err) != domain.CodeUnauthorized {
			k.T.Errorf("without a caller: %v", err)
		}
		try := func(a domain.Actor) {
			k.T.Helper()
			a.WorkspaceID, a.Name = k.Ours.ID, "somebody"
			allowed := !v.Operator && a.May(v.Scope)
			// Only the check is to happen, so that the next caller finds the same.
			stop := errors.New("allowed")
			err := v.Call(k, withRender(domain.WithActor(context.Background(), a), name, stop), x)
			if allowed && err != nil && !errors.Is(err, stop) {
				k.T.Errorf("%s with %v as %s: %v", a.Kind, a.Scopes, a.Role, err)
			}
			if !allowed && domain.CodeOf(err) != domain.CodeForbidden {
				k.T.Errorf("%s with %v as %s was allowed: %v", a.Kind, a.Scopes, a.Role, err)
			}
		}
		for _, r := range domain.Roles() {
			try(domain.Actor{Kind: domain.ActorPerson, Role: r, Scopes: []domain.Scope{domain.ScopeAdmin}})
		}
		for _, s := range scopes {
			try(domain.Actor{Kind: domain.ActorKey, ID: x.Key, Role: domain.RoleOwner, Scopes: []domain.Scope{s}})
		}
	})
}
