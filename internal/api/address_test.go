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
