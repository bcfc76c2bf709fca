package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/store/db"
)

// Consumer is where a durable consumer of events stands.
type Consumer struct {
	Name string
	// Cursor is the last event that it has handled, or passed because it does not
	// want it.
	Cursor Cursor
	// LastError says which event was skipped last, and why; empty if none was.
	LastError string
	UpdatedAt time.Time
}

// The sets of a consumer's columns.
const (
	consumerRead db.Set = 1 << iota
	consumerMove
)

var consumerTable = db.NewTable("consumer", func(c *Consumer) []db.Column {
	return []db.Column{
		{Name: "name", Field: &c.Name, In: consumerRead},
		{Name: "xid", Field: &c.Cursor.XID, In: consumerRead | consumerMove},
		{Name: "pos", Field: &c.Cursor.Pos, In: consumerRead | consumerMove},
		{Name: "last_error", Field: &c.LastError, In: consumerRead},
		{Name: "updated_at", Field: db.Time(&c.UpdatedAt), In: consumerRead | consumerMove},
	}
})

var (
	consumerColumns = consumerTable.Columns(consumerRead)
	createConsumer  = consumerTable.Write(consumerRead,
		`insert into consumer ({columns}) values ({values}) on conflict (name) do nothing`)
	moveConsumer = consumerTable.Write(consumerMove,
		`update consumer set {set} where name = {name} and (xid, pos) < ({xid}, {pos})`)
	saveConsumerError = consumerTable.Write(0, `update consumer set last_error = {last_error} where name = {name}`)
)

// Consumer returns where a consumer stands; ok is false for one that never ran.
func (q Q) Consumer(ctx context.Context, name string) (c Consumer, ok bool, err error) {
	c, ok, err = db.First(ctx, q.db, consumerTable.Scan(consumerRead),
		`select `+consumerColumns+` from consumer where name = $1`, name)
	if err != nil {
		return c, false, fmt.Errorf("read consumer: %w", err)
	}
	return c, ok, nil
}

// CreateConsumer stores where a new consumer starts. One that exists stays where
// it stands.
func (t *Tx) CreateConsumer(ctx context.Context, name string, start Cursor) error {
	if _, err := createConsumer.Exec(ctx, t.db, &Consumer{Name: name, Cursor: start, UpdatedAt: t.now}); err != nil {
		return fmt.Errorf("create consumer: %w", err)
	}
	return nil
}

// LockConsumer locks a consumer to the end of the transaction and returns where it
// stands; ok is false while another node has it locked.
func (t *Tx) LockConsumer(ctx context.Context, name string) (c Consumer, ok bool, err error) {
	c, ok, err = db.First(ctx, t.db, consumerTable.Scan(consumerRead),
		`select `+consumerColumns+` from consumer where name = $1`+t.db.SkipLocked(), name)
	if err != nil {
		return c, false, fmt.Errorf("lock consumer: %w", err)
	}
	return c, ok, nil
}

// MoveConsumer stores that a consumer has come as far as the cursor. One that is
// further already stays there.
func (t *Tx) MoveConsumer(ctx context.Context, name string, to Cursor) error {
	if _, err := moveConsumer.Exec(ctx, t.db, &Consumer{Name: name, Cursor: to, UpdatedAt: t.now}); err != nil {
		return fmt.Errorf("move consumer: %w", err)
	}
	return nil
}

// SaveConsumerError stores which event was skipped, and why.
func (t *Tx) SaveConsumerError(ctx context.Context, name, message string) error {
	if _, err := saveConsumerError.Exec(ctx, t.db, &Consumer{Name: name, LastError: message}); err != nil {
		return fmt.Errorf("save consumer error: %w", err)
	}
	return nil
}
