package gate_test

import (
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/gate"
)

// A body that is sent again and again is sent as every other, whatever its caller accepts
// and has already.
func TestKeptBodies(t *testing.T) {
	long := strings.Repeat(`{"a":"word"}`, 1000)
	kept, short := gate.Keep("application/json", []byte(long)), gate.Keep("application/json", []byte(`{}`))
	send := func(k *gate.Kept) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { k.Send(w, r) }
	}
	plain := func(w http.ResponseWriter, r *http.Request) {
		gate.SendTagged(w, r, "application/json", []byte(long))
	}
	first, _ := answer(t, plain)
	zipped, _ := answer(t, plain, "Accept-Encoding", "gzip")
	for _, c := range []struct{ accept, known string }{
		{"", ""},
		{"gzip", ""},
		{"br, gzip;q=0.5", ""},
		{"gzip;q=0", ""},
		{"gzip", first.Header.Get("Etag")},
		{"gzip", zipped.Header.Get("Etag")},
		{"identity", zipped.Header.Get("Etag")},
		{"gzip", `"other"`},
	} {
		headers := []string{"Accept-Encoding", c.accept, "If-None-Match", c.known}
		want, wantBody := answer(t, plain, headers...)
		got, body := answer(t, send(kept), headers...)
		if got.StatusCode != want.StatusCode || body != wantBody {
			t.Errorf("%v: %d with %d bytes, want %d with %d", c, got.StatusCode, len(body), want.StatusCode, len(wantBody))
		}
		for _, name := range []string{"Etag", "Content-Encoding", "Content-Type", "Vary"} {
			if got.Header.Get(name) != want.Header.Get(name) {
				t.Errorf("%v: %s: %q, want %q", c, name, got.Header.Get(name), want.Header.Get(name))
			}
		}
	}
	if res, body := answer(t, send(short), "Accept-Encoding", "gzip"); body != "{}" ||
		res.Header.Get("Content-Encoding") != "" {
		t.Errorf("a short one: %v %s", res.Header, body)
	}
}
