package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// writeTimeout is how long a transaction on SQLite waits for the lock, whether our
// own transactions hold it or another program. It is also the connection's busy
// timeout. After it the caller gets an error that says to try again.
const writeTimeout = 5 * time.Second

// lockTimeout is how long a statement on PostgreSQL waits for each lock.
const lockTimeout = writeTimeout

// withWriteTimeout bounds a wait on SQLite by what is left of writeTimeout since
// start.
func (d *DB) withWriteTimeout(ctx context.Context, start time.Time) (context.Context, context.CancelFunc) {
	if d.dialect != sqlite {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, start.Add(writeTimeout))
}

// timeoutError turns our own timeout into an UNAVAILABLE error; the end of the
// caller's ctx stays what it is.
func timeoutError(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return unavailable(err)
	}
	return err
}

// begin begins a transaction for a caller who has waited for the connection since
// start: SQLite waits for another program's lock only for the rest of the timeout.
func (d *DB) begin(ctx context.Context, conn *sql.Conn, start time.Time) (tx *sql.Tx, err error) {
	waited := time.Since(start)
	if d.dialect != sqlite || waited < writeTimeout/10 {
		return conn.BeginTx(ctx, nil)
	}
	if err := setBusyTimeout(ctx, conn, max(0, writeTimeout-waited)); err != nil {
		return nil, err
	}
	tx, err = conn.BeginTx(ctx, nil)
	if failed := setBusyTimeout(ctx, conn, writeTimeout); failed != nil && err == nil {
		return nil, errors.Join(failed, tx.Rollback())
	}
	return tx, err
}

func setBusyTimeout(ctx context.Context, conn *sql.Conn, d time.Duration) error {
	_, err := conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("pragma busy_timeout=%d", d.Milliseconds()))
	return err
}
