// Package queue carries jobs from the transaction that makes them to the handler
// that does them. It is the only room that knows River, which picks who runs what
// and when; our own tables stay the truth, and a job carries no more than the id
// of a row in them.
//
// River alone is not enough: it has no heartbeat, its writes of results are not
// fenced, and on SQLite it polls and cannot cancel. What is added here is told in
// docs/engine.md: generations and leases (generation.go), the statements on
// River's tables (tables.go), and the bridges into River's drivers (river.go).
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

// Handler does a job. nil ends the job, [Later] runs it again after a while
// without counting an attempt, and any other error runs it again after 1 s, 2 s,
// 4 s … at most 5 minutes, without end: a handler that wants to give up records
// that in its own table and returns nil.
//
// When ctx ends early, [context.Cause] tells why: [ErrCancelled], [ErrStopping] or
// [ErrLost]. The handler must return soon; its error is then of no account. A
// handler may run more than once for a job, on two nodes for a moment even, so
// that each of its commits must check a fence of its own.
type Handler func(ctx context.Context, job Job) error

// Job is a job in the hands of its handler.
type Job struct {
	ID      int64
	Kind    string
	Ref     int64 // the row that the job is about
	Attempt int   // from 1; waiting, stopping and taking over do not count
	holder  string
}

// Why a handler's context ended early.
var (
	// ErrCancelled says that [Queue.Cancel] was called for the job.
	ErrCancelled = errors.New("the job was cancelled")
	// ErrStopping says that the queue stops; the job goes back and runs again.
	ErrStopping = errors.New("the queue is stopping")
	// ErrLost says that the job is no longer this node's: whatever its handler
	// has not committed belongs to another. Complete returns it, too.
	ErrLost = errors.New("the job is no longer this node's")
)

type later struct{ after time.Duration }

func (l later) Error() string { return fmt.Sprintf("again in %s", l.after) }

// Later makes a handler's job run again after d: up to 1 s late where d is within
// 5 s, up to 5 s late beyond.
func Later(d time.Duration) error { return later{max(d, 0)} }

// Insert says what to enqueue.
type Insert struct {
	Kind     string
	Ref      int64
	Priority int       // 1 urgent, 2 high, 3 normal (also 0), 4 low; strict at each fetch
	At       time.Time // not before; up to 5 s late. Zero is now
}

// Options say what a queue works with.
type Options struct {
	DB *db.DB
	// Dir is the data directory, locked from Start to Stop so that no second
	// process works with it. SQLite needs it; it may be empty on PostgreSQL.
	Dir string
	// NodeID tells this node from others on the same PostgreSQL, at most 80
	// characters without a slash. A node that keeps its id takes back its own jobs
	// at once after a crash.
	NodeID   string
	Handlers map[string]Handler // by kind; none for a queue that only enqueues
	Workers  map[string]int     // by kind, how many at once; 8 where it says nothing
	// Lease is how long a node counts as alive after its last sign of life; 5 s.
	Lease time.Duration
	// Grace is how long Stop lets running jobs go on; 10 s.
	Grace time.Duration
	Log   *slog.Logger
	// Fresh is called at the start of each generation, after orphaned jobs were
	// taken back and before any job runs. An error puts the start off.
	Fresh func(context.Context) error
	// OnLost is called when a generation lost its lease, after its jobs' contexts
	// were cancelled.
	OnLost func()
}

// Queue enqueues and works jobs. It is safe for use by several goroutines.
type Queue struct {
	o        Options
	log      *slog.Logger
	sql      tables
	prepared map[string]*sql.Stmt // by text, on SQLite; pgx prepares by itself

	mu     sync.Mutex
	gen    *generation // nil while there is none
	reason error       // why there is none
	unlock func() error
	halt   context.CancelFunc
	ended  chan struct{} // closed when no further generation starts
}

var errNotStarted = errors.New("the queue has not started")

