package store

import (
	"context"
	"errors"
	"math"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// An execution that has a job in the queue has one of its workspace's slots. The
// others wait for one, so that no workspace starves another.

// executionPending is the condition for an execution that waits for a slot.
var executionPending = `status = ` + quote(domain.ExecutionPending) + ` and job_id = 0`

// SetExecutionJob stores the execution's job in the queue; 0 frees its slot.
func (t *Tx) SetExecutionJob(ctx context.Context, id, jobID int64) error {
	return t.db.Exec(ctx, `update execution set job_id = $2 where id = $1`, id, jobID)
}

// ExecutionJob returns the execution's job in the queue, 0 for none.
func (q Q) ExecutionJob(ctx context.Context, id int64) (job int64, err error) {
	err = q.db.One(ctx, []any{&job}, `select job_id from execution where id = $1`, id)
	return job, noRow(err)
}

// ExecutionSlots returns how many slots the workspace's executions have, and limit
// where there are more.
func (q Q) ExecutionSlots(ctx context.Context, workspaceID int64, limit int) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from
		(select 1 from execution where workspace_id = $1 and job_id > 0 limit 0 + $2) t`, workspaceID, limit)
	return n, err
}

// PendingExecutionsExceed reports whether more than limit of the workspace's
// executions wait for a slot.
func (q Q) PendingExecutionsExceed(ctx context.Context, workspaceID int64, limit int) (bool, error) {
	found, err := db.Many(ctx, q.db, db.ID, `select id from execution
		where workspace_id = $1 and `+executionPending+` order by priority, id limit 1 offset $2`, workspaceID, limit)
	return len(found) > 0, err
}

// WorkspacesWithPending returns the workspaces that have an execution without a slot.
func (q Q) WorkspacesWithPending(ctx context.Context) ([]int64, error) {
	return db.Many(ctx, q.db, db.ID, `select distinct workspace_id from execution where `+executionPending)
}

// NextPendingExecution returns the workspace's execution that is next to get a slot:
// by priority, one class more urgent for each aging that it has waited, then the
// oldest. ok is false where there is none. On PostgreSQL it locks the candidates, so
// that two transactions take two executions.
func (q Q) NextPendingExecution(
	ctx context.Context, workspaceID int64, aging time.Duration, now time.Time,
) (id int64, p domain.Priority, ok bool, err error) {
	from := ` from execution where workspace_id = $1 and ` + executionPending
	var some int64
	if err := q.db.One(ctx, []any{&some}, `select id`+from+` limit 1`, workspaceID); err != nil {
		return 0, "", false, noRow(err)
	}
	best := int64(math.MaxInt64)
	for rank := 1; rank <= len(domain.Priorities()); rank++ {
		// The oldest of a class has aged most.
		var oldest, created int64
		err := q.db.One(ctx, []any{&oldest, &created}, `select id, created_at`+from+`
			and priority = $2 order by id limit 1`+q.db.SkipLocked(), workspaceID, rank)
		if errors.Is(err, db.ErrNoRow) {
			continue
		}
		if err != nil {
			return 0, "", false, err
		}
		aged := int64(rank) - (db.Millis(now)-created)/aging.Milliseconds()
		if aged < best || aged == best && oldest < id {
			best, id, p, ok = aged, oldest, priorityOf(rank), true
		}
	}
	return id, p, ok, nil
}
