package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/web/webtest"
)

// TestFormsOverPlainHTTP posts as a browser does that reached the server over a network
// without TLS: it sends no Sec-Fetch-Site, and an Origin only where the referrer policy
// of the page lets it.
func TestFormsOverPlainHTTP(t *testing.T) {
	p := webtest.Start(t)
	for _, path := range []string{"/board", "/content/999", "/in", "/settings/api-keys?new=1"} {
		if policy := p.Get(path).Header.Get("Referrer-Policy"); policy != "same-origin" {
			t.Errorf("%s: with the policy %q a form sends Origin: null", path, policy)
		}
	}
	form := url.Values{"name": {"Website"}, "scopes": {"read"}}
	if r := p.Post("/settings/api-keys", form, "Origin", p.URL); r.Status != http.StatusOK {
		t.Errorf("a form of our own page: %d", r.Status)
	}
	if r := p.Post("/settings/api-keys", form, "Origin", "null"); r.Status != http.StatusForbidden {
		t.Errorf("a form of no page: %d", r.Status)
	}
}

// TestAPageAskedForOpensAfterSignIn asks for pages without a session and then signs in.
func TestAPageAskedForOpensAfterSignIn(t *testing.T) {
	for _, c := range []struct{ asked, accept, target, want string }{
		{"/content/3?view=edit", "text/html", "/board", "/content/3?view=edit"},
		{"/executions?status=failed", "text/html,*/*", "", "/executions?status=failed"},
		{"/content/3", "text/html", "/content/1", "/content/1"}, // the link has a page of its own
		{"", "", "/board", "/board"},
		{"/in", "text/html", "/board", "/board"},
		{"/", "text/html", "/board", "/board"},
		{"/events", "text/event-stream", "/board", "/board"},
		{"/find?q=a", "application/json", "/board", "/board"},
		{"//elsewhere.example/x", "text/html", "/board", "/board"},
	} {
		p := webtest.Start(t)
		out := p.SignedOut()
		if c.asked != "" {
			out.Get(c.asked, "Accept", c.accept)
		}
		link := webtest.Must(p.App.SignInLink(t.Context(), p.Workspace.ID, c.target))(t)
		if r := out.Get(link.Path); r.Location != c.want {
			t.Errorf("%s, then a link to %q: %d to %q, want %q", c.asked, c.target, r.Status, r.Location, c.want)
		}
		if c.want != c.asked {
			continue
		}
		link = webtest.Must(p.App.SignInLink(t.Context(), p.Workspace.ID, "/board"))(t)
		if r := out.Get(link.Path); r.Location != "/board" {
			t.Errorf("the page that was asked for opens again: %q", r.Location)
		}
	}
}

// TestAForgedPageAfterSignIn signs in with cookies that lead away from the server.
func TestAForgedPageAfterSignIn(t *testing.T) {
	p := webtest.Start(t)
	for _, evil := range []string{"https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example",
		"/\telsewhere", "javascript:alert(1)", "elsewhere", "%zz", ""} {
		link := webtest.Must(p.App.SignInLink(t.Context(), p.Workspace.ID, "/board"))(t)
		r := p.SignedOut().Get(link.Path, "Cookie", "vellocity_next="+url.QueryEscape(evil))
		if r.Location != "/board" {
			t.Errorf("%q leads to %q", evil, r.Location)
		}
	}
}

// TestTheSessionCanBeChecked asks, as the script does before it posts a form.
func TestTheSessionCanBeChecked(t *testing.T) {
	p := webtest.Start(t)
	if r := p.Get("/session", "Accept", "application/json"); r.Status != http.StatusNoContent {
		t.Errorf("signed in: %d", r.Status)
	}
	r := p.SignedOut().Get("/session", "Accept", "application/json")
	if r.Status != http.StatusUnauthorized || !strings.Contains(r.Body, `"code":"UNAUTHORIZED"`) {
		t.Errorf("signed out: %d %s", r.Status, r.Body)
	}
}
