package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/store/db"
)

// Usage is how many requests of a window are counted.
type Usage struct {
	WorkspaceID int64
	Span        string // "minute" or "day"
	Starts      time.Time
	N           int
}

// Usage returns how many requests of the window that starts then are counted, or
// leased to a node.
func (q Q) Usage(ctx context.Context, workspaceID int64, span string, starts time.Time) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select used from usage_window where workspace_id = $1 and span = $2 and starts = $3`,
		workspaceID, span, db.Millis(starts))
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return 0, fmt.Errorf("read usage: %w", err)
	}
	return n, nil
}

// SaveUsage writes what the only node has counted in memory. A count never goes
// down.
func (t *Tx) SaveUsage(ctx context.Context, counts []Usage) error {
	for _, u := range counts {
		err := t.db.Exec(ctx, `insert into usage_window (workspace_id, span, starts, used) values ($1,$2,$3,$4)
			on conflict (workspace_id, span, starts) do update set used = excluded.used where usage_window.used < excluded.used`,
			u.WorkspaceID, u.Span, db.Millis(u.Starts), u.N)
		if err != nil {
			return fmt.Errorf("save usage: %w", err)
		}
	}
	return nil
}

// LeaseUsage takes up to want.N requests of a window of limit for this node. It
// returns how many it got, and the window's count with them.
func (t *Tx) LeaseUsage(ctx context.Context, want Usage, limit int) (got, used int, err error) {
	// The update that changes nothing locks the row, so that nodes take turns.
	err = t.db.One(ctx, []any{&used}, `insert into usage_window (workspace_id, span, starts, used) values ($1,$2,$3,0)
		on conflict (workspace_id, span, starts) do update set used = usage_window.used returning used`,
		want.WorkspaceID, want.Span, db.Millis(want.Starts))
	if err != nil {
		return 0, 0, fmt.Errorf("lock usage: %w", err)
	}
	got = max(0, min(want.N, limit-used))
	if got == 0 {
		return 0, used, nil
	}
	return got, used + got, t.addUsage(ctx, want, got)
}

// ReturnUsage gives back what a node leased and did not use.
func (t *Tx) ReturnUsage(ctx context.Context, rest Usage) error {
	return t.addUsage(ctx, rest, -rest.N)
}

func (t *Tx) addUsage(ctx context.Context, u Usage, n int) error {
	err := t.db.Exec(ctx, `update usage_window set used = used + $4 where workspace_id = $1 and span = $2 and starts = $3`,
		u.WorkspaceID, u.Span, db.Millis(u.Starts), n)
	if err != nil {
		return fmt.Errorf("count usage: %w", err)
	}
	return nil
}

// DeleteOldUsage removes the windows that started before then.
func (t *Tx) DeleteOldUsage(ctx context.Context, before time.Time) error {
	if err := t.db.Exec(ctx, `delete from usage_window where starts < $1`, db.Millis(before)); err != nil {
		return fmt.Errorf("sweep usage: %w", err)
	}
	return nil
}
