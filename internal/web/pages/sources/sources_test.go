package sources_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"vellocity/internal/web/webtest"
)

// A person adds a text, reads it in parts that an address can open, and deletes it. What is refused is there again.
func TestASourceFromItsFormToItsEnd(t *testing.T) {
	p := webtest.Start(t)
	if page := p.Get("/sources").Body; !strings.Contains(page, "No sources yet") {
		t.Errorf("the list shows %s", page)
	}
	refused := p.Post("/sources", url.Values{"text": {"Refunds take five days."}, "url": {"https://example.com/<x>"}})
	if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, "exactly one of") ||
		!strings.Contains(refused.Body, "Refunds take five days.") ||
		!strings.Contains(refused.Body, "https://example.com/&lt;x&gt;") {
		t.Errorf("%d\n%s", refused.Status, refused.Body)
	}
	webtest.Parse(t, "a refused source", refused.Body)
	text := "## Refunds\n\n" + strings.Repeat("Money is paid back within five days. ", 10) +
		"\n\n## Returns\n\nSend **it** back."
	added := p.Post("/sources", url.Values{"title": {"Our <rules>"}, "text": {text}})
	if added.Location != "/sources/1" {
		t.Fatalf("%d %s\n%s", added.Status, added.Location, added.Body)
	}
	page := p.Get("/sources/1").Body
	webtest.Parse(t, "a source", page)
	for _, want := range []string{`id="p-0"`, `id="p-384"`, "<strong>it</strong>", "Our &lt;rules&gt;", "Pasted"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s:\n%s", want, page)
		}
	}
	if list := p.Get("/sources?q=rules").Body; !strings.Contains(list, `href="/sources/1"`) {
		t.Errorf("the list shows %s", list)
	}
	if gone := p.Post("/sources/1/delete", nil); gone.Location != "/sources" {
		t.Errorf("deleting leads to %d %s", gone.Status, gone.Location)
	}
	if r := p.Get("/sources/1"); r.Status != http.StatusNotFound {
		t.Errorf("a deleted source: %d", r.Status)
	}
}

func TestASourceIsRefreshed(t *testing.T) {
	p := webtest.StartWith(t, map[string]string{"channel-networks": "127.0.0.0/8"})
	var text atomic.Value
	text.Store("Refunds take five days.")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(text.Load().(string))) // a broken connection is a fault that the test sees
	}))
	defer site.Close()
	if added := p.Post("/sources", url.Values{"url": {site.URL}}); added.Location != "/sources/1" {
		t.Fatalf("%d\n%s", added.Status, added.Body)
	}
	text.Store("Refunds take six days.")
	p.Post("/sources/1/refresh", nil)
	if page := p.Get("/sources/1").Body; !strings.Contains(page, "six days") {
		t.Errorf("the page shows %s", page)
	}
	text.Store("")
	p.Post("/sources/1/refresh", nil)
	page := p.Get("/sources/1").Body
	if !strings.Contains(page, "six days") || !strings.Contains(page, "The page is empty") {
		t.Errorf("the page shows %s", page)
	}
	if list := p.Get("/sources").Body; !strings.Contains(list, "Not refreshed") {
		t.Errorf("the list shows %s", list)
	}
}
