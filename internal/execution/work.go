package execution

import (
	"context"
	"errors"

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
		return err // the database cannot be reached: the job is handed back
	}
	if w.mayRetryLater(err) {
		return w.retryLater(ctx, failed)
	}
	if domain.CodeOf(err) == domain.CodeUnavailable {
		return err
	}
	return w.fail(ctx, failed)
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
