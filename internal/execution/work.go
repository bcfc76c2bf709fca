package execution

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
	"vellocity/internal/text"
)

// Work runs an execution: it is the queue's handler for [JobKind]. It returns nil
// when the execution has ended or waits, so that the job is over; an error of the
// queue when it is to be called again later; and the context's error when the node
// is stopping and the execution continues elsewhere.
func (r *Runner) Work(ctx context.Context, job queue.Job) error {
	u, err := r.claim(ctx, job)
	if err != nil || u == nil {
		return err
	}
	ctx = domain.WithActor(ctx, domain.SystemActor(u.x.WorkspaceID, u.x.ID, u.agent.Name))
	u.text = r.Texts.Open(u.x.ID, nil)
	defer u.text.Forget() // it is recorded, or will be written from scratch
	err = u.advance(ctx)
	var w *waitError
	for errors.As(err, &w) {
		var decided bool
		if decided, err = u.wait(ctx, w); err == nil && decided {
			u.running[w.step.Key] = false
			err = u.advance(ctx)
		}
	}
	return u.conclude(ctx, err)
}

// worker is one node's hold on an execution.
type worker struct {
	*Runner
	job    queue.Job
	x      domain.Execution // as claimed; Epoch is the fence
	cap    capability.Capability
	agent  domain.Agent
	voice  *domain.BrandVoice
	items  map[int64]domain.ContentItem
	writer Writer
	text   *text.Text

	mu       sync.Mutex // guards what follows; held while a step is recorded
	outputs  map[string]json.RawMessage
	recorded map[string]bool
	running  map[string]bool
	needs    []domain.Need
}

// conclude turns the error of the steps into what the queue does with the job.
func (u *worker) conclude(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrFenced):
		return queue.ErrLost
	case ctx.Err() != nil:
		u.handBack(ctx)
		return ctx.Err()
	}
	var failed *stepError
	if !errors.As(err, &failed) {
		return err // the database cannot be reached: the job is handed back
	}
	if u.mayRetryLater(err) {
		return u.retryLater(ctx, failed)
	}
	if domain.CodeOf(err) == domain.CodeUnavailable {
		return err
	}
	return u.fail(ctx, failed)
}

// handBack undoes the crash count on graceful shutdown.
func (u *worker) handBack(ctx context.Context) {
	if !errors.Is(context.Cause(ctx), queue.ErrStopping) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	err := u.Store.InTx(ctx, func(tx *store.Tx) error { return tx.ReturnExecution(ctx, u.x.ID, u.x.Epoch) })
	if err != nil {
		u.Log.Warn("hand an execution back", "execution", u.x.ID, "error", err)
	}
}
