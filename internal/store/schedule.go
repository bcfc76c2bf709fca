package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

const scheduleColumns = `id, workspace_id, cron, timezone, target, enabled, next_at, last_at, last_error`

func scanSchedule(row db.Row) (s domain.Schedule, err error) {
	err = row.Scan(&s.ID, &s.WorkspaceID, &s.Cron, &s.Timezone, db.JSON(&s.Target), &s.Enabled, db.Time(&s.NextAt), db.Time(&s.LastAt), &s.LastError)
	return s, err
}

// CreateSchedule adds a schedule that is next due at s.NextAt.
func (t *Tx) CreateSchedule(ctx context.Context, s domain.Schedule) (domain.Schedule, error) {
	target, err := toJSON(s.Target)
	if err != nil {
		return s, err
	}
	err = t.db.One(ctx, []any{&s.ID}, `insert into schedule (workspace_id, kind, target, cron, timezone, next_at, enabled) values ($1,'capability',$2,$3,$4,$5,$6) returning id`,
		s.WorkspaceID, target, s.Cron, s.Timezone, db.Millis(s.NextAt), s.Enabled)
	if err != nil {
		return s, fmt.Errorf("create schedule: %w", err)
	}
	return s, nil
}

// Schedule returns a schedule of the workspace.
func (q Q) Schedule(ctx context.Context, workspaceID, id int64) (domain.Schedule, error) {
	s, ok, err := db.First(ctx, q.db, scanSchedule, `select `+scheduleColumns+` from schedule where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return s, fmt.Errorf("read schedule: %w", err)
	}
	if !ok {
		return s, domain.NotFound("Schedule")
	}
	return s, nil
}

// AnyScheduleDue reports whether a schedule is due: a look that takes no lock.
func (q Q) AnyScheduleDue(ctx context.Context, now time.Time) (bool, error) {
	due, err := db.Many(ctx, q.db, db.ID, `select id from schedule where enabled and next_at > 0 and next_at <= $1 order by next_at limit 1`, db.Millis(now))
	return len(due) > 0, err
}

// LockDueSchedule locks the next schedule that is due and that no other node has taken;
// ok is false where there is none.
func (t *Tx) LockDueSchedule(ctx context.Context, now time.Time) (s domain.Schedule, ok bool, err error) {
	skip := ""
	if t.db.Postgres() {
		skip = " for update skip locked"
	}
	return db.First(ctx, t.db, scanSchedule, `select `+scheduleColumns+` from schedule where enabled and next_at > 0 and next_at <= $1 order by next_at limit 1`+skip, db.Millis(now))
}

// RecordScheduleFiring notes that a schedule fires for an instant. It reports false where
// that was done before.
func (t *Tx) RecordScheduleFiring(ctx context.Context, id int64, instant time.Time) (bool, error) {
	n, err := t.db.ExecCount(ctx, `insert into schedule_firing (schedule_id, fire_at, at) values ($1,$2,$3) on conflict do nothing`, id, db.Millis(instant), db.Millis(t.now))
	if err != nil {
		return false, fmt.Errorf("record firing: %w", err)
	}
	return n == 1, nil
}

// AdvanceSchedule stores when a schedule is due next, never where next is zero, and what
// became of the last time.
func (t *Tx) AdvanceSchedule(ctx context.Context, id int64, next, last time.Time, failure string) error {
	err := t.db.Exec(ctx, `update schedule set next_at = $2, last_at = $3, last_error = $4 where id = $1`, id, db.Millis(next), db.Millis(last), failure)
	if err != nil {
		return fmt.Errorf("advance schedule: %w", err)
	}
	return nil
}
