package app

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"vellocity/internal/await"
	"vellocity/internal/config"
	"vellocity/internal/gate"
)

// TestFullServer fills every slot of a whole program: all doors refuse at once, before they
// look at the key or the body, and the health checks, the metrics and the operator pass.
func TestFullServer(t *testing.T) {
	flags := map[string]string{"data": t.TempDir(), "rate-limits": "off", "no-demo": "on", "provider": "composer"}
	cfg, err := config.Load(config.Sources{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, _, err := a.Engine.Account.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	fillLoad(t, a.load)
	call := func(method, path string, body io.Reader) int {
		r := httptest.NewRequestWithContext(t.Context(), method, path, body)
		r.Header.Set("Authorization", "Bearer vell_pk_that_nobody_has")
		w := httptest.NewRecorder()
		a.Handler.ServeHTTP(w, r)
		if w.Code == 503 && (w.Header().Get("Retry-After") == "" || w.Header().Get("X-Request-Id") == "") {
			t.Errorf("%s %s: %v", method, path, w.Header())
		}
		return w.Code
	}
	const base = "/api/v1/content-workflow"
	for _, path := range []string{
		base + "/kanban", base + "/executions", "/feeds/main/feed.json", "/feeds/main", "/api/v1/openapi.json",
		"/api/v1/mcp", "/board", "/", "/nowhere",
	} {
		if got := call("GET", path, nil); got != 503 {
			t.Errorf("GET %s: %d", path, got)
		}
	}
	for _, path := range []string{base + "/capabilities/generate-social-posts/execute", "/api/v1/mcp", "/in"} {
		unread := strings.NewReader(strings.Repeat("x", 1000))
		if got := call("POST", path, unread); got != 503 || unread.Len() != 1000 {
			t.Errorf("POST %s: %d, %d bytes of the body are left", path, got, unread.Len())
		}
	}
	if got := call("GET", "/healthz", nil); got != 200 {
		t.Errorf("/healthz: %d", got)
	}
	if got := call("GET", "/metrics", nil); got != 200 {
		t.Errorf("/metrics: %d", got)
	}
	if err := a.probe.try(t.Context()); err != nil {
		t.Error(err)
	}
	w := httptest.NewRecorder() // the queue of this program does not run
	a.Handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/readyz", nil))
	if strings.Contains(w.Body.String(), "more requests than it can handle") {
		t.Errorf("/readyz: %s", w.Body)
	}
	w = httptest.NewRecorder()
	a.Operator().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", base+"/executions", nil))
	if w.Code != 200 {
		t.Errorf("the operator: %d %s", w.Code, w.Body)
	}
}

// fillLoad holds every slot and every place in the queues until the test ends.
func fillLoad(t *testing.T, l *gate.Load) {
	t.Helper()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	h := l.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	for _, method := range []string{"GET", "POST"} {
		refused := l.Now().Refused
		for range 3000 {
			go h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "/", nil))
		}
		await.True(t, "some find no place", func() bool {
			return l.Now().Refused > refused && full(l, method)
		})
	}
}

// full reports whether the load refuses a request early.
func full(l *gate.Load, method string) bool {
	w := httptest.NewRecorder()
	l.Early(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).
		ServeHTTP(w, httptest.NewRequest(method, "/", nil))
	return w.Code == 503
}

// The health checks pass whatever else they wait for: nobody's slot is theirs.
func TestHealthIsNeverRefused(t *testing.T) {
	a := &App{load: gate.NewLoad(gate.LoadOptions{}), connections: gate.NewConnections(10)}
	fillLoad(t, a.load)
	release := make(chan struct{})
	passed := make(chan string, 1000)
	h := a.early(a.bounded(nil, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		passed <- r.URL.Path
		<-release
	})))
	for range 300 { // as many as ask, even while none has its answer
		for _, path := range []string{"/healthz", "/readyz"} {
			go h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		}
	}
	await.True(t, "all checks pass", func() bool { return len(passed) == 600 })
	close(release)
}

// There are more threads than requests that need a processor, so that one is always free
// for what the network brings.
func TestThreadsAreMoreThanReads(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	for _, cpus := range []int{1, 2, 8} {
		t.Run(fmt.Sprint(cpus), func(t *testing.T) {
			runtime.GOMAXPROCS(cpus)
			l := gate.NewLoad(gate.LoadOptions{})
			fillLoad(t, l)
			reads := l.Now().Short - int64(max(12, 8*cpus)) // less the writes
			t.Setenv("GOMAXPROCS", "")
			MoreThreads()
			if threads := runtime.GOMAXPROCS(0); int64(threads) < reads+2 {
				t.Errorf("%d threads for %d reads", threads, reads)
			}
		})
	}
	runtime.GOMAXPROCS(3)
	t.Setenv("GOMAXPROCS", "3")
	if MoreThreads(); runtime.GOMAXPROCS(0) != 3 {
		t.Errorf("GOMAXPROCS=3 became %d", runtime.GOMAXPROCS(0))
	}
}
