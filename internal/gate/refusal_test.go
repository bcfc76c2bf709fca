package gate_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/gate"
)

// untouched is a body that nobody may read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body of a refused request was read")
	return 0, io.EOF
}

func (untouched) Close() error { return nil }

// fill takes every slot for requests of a method, without a queue beside them.
func fill(t *testing.T, l *gate.Load, method string, slots int, work http.Handler) {
	t.Helper()
	for range slots {
		go l.Handler(work).ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "/", nil))
	}
}

// A refusal is decided from the header alone, and says all that the API promises.
func TestRefusalComesBeforeAnyWork(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "POST", "PATCH", "DELETE"} {
		synctest.Test(t, func(t *testing.T) {
			l := gate.NewLoad(gate.LoadOptions{Reads: 2, Writes: 2, Queue: -1})
			work := &held{release: make(chan struct{})}
			defer close(work.release)
			fill(t, l, method, 2, work)
			synctest.Wait()
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "/", untouched{t})
			r.Header.Set("X-Request-Id", "mine-7")
			l.Early(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				t.Error("a refused request was passed on")
			})).ServeHTTP(w, r)
			var body struct {
				Success *bool
				Error   struct {
					Code, Message string
					RequestID     string `json:"request_id"`
				}
			}
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Success == nil || *body.Success ||
				body.Error.Code != "UNAVAILABLE" || body.Error.RequestID != "mine-7" ||
				!strings.HasSuffix(body.Error.Message, "Try again shortly.") {
				t.Errorf("%s: %v %s", method, err, w.Body)
			}
			for name, want := range map[string]string{
				"Retry-After": "1", "X-Request-Id": "mine-7", "Cache-Control": "no-store",
				"Content-Type": "application/json; charset=utf-8", "X-Content-Type-Options": "nosniff",
			} {
				if got := w.Header().Get(name); got != want || w.Code != 503 {
					t.Errorf("%s: %d, %s: %q", method, w.Code, name, got)
				}
			}
			if now := l.Now(); now.Refused != 1 {
				t.Errorf("%s: %+v", method, now)
			}
		})
	}
}

// What there may be room for passes, and holds nothing yet.
func TestEarlyTakesNoSlot(t *testing.T) {
	l := gate.NewLoad(gate.LoadOptions{Reads: 1, Queue: -1})
	passed := 0
	h := l.Early(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		passed++
		if now := l.Now(); now.Short != 0 || now.Waiting != 0 {
			t.Errorf("%+v", now)
		}
	}))
	for range 3 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
	}
	if passed != 3 {
		t.Error(passed)
	}
}

// As many requests wait as are worked off in a tenth of a second, by what the latest took:
// a few that are expensive, many that are cheap, and streams by what they took to begin.
func TestQueueIsAsLongAsItsWork(t *testing.T) {
	stream := func(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/event-stream") }
	for name, c := range map[string]struct {
		took    time.Duration
		begin   func(http.ResponseWriter)
		waiting int64
	}{
		"1 ms":                  {time.Millisecond, nil, 200},
		"2 ms":                  {2 * time.Millisecond, nil, 100},
		"100 ms":                {100 * time.Millisecond, nil, 32},
		"10 µs":                 {10 * time.Microsecond, nil, 2000},
		"a stream after 100 ms": {100 * time.Millisecond, stream, 32},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := gate.NewLoad(gate.LoadOptions{Reads: 2})
			quick := l.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = await.Pause(r.Context(), c.took)
				if c.begin != nil {
					c.begin(w)
				}
				w.WriteHeader(http.StatusOK)
			}))
			for range 300 {
				quick.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
			}
			work := &held{release: make(chan struct{})}
			first := send(t, l.Handler(work), 3) // one of them waits
			_ = await.Pause(t.Context(), 2100*time.Millisecond)
			all := send(t, l.Handler(work), 3000)
			synctest.Wait()
			now := l.Now()
			if near := now.Waiting - c.waiting; now.Short != 2 || near < -c.waiting/50 || near > c.waiting/50 {
				t.Errorf("%s: %+v, want %d to wait", name, now, c.waiting)
			}
			close(work.release)
			first()
			all()
		})
	}
}

// A thousand requests in one instant, after a while without any, are no overload.
func TestBurstIsServed(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		synctest.Test(t, func(t *testing.T) {
			l := gate.NewLoad(gate.LoadOptions{Reads: 4, Writes: 16})
			h := l.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = await.Pause(r.Context(), 5*time.Millisecond)
				w.WriteHeader(http.StatusOK)
			}))
			for range 3 {
				_ = await.Pause(t.Context(), time.Minute)
				var all sync.WaitGroup
				for range 1000 {
					w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "/", nil)
					all.Go(func() {
						if l.Early(h).ServeHTTP(w, r); w.Code != 200 {
							t.Errorf("%s: %d", method, w.Code)
						}
					})
				}
				all.Wait()
			}
		})
	}
}

// A client whose body was not asked for gets its answer: at once where the body is there
// already, and soon where it never comes.
func TestRefusedBodies(t *testing.T) {
	l := gate.NewLoad(gate.LoadOptions{Writes: 1, Queue: -1})
	work := &held{release: make(chan struct{})}
	address := serve(t, 100, l.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), nil)
	early := httptest.NewServer(l.Early(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	t.Cleanup(early.Close)
	fill(t, l, "POST", 1, work)
	await.True(t, "the slot is taken", func() bool { return l.Now().Short == 1 })
	for name, c := range map[string]struct {
		address, text string
		kept          bool
	}{
		"a body that is there": {early.Listener.Addr().String(), "Content-Length: 5\r\n\r\nhello", true},
		"one that never comes": {early.Listener.Addr().String(), "Content-Length: 5\r\n\r\nhel", false},
		"one that asks first":  {early.Listener.Addr().String(), "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", false},
		"one that is read":     {address, "Content-Length: 5\r\n\r\nhello", true},
	} {
		conn := ask(t, c.address, "POST / HTTP/1.1\r\nHost: x\r\n"+c.text)
		in := bufio.NewReader(conn)
		if res := next(t, name, in); res.StatusCode != 503 || res.Close == c.kept {
			t.Errorf("%s: %d, closes: %v", name, res.StatusCode, res.Close)
		}
		if c.kept {
			again(t, name, conn, in)
		}
	}
	close(work.release)
}

// next reads a response with its body.
func next(t *testing.T, name string, in *bufio.Reader) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(name, err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(name, err)
	}
	return res
}

// again sends another request on a connection.
func again(t *testing.T, name string, conn net.Conn, in *bufio.Reader) {
	t.Helper()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(name, err)
	}
	if res := next(t, name, in); res.StatusCode != 200 {
		t.Errorf("%s: then %d", name, res.StatusCode)
	}
}
