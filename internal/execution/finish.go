package execution

import (
	"context"
	"errors"
	"fmt"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// finish ends an execution: it releases what is still held, appends the event, and
// gives the slot to the next execution of the workspace. message is why it failed,
// for people.
func (r *Runner) finish(
	ctx context.Context, tx *store.Tx, x domain.Execution, to domain.ExecutionStatus, message string,
) (domain.Execution, error) {
	before := x.Status
	x.Status, x.CompletedAt, x.Error, x.WaitingFor, x.CurrentStep = to, tx.Now(), message, "", ""
	if to == domain.ExecutionCompleted {
		x.Progress = 100
	}
	if err := tx.TransferCredits(ctx, transfer(x, domain.MovementRelease, x.CreditsHeld)); err != nil {
		return x, err
	}
	x.CreditsHeld = 0
	if err := tx.SaveExecution(ctx, x, before); err != nil {
		return x, err
	}
	if err := tx.AppendEvent(ctx, x.Subject(), ended(x)); err != nil {
		return x, err
	}
	return x, r.releaseSlot(ctx, tx, x)
}

func ended(x domain.Execution) domain.ExecutionEnded {
	return domain.ExecutionEnded{Status: x.Status, Error: x.Error, CreditsUsed: x.CreditsUsed}
}

// Cancel ends an execution, as part of the transaction: what it captured stays, the
// rest is released, what its steps have written so far is recorded as not finished, and
// nothing more. A call of a provider that is under way is ended once the transaction is
// on disk.
func (r *Runner) Cancel(ctx context.Context, tx *store.Tx, x domain.Execution) (domain.Execution, error) {
	job, err := tx.ExecutionJob(ctx, x.ID)
	if err != nil {
		return x, err
	}
	if err := r.keepUnfinished(ctx, tx, x); err != nil {
		return x, err
	}
	if err := r.cancelImages(ctx, tx, x); err != nil {
		return x, err
	}
	if x, err = r.finish(ctx, tx, x, domain.ExecutionCancelled, ""); err != nil || job == 0 {
		return x, err
	}
	return x, r.Queue.Cancel(ctx, tx.DB(), job)
}

// Archive hides an execution that has ended, as part of the transaction.
func (r *Runner) Archive(ctx context.Context, tx *store.Tx, x domain.Execution) error {
	before := x.Status
	x.Status = domain.ExecutionArchived
	if err := tx.SaveExecution(ctx, x, before); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, x.Subject(), ended(x))
}

// fail records the failed step and ends the execution with a message that says what
// happened and what to do.
func (w *worker) fail(ctx context.Context, failed *stepError) error {
	w.Log.Warn("a step failed", "execution", w.x.ID, "step", failed.step.Key, "error", failed.cause)
	message := explain(failed)
	err := w.end(ctx, func(tx *store.Tx, x domain.Execution) error {
		s := failed.writing.result(domain.StepFailed, tx.Now(), 0)
		s.Error = message
		if err := w.saveStep(ctx, tx, &x, s); err != nil {
			return err
		}
		err := tx.AppendEvent(ctx, x.Subject(), domain.StepEnded{
			Key:      s.Key,
			Name:     failed.step.Name,
			Status:   s.Status,
			Progress: x.Progress,
			Error:    message,
		})
		if err != nil {
			return err
		}
		_, err = w.finish(ctx, tx, x, domain.ExecutionFailed, message)
		return err
	})
	if store.Unstorable(err) {
		return w.orGiveUp(ctx, err) // even what it had of the step
	}
	return err
}

// explain says for people why a step failed.
func explain(failed *stepError) string {
	if store.Unstorable(failed.cause) {
		return fmt.Sprintf("%q wrote something that the database cannot store, such as a NUL character. Retry it; if "+
			"it fails again, change the inputs or use another model.", failed.step.Name)
	}
	var known *domain.Error
	if errors.As(failed.cause, &known) && known.Code != domain.CodeServer {
		return known.Message
	}
	if e, ok := ai.AsError(failed.cause); ok {
		return fmt.Sprintf("%q failed: %s", failed.step.Name, e.Message)
	}
	return fmt.Sprintf("%q failed for a reason inside Vellocity. Retry it; the server's log has the details under "+
		"execution %d.", failed.step.Name, failed.writing.x.ID)
}
