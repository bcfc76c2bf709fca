package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestTheDocumentNamesTheServerThatServesIt holds that a client made from the document
// calls the server that it was read from.
func TestTheDocumentNamesTheServerThatServesIt(t *testing.T) {
	w := start(t)
	for _, c := range []struct{ header, want string }{
		{"X-Nothing: 1", w.url},
		{"X-Forwarded-Proto: https", strings.Replace(w.url, "http:", "https:", 1)}, // from a trusted proxy
	} {
		_, h, raw := w.call(t, "", "GET", "/api/v1/openapi.json", "", c.header)
		var doc struct {
			Info    struct{ Contact struct{ URL string } }
			Servers []struct{ URL string }
		}
		if err := json.Unmarshal(raw, &doc); err != nil || len(doc.Servers) != 1 || doc.Servers[0].URL != c.want ||
			doc.Info.Contact.URL != c.want+"/api/v1/openapi.json" {
			t.Errorf("%s: %+v %v, want %s", c.header, doc, err, c.want)
		}
		status, _, _ := w.call(t, "", "GET", "/api/v1/openapi.json", "", c.header, "If-None-Match: "+h.Get("Etag"))
		if status != 304 {
			t.Errorf("%s: again %d", c.header, status)
		}
	}
}

// TestFeedsOfAForeignHostAreNotShared: without base-url the addresses in a feed are those
// of the host that a request names, which a shared cache must not hand to others.
func TestFeedsOfAForeignHostAreNotShared(t *testing.T) {
	for base, want := range map[string]string{
		"":                          "private, max-age=60",
		"https://words.example.com": "public, max-age=60",
	} {
		w := startWith(t, map[string]string{"base-url": base})
		item := w.published(t)
		for _, path := range []string{"", "/rss.xml", "/feed.json", "/items/" + item} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/feeds/main"+path, http.NoBody)
			r.Host = "foreign.example"
			out := httptest.NewRecorder()
			w.Handler.ServeHTTP(out, r)
			if got := out.Header().Get("Cache-Control"); out.Code != 200 || got != want {
				t.Errorf("base %q, %s: %d, Cache-Control %q, want %q", base, path, out.Code, got, want)
			}
			if base != "" && strings.Contains(out.Body.String(), "foreign.example") {
				t.Errorf("%s names the foreign host", path)
			}
		}
	}
}

// published publishes an item and returns its slug.
func (w *whole) published(t *testing.T) string {
	t.Helper()
	_, item := w.finished(t, "Cloud cost optimization")
	status, _, raw := w.call(t, w.first.Key.Secret, "POST", "/api/v1/content-workflow/kanban/"+number(item)+"/status",
		`{"status":"published"}`)
	var out struct {
		Data struct{ Attributes struct{ Slug string } }
	}
	if err := json.Unmarshal(raw, &out); err != nil || status != 200 || out.Data.Attributes.Slug == "" {
		t.Fatalf("publish: %d %v %s", status, err, raw)
	}
	return out.Data.Attributes.Slug
}

// TestConditionsTakeListsOfTags sends lists of tags, also of what was compressed.
func TestConditionsTakeListsOfTags(t *testing.T) {
	w := start(t)
	_, item := w.finished(t, "Cloud cost optimization")
	path := "/api/v1/content-workflow/content/" + number(item)
	key := w.first.Key.Secret
	tag := func(headers ...string) string {
		_, h, _ := w.call(t, key, "GET", path, "", headers...)
		return h.Get("Etag")
	}
	packed := tag("Accept-Encoding: gzip")
	if !strings.HasSuffix(packed, `-gzip"`) {
		t.Errorf("the tag of a compressed item is %s", packed)
	}
	if status, _, _ := w.call(t, key, "GET", path, "", "Accept-Encoding: gzip", "If-None-Match: "+packed); status != 304 {
		t.Errorf("read again: %d", status)
	}
	for name, condition := range map[string]func() string{
		"one":        func() string { return tag() },
		"a list":     func() string { return `"x", ` + tag() },
		"no space":   func() string { return `"x",` + tag() + `,"y"` },
		"a comma":    func() string { return `"x,y", ` + tag() },
		"compressed": func() string { return `"x", ` + tag("Accept-Encoding: gzip") },
		"anything":   func() string { return "*" },
	} {
		if status, _, raw := w.call(t, key, "PATCH", path, `{"assignee":"Ada"}`, "If-Match: "+condition()); status != 200 {
			t.Errorf("%s: %d %s", name, status, raw)
		}
	}
	for _, condition := range []string{`"x"`, `"x", "y"`, "W/" + tag(), `"999999-1"`} {
		if status, _, raw := w.call(t, key, "PATCH", path, `{"assignee":"Ada"}`, "If-Match: "+condition); status != 412 {
			t.Errorf("%s: %d %s", condition, status, raw)
		}
	}
}
