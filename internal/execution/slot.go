package execution

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// aging is the time after which a waiting execution counts as one class more
// urgent.
const aging = 10 * time.Minute

// admit gives the execution a slot, unless its workspace has no free one.
func (r *Runner) admit(ctx context.Context, tx *store.Tx, x domain.Execution) error {
	n, err := tx.ExecutionSlots(ctx, x.WorkspaceID, r.Slots)
	if err != nil || n >= r.Slots {
		return err
	}
	return r.takeSlot(ctx, tx, x.ID, x.Priority)
}

// takeSlot puts an execution into the queue.
func (r *Runner) takeSlot(ctx context.Context, tx *store.Tx, id int64, p domain.Priority) error {
	job, err := r.Queue.Enqueue(ctx, tx.DB(), queue.Insert{Kind: JobKind, Ref: id, Priority: p.Rank()})
	if err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return tx.SetExecutionJob(ctx, id, job)
}

// releaseSlot takes the execution's slot, if it has one, and gives it to the next
// execution of the workspace.
func (r *Runner) releaseSlot(ctx context.Context, tx *store.Tx, x domain.Execution) error {
	if err := tx.SetExecutionJob(ctx, x.ID, 0); err != nil {
		return err
	}
	n, err := tx.ExecutionSlots(ctx, x.WorkspaceID, r.Slots)
	if err != nil || n >= r.Slots {
		return err
	}
	return r.admitNext(ctx, tx, x.WorkspaceID)
}

// admitNext gives the workspace's next waiting execution a slot.
func (r *Runner) admitNext(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	id, p, ok, err := tx.NextPendingExecution(ctx, workspaceID, aging, tx.Now())
	if err != nil || !ok {
		return err
	}
	return r.takeSlot(ctx, tx, id, p)
}

// Sweep gives slots to executions that were left without one, because the last slot
// of their workspace was released at the moment in which they were accepted.
func (r *Runner) Sweep(ctx context.Context) error {
	ids, err := r.Store.Read().WorkspacesWithPending(ctx)
	if err != nil {
		return fmt.Errorf("look for waiting executions: %w", err)
	}
	for _, id := range ids {
		err := r.Store.InTx(ctx, func(tx *store.Tx) error {
			n, err := tx.ExecutionSlots(ctx, id, r.Slots)
			for ; err == nil && n < r.Slots; n++ {
				err = r.admitNext(ctx, tx, id)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("admit waiting executions: %w", err)
		}
	}
	return nil
}
