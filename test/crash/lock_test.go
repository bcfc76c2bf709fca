package crash_test

import (
	"database/sql"
	"net/http"
	"sync"
	"testing"
	"time"

	"vellocity/internal/await"
)

// busyTimeout is how long a call waits for SQLite's write lock; room is the tolerance for
// a busy machine.
const busyTimeout, room = 5 * time.Second, 2 * time.Second

// Another program holds SQLite's write lock: calls wait for it as long as the busy
// timeout, get a 503 with Retry-After after that, and never fail in another way.
func TestWriteLockHeldOutside(t *testing.T) {
	t.Parallel()
	m := model(t, 5*time.Millisecond)
	in := install(t, "", m)
	s := start(t, in)
	h, db := newHistory(t), open(t, in)
	for range 5 {
		s.execute(t, h)
	}
	drain(t, db)
	for _, held := range []time.Duration{3 * time.Second, 12 * time.Second} {
		before := h.calls[http.StatusServiceUnavailable]
		longest := s.whileLocked(t, h, held)
		refused := h.calls[http.StatusServiceUnavailable] - before
		t.Logf("held for %s: %d calls refused, the longest took %s", held, refused, longest)
		if short := held < busyTimeout; short != (refused == 0) {
			t.Errorf("held for %s: %d calls were refused", held, refused)
		}
		if longest > busyTimeout+room {
			t.Errorf("held for %s: a call took %s", held, longest)
		}
		free := time.Now()
		await.True(t, "work after the lock", func() bool { return s.execute(t, h) != 0 })
		drain(t, db)
		t.Logf("all was done %s after the lock was free", time.Since(free))
		check(t, db, h, s, m)
	}
}

// whileLocked has clients write and read while the lock is held. It returns how long the
// longest call took.
func (s *server) whileLocked(t *testing.T, h *history, held time.Duration) (longest time.Duration) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.File()+"?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var all sync.WaitGroup
	var mu sync.Mutex
	end := time.Now().Add(held)
	for i := range 8 {
		all.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				began := time.Now()
				if (i+n)%2 == 0 {
					s.execute(t, h)
				} else {
					s.move(t, h, int64(1+i%5))
				}
				mu.Lock()
				longest = max(longest, time.Since(began))
				mu.Unlock()
			}
		})
	}
	every := time.NewTicker(200 * time.Millisecond)
	defer every.Stop()
	for ; time.Now().Before(end); <-every.C {
		for _, path := range []string{"/healthz", "/api/v1/content-workflow/executions"} {
			if got := s.Status(t.Context(), path); got != http.StatusOK {
				t.Errorf("%s answers %d while the write lock is held", path, got)
			}
		}
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
	all.Wait()
	return longest
}
