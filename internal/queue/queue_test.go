package queue_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// handlers is a queue's only handler.
func only(h queue.Handler) map[string]queue.Handler { return map[string]queue.Handler{"work": h} }

func TestDispatchIsQuick(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		started := make(chan time.Time, 1)
		q := start(t, options(s, only(func(context.Context, queue.Job) error {
			started <- time.Now()
			return nil
		})))
		var took []time.Duration
		for ref := range 20 {
			enqueue(t, s, q, queue.Insert{Kind: "work", Ref: int64(ref)})
			committed := time.Now()
			took = append(took, recv(t, started, "start").Sub(committed))
		}
		slices.Sort(took)
		if median := took[len(took)/2]; median > 50*time.Millisecond {
			t.Errorf("the median job starts after %s; all: %v", median, took)
		}
	})
}

func TestJobCarriesKindRefAndAttempt(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		jobs := make(chan queue.Job, 1)
		q := start(t, options(s, only(func(_ context.Context, j queue.Job) error {
			jobs <- j
			return nil
		})))
		id := enqueue(t, s, q, queue.Insert{Kind: "work", Ref: 1 << 40})
		if j := recv(t, jobs, "job"); j.ID != id || j.Kind != "work" || j.Ref != 1<<40 || j.Attempt != 1 {
			t.Errorf("got %+v, want id %d", j, id)
		}
	})
}

func TestRolledBackEnqueueLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		refs := make(chan int64, 9)
		q := start(t, options(s, only(func(_ context.Context, j queue.Job) error {
			refs <- j.Ref
			return nil
		})))
		undo := errors.New("undo")
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			if _, err := q.Enqueue(t.Context(), tx.DB(), queue.Insert{Kind: "work", Ref: 1}); err != nil {
				return err
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		enqueue(t, s, q, queue.Insert{Kind: "work", Ref: 2})
		if ref := recv(t, refs, "job"); ref != 2 {
			t.Errorf("job %d ran", ref)
		}
		if n := query(t, s, `select count(*) from river_job`); n != 1 {
			t.Errorf("%d jobs, want 1", n)
		}
	})
}

func TestPriority(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, release, refs := make(chan bool, 1), make(chan bool), make(chan int64, 9)
		o := options(s, only(func(_ context.Context, j queue.Job) error {
			if j.Ref == 0 {
				first <- true
				<-release
				return nil
			}
			refs <- j.Ref
			return nil
		}))
		o.Workers = map[string]int{"work": 1}
		q := start(t, o)
		enqueue(t, s, q, queue.Insert{Kind: "work", Ref: 0})
		recv(t, first, "first job")
		for _, p := range []int{4, 2, 3, 1, 4, 1} {
			enqueue(t, s, q, queue.Insert{Kind: "work", Ref: int64(p), Priority: p})
		}
		close(release)
		for _, want := range []int64{1, 1, 2, 3, 4, 4} {
			if got := recv(t, refs, "job"); got != want {
				t.Fatalf("a job of priority %d ran where %d was due", got, want)
			}
		}
	})
}

func TestAtIsNotBefore(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		started := make(chan time.Time, 1)
		q := start(t, options(s, only(func(context.Context, queue.Job) error {
			started <- time.Now()
			return nil
		})))
		at := time.Now().Add(700 * time.Millisecond)
		enqueue(t, s, q, queue.Insert{Kind: "work", At: at})
		if got := recv(t, started, "start"); got.Before(at.Truncate(time.Millisecond)) {
			t.Errorf("started %s early", at.Sub(got))
		}
	})
}

// blocked waits for the end of its context and reports its cause.
func blocked(started chan<- int64, ended chan<- error) queue.Handler {
	return func(ctx context.Context, j queue.Job) error {
		started <- j.Ref
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ctx.Err()
	}
}

func TestCancelReachesRunningJob(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		started, ended := make(chan int64, 1), make(chan error, 1)
		o := options(s, only(blocked(started, ended)))
		q := start(t, o)
		elsewhere, err := queue.New(queue.Options{DB: s.DB()}) // as another process would
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			by   *queue.Queue
		}{{"here", q}, {"elsewhere", elsewhere}} {
			id := enqueue(t, s, q, queue.Insert{Kind: "work"})
			recv(t, started, "start")
			cancelJob(t, s, c.by, id)
			began := time.Now()
			if why := recv(t, ended, "end of the cancelled job"); !errors.Is(why, queue.ErrCancelled) {
				t.Errorf("%s: ended by %v", c.name, why)
			}
			t.Logf("cancelled %s: %s", c.name, time.Since(began))
			eventually(t, "the end of the cancelled job", func() bool {
				return query(t, s, `select count(*) from river_job where id = $1 and state <> 'cancelled'`, id) == 0
			})
		}
	})
}

