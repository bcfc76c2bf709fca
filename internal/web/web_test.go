package web_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

// furtherPages are the addresses of pages beside those of the menu.
var furtherPages = []string{
	"/board?type=blog_post&since=7&q=cloud", "/executions?status=failed&since=1", "/capabilities/generate-blog-post", "/capabilities/generate-social-posts",
	"/capabilities/analyze-seo", "/capabilities/review-content", "/capabilities/publish-content",
	"/brand-voices/new", "/brand-voices/1", "/brand-voices/2?delete=1", "/agents/new", "/agents/1",
	"/settings/api-keys?new=1", "/settings/api-keys?revoke=1", "/in", "/contents/new", "/contents?q=cloud&sort=-title",
	"/new-template", "/new-template?copy=blog-and-social", "/notifications?unread=1", "/check?brand_voice_id=1&sample=1",
	"/sources?new=1", "/sources?q=x",
	"/write/templates/faq_generator", "/write/prompt", "/write/texts", "/write/texts?q=x", "/write/own/new?from=case_study",
	"/images?engine=stablediffusion", "/images?engine=nothing",
}

// everyPage lists the pages of the menu and the further ones.
func everyPage(t *testing.T, p *webtest.Person) []string {
	t.Helper()
	var list []string
	link := regexp.MustCompile(`<li><a href="([^"]+)" aria-current=`)
	for _, link := range link.FindAllStringSubmatch(p.Get("/board").Body, -1) {
		list = append(list, link[1])
	}
	if len(list) < 6 {
		t.Fatalf("the menu has only %v", list)
	}
	return append(list, furtherPages...)
}

func TestEveryPageOfAFreshWorkspace(t *testing.T) {
	p := webtest.Start(t)
	for _, path := range everyPage(t, p) {
		r := p.Get(path)
		if want := map[bool]int{true: http.StatusUnauthorized, false: http.StatusOK}[path == "/in"]; r.Status != want {
			t.Fatalf("%s: %d\n%s", path, r.Status, r.Body)
		}
		webtest.Parse(t, path, r.Body)
	}
	for _, path := range []string{"/board", "/executions"} {
		if part := p.Get(path, "HX-Request", "true").Body; strings.Contains(part, "<html") || part == "" {
			t.Errorf("%s: a script must get the live part alone", path)
		}
	}
	doc := webtest.Parse(t, "board", p.Get("/board").Body)
	if webtest.Count(doc, "section", "empty") != 1 || webtest.Count(doc, "li", "card") != 0 {
		t.Error("an empty board must say what to do")
	}
	if home := p.Get("/"); home.Location != "/board" {
		t.Errorf("/ leads to %q", home.Location)
	}
}

func TestEveryPageWithOneManyAndLong(t *testing.T) {
	p := webtest.Start(t)
	x := p.Examples()
	word := strings.Repeat("Donaudampfschifffahrtsgesellschaft ", 8) + strings.Repeat("x", 40)
	long := p.Add(domain.ContentItem{
		Title:    word,
		Body:     word + webtest.SampleBody + word,
		Findings: []domain.Finding{webtest.Finding(webtest.SampleBody, "x", domain.SeverityInfo, "Tag it", word)},
	}, domain.ItemReview)
	for i := range 60 {
		p.Add(domain.ContentItem{Title: fmt.Sprintf("Item %d", i), Body: "Text."}, domain.ItemGenerated)
	}
	item, run := fmt.Sprintf("/content/%d", long.ID), fmt.Sprintf("/executions/%d", x.ID)
	for _, path := range append(everyPage(t, p), item, item+"?view=edit", item+"?view=versions", item+"?view=history",
		"/content/1", "/content/6", run, run+"?tab=plan", run+"?tab=input", run+"?tab=guardrails", run+"?tab=events",
		fmt.Sprintf("/capabilities/generate-blog-post?from=%d", x.ID)) {
		r := p.Get(path)
		if r.Status >= 500 || r.Status == 404 {
			t.Fatalf("%s: %d\n%s", path, r.Status, r.Body)
		}
		webtest.Parse(t, path, r.Body)
	}
	doc := webtest.Parse(t, "board", p.Get("/board").Body)
	if n := webtest.Count(doc, "li", "card"); n != 50+4+2+2 {
		t.Errorf("%d cards; a column shows the newest 50", n)
	}
	if webtest.Count(doc, "li", "col-more") != 1 {
		t.Error("a column that has more must say so")
	}
}

