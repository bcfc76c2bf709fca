// Package webtest starts the whole program for tests of the dashboard and drives it
// over HTTP as a signed-in person: with the real database, sessions, queue and
// composer, and nothing faked.
package webtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/app"
	"vellocity/internal/config"
	"vellocity/internal/domain"
	"vellocity/internal/engine"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// Person is a browser of the owner of a fresh workspace.
type Person struct {
	T         testing.TB
	App       *app.App
	Engine    engine.Engine
	Workspace domain.Workspace
	URL       string // of the server

	client *http.Client
}

// Start starts the program in a temporary directory and signs the owner in. It stops
// with the test.
func Start(t testing.TB) *Person {
	t.Helper()
	return StartWith(t, nil)
}

// StartWith is Start with further options, by their names.
func StartWith(t testing.TB, options map[string]string) *Person {
	t.Helper()
	flags := map[string]string{"data": t.TempDir(), "rate-limits": "off", "listen": "127.0.0.1:0"}
	maps.Copy(flags, options)
	cfg, err := config.Load(config.Sources{Flags: flags, Kinds: app.ProviderKinds()})
	No(t, err)
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	No(t, err)
	first, _, err := a.Engine.Account.Bootstrap(t.Context())
	No(t, err)
	No(t, a.Start(t.Context()))
	srv := httptest.NewServer(a.Handler)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	p := &Person{T: t, App: a, Engine: a.Engine, Workspace: first.Workspace, URL: srv.URL, client: browser(t)}
	link, err := a.SignInLink(t.Context(), first.Workspace.ID, "/agents")
	No(t, err)
	if r := p.Get(link.Path); r.Status != http.StatusSeeOther || r.Location != "/agents" {
		t.Fatalf("sign in: %d to %q", r.Status, r.Location)
	}
	return p
}

// browser keeps cookies and follows no redirects.
func browser(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	No(t, err)
	return &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// SignedOut returns another browser, without a session.
func (p *Person) SignedOut() *Person {
	other := *p
	other.client = browser(p.T)
	return &other
}

// Context carries the operator of the workspace, for calls of verbs.
func (p *Person) Context() context.Context {
	return domain.WithActor(p.T.Context(), domain.OperatorActor(p.Workspace.ID))
}

// Response is what the server sent.
type Response struct {
	Status   int
	Header   http.Header
	Location string // of a redirect
	Body     string
}

// Get requests a path. Headers are names and values in turn.
func (p *Person) Get(path string, headers ...string) Response {
	p.T.Helper()
	return p.do(http.MethodGet, path, nil, headers)
}

// Post posts a form.
func (p *Person) Post(path string, form url.Values, headers ...string) Response {
	p.T.Helper()
	headers = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
	return p.do(http.MethodPost, path, strings.NewReader(form.Encode()), headers)
}

// PostBody posts a body of a type, such as a form with a file.
func (p *Person) PostBody(path string, body []byte, contentType string) Response {
	p.T.Helper()
	return p.do(http.MethodPost, path, bytes.NewReader(body), []string{"Content-Type", contentType})
}

func (p *Person) do(method, path string, body io.Reader, headers []string) Response {
	p.T.Helper()
	req, err := http.NewRequestWithContext(p.T.Context(), method, p.URL+path, body)
	No(p.T, err)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.client.Do(req)
	No(p.T, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	No(p.T, err)
	return Response{
		Status:   resp.StatusCode,
		Header:   resp.Header,
		Location: resp.Header.Get("Location"),
		Body:     string(text),
	}
}

// Add puts an item of the person's workspace on the board.
func (p *Person) Add(c domain.ContentItem, to domain.ItemStatus) domain.ContentItem {
	p.T.Helper()
	return p.AddTo(p.Workspace.ID, c, to)
}

// AddTo puts an item of a workspace on its board, in a column.
func (p *Person) AddTo(workspaceID int64, c domain.ContentItem, to domain.ItemStatus) domain.ContentItem {
	p.T.Helper()
	c.WorkspaceID = workspaceID
	if c.Origin.Kind == "" {
		c.Origin = domain.ComposerOrigin()
	}
	if c.Type == "" {
		c.Type = domain.ContentBlog
	}
	ctx := domain.WithActor(p.T.Context(), domain.OperatorActor(workspaceID))
	item.Describe(&c)
	No(p.T, p.App.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		if c, err = item.Create(ctx, tx, c, json.RawMessage(provenance)); err != nil || to == domain.ItemGenerated {
			return err
		}
		c, err = item.Move(ctx, tx, c, to, item.Top, "")
		return err
	}))
	return c
}

// Become gives the person another role in the workspace.
func (p *Person) Become(role domain.Role) {
	p.T.Helper()
	No(p.T, p.App.Store.InTx(p.T.Context(), func(tx *store.Tx) error {
		owner, _, err := tx.Owner(p.T.Context(), p.Workspace.ID)
		if err != nil {
			return err
		}
		return tx.SaveMember(p.T.Context(), p.Workspace.ID, owner.ID, role)
	}))
}

// Neighbour creates another workspace on the server.
func (p *Person) Neighbour() domain.Workspace {
	p.T.Helper()
	var w domain.Workspace
	No(p.T, p.App.Store.InTx(p.T.Context(), func(tx *store.Tx) (err error) {
		w, err = tx.CreateWorkspace(p.T.Context(), domain.Workspace{
			Slug: "neighbour", Name: "Neighbour", Plan: domain.PlanEnterprise, Timezone: "UTC", FeedEnabled: true,
		})
		return err
	}))
	return w
}

// No fails the test on an error.
func No(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Must returns a function that returns v, or fails the test on the error.
func Must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T { t.Helper(); No(t, err); return v }
}
