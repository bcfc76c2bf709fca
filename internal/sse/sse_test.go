package sse_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/sse"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	pieces := []string{
		"plain",
		" leading space",
		"two\nlines",
		"\n",
		"",
		"ends with newline\n",
		"cr\rlf\r\nboth",
		"Grüße 🎉",
	}
	rec := httptest.NewRecorder()
	w := sse.Start(t.Context(), rec, sse.Options{})
	for i, p := range pieces {
		if err := w.Send(sse.Event{ID: "7-" + string(rune('a'+i)), Data: p}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Send(sse.Event{Name: "error", Data: `{"code":"X"}`}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	w.Close()
	if err := w.Send(sse.Event{Data: "late"}); !errors.Is(err, sse.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	if n := strings.Count(rec.Body.String(), "data: [DONE]\n\n"); n != 1 {
		t.Errorf("%d times [DONE]", n)
	}
	r := sse.NewReader(rec.Body)
	for i, p := range pieces {
		e, err := r.Next()
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(p)
		if err != nil || e.Data != want || e.ID != "7-"+string(rune('a'+i)) {
			t.Errorf("piece %d: %q %q %v, want %q", i, e.ID, e.Data, err, want)
		}
	}
	if e, _ := r.Next(); e.Name != "error" || e.Data != `{"code":"X"}` {
		t.Errorf("error event: %+v", e)
	}
	if e, _ := r.Next(); e.Data != sse.Done {
		t.Errorf("end: %+v", e)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

func TestHeader(t *testing.T) {
	rec := httptest.NewRecorder()
	sse.Start(t.Context(), rec, sse.Options{}).Close()
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache", "X-Accel-Buffering": "no",
	} {
		if got := rec.Header().Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if !rec.Flushed {
		t.Error("the header was not flushed at once")
	}
}

// pass lets the bubble's clock move on.
func pass(t *testing.T, d time.Duration) {
	t.Helper()
	if err := await.Pause(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func TestHeartbeatFillsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := httptest.NewRecorder()
		w := sse.Start(t.Context(), rec, sse.Options{})
		pass(t, 14*time.Second)
		if err := w.Send(sse.Event{Data: "a"}); err != nil {
			t.Error(err)
		}
		pass(t, 31*time.Second)
		w.Close()
		pass(t, time.Minute)
		if n := strings.Count(rec.Body.String(), ": still here\n\n"); n != 2 {
			t.Errorf("%d heartbeats in 31 s of silence, want 2:\n%s", n, rec.Body)
		}
	})
}

type gone struct{ http.ResponseWriter }

func (gone) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestFirstFailureStays(t *testing.T) {
	w := sse.Start(t.Context(), gone{httptest.NewRecorder()}, sse.Options{})
	for range 2 {
		if err := w.Send(sse.Event{Data: "a"}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("got %v", err)
		}
	}
	if err := w.Close(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("close: %v", err)
	}
}

func TestStalledReaderIsDropped(t *testing.T) {
	failed := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		w := sse.Start(t.Context(), rw, sse.Options{Patience: 50 * time.Millisecond})
		big := strings.Repeat("x", 1<<20)
		var err error
		for range 200 {
			if err = w.Send(sse.Event{Data: big}); err != nil {
				break
			}
		}
		failed <- err
	}))
	defer srv.Close()
	resp, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := <-failed; err == nil {
		t.Error("a reader that never reads took 200 MiB")
	}
}

func TestReaderTakesEveryLineEnd(t *testing.T) {
	r := sse.NewReader(
		strings.NewReader("\ufeff: comment\rdata:a\r\rdata: b\r\ndata\r\n\r\nid: 3\nretry: 9\n\ndata: c\n\ndata: cut"),
	)
	for _, want := range []sse.Event{{Data: "a"}, {Data: "b\n"}, {ID: "3", Data: "c"}} {
		got, err := r.Next()
		if err != nil || got != want {
			t.Errorf("got %+v %v, want %+v", got, err, want)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("a cut event was returned: %v", err)
	}
	if r.LastID() != "3" {
		t.Errorf("last id %q", r.LastID())
	}
}

// A browser learns that a stream is open from its first bytes, not from its header.
func TestTheFirstBytesComeAtOnce(t *testing.T) {
	rec := httptest.NewRecorder()
	w := sse.Start(t.Context(), rec, sse.Options{})
	defer w.Close()
	if got := rec.Body.String(); got != ": connected\n\n" || !rec.Flushed {
		t.Errorf("written %q, flushed %v", got, rec.Flushed)
	}
}

// A handler that forgets to close its stream must not bring the server down with
// the next heartbeat.
func TestNoHeartbeatAfterTheRequestIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := httptest.NewRecorder()
		ctx, over := context.WithCancel(t.Context())
		sse.Start(ctx, rec, sse.Options{Heartbeat: time.Second})
		over()
		rec.Body.Reset()
		pass(t, 5*time.Second)
		synctest.Wait()
		if rec.Body.Len() > 0 {
			t.Errorf("written after the end: %q", rec.Body)
		}
	})
}