func TestTheMenuCounts(t *testing.T) {
	p := webtest.Start(t)
	for i := range 3 {
		p.Add(domain.ContentItem{Title: fmt.Sprint(i), Body: "Text."}, domain.ItemReview)
	}
	page := p.Get("/agents").Body
	if !strings.Contains(page, `data-count="in review">3<span> in review</span>`) ||
		!strings.Contains(page, `data-count="failed or need review" hidden>0<`) {
		t.Error("the menu must count the items in review, and no failed executions")
	}
	if r := p.Get("/counts", "Accept", "application/json"); strings.TrimSpace(
		r.Body,
	) != `{"failed or need review":0,"in review":3,"unread":0}` {
		t.Errorf("an open page gets %d %s", r.Status, r.Body)
	}
	for _, keys := range []string{"g b", "g c", "g e", "g v", "c", "g a", "g n", "g s", "g t", "g k", "g w", "g m"} {
		if !strings.Contains(page, `data-keys="`+keys+`"`) {
			t.Errorf("no link has the shortcut %q", keys)
		}
	}
}

func TestErrorPages(t *testing.T) {
	p := webtest.Start(t)
	for path, want := range map[string]int{
		"/nowhere": 404, "/content/999": 404, "/content/x": 404, "/executions/999": 404, "/executions/999?tab=events": 404,
		"/capabilities/none": 404, "/assets/x/none.js": 404, "/assets/x/pages/board/page.html": 404,
	} {
		if r := p.Get(path); r.Status != want {
			t.Errorf("%s: %d, want %d", path, r.Status, want)
		}
	}
	out := p.SignedOut()
	if r := out.Get("/board"); r.Status != http.StatusUnauthorized || !strings.Contains(r.Body, "vellocity sign-in-link") {
		t.Errorf("signed out: %d, and the page must say how to sign in", r.Status)
	}
	move := url.Values{"ids": {"1"}, "to": {"ready"}}
	if r := out.Post("/board/move", move, "Accept", "application/json"); r.Status != http.StatusUnauthorized {
		t.Errorf("signed-out post: %d", r.Status)
	}
	if r := p.Post("/out", nil); r.Location != "/in" {
		t.Errorf("signing out leads to %q", r.Location)
	}
	if r := p.Get("/board"); r.Status != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", r.Status)
	}
	if r := p.Get("/in?t=wrong"); r.Status != http.StatusUnauthorized {
		t.Errorf("a wrong link: %d", r.Status)
	}
}

func TestHeaders(t *testing.T) {
	p := webtest.Start(t)
	page := p.Get("/board")
	for name, want := range map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-store",
		"Vary":                       "HX-Request",
	} {
		if got := page.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	policy := page.Header.Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") {
		t.Errorf("the content policy is %q", policy)
	}
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		r := p.Post("/board/move", url.Values{"ids": {"1"}, "to": {"ready"}}, name, value)
		if r.Status != http.StatusForbidden {
			t.Errorf("a post with %s: %s gets %d", name, value, r.Status)
		}
	}
}

// TestNothingFromAnotherWorkspace asks for a neighbour's things by their number.
func TestNothingFromAnotherWorkspace(t *testing.T) {
	p := webtest.Start(t)
	other := p.Neighbour()
	c := p.AddTo(other.ID, domain.ContentItem{Title: "Their cloud contract", Body: "Their text."}, domain.ItemReview)
	item := fmt.Sprintf("/content/%d", c.ID)
	for _, path := range []string{item, item + "?view=versions", item + "?view=edit", item + "/export?format=markdown",
		"/executions/1", "/executions/1?tab=events", "/executions/1/stream"} {
		if r := p.Get(path); r.Status < 400 || strings.Contains(r.Body, "cloud contract") {
			t.Errorf("%s: %d shows a neighbour's thing", path, r.Status)
		}
	}
	if r := p.Get("/find?q=contract"); strings.TrimSpace(r.Body) != "[]" {
		t.Errorf("the search finds a neighbour's item: %s", r.Body)
	}
	if r := p.Get("/capabilities/review-content"); strings.Contains(r.Body, "Their cloud contract") {
		t.Error("the form lists a neighbour's item")
	}
}

// TestEveryPageFolderIsListed finds page folders that the site does not mount.
func TestEveryPageFolderIsListed(t *testing.T) {
	list := string(webtest.Must(os.ReadFile("web.go"))(t))
	for _, dir := range webtest.Must(os.ReadDir("pages"))(t) {
		if !strings.Contains(list, "\t\t"+dir.Name()+".Mount,\n") {
			t.Errorf("pages/%s is not in the list of pages", dir.Name())
		}
	}
}

