package execution

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// waitError says that a step waits for a person to decide about an item.
type waitError struct {
	step    domain.PlanStep
	writing *writing
	item    int64
}

func (e *waitError) Error() string { return fmt.Sprintf("step %s waits for a person", e.step.Key) }

// wait releases the execution's slot until a person has moved the item. It reports
// true, and the execution does not wait, where the item has been moved since the
// step looked: the item is locked, so that a move either comes before or wakes the
// execution.
func (w *worker) wait(ctx context.Context, asked *waitError) (decided bool, err error) {
	err = w.Store.InTx(ctx, func(tx *store.Tx) error {
		x, err := tx.FenceExecution(ctx, w.x.ID, w.x.Epoch)
		if err != nil {
			return err
		}
		c, err := tx.LockContent(ctx, w.x.WorkspaceID, asked.item)
		if err != nil {
			return err
		}
		if decided = c.Status != domain.ItemReview; decided {
			return nil
		}
		return w.suspend(ctx, tx, x, asked)
	})
	if err != nil && domain.AsError(err).Refusal() {
		err = &stepError{step: asked.step, writing: asked.writing, cause: err}
	}
	return decided, err
}

func (w *worker) suspend(ctx context.Context, tx *store.Tx, x domain.Execution, asked *waitError) error {
	x.WaitingFor, x.CurrentStep = domain.WaitingPerson, asked.step.Key
	if err := tx.SaveExecution(ctx, x, x.Status); err != nil {
		return err
	}
	if err := tx.SaveExecutionWaitingItem(ctx, x.ID, asked.item); err != nil {
		return fmt.Errorf("save what the execution waits for: %w", err)
	}
	err := tx.AppendEvent(ctx, x.Subject(), domain.ExecutionChanged{
		Status:     x.Status,
		Progress:   x.Progress,
		WaitingFor: x.WaitingFor,
		ContentID:  asked.item,
	})
	if err != nil {
		return err
	}
	if err := w.releaseSlot(ctx, tx, x); err != nil {
		return err
	}
	return w.Queue.Complete(ctx, tx.DB(), w.job)
}

// Wake gives slots to the executions that wait for a person to decide about the
// item, as part of the transaction.
func (r *Runner) Wake(ctx context.Context, tx *store.Tx, workspaceID, itemID int64) error {
	ids, err := tx.ExecutionsWaitingForItem(ctx, workspaceID, itemID)
	if err != nil {
		return fmt.Errorf("look for executions that wait: %w", err)
	}
	for _, id := range ids {
		if err := r.takeSlot(ctx, tx, id, domain.PriorityHigh); err != nil {
			return err
		}
		if err := tx.SaveExecutionWaitingItem(ctx, id, 0); err != nil {
			return err
		}
	}
	return nil
}

// answer returns what a person decided about an item; nil while it is in review.
func (w *worker) answer(ctx context.Context, itemID int64) (*capability.Answer, error) {
	q := w.Store.Read()
	c, err := q.Content(ctx, w.x.WorkspaceID, itemID)
	if err != nil || c.Status == domain.ItemReview {
		return nil, err
	}
	moves, err := q.ContentMoves(ctx, itemID)
	if err != nil {
		return nil, fmt.Errorf("read who decided: %w", err)
	}
	a := &capability.Answer{Approved: c.Status == domain.ItemReady || c.Status == domain.ItemPublished}
	for _, m := range moves {
		if m.Kind != domain.HistoryLeft { // which decides nothing
			a.By = m.By
		}
	}
	return a, nil
}

// The calls of a provider for one step: how many may fail before the execution does,
// and the pauses between them, which grow.
const (
	maxCalls   = 20
	firstPause = 15 * time.Second
	lastPause  = time.Hour
)

// pause is how long to wait after n failed calls, for a provider that asked for a
// wait of its own. One that is refused again and again is asked less and less.
func pause(n int, asked time.Duration) time.Duration {
	return max(asked, min(firstPause<<min(max(n-1, 0)/2, 20), lastPause))
}

// failedCalls returns how many calls of the provider have failed for a step.
func failedCalls(ctx context.Context, tx *store.Tx, x domain.Execution, step string) (n int, err error) {
	list, err := tx.ExecutionAttempts(ctx, x.WorkspaceID, x.ID)
	for _, a := range list {
		if a.Step == step && a.Error != "" {
			n++
		}
	}
	return n, err
}

// retryLater lets the execution wait for a provider that asked for a pause, unless it
// has been called too often.
func (w *worker) retryLater(ctx context.Context, failed *stepError) error {
	e, _ := ai.AsError(failed.cause)
	var wait time.Duration
	exhausted := false
	err := w.Store.InTx(ctx, func(tx *store.Tx) error {
		x, err := tx.FenceExecution(ctx, w.x.ID, w.x.Epoch)
		if err != nil {
			return err
		}
		calls, err := failedCalls(ctx, tx, x, failed.step.Key)
		if exhausted = calls >= maxCalls; err != nil || exhausted {
			return err
		}
		wait = pause(calls, e.RetryAfter)
		x.WaitingFor, x.CurrentStep = domain.WaitingRetry, failed.step.Key
		if err := tx.SaveExecution(ctx, x, x.Status); err != nil {
			return err
		}
		retry := tx.Now().Add(wait)
		return tx.AppendEvent(ctx, x.Subject(), domain.ExecutionChanged{
			Status:     x.Status,
			Progress:   x.Progress,
			WaitingFor: x.WaitingFor,
			RetryAt:    &retry,
		})
	})
	if errors.Is(err, store.ErrFenced) {
		return queue.ErrLost
	}
	switch {
	case err != nil:
		return err
	case exhausted:
		return w.fail(ctx, failed)
	}
	return queue.Later(wait)
}