// The notification of a cancellation can get lost with its connection.
func TestLostCancelIsFound(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		started, ended := make(chan int64, 1), make(chan error, 1)
		o := options(s, only(blocked(started, ended)))
		q := start(t, o)
		id := enqueue(t, s, q, queue.Insert{Kind: "work"})
		recv(t, started, "start")
		mark := `update river_job set metadata = json_set(metadata, '$.cancel_attempted_at', 'now') where id = $1`
		if s.Postgres() {
			mark = `update river_job set metadata = metadata || '{"cancel_attempted_at": "now"}' where id = $1`
		}
		exec(t, s, mark, id)
		if why := recv(t, ended, "end of the cancelled job"); !errors.Is(why, queue.ErrCancelled) {
			t.Errorf("ended by %v", why)
		}
	})
}

func TestCancelledWhileWaitingNeverRuns(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		refs := make(chan int64, 9)
		o := options(s, only(func(_ context.Context, j queue.Job) error {
			refs <- j.Ref
			return nil
		}))
		q, err := queue.New(o)
		if err != nil {
			t.Fatal(err)
		}
		id := enqueue(t, s, q, queue.Insert{Kind: "work", Ref: 1})
		cancelJob(t, s, q, id)
		cancelJob(t, s, q, id+99) // none of that id: nothing to do
		enqueue(t, s, q, queue.Insert{Kind: "work", Ref: 2})
		start(t, o)
		if ref := recv(t, refs, "job"); ref != 2 {
			t.Errorf("job %d ran", ref)
		}
	})
}

func TestLaterCountsNoAttempt(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var n atomic.Int64
		attempts := make(chan int, 9)
		q := start(t, options(s, only(func(_ context.Context, j queue.Job) error {
			attempts <- j.Attempt
			if n.Add(1) < 3 {
				return queue.Later(10 * time.Millisecond)
			}
			return nil
		})))
		enqueue(t, s, q, queue.Insert{Kind: "work"})
		for range 3 {
			if a := recv(t, attempts, "run"); a != 1 {
				t.Errorf("attempt %d", a)
			}
		}
	})
}

func TestErrorsAndPanicsAreRetried(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		attempts := make(chan int, 9)
		q := start(t, options(s, only(func(_ context.Context, j queue.Job) error {
			attempts <- j.Attempt
			switch j.Attempt {
			case 1:
				return errors.New("no luck")
			case 2:
				panic("bad luck")
			}
			return nil
		})))
		enqueue(t, s, q, queue.Insert{Kind: "work"})
		for want := 1; want <= 3; want++ {
			if a := recv(t, attempts, "attempt"); a != want {
				t.Errorf("attempt %d, want %d", a, want)
			}
		}
	})
}

func TestStopHandsBack(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		started, ended := make(chan int64, 1), make(chan error, 1)
		o := options(s, only(blocked(started, ended)))
		o.Grace = 50 * time.Millisecond
		q := start(t, o)
		enqueue(t, s, q, queue.Insert{Kind: "work", Ref: 7})
		recv(t, started, "start")
		stop(t, q)
		if why := recv(t, ended, "end"); !errors.Is(why, queue.ErrStopping) {
			t.Errorf("ended by %v", why)
		}
		if err := q.Alive(); !errors.Is(err, queue.ErrStopping) {
			t.Errorf("alive: %v", err)
		}
		if n := query(t, s, `select count(*) from river_job where state = 'available' and attempt = 0`); n != 1 {
			t.Errorf("%d jobs went back, want 1", n)
		}
		jobs := make(chan queue.Job, 1)
		start(t, options(s, only(func(_ context.Context, j queue.Job) error {
			jobs <- j
			return nil
		})))
		if j := recv(t, jobs, "second run"); j.Ref != 7 || j.Attempt != 1 {
			t.Errorf("second run: %+v", j)
		}
	})
}

func TestStopWaitsForRunningJobs(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		started, release := make(chan bool, 1), make(chan bool)
		var finished atomic.Bool
		o := options(s, only(func(ctx context.Context, _ queue.Job) error {
			started <- true
			select {
			case <-release:
				finished.Store(true)
			case <-ctx.Done():
			}
			return ctx.Err()
		}))
		o.Grace = 10 * time.Second
		q := start(t, o)
		enqueue(t, s, q, queue.Insert{Kind: "work"})
		recv(t, started, "start")
		time.AfterFunc(100*time.Millisecond, func() { close(release) })
		stop(t, q)
		if !finished.Load() {
			t.Error("the job was interrupted")
		}
		if n := query(t, s, `select count(*) from river_job where state <> 'completed'`); n != 0 {
			t.Errorf("%d jobs left", n)
		}
	})
}

