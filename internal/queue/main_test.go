package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/queue"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// TestMain is also the main of the node processes that tests kill and pause.
func TestMain(m *testing.M) {
	if os.Getenv("QUEUE_TEST_NODE") != "" {
		if err := nodeMain(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(storetest.Main(m, queue.Migrate))
}

// dirs remembers the directory of each SQLite store, which the store does not expose.
var dirs sync.Map //nolint:gochecknoglobals // of this test process

func each(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		dir := storetest.SQLiteDir(t)
		s := storetest.Open(t, store.Options{Dir: dir})
		dirs.Store(s, dir)
		f(t, s)
	})
	t.Run("postgres", func(t *testing.T) { f(t, storetest.Postgres(t)) })
}

func options(s *store.Store, h map[string]queue.Handler) queue.Options {
	o := queue.Options{DB: s.DB(), NodeID: "n1", Handlers: h, Lease: 2 * time.Second, Grace: time.Second}
	if dir, ok := dirs.Load(s); ok {
		o.Dir = dir.(string)
	}
	if os.Getenv("QUEUE_TEST_LOG") != "" {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	return o
}

func start(t testing.TB, o queue.Options) *queue.Queue {
	t.Helper()
	q, err := queue.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, q) })
	return q
}

func stop(t testing.TB, q *queue.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := q.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func enqueue(t testing.TB, s *store.Store, q *queue.Queue, in queue.Insert) (id int64) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx *store.Tx) (err error) {
		id, err = q.Enqueue(t.Context(), tx.DB(), in)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func cancelJob(t testing.TB, s *store.Store, q *queue.Queue, id int64) {
	t.Helper()
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return q.Cancel(t.Context(), tx.DB(), id) }); err != nil {
		t.Fatal(err)
	}
}

// recv waits for the next value.
func recv[T any](t testing.TB, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(await.Patience):
		t.Fatalf("no %s within %s", what, await.Patience)
	}
	panic("unreachable")
}

// eventually polls until f is true.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	await.True(t, what, f)
}

func query(t testing.TB, s *store.Store, sql string, args ...any) (n int64) {
	t.Helper()
	if err := s.DB().SQL().QueryRowContext(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func exec(t testing.TB, s *store.Store, sql string, args ...any) {
	t.Helper()
	if _, err := s.DB().SQL().ExecContext(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// A trial stands in for an execution: steps that are recorded once, behind a fence.
const trialTables = `
create table trial (ref bigint primary key, epoch bigint not null, done bigint not null);
create table trial_step (ref bigint not null, n bigint not null, node text not null, primary key (ref, n));
create table trial_late (node text not null, n bigint not null)`

const trialSteps = 5

var errFenced = errors.New("fenced")

// trial does the steps that are not recorded yet, each as long as pace, and
// completes its job with the last.
func trial(s *store.Store, q **queue.Queue, node string, pace time.Duration, fenced *atomic.Int64) queue.Handler {
	return func(ctx context.Context, job queue.Job) error {
		var epoch, from int64
		err := s.InTx(ctx, func(tx *store.Tx) error {
			err := tx.DB().SQL().QueryRowContext(ctx,
				`update trial set epoch = epoch + 1 where ref = $1 returning epoch`, job.Ref).Scan(&epoch)
			if err != nil {
				return err
			}
			return tx.DB().SQL().QueryRowContext(ctx, `select count(*) from trial_step where ref = $1`, job.Ref).Scan(&from)
		})
		if err != nil {
			return err
		}
		for n := from; n < trialSteps; n++ {
			// A provider that does not notice the end of its context.
			if err := await.Pause(context.WithoutCancel(ctx), pace); err != nil {
				return err
			}
			err := s.InTx(ctx, func(tx *store.Tx) error { return trialStep(ctx, tx, *q, job, node, epoch, n) })
			if errors.Is(err, errFenced) || errors.Is(err, queue.ErrLost) {
				fenced.Add(1)
				return err
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func trialStep(ctx context.Context, tx *store.Tx, q *queue.Queue, job queue.Job, node string, epoch, n int64) error {
	res, err := tx.DB().SQL().ExecContext(ctx,
		`update trial set done = $1 where ref = $2 and epoch = $3`, n+1, job.Ref, epoch)
	if err != nil {
		return err
	}
	if rows, err := res.RowsAffected(); err != nil || rows != 1 {
		return errors.Join(errFenced, err)
	}
	_, err = tx.DB().SQL().ExecContext(ctx,
		`insert into trial_step (ref, n, node) values ($1, $2, $3)`, job.Ref, n, node)
	if err != nil {
		return err
	}
	if n == trialSteps-1 {
		return q.Complete(ctx, tx.DB(), job)
	}
	return nil
}

// nodeMain works trials until it is killed.
func nodeMain(ctx context.Context) error {
	pace, err := time.ParseDuration(os.Getenv("QUEUE_TEST_PACE"))
	if err != nil {
		return err
	}
	dir := os.Getenv("QUEUE_TEST_DIR")
	s, err := store.Open(ctx, store.Options{URL: os.Getenv("QUEUE_TEST_URL"), Dir: dir})
	if err != nil {
		return err
	}
	node := os.Getenv("QUEUE_TEST_NODE")
	var q *queue.Queue
	var fenced atomic.Int64
	q, err = queue.New(queue.Options{
		DB: s.DB(), Dir: dir, NodeID: node, Lease: 2 * time.Second, Workers: map[string]int{"trial": 20},
		Handlers: map[string]queue.Handler{"trial": trial(s, &q, node, pace, &fenced)},
		Log:      slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	if err := q.Start(ctx); err != nil {
		return err
	}
	fmt.Println("ready " + strconv.Itoa(os.Getpid()))
	select {}
}
