// Package queue runs background jobs: a job is enqueued in a transaction, and its
// handler runs once that has committed, on any node. It is the only package that knows
// River, which decides who runs what and when; our own tables stay the truth, and a
// job carries only the id of a row in them.
//
// A new kind of job takes three things: a name for the kind, a [Handler] for it in
// [Options].Handlers, and, unless 8 at once are right, a number in
// [Options].Workers. Then [Queue.Enqueue] adds a job in the transaction that
// creates the row it is about:
//
//	queue.New(queue.Options{
//		DB:       store.DB(),
//		Handlers: map[string]queue.Handler{"delivery": webhooks.Deliver},
//		Workers:  map[string]int{"delivery": 16},
//	})
//	…
//	id, err := q.Enqueue(ctx, tx.DB(), queue.Insert{Kind: "delivery", Ref: d.ID, At: d.NextAt})
//
// The handler reads its row, does its work, and ends the job with [Queue.Complete]
// in its last transaction; or it returns nil where ending the job later does no
// harm. See [Handler] for retries and [Later] for waiting.
//
// River alone is not enough: it has no heartbeat, its writes of results are not
// fenced, and on SQLite it polls and cannot cancel. docs/engine.md explains what is
// added here: generations (generation.go) and the leases that they live by
// (lifetime.go), statements of our own on River's tables (tables.go), and the bridges
// into River's drivers (river.go, bus.go).
package queue

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"vellocity/internal/store/db"
)

// Options are what a queue needs.
type Options struct {
	DB *db.DB
	// Dir is the data directory, locked from Start to Stop so that no second
	// process works with it. SQLite needs it; it may be empty on PostgreSQL.
	Dir string
	// NodeID names this node among those on the same PostgreSQL, at most 80
	// characters without a slash. A node that keeps its id gets its own jobs back
	// immediately after a crash.
	NodeID   string
	Handlers map[string]Handler // by kind; none for a queue that only enqueues
	Workers  map[string]int     // by kind, how many run at once on this node; 8 where missing
	// Lease is how long a node counts as alive after its last heartbeat; 5 s.
	Lease time.Duration
	// Grace is how long Stop waits for running jobs; 10 s.
	Grace time.Duration
	Log   *slog.Logger
	// OnLost is called when a generation lost its lease, after its jobs' contexts
	// were cancelled.
	OnLost func()
}

// Queue enqueues and runs jobs. It is safe for use by several goroutines.
type Queue struct {
	opts Options
	log  *slog.Logger
	sql  tables

	mu     sync.Mutex
	gen    *generation // nil while there is none
	reason error       // why there is none
	unlock func() error
	halt   context.CancelFunc
	ended  chan struct{} // closed when no further generation starts
}

var errNotStarted = errors.New("the queue has not started")

// New returns a queue. It can enqueue right away, and runs jobs after [Queue.Start].
func New(o Options) (*Queue, error) {
	o.Lease, o.Grace = cmp.Or(o.Lease, 5*time.Second), cmp.Or(o.Grace, 10*time.Second)
	o.NodeID = cmp.Or(o.NodeID, "local")
	if len(o.NodeID) > 80 || strings.Contains(o.NodeID, "/") {
		return nil, fmt.Errorf("node id %q: at most 80 characters, no slash", o.NodeID)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	q := &Queue{opts: o, log: o.Log, sql: tablesOf(o.DB.Postgres()), reason: errNotStarted}
	return q, nil
}

// Enqueue adds a job in the caller's transaction: it exists and is dispatched once
// that commits, and never if it does not. Ids are never reused.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, in Insert) (id int64, err error) {
	state, at := "available", sql.NullString{}
	if in.At.After(tx.Now()) {
		state, at = "scheduled", sql.NullString{String: in.At.UTC().Format("2006-01-02 15:04:05.000"), Valid: true}
	}
	err = tx.One(ctx, []any{&id}, q.sql.insert, in.Kind, in.Ref, cmp.Or(in.Priority, 3), state, at)
	if err != nil {
		return 0, fmt.Errorf("enqueue %s: %w", in.Kind, err)
	}
	if state == "available" && !q.opts.DB.Postgres() {
		tx.AfterCommit(func() {
			if g := q.current(); g != nil {
				g.bus.inserted(in.Kind)
			}
		})
	}
	return id, nil
}

