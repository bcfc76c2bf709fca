package store

import (
	"context"
	"encoding/json"
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

// After reports whether c comes later in the log than d.
func (c Cursor) After(d Cursor) bool {
	return c.XID > d.XID || c.XID == d.XID && c.Pos > d.Pos
}

// ChannelEvent is notified on PostgreSQL by each transaction that appends events.
const ChannelEvent = "vellocity_event"

// eventRow is an event as it is stored.
type eventRow struct {
	domain.Event
	cursor Cursor
}

// The sets of an event's columns.
const (
	eventRead db.Set = 1 << iota
	eventAppend
)

var eventTable = db.NewTable("event", func(e *eventRow) []db.Column {
	return []db.Column{
		{Name: "xid", Field: &e.cursor.XID, In: eventRead},
		{Name: "id", Field: &e.cursor.Pos, In: eventRead},
		{Name: "workspace_id", Field: &e.WorkspaceID, In: eventRead | eventAppend},
		{Name: "name", Field: db.Text(&e.Name), In: eventRead | eventAppend},
		{Name: "execution_id", Field: &e.ExecutionID, In: eventRead | eventAppend},
		{Name: "content_id", Field: &e.ContentID, In: eventRead | eventAppend},
		{Name: "actor_kind", Field: db.Text(&e.ActorKind), In: eventRead | eventAppend},
		{Name: "actor", Field: &e.Actor, In: eventRead | eventAppend},
		{Name: "actor_id", Field: &e.ActorID, In: eventRead | eventAppend},
		{Name: "payload", Field: db.Raw(&e.Payload, "{}"), In: eventRead | eventAppend},
		{Name: "at", Field: db.Time(&e.At), In: eventRead | eventAppend},
	}
})

var (
	eventColumns = eventTable.Columns(eventRead)
	appendEvent  = eventTable.Write(eventAppend, `insert into event ({columns}) values ({values})`)
)

func scanEvent() func(db.Row) (domain.Event, error) {
	scan := eventTable.Scan(eventRead)
	return func(row db.Row) (domain.Event, error) {
		e, err := scan(row)
		e.ID = e.cursor.String()
		return e.Event, err
	}
}

// AppendEvent writes what happened to s, as part of the transaction. The actor is
// the one in ctx.
func (t *Tx) AppendEvent(ctx context.Context, s domain.Subject, data domain.EventData) error {
	payload, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", data.EventName(), err)
	}
	a, _ := domain.ActorFrom(ctx)
	_, err = appendEvent.Exec(ctx, t.db, &eventRow{Event: domain.Event{
		Subject: s, Name: data.EventName(), ActorKind: a.Kind, Actor: a.Name, ActorID: a.ID,
		Payload: payload, At: t.now,
	}})
	if err != nil {
		return fmt.Errorf("append event %s: %w", data.EventName(), err)
	}
	if t.appended {
		return nil
	}
	t.appended = true
	t.AfterCommit(t.store.eventCommitted)
	return t.tx.Notify(ctx, ChannelEvent, "")
}

// settled restricts a read to rows older than every open transaction, since a
// transaction that is still open could add rows before the others.
func (q Q) settled() string {
	if q.db.Postgres() {
		return ` and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint`
	}
	return ""
}

// logOrder orders events as they are read.
func (q Q) logOrder() string {
	if q.db.Postgres() {
		return ` order by xid, id`
	}
	return ` order by id`
}

// after is the condition for rows after the cursor in $n and $n+1. On SQLite xid
// is always 0, so that the primary key alone serves.
func (q Q) after(n int) string {
	if q.db.Postgres() {
		return fmt.Sprintf("(xid, id) > ($%d, $%d)", n, n+1)
	}
	return fmt.Sprintf("xid >= $%d and id > $%d", n, n+1)
}

// upTo is the condition for rows up to the cursor in $n and $n+1.
func (q Q) upTo(n int) string {
	if q.db.Postgres() {
		return fmt.Sprintf("(xid, id) <= ($%d, $%d)", n, n+1)
	}
	return fmt.Sprintf("xid <= $%d and id <= $%d", n, n+1)
}

// Events returns up to limit events of all workspaces after the cursor, in order.
func (q Q) Events(ctx context.Context, after Cursor, limit int) ([]domain.Event, error) {
	list, err := db.Many(ctx, q.db, scanEvent(), `select `+eventColumns+` from event where `+
		q.after(1)+q.settled()+q.logOrder()+` limit 0 + $3`, after.XID, after.Pos, limit)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return list, nil
}

// EventsNamed returns up to limit events of all workspaces after one cursor and up
// to another, in order: those with one of the names, or all where none is given.
// The second cursor must be one that EventHead has returned, or lie before it.
func (q Q) EventsNamed(
	ctx context.Context, after, upTo Cursor, names []domain.EventName, limit int,
) ([]domain.Event, error) {
	args := []any{after.XID, after.Pos, upTo.XID, upTo.Pos, limit}
	named := ""
	if len(names) > 0 {
		named = ` and name in (` + placeholders(len(args)+1, len(names)) + `)`
		for _, n := range names {
			args = append(args, string(n))
		}
	}
	list, err := db.Many(ctx, q.db, scanEvent(), `select `+eventColumns+` from event where `+
		q.after(1)+` and `+q.upTo(3)+named+q.logOrder()+` limit 0 + $5`, args...)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return list, nil
}

// LastEvents returns the newest events of the workspace with one of the names, newest first.
func (q Q) LastEvents(
	ctx context.Context, workspaceID int64, names []domain.EventName, limit int,
) ([]domain.Event, error) {
	args := []any{workspaceID, limit}
	for _, n := range names {
		args = append(args, string(n))
	}
	list, err := db.Many(ctx, q.db, scanEvent(), `select `+eventColumns+` from event where workspace_id = $1
		and name in (`+placeholders(len(args)-len(names)+1, len(names))+`) order by id desc limit 0 + $2`, args...)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return list, nil
}

// ExecutionEvents returns the events of one execution of the workspace after the
// cursor, in order.
func (q Q) ExecutionEvents(
	ctx context.Context, workspaceID, executionID int64, after Cursor,
) ([]domain.Event, error) {
	list, err := db.Many(ctx, q.db, scanEvent(), `select `+eventColumns+` from event
		where workspace_id = $1 and execution_id = $2 and execution_id > 0 and `+q.after(3)+q.settled()+q.logOrder(),
		workspaceID, executionID, after.XID, after.Pos)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return list, nil
}

// EventsAhead reports whether the log has events of an execution of the workspace
// after the cursor, including those that no reader may take yet.
func (q Q) EventsAhead(ctx context.Context, workspaceID, executionID int64, after Cursor) (bool, error) {
	list, err := db.Many(ctx, q.db, db.ID, `select id from event
		where workspace_id = $1 and execution_id = $2 and execution_id > 0 and `+q.after(3)+` limit 1`,
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
		text = `select xid, id from event where xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
			order by xid desc, id desc limit 1`
	}
	err = q.db.One(ctx, []any{&c.XID, &c.Pos}, text)
	return c, noRow(err)
}
