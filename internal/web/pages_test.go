package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
)

var everyPage = []string{"/board", "/board?type=blog_post&since=7&q=cloud", "/executions", "/executions?status=failed&since=1",
	"/capabilities", "/capabilities/generate-blog-post", "/brand-voices", "/agents", "/settings/api-keys", "/settings/api-keys?new=1", "/in"}

// parse reads a page and fails on what no page may hold: an inline script or
// style, an id twice, a control without a name.
func parse(t *testing.T, where, body string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	seen := map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" && attr(n, "src") == "" || n.Data == "style" {
			t.Errorf("%s: an inline <%s>", where, n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s %s=%q>", where, n.Data, a.Key, a.Val)
			}
			if a.Key == "id" && seen[a.Val] {
				t.Errorf("%s: the id %q stands twice", where, a.Val)
			}
			seen[a.Val] = seen[a.Val] || a.Key == "id"
		}
	}
	if strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "%!") {
		t.Errorf("%s: a value went wrong in a template", where)
	}
	return doc
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// count counts elements by name and class; the class may be empty.
func count(doc *html.Node, name, class string) int {
	found := 0
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == name && (class == "" || strings.Contains(" "+attr(n, "class")+" ", " "+class+" ")) {
			found++
		}
	}
	return found
}

func TestEveryPageWithNothingOnIt(t *testing.T) {
	h := newHouse(t, 0)
	for _, path := range everyPage {
		w := h.get(path)
		if want := map[bool]int{true: http.StatusUnauthorized, false: http.StatusOK}[path == "/in"]; w.Code != want {
			t.Fatalf("%s: %d\n%s", path, w.Code, w.Body)
		}
		parse(t, path, w.Body.String())
	}
	for _, path := range []string{"/board", "/executions"} {
		if part := h.get(path, "HX-Request", "true").Body.String(); strings.Contains(part, "<html") || part == "" {
			t.Errorf("%s: a script must get the live part alone", path)
		}
	}
	doc := parse(t, "board", h.get("/board").Body.String())
	if count(doc, "section", "empty") != 1 || count(doc, "li", "card") != 0 {
		t.Error("an empty board must say what to do")
	}
}

func TestEveryPageWithOneManyAndLong(t *testing.T) {
	h := newHouse(t, 0)
	h.examples(t)
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaft ", 8) + strings.Repeat("x", 40)
	h.add(t, domain.ContentItem{Title: long, Body: long + sampleBody + long, Findings: []domain.Finding{finding(sampleBody, "x", domain.SeverityInfo, "Tag it", long)}}, domain.ItemReview)
	for i := range 60 {
		h.add(t, domain.ContentItem{Title: fmt.Sprintf("Item %d", i), Body: "Text."}, domain.ItemGenerated)
	}
	for _, path := range append(everyPage, "/content/10", "/content/10?view=edit", "/content/10?view=versions", "/content/10?view=history", "/content/11", "/executions/1",
		"/executions/1?tab=plan", "/executions/1?tab=input", "/executions/1?tab=guardrails", "/executions/1?tab=events", "/capabilities/generate-blog-post?from=1") {
		w := h.get(path)
		if w.Code >= 500 || w.Code == 404 {
			t.Fatalf("%s: %d\n%s", path, w.Code, w.Body)
		}
		parse(t, path, w.Body.String())
	}
	board := h.get("/board").Body.String()
	doc := parse(t, "board", board)
	if n := count(doc, "li", "card"); n != 50+4+2+2 {
		t.Errorf("%d cards; a column shows the newest 50", n)
	}
	if count(doc, "a", "col-more") != 1 {
		t.Error("a column that has more must say so")
	}
}

func TestErrorPages(t *testing.T) {
	h := newHouse(t, 0)
	for path, want := range map[string]int{"/nowhere": 404, "/content/999": 404, "/content/x": 404, "/executions/999": 404, "/capabilities/none": 404, "/assets/x/none.js": 404} {
		if w := h.get(path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	w := h.get("/board", "X-Signed-Out", "1")
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "vellocity sign-in-link") {
		t.Errorf("signed out: %d, and the page must say how to get in", w.Code)
	}
	if w := h.do(http.MethodPost, "/board/move", "ids=1&to=ready", "X-Signed-Out", "1", "Accept", "application/json"); w.Code != http.StatusUnauthorized {
		t.Errorf("signed-out post: %d", w.Code)
	}
}

func TestHeaders(t *testing.T) {
	h := newHouse(t, 0)
	head := h.get("/board").Header()
	for name, want := range map[string]string{"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store", "Vary": "HX-Request"} {
		if head.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, head.Get(name), want)
		}
	}
	if strings.Contains(contentPolicy, "unsafe") {
		t.Error("the content policy allows something unsafe")
	}
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		if w := h.do(http.MethodPost, "/board/move", "ids=1&to=ready", name, value); w.Code != http.StatusForbidden {
			t.Errorf("a post with %s: %s was answered with %d", name, value, w.Code)
		}
	}
	asset := h.get(h.site.assets.url("base.css"))
	if asset.Code != 200 || !strings.Contains(asset.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("an asset must be kept for ever: %d %q", asset.Code, asset.Header().Get("Cache-Control"))
	}
}

func TestARouteWithoutItsPageIsRefused(t *testing.T) {
	h := newHouse(t, 0)
	if err := h.site.pages.match([]route{{pattern: "GET /x", page: "missing"}}); err == nil {
		t.Error("a route without a page was accepted")
	}
	if err := h.site.pages.match(nil); err == nil {
		t.Error("a page without a route was accepted")
	}
	if err := h.site.pages.match(h.site.routes()); err != nil {
		t.Error(err)
	}
}

// TestNothingFromAnotherWorkspace asks for a neighbour's things by their number.
func TestNothingFromAnotherWorkspace(t *testing.T) {
	h := newHouse(t, 0)
	h.examples(t)
	h.owner.WorkspaceID = 99
	h.ctx = domain.WithActor(context.Background(), h.owner)
	for _, path := range []string{"/content/1", "/executions/1", "/content/1/export?format=markdown", "/executions/1/stream"} {
		if w := h.get(path); w.Code < 400 || strings.Contains(w.Body.String(), "cloud contract") {
			t.Errorf("%s: %d shows a neighbour's thing", path, w.Code)
		}
	}
}
