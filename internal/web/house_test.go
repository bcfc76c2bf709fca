package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/auth"
	"vellocity/internal/board"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine"
	"vellocity/internal/execution"
	"vellocity/internal/live"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// house is a whole server in a temporary directory, with the real store, queue,
// engine and composer, and one capability that knows every kind of field.
type house struct {
	site   *Site
	engine *engine.Engine
	store  *store.Store
	ctx    context.Context // carries the owner
	owner  domain.Actor
}

func newHouse(t testing.TB, pace time.Duration) *house {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	dir := t.TempDir()
	st := must(store.Open(ctx, store.Options{Dir: dir, Log: log}))(t)
	no(t, st.Migrate(ctx))
	no(t, queue.Migrate(ctx, st))
	hub := live.New(st, log)
	keys := auth.NewKeys(st, log)
	providers := new(ai.Providers)
	caps := []capability.Capability{everyField(pace)}
	runner := execution.New(execution.Options{Store: st, Hub: hub, Providers: providers, Capabilities: caps, Log: log, Tickets: 8, Pending: 1000})
	q := must(queue.New(queue.Options{Store: st, Dir: dir, Handlers: map[string]queue.Handler{execution.JobKind: runner.Work}, Workers: map[string]int{execution.JobKind: 4}, Log: log}))(t)
	runner.UseQueue(q)
	e := must(engine.New(engine.Options{Store: st, Runner: runner, Hub: hub, Keys: keys, Providers: providers, Capabilities: caps, Log: log}))(t)
	no(t, q.Start(ctx))
	go hub.Run(ctx)
	first, _, err := e.Bootstrap(ctx)
	no(t, err)
	h := &house{engine: e, store: st}
	h.owner = domain.Actor{Kind: domain.ActorPerson, ID: first.Owner.ID, Name: "Ada Lovelace", WorkspaceID: first.Workspace.ID, Role: domain.RoleOwner, Scopes: []domain.Scope{domain.ScopeAdmin}}
	h.ctx = domain.WithActor(ctx, h.owner)
	h.site = must(New(Options{Engine: e, Log: log, Session: h.session,
		SignIn:  func(http.ResponseWriter, *http.Request) (string, error) { return "/board", nil },
		SignOut: func(http.ResponseWriter, *http.Request) error { return nil }}))(t)
	t.Cleanup(func() { h.site.Close(); hub.Close(); _ = q.Stop(context.Background()); stop(); _ = st.Close() })
	return h
}

// session signs everybody in as the owner, but those who say that they are not.
func (h *house) session(r *http.Request) (domain.Actor, error) {
	if r.Header.Get("X-Signed-Out") != "" {
		return domain.Actor{}, domain.Errorf(domain.CodeUnauthorized, "Signed out")
	}
	return h.owner, nil
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T { t.Helper(); no(t, err); return v }
}

func no(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// add puts an item onto the board, in the column and with the findings given.
func (h *house) add(t testing.TB, c domain.ContentItem, to domain.ItemStatus) domain.ContentItem {
	t.Helper()
	c.WorkspaceID = h.owner.WorkspaceID
	if c.Origin.Kind == "" {
		c.Origin = domain.ComposerOrigin()
	}
	if c.Type == "" {
		c.Type = domain.ContentBlog
	}
	provenance := json.RawMessage(`{"inputs":{"topic":"Cloud cost","key_points":["Machines are larger than their work"],"facts":["One list of everything that runs"]},
		"parts":[{"heading":"Introduction","step":"section-1","uses":["topic"]},{"heading":"Where the money goes","step":"section-2","uses":["key_points[0]","facts[0]"]},{"heading":"How to keep it that way","step":"section-3"}],
		"steps":{"section-1":{"model":"composer/1"}}}`)
	err := h.store.InTx(h.ctx, func(tx *store.Tx) (err error) {
		if c, err = board.Create(h.ctx, tx, c, provenance); err != nil || to == domain.ItemGenerated {
			return err
		}
		c, err = board.Move(h.ctx, tx, domain.Workspace{ID: c.WorkspaceID}, c, to, 0)
		return err
	})
	no(t, err)
	return c
}

// get answers one request of the signed-in owner.
func (h *house) get(path string, headers ...string) *httptest.ResponseRecorder {
	return h.do(http.MethodGet, path, "", headers...)
}

func (h *house) do(method, path, form string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.site.ServeHTTP(w, r)
	return w
}

// everyField is a capability with a field of each kind, which writes three
// sections side by side.
func everyField(pace time.Duration) capability.Capability {
	return capability.Define(capability.Spec[everySettings]{
		Capability: domain.Capability{Slug: "generate-blog-post", Name: "Blog Post Generator", Description: "Generate SEO-optimized blog posts",
			Category: domain.CategoryGeneration, Credits: 5, NeedsModel: true, SettingsSchema: json.RawMessage(everySchema)},
		Title: func(s everySettings) string { return s.Topic },
		Plan: func(everySettings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "outline", Name: "Outline", Kind: "outline", Credits: 1},
				{Key: "section-1", Name: "Section 1", Kind: "section", DependsOn: []string{"outline"}, Credits: 1},
				{Key: "section-2", Name: "Section 2", Kind: "section", DependsOn: []string{"outline"}, Credits: 1},
				{Key: "assemble", Name: "Put together", Kind: "assemble", DependsOn: []string{"section-1", "section-2"}, Credits: 2}}, nil
		},
		Steps: map[string]capability.Step[everySettings]{"outline": writeStep(pace), "section": writeStep(pace), "assemble": assembleStep},
	})
}