// Cancel cancels a job once the transaction commits: one that waits never runs; the
// context of a running one ends, immediately on this node, within 1 s on others and
// within 2 s if a notification was lost. A job that has ended is left alone.
func (q *Queue) Cancel(ctx context.Context, tx *db.Tx, jobID int64) error {
	var id int64
	err := tx.One(ctx, []any{&id}, q.sql.cancel, jobID)
	if errors.Is(err, db.ErrNoRow) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cancel job %d: %w", jobID, err)
	}
	tx.AfterCommit(func() {
		if g := q.current(); g != nil {
			g.interrupt(jobID, ErrCancelled)
		}
	})
	return nil
}

// Complete ends a running job in its handler's last transaction, so that the job
// and its work are done together or not at all. It returns [ErrLost], which must
// roll the transaction back, where another node or generation has the job.
func (q *Queue) Complete(ctx context.Context, tx *db.Tx, job Job) error {
	for _, text := range q.sql.complete {
		var id int64
		err := tx.One(ctx, []any{&id}, text, job.ID, job.holder)
		if errors.Is(err, db.ErrNoRow) {
			continue
		}
		if err != nil {
			return fmt.Errorf("complete job %d: %w", job.ID, err)
		}
		tx.AfterCommit(func() {
			if g := q.current(); g != nil {
				g.finished(job.ID)
			}
		})
		return nil
	}
	return ErrLost
}

// Alive returns nil while this node may run jobs, else why it may not: the database
// is away, the lease is lost, the queue has not started, or it stops.
func (q *Queue) Alive() error {
	q.mu.Lock()
	g, reason := q.gen, q.reason
	q.mu.Unlock()
	if g == nil {
		return reason
	}
	return g.alive()
}

// Start locks the data directory, takes back the jobs that an earlier process left
// running, and starts to run jobs. An error means that nothing was started.
func (q *Queue) Start(ctx context.Context) error {
	if !q.opts.DB.Postgres() && q.opts.Dir == "" {
		return errors.New("a queue on SQLite needs its data directory")
	}
	unlock := func() error { return nil }
	if q.opts.Dir != "" {
		var err error
		if unlock, err = lockDir(q.opts.Dir); err != nil {
			return err
		}
	}
	g, err := q.begin(ctx)
	if err != nil {
		return errors.Join(err, unlock())
	}
	ctx, halt := context.WithCancel(context.WithoutCancel(ctx))
	q.mu.Lock()
	q.gen, q.unlock, q.halt, q.ended = g, unlock, halt, make(chan struct{})
	q.mu.Unlock()
	go q.keepAlive(ctx, g)
	return nil
}

// keepAlive starts a new generation after each one that was lost.
func (q *Queue) keepAlive(ctx context.Context, g *generation) {
	defer close(q.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.ctx.Done():
		}
		q.set(nil, context.Cause(g.ctx))
		// Its handlers are about to return; waiting keeps to the number of workers.
		select {
		case <-g.gone:
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		if g = q.restart(ctx); g == nil {
			return
		}
		q.set(g, nil)
		q.log.Info("this node runs jobs again", "node", g.holder)
	}
}

func (q *Queue) restart(ctx context.Context) *generation {
	for {
		g, err := q.begin(ctx)
		if err == nil {
			return g
		}
		q.set(nil, fmt.Errorf("start again: %w", err))
		q.log.Warn("this node cannot run jobs yet", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(q.opts.Lease / 10):
		}
	}
}

func (q *Queue) set(g *generation, reason error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.gen, q.reason = g, reason
}

func (q *Queue) current() *generation {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.gen
}

// Stop fetches no more jobs and waits for the running ones, at most Options.Grace.
// Then their contexts end and they go back to the queue with no attempt counted.
// It returns an error if handlers have not returned by the time ctx ends.
func (q *Queue) Stop(ctx context.Context) error {
	q.mu.Lock()
	g, halt := q.gen, q.halt
	q.gen, q.reason, q.halt = nil, ErrStopping, nil
	q.mu.Unlock()
	if halt == nil {
		return nil
	}
	halt()
	<-q.ended
	if late := q.current(); late != nil { // started while we were stopping
		g = late
	}
	q.set(nil, ErrStopping)
	var err error
	if g != nil {
		err = g.stop(ctx)
	}
	return errors.Join(err, q.unlock())
}
