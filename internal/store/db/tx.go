package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Tx is one transaction. Its queries see its own writes.
type Tx struct {
	Runner
	conn  *sql.Conn
	now   time.Time
	after []func()
}

// Now returns the time at which the transaction began: one instant for all that
// it writes.
func (t *Tx) Now() time.Time { return t.now }

// SQL returns the transaction itself, for a package with statements that a [Runner]
// cannot run. Their contexts must come from [Runner.StatementContext].
func (t *Tx) SQL() *sql.Tx { return t.tx }

// Conn returns the connection that the transaction runs on.
func (t *Tx) Conn() *sql.Conn { return t.conn }

// AfterCommit runs f once the transaction is on disk; never if it is rolled back.
// It runs on the committing goroutine, in the order of the calls.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

func (t *Tx) committed() {
	for _, f := range t.after {
		f()
	}
}

func (d *DB) newTx(conn *sql.Conn, tx *sql.Tx) *Tx {
	r := Runner{dialect: d.dialect, on: tx, tx: tx, pulse: d.pulse}
	if d.dialect == sqlite {
		// The same, without the goroutine that waits for the end of the transaction
		// while a query of a sql.Tx has rows open.
		r.on = conn
	}
	return &Tx{Runner: r, conn: conn, now: d.Now()}
}

// maxAttempts is how often a transaction is run in all when the database asks for
// another attempt.
const maxAttempts = 4

// InTx runs f in one transaction and commits it. An error from f rolls it back
// and is returned. f is run again when the database asks for that (a deadlock or
// serialisation failure on PostgreSQL, a shared transaction that was lost on
// SQLite), so it must not have side effects of its own except through AfterCommit.
// When InTx returns nil, all is on disk.
func (d *DB) InTx(ctx context.Context, f func(*Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := d.attempt(ctx, f)
		if err == nil || attempt == maxAttempts || !errors.Is(err, errLost) && !retryable(err) {
			return classify(err)
		}
	}
}

func (d *DB) attempt(ctx context.Context, f func(*Tx) error) error {
	if d.writer != nil {
		return d.share(ctx, f)
	}
	return d.once(ctx, f)
}

// once runs f in a transaction of its own.
func (d *DB) once(ctx context.Context, f func(*Tx) error) (err error) {
	ctx, done := d.pulse.guard(ctx)
	defer done()
	defer func() { err = silence(ctx, err) }()
	conn, tx, err := d.beginOnConn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release(conn)) }()
	t := d.newTx(conn, tx)
	returned := false
	defer func() {
		if !returned { // f panics
			_ = tx.Rollback()
		}
	}()
	err = f(t)
	returned = true
	if err != nil {
		if failed := tx.Rollback(); failed != nil && !errors.Is(failed, sql.ErrTxDone) {
			d.log.Debug("roll back", "error", failed)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	t.committed()
	return nil
}

// beginOnConn begins a transaction. After a restart of the database every pooled
// connection is dead and fails at its first statement, before anything was done on
// it, so it tries as many as the pool has. It does not wait for a database that
// cannot be reached.
func (d *DB) beginOnConn(ctx context.Context) (*sql.Conn, *sql.Tx, error) {
	start := time.Now()
	for try := int32(0); ; try++ {
		conn, err := d.connect(ctx, start)
		if err != nil {
			return nil, nil, err
		}
		tx, err := d.begin(ctx, conn, start)
		if err == nil {
			return conn, tx, nil
		}
		err = errors.Join(fmt.Errorf("begin: %w", err), release(conn))
		if ctx.Err() != nil || try >= d.pool.Config().MaxConns {
			return nil, nil, err
		}
	}
}

// connect waits for a connection.
func (d *DB) connect(ctx context.Context, start time.Time) (*sql.Conn, error) {
	wait, cancel := d.withWriteTimeout(ctx, start)
	defer cancel()
	conn, err := d.write.Conn(wait)
	if err != nil {
		return nil, fmt.Errorf("get a connection: %w", timeoutError(ctx, err))
	}
	return conn, nil
}

func release(conn *sql.Conn) error {
	if err := conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("release the connection: %w", err)
	}
	return nil
}
