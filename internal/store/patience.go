package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// patience is how long a transaction on SQLite waits until it may write, for our
// own transactions and for another program's together. It is the busy timeout of
// the connection too. Whoever has waited so long is told to come back.
const patience = 5 * time.Second

// patient bounds a wait on SQLite by what is left of the patience.
func (s *Store) patient(ctx context.Context, since time.Time) (context.Context, context.CancelFunc) {
	if s.dialect != sqliteDB {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, since.Add(patience))
}

// impatient tells a wait that took too long from one whose caller has given up.
func impatient(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return unavailable(err)
	}
	return err
}

// begin begins a transaction for whoever has waited for the connection since then:
// SQLite waits for another program's lock only for the rest of the patience.
func (s *Store) begin(ctx context.Context, conn *sql.Conn, since time.Time) (tx *sql.Tx, err error) {
	waited := time.Since(since)
	if s.dialect != sqliteDB || waited < patience/10 {
		return conn.BeginTx(ctx, nil)
	}
	if err := busyTimeout(ctx, conn, max(0, patience-waited)); err != nil {
		return nil, err
	}
	tx, err = conn.BeginTx(ctx, nil)
	if reset := busyTimeout(ctx, conn, patience); reset != nil && err == nil {
		return nil, errors.Join(reset, tx.Rollback())
	}
	return tx, err
}

func busyTimeout(ctx context.Context, conn *sql.Conn, d time.Duration) error {
	_, err := conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("pragma busy_timeout=%d", d.Milliseconds()))
	return err
}
