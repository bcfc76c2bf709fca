package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a schedule's columns.
const (
	scheduleRead db.Set = 1 << iota
	scheduleCreate
	scheduleAdvance
)

// scheduleRow is a schedule with the kind of its target, of which there is one.
type scheduleRow struct {
	domain.Schedule
	kind string
}

var scheduleTable = db.NewTable("schedule", func(s *scheduleRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &s.ID, In: scheduleRead},
		{Name: "workspace_id", Field: &s.WorkspaceID, In: scheduleRead | scheduleCreate},
		{Name: "kind", Field: &s.kind, In: scheduleCreate},
		{Name: "cron", Field: &s.Cron, In: scheduleRead | scheduleCreate},
		{Name: "timezone", Field: &s.Timezone, In: scheduleRead | scheduleCreate},
		{Name: "target", Field: db.JSON(&s.Target), In: scheduleRead | scheduleCreate},
		{Name: "owner_kind", Field: db.Text(&s.Owner.Kind), In: scheduleRead | scheduleCreate},
		{Name: "owner_id", Field: &s.Owner.ID, In: scheduleRead | scheduleCreate},
		{Name: "enabled", Field: &s.Enabled, In: scheduleRead | scheduleCreate},
		{Name: "next_at", Field: db.Time(&s.NextAt), In: scheduleRead | scheduleCreate | scheduleAdvance},
		{Name: "last_at", Field: db.Time(&s.LastAt), In: scheduleRead | scheduleAdvance},
		{Name: "last_error", Field: &s.LastError, In: scheduleRead | scheduleAdvance},
	}
})

var (
	scheduleColumns = scheduleTable.Columns(scheduleRead)
	createSchedule  = scheduleTable.Write(scheduleCreate,
		`insert into schedule ({columns}) values ({values}) returning id`)
	advanceSchedule = scheduleTable.Write(scheduleAdvance, `update schedule set {set} where id = {id}`)
)

func scanSchedule() func(db.Row) (domain.Schedule, error) {
	scan := scheduleTable.Scan(scheduleRead)
	return func(row db.Row) (domain.Schedule, error) {
		s, err := scan(row)
		return s.Schedule, err
	}
}

// CreateSchedule adds a schedule that is next due at s.NextAt, and returns it with
// its id.
func (t *Tx) CreateSchedule(ctx context.Context, s domain.Schedule) (domain.Schedule, error) {
	if err := createSchedule.One(ctx, t.db, &scheduleRow{s, "capability"}, &s.ID); err != nil {
		return s, fmt.Errorf("create schedule: %w", err)
	}
	return s, nil
}

// Schedule returns a schedule of the workspace.
func (q Q) Schedule(ctx context.Context, workspaceID, id int64) (domain.Schedule, error) {
	s, ok, err := db.First(ctx, q.db, scanSchedule(),
		`select `+scheduleColumns+` from schedule where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return s, fmt.Errorf("read schedule: %w", err)
	}
	if !ok {
		return s, domain.NotFound("Schedule")
	}
	return s, nil
}

// scheduleDue is the condition for the schedules that are due at $1, and their order.
const scheduleDue = ` enabled and next_at > 0 and next_at <= $1 order by next_at limit 1`

// AnyScheduleDue reports whether a schedule is due, without a lock.
func (q Q) AnyScheduleDue(ctx context.Context, now time.Time) (bool, error) {
	due, err := db.Many(ctx, q.db, db.ID, `select id from schedule where`+scheduleDue, db.Millis(now))
	return len(due) > 0, err
}

// LockDueSchedule locks the next schedule that is due and that no other node has
// locked; ok is false where there is none.
func (t *Tx) LockDueSchedule(ctx context.Context, now time.Time) (s domain.Schedule, ok bool, err error) {
	return db.First(ctx, t.db, scanSchedule(),
		`select `+scheduleColumns+` from schedule where`+scheduleDue+t.db.SkipLocked(), db.Millis(now))
}

// RecordScheduleFiring notes that a schedule fires for an instant. It reports false
// where that was done before.
func (t *Tx) RecordScheduleFiring(ctx context.Context, id int64, instant time.Time) (bool, error) {
	n, err := t.db.ExecCount(ctx, `insert into schedule_firing (schedule_id, fire_at, at) values ($1,$2,$3)
		on conflict do nothing`, id, db.Millis(instant), db.Millis(t.now))
	if err != nil {
		return false, fmt.Errorf("record firing: %w", err)
	}
	return n == 1, nil
}

// AdvanceSchedule stores when a schedule is due next, never where next is zero, when
// it was due last, and what went wrong then.
func (t *Tx) AdvanceSchedule(ctx context.Context, id int64, next, last time.Time, failure string) error {
	row := scheduleRow{Schedule: domain.Schedule{ID: id, NextAt: next, LastAt: last, LastError: failure}}
	if _, err := advanceSchedule.Exec(ctx, t.db, &row); err != nil {
		return fmt.Errorf("advance schedule: %w", err)
	}
	return nil
}
