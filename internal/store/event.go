package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Cursor is a place in the event log. On PostgreSQL ids commit out of order, so
// events are ordered by the transaction that wrote them first; on SQLite, with
// its one writer, XID is always 0.
type Cursor struct{ XID, Pos int64 }

// String returns the cursor as callers see it: an event's durable id.
func (c Cursor) String() string {
	if c.XID == 0 {
		return strconv.FormatInt(c.Pos, 10)
	}
	return fmt.Sprintf("%d.%d", c.XID, c.Pos)
}

// ParseCursor reads what [Cursor.String] made. The empty string is the start of
// the log; ok is false for anything else.
func ParseCursor(s string) (c Cursor, ok bool) {
	if s == "" {
		return c, true
	}
	xid, pos, two := strings.Cut(s, ".")
	if !two {
		xid, pos = "0", s
	}
	var err1, err2 error
	c.XID, err1 = strconv.ParseInt(xid, 10, 64)
	c.Pos, err2 = strconv.ParseInt(pos, 10, 64)
	return c, err1 == nil && err2 == nil && c.XID >= 0 && c.Pos >= 0
}

// After reports whether c lies behind d in the log.
func (c Cursor) After(d Cursor) bool {
	return c.XID > d.XID || c.XID == d.XID && c.Pos > d.Pos
}

// AppendEvent writes what happened to s, as part of the transaction. The actor is
// the one in ctx.
func (t *Tx) AppendEvent(ctx context.Context, s domain.Subject, data domain.EventData) error {
	payload, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", data.EventName(), err)
	}
	a, _ := domain.ActorFrom(ctx)
	err = t.db.Exec(ctx, `insert into event (workspace_id, name, execution_id, content_id, actor_kind, actor, payload, at) values ($1,$2,$3,$4,$5,$6,$7,$8)`,
		s.WorkspaceID, string(data.EventName()), s.ExecutionID, s.ContentID, string(a.Kind), a.Name, string(payload), db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("append event %s: %w", data.EventName(), err)
	}
	if !t.appended {
		t.appended = true
		t.AfterCommit(t.store.eventCommitted)
		return t.tx.Notify(ctx, ChannelEvent, "")
	}
	return nil
}

// ChannelEvent is notified on PostgreSQL by each transaction that appends events.
const ChannelEvent = "vellocity_event"

const eventColumns = `xid, id, workspace_id, name, execution_id, content_id, actor_kind, actor, payload, at`

func scanEvent(row db.Row) (e domain.Event, err error) {
	var c Cursor
	var payload string
	err = row.Scan(&c.XID, &c.Pos, &e.WorkspaceID, &e.Name, &e.ExecutionID, &e.ContentID, &e.ActorKind, &e.Actor, &payload, db.Time(&e.At))
	e.ID, e.Payload = c.String(), []byte(payload)
	return e, err
}

// settled keeps a reader from events that could still be joined by earlier ones:
// it takes only rows older than every open transaction.
func (q Q) settled() string {
	if q.db.Postgres() {
		return ` and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint order by xid, id`
	}
	return " order by id"
}

// behind is the condition for rows after the cursor in $n and $n+1. On SQLite xid
// is always 0, so that the primary key alone serves.
func (q Q) behind(n int) string {
	if q.db.Postgres() {
		return fmt.Sprintf("(xid, id) > ($%d, $%d)", n, n+1)
	}
	return fmt.Sprintf("xid >= $%d and id > $%d", n, n+1)
}

// Events returns up to limit events of all workspaces behind the cursor, in order.
func (q Q) Events(ctx context.Context, after Cursor, limit int) ([]domain.Event, error) {
	list, err := db.Many(ctx, q.db, scanEvent, `select `+eventColumns+` from event where `+q.behind(1)+q.settled()+` limit 0 + $3`,
		after.XID, after.Pos, limit)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return list, nil
}

// ExecutionEvents returns the events of one run of the workspace behind the cursor.
func (q Q) ExecutionEvents(ctx context.Context, workspaceID, executionID int64, after Cursor) ([]domain.Event, error) {
	list, err := db.Many(ctx, q.db, scanEvent, `select `+eventColumns+` from event where workspace_id = $1 and execution_id = $2 and execution_id > 0 and `+q.behind(3)+q.settled(),
		workspaceID, executionID, after.XID, after.Pos)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return list, nil
}

// EventsAhead reports whether the log has events of a run of the workspace behind
// the cursor, those included that no reader may take yet.
func (q Q) EventsAhead(ctx context.Context, workspaceID, executionID int64, after Cursor) (bool, error) {
	list, err := db.Many(ctx, q.db, db.ID, `select id from event where workspace_id = $1 and execution_id = $2 and execution_id > 0 and `+q.behind(3)+` limit 1`,
		workspaceID, executionID, after.XID, after.Pos)
	if err != nil {
		return false, fmt.Errorf("look for events: %w", err)
	}
	return len(list) > 0, nil
}

// EventHead returns the place of the newest event that a reader may take.
func (q Q) EventHead(ctx context.Context) (c Cursor, err error) {
	text := `select xid, id from event order by id desc limit 1`
	if q.db.Postgres() {
		text = `select xid, id from event where xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint order by xid desc, id desc limit 1`
	}
	err = q.db.One(ctx, []any{&c.XID, &c.Pos}, text)
	if errors.Is(err, db.ErrNoRow) {
		return c, nil
	}
	return c, err
}
