package gate_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vellocity/internal/gate"
)

// answer asks a handler behind Compress and returns the body as a reader sees it.
func answer(t *testing.T, h http.HandlerFunc, headers ...string) (*http.Response, string) {
	t.Helper()
	srv := httptest.NewServer(gate.Compress(h))
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity") // else the client would unpack by itself
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body := io.Reader(resp.Body)
	if resp.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(resp.Body); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(raw)
}

func TestWhatIsCompressed(t *testing.T) {
	long := strings.Repeat("a word ", 1000)
	for _, c := range []struct {
		media, accept, body string
		status              int
		packed, varies      bool
	}{
		{"application/json; charset=utf-8", "gzip", long, 200, true, true},
		{"application/json", "br, gzip;q=0.1", long, 201, true, true},
		{"application/json", "*", long, 422, true, true},
		{"text/html; charset=utf-8", "gzip", long, 200, true, true},
		{"application/rss+xml", "gzip", long, 200, true, true},
		{"application/feed+json", "gzip", long, 200, true, true},
		{"text/javascript", "gzip", long, 200, true, true},
		{"image/svg+xml", "gzip", long, 200, true, true},
		{"application/json", "gzip;q=0", long, 200, false, true},
		{"application/json", "br", long, 200, false, true},
		{"application/json", "gzip", "{}", 200, false, true},
		{"application/json", "gzip", "", 200, false, true},
		{"text/event-stream", "gzip", long, 200, false, false},
		{"font/woff2", "gzip", long, 200, false, false},
		{"text/html", "gzip", long, 206, false, false},
	} {
		for _, sized := range []bool{true, false} {
			resp, body := answer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.media)
				if sized {
					w.Header().Set("Content-Length", fmt.Sprint(len(c.body)))
				}
				w.WriteHeader(c.status)
				for rest := c.body; rest != ""; {
					n := min(len(rest), 1000)
					if _, err := io.WriteString(w, rest[:n]); err != nil {
						t.Error(err)
					}
					rest = rest[n:]
				}
			}, "Accept-Encoding", c.accept)
			packed := resp.Header.Get("Content-Encoding") == "gzip"
			varies := resp.Header.Get("Vary") == "Accept-Encoding"
			if resp.StatusCode != c.status || body != c.body || packed != c.packed || varies != c.varies {
				t.Errorf("%+v sized %v: %d, %d bytes, compressed %v, varies %v", c.media+" "+c.accept, sized, resp.StatusCode,
					len(body), packed, varies)
			}
		}
	}
}

// TestTagsOfCompressedResponses holds that each coding has its own strong tag, and that
// either tells that a caller has the body.
func TestTagsOfCompressedResponses(t *testing.T) {
	long := []byte(strings.Repeat("a word ", 1000))
	h := func(w http.ResponseWriter, r *http.Request) { gate.SendTagged(w, r, "text/html", long) }
	plain, _ := answer(t, h)
	packed, _ := answer(t, h, "Accept-Encoding", "gzip")
	tag, packedTag := plain.Header.Get("Etag"), packed.Header.Get("Etag")
	if tag == packedTag || strings.HasPrefix(packedTag, "W/") {
		t.Errorf("%s and %s", tag, packedTag)
	}
	for _, c := range []struct {
		known, accept, want string
		status              int
	}{
		{tag, "identity", tag, 304},
		{packedTag, "gzip", packedTag, 304},
		{`"other", ` + packedTag, "gzip", packedTag, 304},
		{packedTag, "identity", packedTag, 304},
		{"W/" + packedTag, "gzip", packedTag, 304},
		{tag, "gzip", tag, 304},
		{"*", "gzip", tag, 304},
		{`"other"`, "gzip", packedTag, 200},
	} {
		resp, body := answer(t, h, "Accept-Encoding", c.accept, "If-None-Match", c.known)
		if resp.StatusCode != c.status || resp.Header.Get("Etag") != c.want || c.status == 304 && body != "" {
			t.Errorf("%+v: %d %s", c, resp.StatusCode, resp.Header.Get("Etag"))
		}
	}
}

// TestFlushedResponsesAreNotHeldBack reads the first piece while the handler still runs.
func TestFlushedResponsesAreNotHeldBack(t *testing.T) {
	for _, media := range []string{"text/event-stream", "text/plain"} {
		read := make(chan struct{})
		srv := httptest.NewServer(gate.Compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", media)
			_, _ = io.WriteString(w, "first") // the test fails if it does not arrive
			_ = http.NewResponseController(w).Flush()
			select {
			case <-read:
			case <-r.Context().Done():
			}
		})))
		req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 5)
		if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "first" {
			t.Errorf("%s: %q %v", media, first, err)
		}
		close(read)
		_ = resp.Body.Close() // read to its end
		srv.Close()
	}
}
