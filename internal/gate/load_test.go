package gate_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/gate"
)

// held is a handler whose requests last until they are released.
type held struct {
	release chan struct{}
	before  func(w http.ResponseWriter, r *http.Request)
}

func (h *held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.before != nil {
		h.before(w, r)
	}
	<-h.release
}

// send sends n requests at once and returns how to wait for their statuses.
func send(t *testing.T, h http.Handler, n int, headers ...string) (statuses func() map[int]int) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	counts := map[int]int{}
	for range n {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		all.Go(func() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			mu.Lock()
			defer mu.Unlock()
			counts[w.Code]++
		})
	}
	return func() map[int]int { all.Wait(); return counts }
}

func TestOverloadIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := gate.NewLoad(gate.LoadOptions{Reads: 4, Queue: 8})
		work := &held{release: make(chan struct{})}
		h := l.Handler(work)
		first := send(t, h, 100)
		synctest.Wait()
		if now := l.Now(); now.Short != 4 || now.Waiting != 8 || now.Refused != 88 {
			t.Fatalf("%+v", now)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
		var body struct {
			Error struct{ Code string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != 503 || body.Error.Code != "UNAVAILABLE" ||
			w.Header().Get("Retry-After") != "1" || w.Header().Get("X-Request-Id") == "" {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
		operator := httptest.NewRequestWithContext(domain.WithActor(t.Context(), domain.OperatorActor(1)), "GET", "/", nil)
		go h.ServeHTTP(httptest.NewRecorder(), operator) // ends with the others
		synctest.Wait()
		close(work.release)
		if got := first(); got[200] != 12 || got[503] != 88 {
			t.Errorf("%v", got)
		}
		if now := l.Now(); now.Short != 0 || now.Waiting != 0 {
			t.Errorf("afterwards %+v", now)
		}
	})
}

// A request waits for its turn, but not for long.
func TestQueueIsLeftInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := gate.NewLoad(gate.LoadOptions{Reads: 1, Queue: 8})
		work := &held{release: make(chan struct{})}
		defer close(work.release)
		h := l.Handler(work)
		send(t, h, 1)
		synctest.Wait()
		began := time.Now()
		if got := send(t, h, 1)(); got[503] != 1 || time.Since(began) > 6*time.Second {
			t.Errorf("%v after %s", got, time.Since(began))
		}
	})
}

// Streams and waits leave the slots to short requests, and have a bound of their own.
func TestLongRequestsHaveTheirOwnBound(t *testing.T) {
	for name, begin := range map[string]func(w http.ResponseWriter, r *http.Request){
		"a stream": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
			w.WriteHeader(http.StatusOK)
		},
		"a stream without a status": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, ": ok\n\n")
		},
		"a wait": func(_ http.ResponseWriter, r *http.Request) {
			domain.Waiting(r.Context())
			domain.Waiting(r.Context())
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := gate.NewLoad(gate.LoadOptions{Reads: 2, Queue: -1, Long: 50})
			work := &held{release: make(chan struct{}), before: begin}
			long := l.Handler(work)
			for range 50 {
				send(t, long, 1)
				synctest.Wait()
			}
			if now := l.Now(); now.Short != 0 || now.Long != 50 {
				t.Errorf("%s: %+v", name, now)
			}
			for _, h := range [][]string{{"Accept", "text/event-stream"}, {"Prefer", "respond-async, wait=10"}} {
				if got := send(t, long, 1, h...)(); got[503] != 1 {
					t.Errorf("%s: one more with %v: %v", name, h, got)
				}
			}
			quick := l.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			if got := send(t, quick, 1)(); got[200] != 1 {
				t.Errorf("%s: a short request: %v", name, got)
			}
			close(work.release)
			synctest.Wait()
			if now := l.Now(); now.Short != 0 || now.Long != 0 {
				t.Errorf("%s: afterwards %+v", name, now)
			}
		})
	}
}

// Readers that never read a large response do not use up the slots.
func TestSlowReadersLeaveTheSlots(t *testing.T) {
	l := gate.NewLoad(gate.LoadOptions{Reads: 2, Queue: -1})
	large := strings.Repeat("x", 6<<20)
	address := serve(t, 100, l.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/large" {
			_, _ = io.WriteString(w, large)
		}
	})), nil)
	for n := range 10 {
		ask(t, address, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
		await.True(t, "the reader has left its slot", func() bool {
			now := l.Now()
			return now.Short == 0 && now.Long == int64(n+1)
		})
	}
	conn := ask(t, address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
}

// Readers that do not read hold no more memory than all of them together may.
func TestSlowReadersHaveABoundTogether(t *testing.T) {
	const each, most = 8 << 20, 3 * 8 << 20
	l := gate.NewLoad(gate.LoadOptions{Unread: most})
	large := strings.Repeat("x", each)
	address := serve(t, 100, l.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, large)
	})), nil)
	for n := range 10 {
		ask(t, address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		await.True(t, "the reader waits, or was cut off", func() bool {
			now := l.Now()
			return now.Short == 0 && now.Long == int64(min(n+1, most/each))
		})
	}
}

// A person's browser gets a sentence.
func TestOverloadForABrowser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := gate.NewLoad(gate.LoadOptions{Reads: 1, Queue: -1})
		work := &held{release: make(chan struct{})}
		h := l.Handler(work)
		send(t, h, 1)
		synctest.Wait()
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/board", nil)
		r.Header.Set("Accept", "text/html,*/*")
		h.ServeHTTP(w, r)
		if w.Code != 503 || !strings.HasPrefix(w.Body.String(), "The server has more requests") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		close(work.release)
	})
}
