package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// writer lets transactions on SQLite share a commit. SQLite has one writer, and a
// commit to disk takes longer than most of what is in it. So a caller who is done
// leaves the database's transaction open for those who wait; each runs in a
// savepoint of its own, and the last one commits for all. No caller returns before
// that commit is on disk. See docs/decisions/0009-transactions-share-a-commit.md.
type writer struct {
	turn    chan struct{} // holds a token while nobody works
	waiting atomic.Int32  // how many wait for the turn
	open    *shared       // guarded by the turn
	failed  chan error    // gets the first commit that could not be written through
}

// shared is one transaction of the database that several callers share.
type shared struct {
	conn  *sql.Conn
	tx    *sql.Tx
	n     int // how many callers have been in it
	began time.Time
	lost  error         // why the database has rolled it back; nil while it is good
	done  chan struct{} // closed once err is known
	err   error
}

// The bounds of one shared transaction. In between, what waits for the connection
// itself gets a turn, such as River's fetching of jobs.
const (
	maxShared    = 32
	maxSharedFor = 5 * time.Millisecond
)

func newWriter() *writer {
	w := &writer{turn: make(chan struct{}, 1), failed: make(chan error, 1)}
	w.turn <- struct{}{}
	return w
}

// errLost says that the database rolled back the shared transaction because of
// another caller in it: nothing of this caller is stored, and its transaction is
// run again.
var errLost = errors.New("the shared transaction was rolled back")

// share runs f in the shared transaction and waits for the commit.
func (d *DB) share(ctx context.Context, f func(*Tx) error) error {
	w, start := d.writer, time.Now()
	wait, cancel := d.withWriteTimeout(ctx, start)
	defer cancel()
	if err := w.lock(wait); err != nil {
		return timeoutError(ctx, err)
	}
	g, err := w.enter(ctx, d, start)
	if err != nil {
		w.unlock()
		return err
	}
	t := d.newTx(g.conn, g.tx)
	if err := w.run(ctx, g, t, f); err != nil {
		return err
	}
	<-g.done
	if g.err != nil {
		return g.err
	}
	t.committed()
	return nil
}

// run runs f in a savepoint and unlocks the writer, even if f panics.
func (w *writer) run(ctx context.Context, g *shared, t *Tx, f func(*Tx) error) (err error) {
	returned := false
	defer func() {
		if !returned { // f panics
			g.undo()
		}
		w.unlock()
	}()
	if err := g.exec("savepoint one"); err != nil {
		returned, g.lost = true, err
		return fmt.Errorf("begin: %w", err)
	}
	err = f(t)
	returned = true
	if err == nil {
		err = ctx.Err() // a caller who has given up must not find it done
	}
	if err != nil {
		g.undo()
		return err
	}
	if err := g.exec("release one"); err != nil {
		g.lost = err
		return fmt.Errorf("end: %w", err)
	}
	return nil
}

// undo rolls back to the savepoint.
func (g *shared) undo() {
	if err := g.exec("rollback to one"); err != nil {
		g.lost = err
		return
	}
	if err := g.exec("release one"); err != nil {
		g.lost = err
	}
}

func (g *shared) exec(text string) error {
	_, err := g.conn.ExecContext(context.Background(), text)
	return err
}

// lock waits for the turn. When ctx ends first it returns at once, and the turn is
// passed on in the background: callers who left the transaction open rely on
// everyone they saw waiting to take it.
func (w *writer) lock(ctx context.Context) error {
	w.waiting.Add(1)
	locked := func() error {
		w.waiting.Add(-1)
		err := ctx.Err()
		if err != nil {
			w.unlock()
		}
		return err
	}
	select {
	case <-w.turn:
		return locked()
	case <-ctx.Done():
		go func() {
			<-w.turn
			_ = locked() // returned below
		}()
		return ctx.Err()
	}
}

// enter returns the open transaction, or begins one. The transaction does not end
// with the context of the caller that began it: others may be in it by then.
func (w *writer) enter(ctx context.Context, d *DB, start time.Time) (*shared, error) {
	if w.open != nil {
		w.open.n++
		return w.open, nil
	}
	conn, err := d.connect(ctx, start)
	if err != nil {
		return nil, err
	}
	tx, err := d.begin(context.WithoutCancel(ctx), conn, start)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin: %w", err), release(conn))
	}
	w.open = &shared{conn: conn, tx: tx, n: 1, began: time.Now(), done: make(chan struct{})}
	return w.open, nil
}

// unlock releases the turn. It commits the shared transaction first unless another
// caller waits to join it.
func (w *writer) unlock() {
	g := w.open
	if g != nil && (w.waiting.Load() == 0 || g.n >= maxShared || g.lost != nil || time.Since(g.began) > maxSharedFor) {
		w.open = nil
		g.end()
		if unwritten(g.err) {
			select {
			case w.failed <- g.err:
			default: // one is enough
			}
		}
	}
	w.turn <- struct{}{}
}

// Failed returns a channel that gets the error of the first commit that the disk could not
// write through. What the operating system has in memory may differ from the disk from
// then on, and a later commit succeed all the same: the program should end, and its next
// start read what is there. PostgreSQL takes care of itself: nil.
func (d *DB) Failed() <-chan error {
	if d.writer == nil {
		return nil
	}
	return d.writer.failed
}

func (g *shared) end() {
	if g.lost != nil {
		_ = g.tx.Rollback() // the database has done it already, or cannot
		g.err = fmt.Errorf("%w: %w", errLost, g.lost)
	} else if err := g.tx.Commit(); err != nil {
		// A commit that failed may have left the transaction open.
		_, _ = g.conn.ExecContext(context.Background(), "rollback") // most often there is none
		g.err = fmt.Errorf("commit: %w", err)
	}
	if err := release(g.conn); err != nil && g.err == nil {
		g.err = err
	}
	close(g.done)
}

// StatementContext returns a context for a statement of the transaction. On SQLite
// a context that ends would interrupt the statement, and that rolls back everything
// in the shared transaction; so there the context is only checked here, between
// statements.
func (r Runner) StatementContext(ctx context.Context) (context.Context, error) {
	if r.tx == nil || r.dialect != sqlite {
		return ctx, nil
	}
	return context.WithoutCancel(ctx), ctx.Err()
}
