package execution

import (
	"context"
	"errors"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// Work runs an execution: it is the queue's handler for [JobKind]. It returns nil
// when the execution has ended or waits, so that the job is over; an error of the
// queue when it is to be called again later; and the context's error when the node
// is stopping and the execution continues elsewhere.
func (r *Runner) Work(ctx context.Context, job queue.Job) error {
	w, err := r.claim(ctx, job)
	if err != nil || w == nil {
		return err
	}
	ctx = domain.WithActor(ctx, domain.SystemActor(w.x.WorkspaceID, w.x.ID, w.agent.Name))
	w.text = r.Texts.Open(w.x.ID, nil)
	defer w.text.Forget() // it is recorded, or will be written from scratch
	err = w.advance(ctx)
	var asked *waitError
	for errors.As(err, &asked) {
		var decided bool
		if decided, err = w.wait(ctx, asked); err == nil && decided {
			w.running[asked.step.Key] = false
			err = w.advance(ctx)
		}
	}
	return w.conclude(ctx, err)
}

// conclude turns the error of the steps into what the queue does with the job.
func (w *worker) conclude(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrFenced):
		return queue.ErrLost
	case ctx.Err() != nil:
		w.handBack(ctx)
		return ctx.Err()
	}
	var failed *stepError
	if !errors.As(err, &failed) {
		return w.orGiveUp(ctx, err)
	}
	if w.mayRetryLater(err) {
		return w.retryLater(ctx, failed)
	}
	if domain.CodeOf(err) == domain.CodeUnavailable {
		return err
	}
	return w.fail(ctx, failed)
}

// maxFailures is how often in all a job may fail for a reason that is not the
// database's absence, before its execution fails: with the pauses of the queue between
// them that is about a quarter of an hour.
const maxFailures = 12

// orGiveUp hands the job back, since the database cannot be reached. What fails for
// another reason again and again fails the execution.
func (w *worker) orGiveUp(ctx context.Context, err error) error {
	switch code := domain.CodeOf(err); {
	case code == domain.CodeUnavailable || code == domain.CodeStorageFull:
		return err
	case w.job.Attempt < maxFailures && !store.Unstorable(err):
		return err
	}
	w.Log.Error("an execution failed again and again", "execution", w.x.ID, "error", err)
	message := fmt.Sprintf("This execution failed for a reason inside Vellocity. Retry it; the server's log has the "+
		"details under execution %d.", w.x.ID)
	return w.end(ctx, func(tx *store.Tx, x domain.Execution) error {
		_, err := w.finish(ctx, tx, x, domain.ExecutionFailed, message)
		return err
	})
}

// end runs f in the transaction that ends the execution and its job.
func (w *worker) end(ctx context.Context, f func(tx *store.Tx, x domain.Execution) error) error {
	err := w.Store.InTx(ctx, func(tx *store.Tx) error {
		x, err := tx.FenceExecution(ctx, w.x.ID, w.x.Epoch)
		if err != nil {
			return err
		}
		if err := f(tx, x); err != nil {
			return err
		}
		return w.Queue.Complete(ctx, tx.DB(), w.job)
	})
	if errors.Is(err, store.ErrFenced) {
		return queue.ErrLost
	}
	return err
}

// handBack undoes the crash count on graceful shutdown.
func (w *worker) handBack(ctx context.Context) {
	if !errors.Is(context.Cause(ctx), queue.ErrStopping) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	err := w.Store.InTx(ctx, func(tx *store.Tx) error { return tx.ReturnExecution(ctx, w.x.ID, w.x.Epoch) })
	if err != nil {
		w.Log.Warn("hand an execution back", "execution", w.x.ID, "error", err)
	}
}