type everySettings struct {
	Topic     string
	KeyPoints []string `json:"key_points"`
}

// writeStep composes the key points, after a pause for each of their words.
func writeStep(pace time.Duration) capability.Step[everySettings] {
	return func(ctx context.Context, in capability.Input, s everySettings) (capability.Result, error) {
		resp, err := in.Write(ctx, capability.Ask{Request: ai.Request{Messages: ai.User(s.Topic)}, Compose: func() (string, error) {
			text := strings.Join(append([]string{s.Topic}, s.KeyPoints...), ".\n\n") + "."
			time.Sleep(pace * time.Duration(len(strings.Fields(text))))
			return text, nil
		}})
		return capability.Result{Output: map[string]string{"text": resp.Text}}, err
	}
}

func assembleStep(_ context.Context, in capability.Input, _ everySettings) (capability.Result, error) {
	var body strings.Builder
	for _, key := range []string{"section-1", "section-2"} {
		body.WriteString("## " + human(key) + "\n\n" + textOf(in.Outputs[key]) + "\n\n")
	}
	item := domain.ContentItem{Title: "What was asked for", Type: domain.ContentBlog, Body: body.String(), Origin: in.Origin}
	return capability.Result{Output: map[string]string{"body": body.String()}, Effects: []capability.Effect{{Create: &capability.CreateItem{Item: item}}}}, nil
}

const everySchema = `{"type":"object","required":["topic"],"x-order":["topic","audience","tone","word_count","key_points","facts","networks","language","draft","creativity","brand_voice_id","call_to_action","extra"],"properties":{
"topic":{"type":"string","title":"Topic","description":"What the post is about, in a few words.","minLength":3,"maxLength":200,"examples":["Cloud cost optimization"]},
"audience":{"type":"string","title":"Audience","description":"Who will read it.","maxLength":200},
"tone":{"type":"string","title":"Tone","enum":["plain","warm","bold"],"default":"plain"},
"word_count":{"type":"integer","title":"Length in words","minimum":150,"maximum":3000,"default":800},
"key_points":{"type":"array","title":"Key points","description":"What the post must say.","items":{"type":"string"},"maxItems":12},
"facts":{"type":"array","title":"Facts","description":"Numbers, quotes and cases. Only these may appear in the text.","items":{"type":"string"},"maxItems":30},
"networks":{"type":"array","title":"Announce on","items":{"type":"string","enum":["linkedin","mastodon","bluesky"]}},
"language":{"type":"string","title":"Language","enum":["en","de","fr","es","it"],"default":"en"},
"draft":{"type":"boolean","title":"Keep it as a draft"},
"creativity":{"type":"number","title":"Creativity","minimum":0,"maximum":1},
"brand_voice_id":{"type":"integer","title":"Brand voice ID"},
"call_to_action":{"type":"string","title":"Call to action","maxLength":600},
"extra":{"type":"object","title":"Extra"}},"additionalProperties":false}`

// TestPreview serves the dashboard with example data until the test's time is
// over, to be looked at in a browser. It runs only where VELLOCITY_WEB_PREVIEW
// names an address to listen on.
func TestPreview(t *testing.T) {
	addr := os.Getenv("VELLOCITY_WEB_PREVIEW")
	if addr == "" {
		t.Skip("set VELLOCITY_WEB_PREVIEW=127.0.0.1:8090 to look at the pages")
	}
	h := newHouse(t, 60*time.Millisecond)
	h.examples(t)
	l := must(net.Listen("tcp", addr))(t)
	srv := &http.Server{Handler: h.site, ReadHeaderTimeout: time.Second}
	deadline, ok := t.Deadline()
	if !ok {
		deadline = time.Now().Add(time.Hour)
	}
	time.AfterFunc(time.Until(deadline)-2*time.Second, func() { _ = srv.Close() })
	t.Log(srv.Serve(l))
}
