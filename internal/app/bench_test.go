package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"vellocity/internal/config"
	"vellocity/internal/domain"
)

// bench is a whole program on a fresh SQLite file, called without a network: for
// profiles of what a request costs. Figures with the network are those of bench/.
//
//	go test -run '^$' -bench Move -cpuprofile cpu.out -benchtime 5000x ./internal/app
type bench struct {
	*App
	b   *testing.B
	key string
}

func newBench(b *testing.B) *bench {
	b.Helper()
	cfg, err := config.Load(
		config.Sources{
			Flags: map[string]string{"data": b.TempDir(), "rate-limits": "off", "no-demo": "on", "provider": "composer"},
		},
	)
	if err != nil {
		b.Fatal(err)
	}
	a, err := New(b.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if err := a.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.Stop(context.WithoutCancel(b.Context())); err != nil {
			b.Error(err)
		}
	})
	first, _, err := a.Engine.Account.Bootstrap(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return &bench{a, b, first.Key.Secret}
}

func (t *bench) call(method, path, body string, want int) {
	r := httptest.NewRequestWithContext(t.b.Context(), method, "/api/v1/content-workflow"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+t.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	t.Handler.ServeHTTP(w, r)
	if w.Code != want {
		t.b.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
}

// posts is an execution of four steps that makes three items.
const posts = `{"settings":{"topic":"Cloud cost optimization","networks":["linkedin","x","facebook"],` +
	`"key_points":["Start with what is idle","Buy commitments last"]}}`

func (t *bench) execute(n int) {
	var callers sync.WaitGroup
	var next atomic.Int64
	for range 16 {
		callers.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				body := strings.Replace(posts, "Cloud cost", fmt.Sprintf("Cloud cost %d", i), 1) // a topic of its own
				t.call(http.MethodPost, "/capabilities/generate-social-posts/execute", body, http.StatusCreated)
			}
		})
	}
	callers.Wait()
	t.done(n)
}

func (t *bench) done(n int) {
	ctx := domain.WithActor(t.b.Context(), domain.OperatorActor(1))
	for range time.Tick(5 * time.Millisecond) {
		counts, err := t.Engine.Work.ExecutionCounts(ctx)
		if err != nil {
			t.b.Fatal(err)
		}
		if counts[domain.ExecutionFailed] > 0 {
			t.b.Fatal("an execution failed")
		}
		if counts[domain.ExecutionCompleted] >= n {
			return
		}
	}
}

// cpu reports the processor time that each turn took: unlike the time on the
// clock it hardly depends on what else the machine does.
func cpu(b *testing.B) func() {
	began := cpuTime(b)
	return func() { b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/float64(b.N), "cpu-µs/op") }
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkExecute(b *testing.B) {
	t := newBench(b)
	b.ReportAllocs()
	b.ResetTimer()
	defer cpu(b)()
	t.execute(b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "executions/s")
}

func BenchmarkList(b *testing.B) {
	t := newBench(b)
	t.execute(200)
	b.ReportAllocs()
	defer cpu(b)()
	for b.Loop() {
		t.call(http.MethodGet, "/executions?per_page=20", "", http.StatusOK)
	}
}

func BenchmarkBoard(b *testing.B) {
	t := newBench(b)
	t.execute(200)
	b.ReportAllocs()
	defer cpu(b)()
	for b.Loop() {
		t.call(http.MethodGet, "/kanban", "", http.StatusOK)
	}
}

func BenchmarkMove(b *testing.B) {
	t := newBench(b)
	t.execute(40)
	b.ReportAllocs()
	defer cpu(b)()
	n := 0
	for b.Loop() {
		to := []string{"review", "generated"}[n/100%2]
		t.call(http.MethodPost, fmt.Sprintf("/kanban/%d/status", n%100+1), `{"status":"`+to+`"}`, http.StatusOK)
		n++
	}
}

// BenchmarkEdit changes the title of items with a text of 6 kB.
func BenchmarkEdit(b *testing.B) {
	t := newBench(b)
	t.execute(40)
	body := strings.Repeat("Start with what is idle, then look at who owns it, and write down what has to change. ", 70)
	for i := range 100 {
		t.call(http.MethodPatch, fmt.Sprintf("/content/%d", i+1), fmt.Sprintf(`{"body":%q}`, body), http.StatusOK)
	}
	b.ResetTimer()
	b.ReportAllocs()
	defer cpu(b)()
	n := 0
	for b.Loop() {
		t.call(http.MethodPatch, fmt.Sprintf("/content/%d", n%100+1), fmt.Sprintf(`{"title":"Title %d"}`, n), http.StatusOK)
		n++
	}
}
