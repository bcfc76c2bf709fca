package store

import (
	"context"
	"errors"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// ClaimExecution begins a worker's hold on an execution: it raises the epoch, so
// that commits under an older one are refused, and counts an interruption when the
// execution was already under way and did not wait. It returns the execution as it
// is then, and how often it has been interrupted.
func (t *Tx) ClaimExecution(ctx context.Context, id int64) (x domain.Execution, crashes int, err error) {
	err = t.db.One(ctx, []any{&crashes}, `update execution set epoch = epoch + 1, version = version + 1,
		crashes = case when epoch > 0 and waiting_for = '' then crashes + 1 else crashes end
		where id = $1 returning crashes`, id)
	if errors.Is(err, db.ErrNoRow) {
		return x, 0, domain.NotFound("Execution")
	}
	if err != nil {
		return x, 0, fmt.Errorf("claim execution: %w", err)
	}
	x, err = t.ExecutionForWork(ctx, id)
	return x, crashes, err
}

// ReturnExecution undoes the interruption that the next claim will count, for an
// execution that a stopping node gives back in good order.
func (t *Tx) ReturnExecution(ctx context.Context, id, epoch int64) error {
	return t.db.Exec(ctx, `update execution set crashes = crashes - 1 where id = $1 and epoch = $2`, id, epoch)
}

// ErrFenced says that another worker has claimed the execution since: nothing of
// this one may be recorded.
var ErrFenced = errors.New("the execution has been claimed by another worker")

// FenceExecution refuses the transaction with [ErrFenced] unless the execution is
// still held under this epoch and has not ended. It locks the execution to the end
// of the transaction and returns its present state. It writes nothing: what saves the
// execution after it raises its version.
func (t *Tx) FenceExecution(ctx context.Context, id, epoch int64) (x domain.Execution, err error) {
	x, ok, err := db.First(ctx, t.db, scanExecution(executionHead), `select `+executionHeadColumns+` from execution
		where id = $1 and epoch = $2 and completed_at = 0`+t.db.ForUpdate(), id, epoch)
	if err != nil {
		return x, fmt.Errorf("fence execution: %w", err)
	}
	if !ok {
		return x, ErrFenced
	}
	return x, nil
}

// SaveExecutionWaitingItem stores for which item an execution waits; 0 for none.
func (t *Tx) SaveExecutionWaitingItem(ctx context.Context, id, itemID int64) error {
	return t.db.Exec(ctx, `update execution set waiting_item = $2 where id = $1`, id, itemID)
}

// ExecutionWaitingItem returns for which item an execution waits; 0 for none.
func (q Q) ExecutionWaitingItem(ctx context.Context, id int64) (itemID int64, err error) {
	err = q.db.One(ctx, []any{&itemID}, `select waiting_item from execution where id = $1`, id)
	return itemID, err
}

// OpenRetry returns the retry of an execution that has not ended; 0 for none.
func (q Q) OpenRetry(ctx context.Context, workspaceID, id int64) (int64, error) {
	list, err := db.Many(ctx, q.db, db.ID, `select id from execution
		where workspace_id = $1 and retry_of = $2 and retry_of > 0 and completed_at = 0 limit 1`, workspaceID, id)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// ExecutionRedos returns the executions that redo a step of one, oldest first, at most limit of them.
func (q Q) ExecutionRedos(ctx context.Context, workspaceID, id int64, limit int) ([]int64, error) {
	list, err := db.Many(ctx, q.db, db.ID, `select id from execution
		where workspace_id = $1 and redo_of = $2 and redo_of > 0 order by id limit 0 + $3`, workspaceID, id, limit)
	if err != nil {
		return nil, fmt.Errorf("read the redos of an execution: %w", err)
	}
	return list, nil
}

// ExecutionsWaitingForItem returns the executions that wait for a person to move
// the item.
func (q Q) ExecutionsWaitingForItem(ctx context.Context, workspaceID, itemID int64) ([]int64, error) {
	// The index has only rows that wait; the planner uses it only for a condition that
	// says so.
	return db.Many(ctx, q.db, db.ID, `select id from execution
		where workspace_id = $1 and waiting_item = $2 and waiting_item > 0 and completed_at = 0`, workspaceID, itemID)
}
