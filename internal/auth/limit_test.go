package auth_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func take(t testing.TB, l *auth.Limiter, id int64, plan domain.Plan) auth.Verdict {
	t.Helper()
	v, err := l.Take(t.Context(), id, plan)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Ten times the quota at once lets exactly the quota through (S21).
func TestBurstAdmitsExactlyTheQuota(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *clock) {
		id, _ := workspace(t, s, domain.PlanBusiness)
		l := auth.NewLimiter(s, quiet, false)
		if got := burst(t, []*auth.Limiter{l}, id, domain.PlanBusiness, 3000); got != 300 {
			t.Errorf("let %d of 300 through", got)
		}
	})
}

// Nodes that share a database never let more through than the plan has, and
// strand at most one block each.
func TestBurstOverSeveralNodes(t *testing.T) {
	c := newClock()
	s := storetest.Postgres(t, c.option)
	id, _ := workspace(t, s, domain.PlanEnterprise)
	nodes := []*auth.Limiter{
		auth.NewLimiter(s, quiet, false),
		auth.NewLimiter(s, quiet, false),
		auth.NewLimiter(s, quiet, false),
	}
	got := burst(t, nodes, id, domain.PlanEnterprise, 10_000)
	if got > 1000 || got < 990 {
		t.Errorf("let %d of 1000 through", got)
	}
}

func burst(t *testing.T, nodes []*auth.Limiter, id int64, plan domain.Plan, n int) int {
	t.Helper()
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for worker := range 30 {
		wg.Go(func() {
			for range n / 30 {
				v, err := nodes[worker%len(nodes)].Take(t.Context(), id, plan)
				if err != nil {
					t.Error(err)
					return
				}
				if v.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return int(allowed.Load())
}

func TestWaitingExactlyRetryAfterSucceeds(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		id, _ := workspace(t, s, domain.PlanStarter)
		l := auth.NewLimiter(s, quiet, false)
		c.advance(137 * time.Millisecond)
		for minute := range 20 {
			for range 60 {
				if v := take(t, l, id, domain.PlanStarter); !v.Allowed {
					if minute < 16 {
						t.Fatalf("refused in minute %d: %+v", minute, v)
					}
					// 1,000 a day are used up in the 17th minute.
					if v.Nearer.Name != "day" || v.RetryAfter < 13*time.Hour {
						t.Fatalf("refused with %+v", v)
					}
					c.advance(v.RetryAfter)
					if v := take(t, l, id, domain.PlanStarter); !v.Allowed {
						t.Fatalf("after the wait for the day: %+v", v)
					}
					return
				}
			}
			v := take(t, l, id, domain.PlanStarter)
			if v.Allowed || v.Nearer.Name != "minute" || v.Nearer.Remaining != 0 || v.RetryAfter <= 0 ||
				v.RetryAfter%time.Second != 0 {
				t.Fatalf("the 61st request of a minute got %+v", v)
			}
			wantCode(t, v.Err(), domain.CodeRateLimited)
			c.advance(v.RetryAfter)
		}
		t.Error("the day's limit was never reached")
	})
}

// TestTheHeadersDescribeOneWindow holds that the window of the headers is the minute in
// every answer, whatever share of the day is left, until the day refuses.
func TestTheHeadersDescribeOneWindow(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		id, _ := workspace(t, s, domain.PlanStarter)
		l := auth.NewLimiter(s, quiet, false)
		last := 0
		for range 1000 {
			v := take(t, l, id, domain.PlanStarter)
			if v.Nearer.Name != "minute" || v.Nearer.Limit != 60 {
				t.Fatalf("after %d in this minute: %+v", last, v)
			}
			if last = 60 - v.Nearer.Remaining; last == 60 {
				c.advance(time.Minute)
			}
		}
		v := take(t, l, id, domain.PlanStarter)
		if v.Allowed || v.Nearer.Name != "day" || !strings.Contains(v.Err().Error(), " hours") {
			t.Errorf("the day is used up: %+v %v", v, v.Err())
		}
	})
}