// TestKeysLeadToOnePage: two pages of the menu with the same keys would hide one of them.
func TestKeysLeadToOnePage(t *testing.T) {
	keys, of := regexp.MustCompile(`Keys:\s+"([a-z ]+)"`), map[string]string{}
	for _, page := range webtest.Must(filepath.Glob("pages/*/*.go"))(t) {
		for _, m := range keys.FindAllStringSubmatch(string(webtest.Must(os.ReadFile(page))(t)), -1) {
			if other := of[m[1]]; other != "" {
				t.Errorf("%q leads to %s and to %s", m[1], other, page)
			}
			of[m[1]] = page
		}
	}
	if len(of) < 10 {
		t.Errorf("only %d pages have keys", len(of))
	}
}

// TestAScriptStartsOnItsPageAlone finds ids that start the script of one page and stand in
// another: every page loads the scripts of all.
func TestAScriptStartsOnItsPageAlone(t *testing.T) {
	start := regexp.MustCompile(`(?m)^const \w+ = document\.getElementById\(["']([\w-]+)["']\)`)
	var ids []string
	for _, script := range webtest.Must(filepath.Glob("pages/*/*.js"))(t) {
		for _, m := range start.FindAllStringSubmatch(string(webtest.Must(os.ReadFile(script))(t)), -1) {
			ids = append(ids, m[1])
		}
	}
	if len(ids) < 6 {
		t.Fatalf("the scripts start on %v only", ids)
	}
	in := map[string][]string{}
	for _, page := range webtest.Must(filepath.Glob("pages/*/*.html"))(t) {
		text, dir := string(webtest.Must(os.ReadFile(page))(t)), filepath.Dir(page)
		for _, id := range ids {
			if strings.Contains(text, `id="`+id+`"`) && !slices.Contains(in[id], dir) {
				in[id] = append(in[id], dir)
			}
		}
	}
	for id, dirs := range in {
		if len(dirs) > 1 {
			t.Errorf("the id %s stands in %v", id, dirs)
		}
	}
}

// TestEveryFormRunsOnce looks for forms that would do a thing twice when they are sent
// twice. Signing out twice does no harm, and the board sends its moves by a script.
func TestEveryFormRunsOnce(t *testing.T) {
	p := webtest.Start(t)
	x := p.Examples()
	p.Add(domain.ContentItem{Title: "Ready", Body: "Text."}, domain.ItemReady)
	forms := 0
	paths := append(everyPage(t, p), fmt.Sprintf("/executions/%d", x.ID), "/content/1", "/content/11", "/content/6",
		"/content/6?view=edit", "/content/6?view=versions", "/content/7")
	for _, path := range paths {
		for n := range webtest.Parse(t, path, p.Get(path).Body).Descendants() {
			action := webtest.Attr(n, "action")
			post := n.Data == "form" && webtest.Attr(n, "method") == "post"
			if !post || action == "/out" || strings.HasPrefix(action, "/board") {
				continue
			}
			forms++
			once := false
			for f := range n.Descendants() {
				once = once || f.Data == "input" && webtest.Attr(f, "name") == "once" && len(webtest.Attr(f, "value")) > 20
			}
			if !once && !strings.HasSuffix(action, "/revoke") { // a key that is revoked stays so
				t.Errorf("%s: the form for %s", path, action)
			}
		}
	}
	if forms < 20 {
		t.Errorf("only %d forms", forms)
	}
}

// TestAnErrorPageKeepsItsFrame looks for the counts and names of the menu.
func TestAnErrorPageKeepsItsFrame(t *testing.T) {
	p := webtest.Start(t)
	p.Add(domain.ContentItem{Title: "One", Body: "Text."}, domain.ItemReview)
	page := p.Get("/nowhere").Body
	for _, want := range []string{`data-count="in review">1<`, p.Workspace.Name, "Composer (no AI model)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of an error lacks %q", want)
		}
	}
}

// TestPreview serves the dashboard with example data until the test's time is over,
// for a look in a browser. It runs only where VELLOCITY_WEB_PREVIEW names an address
// to listen on.
func TestPreview(t *testing.T) {
	addr := os.Getenv("VELLOCITY_WEB_PREVIEW")
	if addr == "" {
		t.Skip("set VELLOCITY_WEB_PREVIEW=127.0.0.1:8090 to look at the pages")
	}
	p := webtest.Start(t)
	p.Examples()
	var lc net.ListenConfig
	l := webtest.Must(lc.Listen(t.Context(), "tcp", addr))(t)
	srv := &http.Server{Handler: p.App.Handler, ReadHeaderTimeout: time.Second}
	deadline, ok := t.Deadline()
	if !ok {
		deadline = time.Now().Add(time.Hour)
	}
	time.AfterFunc(time.Until(deadline)-2*time.Second, func() { _ = srv.Close() })
	link := webtest.Must(p.App.SignInLink(t.Context(), p.Workspace.ID, "/board"))(t)
	fmt.Printf("Open http://%s%s\n", addr, link.Path)
	t.Log(srv.Serve(l))
}