func TestComplete(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		type outcome struct {
			job                   queue.Job
			undone, first, second error
		}
		outcomes := make(chan outcome, 9)
		var q *queue.Queue
		undo := errors.New("undo")
		opt := options(s, only(func(ctx context.Context, j queue.Job) error {
			o := outcome{job: j}
			complete := func(then error) error {
				return s.InTx(ctx, func(tx *store.Tx) error {
					if err := q.Complete(ctx, tx.DB(), j); err != nil {
						return err
					}
					return then
				})
			}
			o.undone, o.first, o.second = complete(undo), complete(nil), complete(nil)
			outcomes <- o
			return errors.New("ignored: the job has ended")
		}))
		opt.Lease = 500 * time.Millisecond
		q = start(t, opt)
		var last int64
		for range 5 {
			id := enqueue(t, s, q, queue.Insert{Kind: "work"})
			if id <= last {
				t.Errorf("job %d came after %d", id, last)
			}
			last = id
			o := recv(t, outcomes, "run")
			if !errors.Is(o.undone, undo) || o.first != nil || !errors.Is(o.second, queue.ErrLost) {
				t.Errorf("rolled back: %v; first: %v; second: %v", o.undone, o.first, o.second)
			}
		}
		// On SQLite the row of the highest id stays.
		eventually(t, "finished jobs to go", func() bool {
			return query(t, s, `select count(*) from river_job`) <= 1
		})
		if n := query(t, s, `select count(*) from river_job where state <> 'completed'`); n != 0 {
			t.Errorf("%d jobs left", n)
		}
	})
}

// An answer of the database that never arrives leaves a job running on nobody.
func TestStrayJobGoesBack(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		jobs := make(chan queue.Job, 2)
		o := options(s, only(func(_ context.Context, j queue.Job) error {
			jobs <- j
			return nil
		}))
		o.Lease = time.Second
		q := start(t, o)
		id := enqueue(t, s, q, queue.Insert{Kind: "work", At: time.Now().Add(time.Hour)})
		stray := `update river_job set state = 'running', attempt = 1,
				attempted_at = datetime('now', 'subsec', '-1 minute'), attempted_by = '["n1/0"]',
				scheduled_at = datetime('now') where id = $1`
		if s.Postgres() {
			stray = `update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '1 minute',
				attempted_by = (select array_agg(id || '/' || generation) from node), scheduled_at = now() where id = $1`
		}
		exec(t, s, stray, id)
		if j := recv(t, jobs, "run of the stray job"); j.ID != id || j.Attempt != 1 {
			t.Errorf("got %+v", j)
		}
	})
}

func TestOneProcessPerDirectory(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		o := options(s, only(func(context.Context, queue.Job) error { return nil }))
		if s.Postgres() {
			o.Dir = t.TempDir()
		}
		q := start(t, o)
		second, err := queue.New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := second.Start(t.Context()); err == nil {
			t.Fatal("two queues work with one directory")
		}
		stop(t, q)
		if err := second.Start(t.Context()); err != nil {
			t.Fatalf("after the first has stopped: %v", err)
		}
		stop(t, second)
	})
}

func TestMigrateTwiceIsQuick(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		began := time.Now()
		if err := queue.Migrate(t.Context(), s.DB()); err != nil {
			t.Fatal(err)
		}
		t.Logf("nothing to migrate: %s", time.Since(began))
	})
}

// A job may be fetched at the very moment at which its queue stops.
func TestAQueueThatStopsAtOnceLosesNoJob(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		ran := map[int64]bool{}
		o := options(s, only(func(_ context.Context, j queue.Job) error {
			mu.Lock()
			defer mu.Unlock()
			ran[j.Ref] = true
			return nil
		}))
		o.Grace = time.Nanosecond
		o.Workers = map[string]int{"work": 2}
		const jobs = 60
		waiting, err := queue.New(o)
		if err != nil {
			t.Fatal(err)
		}
		for ref := range jobs {
			enqueue(t, s, waiting, queue.Insert{Kind: "work", Ref: int64(ref)})
		}
		for n := range 30 {
			q, err := queue.New(o)
			if err != nil {
				t.Fatal(err)
			}
			if err := q.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			for range n { // each stop comes a little later after its start
				query(t, s, `select 1`)
			}
			stop(t, q)
		}
		start(t, o)
		eventually(t, "every job runs", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(ran) == jobs
		})
	})
}
