package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Transactions on SQLite share a commit. There is one writer, and bringing a
// commit to the disk takes longer than most of what is in it. So whoever is done
// leaves the database's transaction open for those who wait, each in a savepoint
// of its own, and the last one commits for all. Everybody returns only when that
// commit is on disk. docs/decisions/0009-transactions-share-a-commit.md says why.
type writer struct {
	turn    chan struct{} // holds a token while nobody works
	waiting atomic.Int32  // how many wait for the turn
	open    *shared       // belongs to whoever has the turn
}

// shared is one transaction of the database that several of ours share.
type shared struct {
	conn  *sql.Conn
	tx    *sql.Tx
	n     int // how many have been in it
	began time.Time
	lost  error         // why the database has given it up, nil while it is good
	done  chan struct{} // closed once err is known
	err   error
}

// The bounds of one shared transaction: what queues for the connection itself,
// such as the fetching of jobs, gets its turn in between.
const (
	mostShare  = 32
	longestFor = 5 * time.Millisecond
)

func newWriter() *writer {
	w := &writer{turn: make(chan struct{}, 1)}
	w.turn <- struct{}{}
	return w
}

// errGone says that the database gave up the shared transaction on account of
// another one in it, so that nothing of this one is stored; it is begun anew.
var errGone = errors.New("the shared transaction is gone")

// share runs f in the shared transaction and waits for the commit.
func (s *Store) share(ctx context.Context, f func(*Tx) error) error {
	w, since := s.writer, time.Now()
	wait, done := s.patient(ctx, since)
	defer done()
	if err := w.take(wait); err != nil {
		return impatient(ctx, err)
	}
	g, err := w.enter(ctx, s, since)
	if err != nil {
		w.leave()
		return err
	}
	t := &Tx{Q: Q{dialect: s.dialect, run: g.tx, tx: g.tx, stmts: s.stmts}, store: s, tx: g.tx, conn: g.conn, now: s.Now()}
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

// run runs f in a savepoint and gives the turn on, also where f panics.
func (w *writer) run(ctx context.Context, g *shared, t *Tx, f func(*Tx) error) (err error) {
	returned := false
	defer func() {
		if !returned { // a panic, which goes on its way
			g.undo()
		}
		w.leave()
	}()
	if err := g.exec("savepoint one"); err != nil {
		returned, g.lost = true, err
		return fmt.Errorf("begin: %w", err)
	}
	err = f(t)
	returned = true
	if err == nil {
		err = ctx.Err() // whoever has given up must not find it done
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

// undo takes back what was done since the savepoint.
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
	_, err := g.tx.ExecContext(context.Background(), text)
	return err
}

// take waits for the turn. Whoever gives up lets another take it in their place:
// those who have left the transaction open count on it.
func (w *writer) take(ctx context.Context) error {
	w.waiting.Add(1)
	mine := func() error {
		w.waiting.Add(-1)
		err := ctx.Err()
		if err != nil {
			w.leave()
		}
		return err
	}
	select {
	case <-w.turn:
		return mine()
	case <-ctx.Done():
		go func() {
			<-w.turn
			_ = mine() // told below
		}()
		return ctx.Err()
	}
}

// enter returns the open transaction, or begins one. It belongs to nobody's
// context: when that of whoever began it ends, the others' work goes on.
func (w *writer) enter(ctx context.Context, s *Store, since time.Time) (*shared, error) {
	if w.open != nil {
		w.open.n++
		return w.open, nil
	}
	wait, done := s.patient(ctx, since)
	conn, err := s.write.Conn(wait)
	done()
	if err != nil {
		return nil, fmt.Errorf("get a connection: %w", impatient(ctx, err))
	}
	tx, err := s.begin(context.WithoutCancel(ctx), conn, since)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin: %w", err), release(conn))
	}
	w.open = &shared{conn: conn, tx: tx, n: 1, began: time.Now(), done: make(chan struct{})}
	return w.open, nil
}

// leave gives the turn on, and commits first unless somebody waits to go on with
// the open transaction.
func (w *writer) leave() {
	g := w.open
	if g != nil && (w.waiting.Load() == 0 || g.n >= mostShare || g.lost != nil || time.Since(g.began) > longestFor) {
		w.open = nil
		g.end()
	}
	w.turn <- struct{}{}
}

func (g *shared) end() {
	if g.lost != nil {
		_ = g.tx.Rollback() // the database has done it already, or cannot
		g.err = fmt.Errorf("%w: %w", errGone, g.lost)
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

// StatementContext returns a context for a statement of the transaction. On SQLite the end
// of a context would interrupt the statement, and with it undo what others have
// done in the same transaction; so there it is only looked at between statements.
func (q Q) StatementContext(ctx context.Context) (context.Context, error) {
	if q.tx == nil || q.dialect != sqliteDB {
		return ctx, nil
	}
	return context.WithoutCancel(ctx), ctx.Err()
}