// New makes a queue. It enqueues at once and works after [Queue.Start].
func New(o Options) (*Queue, error) {
	o.Lease, o.Grace = cmp.Or(o.Lease, 5*time.Second), cmp.Or(o.Grace, 10*time.Second)
	o.NodeID = cmp.Or(o.NodeID, "local")
	if len(o.NodeID) > 80 || strings.Contains(o.NodeID, "/") {
		return nil, fmt.Errorf("node id %q: at most 80 characters, no slash", o.NodeID)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	q := &Queue{o: o, log: o.Log, sql: tablesOf(o.DB.Postgres()), reason: errNotStarted}
	if o.DB.Postgres() {
		return q, nil
	}
	q.prepared = map[string]*sql.Stmt{}
	for _, text := range append([]string{q.sql.insert, q.sql.cancel}, q.sql.complete...) {
		var err error
		if q.prepared[text], err = o.DB.SQL().Prepare(text); err != nil { //nolint:noctx // a local file
			return nil, fmt.Errorf("prepare the queue's statements: %w", err)
		}
	}
	return q, nil
}

// Enqueue adds a job in the caller's transaction: it exists and is dispatched once
// that commits, and never if it does not. Ids are never reused.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, in Insert) (id int64, err error) {
	state, at := "available", sql.NullString{}
	if in.At.After(tx.Now()) {
		state, at = "scheduled", sql.NullString{String: in.At.UTC().Format("2006-01-02 15:04:05.000"), Valid: true}
	}
	err = q.one(ctx, tx, &id, q.sql.insert, in.Kind, in.Ref, cmp.Or(in.Priority, 3), state, at)
	if err != nil {
		return 0, fmt.Errorf("enqueue %s: %w", in.Kind, err)
	}
	if state == "available" && !q.o.DB.Postgres() {
		tx.AfterCommit(func() {
			if g := q.current(); g != nil {
				g.bus.inserted(in.Kind)
			}
		})
	}
	return id, nil
}

// Cancel cancels a job once the transaction commits: one that waits never runs,
// the context of a running one ends, at once on this node, within 1 s on others
// and within 2 s where a notification got lost. A job that has ended is left alone.
func (q *Queue) Cancel(ctx context.Context, tx *db.Tx, jobID int64) error {
	var id int64
	err := q.one(ctx, tx, &id, q.sql.cancel, jobID)
	if errors.Is(err, sql.ErrNoRows) {
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
// and its work are done together or not at all. It returns [ErrLost], for the
// caller to roll back, where the job has gone to another node or generation.
func (q *Queue) Complete(ctx context.Context, tx *db.Tx, job Job) error {
	for _, text := range q.sql.complete {
		var id int64
		err := q.one(ctx, tx, &id, text, job.ID, job.holder)
		if errors.Is(err, sql.ErrNoRows) {
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

// one scans the only value of a statement in the caller's transaction.
func (q *Queue) one(ctx context.Context, tx *db.Tx, id *int64, text string, args ...any) error {
	ctx, err := tx.StatementContext(ctx)
	if err != nil {
		return err
	}
	if stmt := q.prepared[text]; stmt != nil {
		return tx.SQL().StmtContext(ctx, stmt).QueryRowContext(ctx, args...).Scan(id)
	}
	return tx.SQL().QueryRowContext(ctx, text, args...).Scan(id)
}

// Alive returns nil while this node may work, else why it may not now: its
// database is away, its lease is lost, it has not started or it stops.
func (q *Queue) Alive() error {
	q.mu.Lock()
	g, reason := q.gen, q.reason
	q.mu.Unlock()
	if g == nil {
		return reason
	}
	return g.alive()
}

// Start locks the data directory, takes back what a former process left running
// and starts to work. An error means that nothing was started.
func (q *Queue) Start(ctx context.Context) error {
	if !q.o.DB.Postgres() && q.o.Dir == "" {
		return errors.New("a queue on SQLite needs its data directory")
	}
	unlock := func() error { return nil }
	if q.o.Dir != "" {
		var err error
		if unlock, err = lockDir(q.o.Dir); err != nil {
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
	go q.succeed(ctx, g)
	return nil
}

// succeed starts a new generation after each that was lost.
func (q *Queue) succeed(ctx context.Context, g *generation) {
	defer close(q.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.ctx.Done():
		}
		q.set(nil, context.Cause(g.ctx))
		// Its handlers were told to return; waiting keeps the number of workers.
		select {
		case <-g.gone:
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		if g = q.beginAnew(ctx); g == nil {
			return
		}
		q.set(g, nil)
		q.log.Info("this node works again", "node", g.holder)
	}
}

func (q *Queue) beginAnew(ctx context.Context) *generation {
	for {
		g, err := q.begin(ctx)
		if err == nil {
			return g
		}
		q.set(nil, fmt.Errorf("start again: %w", err))
		q.log.Warn("this node cannot work yet", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(q.o.Lease / 10):
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

// Stop fetches no more jobs and waits for the running ones, for at most the grace.
// Then their contexts end and they go back to the queue with no attempt counted.
// It returns an error when handlers had not returned when ctx ended.
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
	if late := q.current(); late != nil { // begun while we were stopping
		g = late
	}
	q.set(nil, ErrStopping)
	var err error
	if g != nil {
		err = g.stop(ctx)
	}
	return errors.Join(err, q.unlock())
}
