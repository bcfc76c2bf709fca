package api_test

import (
	"encoding/json"
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
