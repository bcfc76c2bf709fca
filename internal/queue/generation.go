package queue

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// A generation is one River client under one lease. It ends when the lease is
// lost or the queue stops. After that nothing that it still runs can change a job,
// neither in this process (over) nor in the database (fence).
type generation struct {
	q          *Queue
	holder     string // node id and generation, as River writes it into the jobs it runs
	number     int64
	db         *sql.DB
	pool       *pgxpool.Pool // River's own; nil on SQLite
	bus        bus
	client     worker
	ctx        context.Context // ends with the generation
	end        context.CancelCauseFunc
	gone       chan struct{} // closed when River has stopped
	maintained chan struct{} // closed when the lease is no longer renewed
	expiry     *time.Timer   // PostgreSQL only

	mu           sync.Mutex
	over         bool
	renewed      time.Time // when the request began that last renewed the lease
	healthySince time.Time // since when the database has responded without a break; zero if it does not
	lastErr      error     // why it does not
	held         map[int64]*run
}

// run is a job that River fetched and whose outcome is not written yet.
type run struct {
	cancel context.CancelCauseFunc // nil before its handler starts
	done   bool                    // completed in its handler's own transaction
}

// lose ends the generation because it may no longer run jobs. The process goes on.
func (g *generation) lose(why error) {
	g.mu.Lock()
	first := !g.over
	g.over = true
	g.mu.Unlock()
	if !first {
		return
	}
	g.q.log.Warn("this node's generation ends", "node", g.holder, "error", why)
	g.end(why)
	if g.q.opts.OnLost != nil {
		g.q.opts.OnLost()
	}
	go func() {
		defer close(g.gone)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(g.ctx), time.Minute)
		defer cancel()
		if err := g.client.StopAndCancel(ctx); err != nil {
			g.q.log.Warn("handlers do not return", "node", g.holder, "error", err)
		}
		if err := g.close(); err != nil {
			g.q.log.Debug("close River's connections", "error", err)
		}
	}()
}

func (g *generation) close() error {
	if g.expiry != nil {
		g.expiry.Stop()
	}
	if g.pool == nil {
		return nil
	}
	err := g.db.Close()
	g.pool.Close()
	return err
}

func (g *generation) alive() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return cmp.Or(context.Cause(g.ctx), ErrLost)
	}
	if g.lastErr != nil {
		return fmt.Errorf("the database does not respond: %w", g.lastErr)
	}
	return nil
}

// holds reports whether the lease is valid by this node's own clock.
func (g *generation) holds() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.over && (g.pool == nil || time.Since(g.renewed) < g.q.opts.Lease)
}

// work runs the handler of a job that River fetched.
func (g *generation) work(river context.Context, row *rivertype.JobRow, ref int64) error {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(river))
	defer cancel(nil)
	defer context.AfterFunc(river, func() { cancel(g.reason(context.Cause(river))) })()
	if !g.started(row.ID, cancel) {
		cancel(ErrLost)
	}
	job := Job{ID: row.ID, Kind: row.Kind, Ref: ref, Attempt: row.Attempt, holder: g.holder}
	err := ctx.Err() // a job that was fetched while the queue stops goes back, as if it had been interrupted
	if err == nil {
		err = g.q.opts.Handlers[row.Kind](ctx, job)
	}
	outcome := verdict(err, context.Cause(ctx))
	if err != nil && outcome == err { //nolint:errorlint // the error itself, and not what verdict makes of another
		g.q.log.Warn("a job failed and is tried again", "kind", row.Kind, "job", row.ID, "ref", ref,
			"attempt", row.Attempt, "error", err)
	}
	return outcome
}

// reason translates why River ended a job's context.
func (g *generation) reason(cause error) error {
	switch {
	case errors.Is(cause, rivertype.ErrJobCancelledRemotely):
		return ErrCancelled
	case errors.Is(cause, ErrLost):
		return cause
	}
	return ErrStopping
}

// verdict translates the outcome of a job for River. A job that was interrupted goes
// back immediately: after a lost lease the fence keeps that from being written.
func verdict(err, cause error) error {
	var l later
	switch {
	case err == nil && cause == nil:
		return nil
	case errors.Is(cause, ErrCancelled):
		return river.JobCancel(ErrCancelled)
	case err != nil && cause != nil, errors.Is(cause, ErrLost):
		return river.JobSnooze(0)
	case errors.As(err, &l):
		return river.JobSnooze(l.after)
	}
	return err
}

func (g *generation) started(id int64, cancel context.CancelCauseFunc) bool {
	if !g.holds() {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.held[id]; r != nil {
		r.cancel = cancel
	}
	return true
}

func (g *generation) interrupt(id int64, why error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.held[id]; r != nil && r.cancel != nil {
		r.cancel(why)
	}
}

func (g *generation) finished(id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.held[id]; r != nil {
		r.done = true
	}
}

func (g *generation) holding(id int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held[id] != nil
}