func TestVerdictTellsTheHeaders(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		id, _ := workspace(t, s, domain.PlanBusiness)
		v := take(t, auth.NewLimiter(s, quiet, false), id, domain.PlanBusiness)
		if !v.Allowed || v.RetryAfter != 0 || len(v.Windows) != 2 || v.Nearer.Name != "minute" {
			t.Fatalf("verdict %+v", v)
		}
		minute, day := v.Windows[0], v.Windows[1]
		if minute.Limit != 300 || minute.Remaining != 299 ||
			!minute.Reset.Equal(c.now().Truncate(time.Minute).Add(time.Minute)) {
			t.Errorf("minute %+v", minute)
		}
		if day.Limit != 10_000 || day.Remaining != 9_999 || !day.Reset.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("day %+v", day)
		}
	})
}

func TestCountsOutliveARestart(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *clock) {
		id, _ := workspace(t, s, domain.PlanBusiness)
		first := auth.NewLimiter(s, quiet, false)
		for range 7 {
			take(t, first, id, domain.PlanBusiness)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		first.Run(ctx) // writes, or gives back, at its end
		v := take(t, auth.NewLimiter(s, quiet, false), id, domain.PlanBusiness)
		if v.Windows[0].Remaining != 292 || v.Windows[1].Remaining != 9_992 {
			t.Errorf("after a restart: %+v", v.Windows)
		}
	})
}

func TestWorkspacesDoNotShareLimits(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *clock) {
		id, _ := workspace(t, s, domain.PlanStarter)
		l := auth.NewLimiter(s, quiet, false)
		for range 61 {
			take(t, l, id, domain.PlanStarter)
		}
		if v := take(t, l, id+1, domain.PlanStarter); !v.Allowed {
			t.Errorf("the neighbour is refused: %+v", v)
		}
	})
}

func TestABiggerPlanCountsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *clock) {
		id, _ := workspace(t, s, domain.PlanStarter)
		l := auth.NewLimiter(s, quiet, false)
		for range 61 {
			take(t, l, id, domain.PlanStarter)
		}
		if v := take(t, l, id, domain.PlanBusiness); !v.Allowed || v.Windows[0].Remaining != 239 {
			t.Errorf("after the change of plan: %+v", v)
		}
	})
}

// While the database is away callers are notified at once; a moment later the
// limiter looks again.
func TestLimiterOutlivesTheDatabase(t *testing.T) {
	cluster := storetest.NewCluster(t)
	c := newClock()
	s := storetest.Open(t, store.Options{URL: cluster.URL()}, c.option)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	id, _ := workspace(t, s, domain.PlanStarter)
	l := auth.NewLimiter(s, quiet, false)
	take(t, l, id, domain.PlanStarter)
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Take(t.Context(), id, domain.PlanStarter); err == nil {
		t.Fatal("no error although the database is away")
	}
	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Take(t.Context(), id, domain.PlanStarter); err == nil {
		t.Error("the limiter asked again at once")
	}
	c.advance(time.Second)
	if v := take(t, l, id, domain.PlanStarter); !v.Allowed {
		t.Errorf("after the database came back: %+v", v)
	}
}

func TestOffHasNoWindows(t *testing.T) {
	s := storetest.SQLite(t)
	l := auth.NewLimiter(s, quiet, true)
	for range 2000 {
		if v := take(t, l, 1, domain.PlanStarter); !v.Allowed || len(v.Windows) != 0 {
			t.Fatalf("verdict %+v", v)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	s := storetest.SQLite(b)
	l := auth.NewLimiter(s, quiet, false)
	b.ReportAllocs()
	for b.Loop() {
		take(b, l, 1, domain.PlanEnterprise)
	}
}

// A clock that jumped ahead and back does not close the window that it left behind.
func TestClockThatJumpsAndComesBack(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		id, _ := workspace(t, s, domain.PlanStarter)
		l := auth.NewLimiter(s, slog.New(slog.DiscardHandler), false)
		limit := domain.PlanStarter.Limits().PerMinute
		take := func() auth.Verdict {
			t.Helper()
			v, err := l.Take(t.Context(), id, domain.PlanStarter)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		for _, jump := range []time.Duration{time.Hour, 26 * time.Hour, 24 * 400 * time.Hour} {
			c.advance(jump)
			for range limit {
				take()
			}
			if take().Allowed {
				t.Errorf("%s ahead: more than %d a minute", jump, limit)
			}
			c.advance(-jump)
			if v := take(); !v.Allowed {
				t.Errorf("back from %s: refused for %s", jump, v.RetryAfter)
			}
			c.advance(2 * time.Minute)
		}
	})
}
