package wire_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// serve starts a server that counts its connections, and an endpoint on it.
func serve(t *testing.T, query string, h http.HandlerFunc) (e *wire.Endpoint, conns *atomic.Int32) {
	t.Helper()
	conns = new(atomic.Int32)
	server := httptest.NewUnstartedServer(h)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	server.Start()
	client := wire.NewClient()
	t.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
	})
	e, err := wire.NewEndpoint(
		wire.Target{
			Provider: "acme",
			BaseURL:  server.URL + "/base" + query,
			Path:     "say",
			Header:   map[string]string{"X-Key": "k"},
			Client:   client,
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	return e, conns
}

// whole reads a stream to its end.
func whole(t *testing.T, e *wire.Endpoint, body any) (words []string) {
	t.Helper()
	s, err := e.Open(t.Context(), body, wire.Call{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for {
		var word struct{ Word string }
		if err := s.Next(&word); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			s.Finish()
			return words
		}
		words = append(words, word.Word)
	}
}

// say streams two words.
func say(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, data := range []string{`{"word":"a"}`, `{"word":"b"}`, "[DONE]"} {
		fmt.Fprintf(w, "data: %s\n\n", data)
		w.(http.Flusher).Flush()
	}
}

func TestRequestsAreSentWholeOnOneConnection(t *testing.T) {
	large := strings.Repeat("<a & b> ü ", 50_000)
	e, conns := serve(t, "?api-version=3", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != `"`+large+"\"\n" || r.ContentLength != int64(len(body)) {
			t.Errorf("a body of %d bytes: %v", len(body), err)
		}
		if r.URL.String() != "/base/say?api-version=3" || r.Method != http.MethodPost {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		for name, want := range map[string]string{
			"Content-Type":    "application/json",
			"Accept":          "text/event-stream",
			"Accept-Encoding": "identity",
			"User-Agent":      "vellocity",
			"X-Key":           "k",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		say(w)
	})
	for range 3 {
		if words := whole(t, e, large); strings.Join(words, " ") != "a b" {
			t.Errorf("%q", words)
		}
	}
	if n := conns.Load(); n != 1 {
		t.Errorf("%d connections for three calls in turn", n)
	}
}

// A server that does not end its stream is left.
func TestStreamThatDoesNotEndIsLeft(t *testing.T) {
	left := make(chan struct{})
	e, _ := serve(t, "", func(w http.ResponseWriter, r *http.Request) {
		say(w)
		<-r.Context().Done()
		close(left)
	})
	if words := whole(t, e, 1); len(words) != 2 {
		t.Errorf("%q", words)
	}
	<-left
}

// A request that cannot be written is the caller's fault, and is not sent.
func TestRequestThatCannotBeWritten(t *testing.T) {
	e, conns := serve(t, "", func(w http.ResponseWriter, _ *http.Request) { say(w) })
	_, err := e.Open(t.Context(), math.NaN(), wire.Call{})
	if known, ok := ai.AsError(err); !ok || known.Kind != ai.KindRequest || conns.Load() != 0 {
		t.Errorf("%v", err)
	}
}
