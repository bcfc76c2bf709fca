package queue_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/queue"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func benchEach(b *testing.B, f func(b *testing.B, s *store.Store)) {
	b.Run("sqlite", func(b *testing.B) {
		dir := storetest.SQLiteDir(b)
		s := storetest.Open(b, store.Options{Dir: dir})
		dirs.Store(s, dir)
		f(b, s)
	})
	b.Run("postgres", func(b *testing.B) { f(b, storetest.Postgres(b)) })
}

// BenchmarkThroughput is a job's whole life: enqueued in a transaction by one of
// 16 callers, fetched, and completed in a transaction by its handler.
func BenchmarkThroughput(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		var done sync.WaitGroup
		var q *queue.Queue
		o := options(s, only(func(ctx context.Context, j queue.Job) error {
			defer done.Done()
			return s.InTx(ctx, func(tx *store.Tx) error { return q.Complete(ctx, tx.DB(), j) })
		}))
		o.Workers = map[string]int{"work": 64}
		q = start(b, o)
		callers := make(chan bool, 16)
		for b.Loop() {
			callers <- true
			done.Add(1)
			go func() {
				enqueue(b, s, q, queue.Insert{Kind: "work"})
				<-callers
			}()
		}
		done.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}

// BenchmarkDispatch is the time from a job's commit to its handler, with nothing
// else to do.
func BenchmarkDispatch(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		started := make(chan time.Time, 1)
		q := start(b, options(s, only(func(context.Context, queue.Job) error {
			started <- time.Now()
			return nil
		})))
		var took []time.Duration
		for b.Loop() {
			enqueue(b, s, q, queue.Insert{Kind: "work"})
			committed := time.Now()
			took = append(took, (<-started).Sub(committed))
			if err := await.Pause(b.Context(), 5*time.Millisecond); err != nil { // idle again
				b.Fatal(err)
			}
		}
		report(b, took, "dispatch")
	})
}

// BenchmarkCancel is the time from a cancellation's commit to the end of the
// running handler's context.
func BenchmarkCancel(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		started, ended := make(chan int64, 1), make(chan time.Time, 1)
		q := start(b, options(s, only(func(ctx context.Context, j queue.Job) error {
			started <- j.Ref
			<-ctx.Done()
			ended <- time.Now()
			return ctx.Err()
		})))
		var took []time.Duration
		for b.Loop() {
			id := enqueue(b, s, q, queue.Insert{Kind: "work"})
			<-started
			began := time.Now()
			cancelJob(b, s, q, id)
			took = append(took, (<-ended).Sub(began))
		}
		report(b, took, "cancel")
	})
}

// BenchmarkIdle measures what a queue costs that has nothing to do. Run it with
// -benchtime=20x.
func BenchmarkIdle(b *testing.B) {
	benchEach(b, func(b *testing.B, s *store.Store) {
		o := options(s, only(func(context.Context, queue.Job) error { return nil }))
		o.Lease = 5 * time.Second
		start(b, o)
		runtime.GC()
		before := cpuTime(b)
		for b.Loop() {
			if err := await.Pause(b.Context(), time.Second); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(100*(cpuTime(b)-before).Seconds()/b.Elapsed().Seconds(), "%core")
	})
}

func report(b *testing.B, took []time.Duration, what string) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, what+"-p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, what+"-p99-ms")
}
