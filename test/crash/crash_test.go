package crash_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/store/storetest"
	"vellocity/test/product"
)

func cycles(t *testing.T) int {
	t.Helper()
	text := os.Getenv("VELLOCITY_CRASH_CYCLES")
	if text == "" {
		return 3
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Killed repeatedly at any moment under load, the server keeps what it promised.
func TestKilledUnderLoad(t *testing.T) {
	eachDatabase(t, 5*time.Millisecond, func(t *testing.T, in *product.Installation, m *wire) {
		h := newHistory(t)
		for range cycles(t) {
			s := start(t, in)
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(50+rand.IntN(1450))*time.Millisecond)
			time.AfterFunc(time.Until(deadline(ctx)), func() { s.signal(t, syscall.SIGKILL) })
			s.load(ctx, t, h, 10)
			cancel()
			s.Kill()
		}
		s := start(t, in)
		db := open(t, in)
		left := count(t, db, unfinished)
		t.Logf("%d executions were left after the last kill; they ended within %s", left, drain(t, db))
		check(t, db, h, s, m)
		t.Logf(
			"%d executions accepted, %d texts streamed to their end, answers by status %v, %d steps recorded; at most %d interruptions of one step are noted",
			len(h.executions),
			len(h.texts),
			h.calls,
			count(t, db, steps),
			count(t, db, `select coalesce(max(crashes), 0) from execution`),
		)
		if len(h.executions) == 0 || count(t, db, `select count(*) from execution where status = 'completed'`) == 0 {
			t.Error("nothing was done")
		}
	})
}

func deadline(ctx context.Context) time.Time {
	d, _ := ctx.Deadline()
	return d
}

// Interrupted work continues within a second of the restart on a quiet machine. Other tests run beside this one, so
// ten are let through.
func TestResumesAfterRestart(t *testing.T) {
	eachDatabase(t, 300*time.Millisecond, func(t *testing.T, in *product.Installation, m *wire) {
		h := newHistory(t)
		s := start(t, in)
		for range 5 {
			s.execute(t, h)
		}
		db := open(t, in)
		await.True(t, "some steps", func() bool { return count(t, db, steps) >= 5 })
		await.True(t, "a call in the air", func() bool { return m.Open() > 0 })
		s.Kill()
		await.True(t, "the end of the calls", func() bool { return m.Open() == 0 })
		recorded, calls := count(t, db, steps), m.Count()
		began := time.Now()
		s = launch(t, in)
		working := func() bool { return m.Count() > calls }
		if err := s.Until(t.Context(), 10*time.Second, "work after the restart", working); err != nil {
			t.Fatal(err)
		}
		t.Logf("work went on %s after the process was started, with %d steps recorded", time.Since(began), recorded)
		s.ready(t, 10*time.Second)
		drain(t, db)
		check(t, db, h, s, m)
		if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 5 {
			t.Errorf("%d of 5 executions completed", n)
		}
	})
}

// PostgreSQL is down for 20 s: the server stays up, says so, and continues.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	c := storetest.NewCluster(t)
	m := model(t, 100*time.Millisecond)
	in := install(t, c.URL(), m)
	s := start(t, in)
	h, db := newHistory(t), open(t, in)
	for range 20 {
		s.execute(t, h)
	}
	await.True(t, "some steps", func() bool { return count(t, db, steps) >= 10 })
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	gone := time.Now()
	await.True(t, "readyz to say so",
		func() bool { return s.Status(t.Context(), "/readyz") == http.StatusServiceUnavailable })
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for ; time.Since(gone) < 20*time.Second; <-every.C {
		if got := s.Status(t.Context(), "/healthz"); got != http.StatusOK {
			t.Errorf("healthz answers %d", got)
		}
		asked := time.Now()
		for verb, path := range map[string]string{"GET": "executions", "POST": "kanban/1/status"} {
			var c call
			s.ask(t, &c, verb, "/content-workflow/"+path, map[string]any{"status": "review"})
			if c.Status != http.StatusServiceUnavailable || !c.expected() {
				t.Errorf("a %s answers %d, Retry-After %q: %s", verb, c.Status, c.header.Get("Retry-After"), c.Body)
			}
		}
		if took := time.Since(asked); took > 5*time.Second {
			t.Errorf("two calls took %s", took)
		}
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	s.ready(t, 10*time.Second)
	t.Logf("ready %s after the database was back", time.Since(back))
	db = open(t, in)
	had := count(t, db, steps)
	await.True(t, "the work to go on",
		func() bool { return count(t, db, steps) > had })
	t.Logf("work went on %s after the database was back", time.Since(back))
	drain(t, db)
	check(t, db, h, s, m)
	if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 20 {
		t.Errorf("%d of 20 executions completed", n)
	}
}

// SIGTERM under load: the server shuts down gracefully, and what was running continues
// after the next start.
func TestTerminatedUnderLoad(t *testing.T) {
	eachDatabase(t, 50*time.Millisecond, func(t *testing.T, in *product.Installation, m *wire) {
		h := newHistory(t)
		for range 2 {
			s := start(t, in)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, func() { s.signal(t, syscall.SIGTERM) })
			time.AfterFunc(1200*time.Millisecond, cancel)
			s.load(ctx, t, h, 10)
			if err := s.Wait(25 * time.Second); err != nil {
				t.Errorf("the server ended with %v", err)
			}
		}
		s := start(t, in)
		db := open(t, in)
		drain(t, db)
		check(t, db, h, s, m)
		t.Logf("%d executions accepted, answers by status %v", len(h.executions), h.calls)
	})
}
