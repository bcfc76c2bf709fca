package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Notify sends payload on a channel to the Listen of every node once the
// transaction is on disk. SQLite has one node, so there it does nothing. The
// payload is at most 8,000 bytes.
func (t *Tx) Notify(ctx context.Context, channel, payload string) error {
	if t.dialect != postgres {
		return nil
	}
	return t.Exec(ctx, "select pg_notify($1, $2)", channel, payload)
}

// Notify sends payload on a channel immediately, outside any transaction. On SQLite
// it does nothing. The payload is at most 8,000 bytes.
func (d *DB) Notify(ctx context.Context, channel, payload string) error {
	if d.dialect != postgres {
		return nil
	}
	ctx, done := d.pulse.guard(ctx)
	defer done()
	_, err := d.pool.Exec(ctx, "select pg_notify($1, $2)", channel, payload)
	return classify(silence(ctx, err))
}

// Listen calls f for each payload sent on channel by any node, until ctx ends.
// It reconnects when the connection breaks, and calls f("") then, since a payload
// may have been missed. On SQLite it only waits for the end of ctx.
func (d *DB) Listen(ctx context.Context, channel string, f func(payload string)) {
	if d.dialect != postgres {
		<-ctx.Done()
		return
	}
	for ctx.Err() == nil {
		if err := d.listen(ctx, channel, f); err != nil && ctx.Err() == nil {
			d.log.Warn("listen for notifications", "channel", channel, "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func (d *DB) listen(ctx context.Context, channel string, f func(string)) error {
	conn, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	f("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for a notification: %w", err)
		}
		f(n.Payload)
	}
}
