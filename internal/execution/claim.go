package execution

import (
	"context"
	"encoding/json"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// maxCrashes is how often an execution may be interrupted at the same step before
// it counts as the cause.
const maxCrashes = 10

// claim takes the execution under a new epoch, plans it if it is new, and sets it to
// executing. A nil worker means that there is nothing left to do.
func (r *Runner) claim(ctx context.Context, job queue.Job) (*worker, error) {
	w := &worker{
		Runner:   r,
		job:      job,
		outputs:  map[string]json.RawMessage{},
		recorded: map[string]bool{},
		running:  map[string]bool{},
	}
	ended := false
	err := r.Store.InTx(ctx, func(tx *store.Tx) error {
		x, crashes, err := tx.ClaimExecution(ctx, job.Ref)
		if err != nil {
			return err
		}
		w.x, ended = x, x.Status.Ended()
		if ended {
			return nil
		}
		ctx := domain.WithActor(ctx, domain.SystemActor(x.WorkspaceID, x.ID, "Vellocity"))
		failure, err := w.prepare(ctx, tx, crashes)
		if err != nil {
			return err
		}
		if failure != nil {
			ended = true
			if _, err := r.finish(ctx, tx, x, domain.ExecutionFailed, failure.Message); err != nil {
				return err
			}
			return r.Queue.Complete(ctx, tx.DB(), job)
		}
		return w.begin(ctx, tx)
	})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil // the execution was deleted
	}
	if err != nil || ended {
		return nil, err
	}
	return w, nil
}

// prepare reads what the steps need and plans the execution. failure is why the
// execution cannot continue; err is for faults of the database alone.
func (w *worker) prepare(ctx context.Context, tx *store.Tx, crashes int) (failure *domain.Error, err error) {
	if crashes > maxCrashes {
		return domain.Errorf(domain.CodeConflict, "This execution was interrupted %d times at the same step, so it "+
			"was stopped. Retry it; if that happens again, see the server's log.", crashes), nil
	}
	c, ok := w.Capability(w.x.Capability)
	if !ok {
		return domain.Errorf(domain.CodeConflict,
			"This version of Vellocity has no capability %q.", w.x.Capability), nil
	}
	if w.req, err = c.Load(w.x.Settings); err != nil {
		return w.unplanned(err), nil
	}
	if w.origin, ok = w.Providers.Of(w.x.Origin); !ok {
		return domain.Errorf(domain.CodeConflict, "The provider %q, with which this execution was accepted, is no "+
			"longer configured. Configure it and retry.", w.x.Origin.Provider), nil
	}
	if err := w.load(ctx, tx); err != nil {
		if !w.missing(ctx, err) {
			return nil, fmt.Errorf("load execution %d: %w", w.x.ID, err)
		}
		w.Log.Warn("load an execution", "execution", w.x.ID, "error", err)
		return domain.Errorf(domain.CodeConflict,
			"What this execution needs could not be read: %s.", domain.AsError(err).Message), nil
	}
	return w.plan(ctx, tx)
}

// missing reports whether an execution cannot be loaded however often one tries: what it
// needs is not there, or has failed to be read again and again. A node that stops, or a
// database that is away, says nothing about the execution, which the queue runs again.
func (w *worker) missing(ctx context.Context, err error) bool {
	if e := domain.AsError(err); e.Code != domain.CodeServer {
		return e.Refusal()
	}
	return ctx.Err() == nil && w.job.Attempt >= maxFailures
}

func (w *worker) load(ctx context.Context, tx *store.Tx) error {
	var err error
	if w.x.AgentID != 0 {
		if w.agent, err = tx.AnyAgent(ctx, w.x.WorkspaceID, w.x.AgentID); err != nil {
			return err
		}
	}
	voiceID, err := tx.ExecutionBrandVoice(ctx, w.x.ID)
	if err != nil {
		return fmt.Errorf("read the execution's brand voice: %w", err)
	}
	if voiceID != 0 {
		voice, err := tx.AnyBrandVoice(ctx, w.x.WorkspaceID, voiceID)
		if err != nil {
			return err
		}
		w.voice = &voice
	}
	w.items = map[int64]domain.ContentItem{}
	for _, id := range w.req.Reads() {
		if w.items[id], err = tx.Content(ctx, w.x.WorkspaceID, id); err != nil {
			return err
		}
	}
	return nil
}

// plan makes and stores the plan of an execution that has none, which is then
// planning. It may fail where a newer version plans in another way than the one that
// accepted the execution.
func (w *worker) plan(ctx context.Context, tx *store.Tx) (failure *domain.Error, err error) {
	if w.x.Status != domain.ExecutionPending {
		return nil, nil
	}
	plan, err := w.req.Plan()
	if err != nil {
		return w.unplanned(err), nil
	}
	if err := tx.SaveExecutionPlan(ctx, w.x.ID, plan); err != nil {
		return nil, fmt.Errorf("save the plan: %w", err)
	}
	w.x.Plan, w.x.Status = plan, domain.ExecutionPlanning
	return nil, tx.AppendEvent(ctx, w.x.Subject(), domain.ExecutionChanged{Status: w.x.Status})
}

// unplanned is why an execution that an older version accepted fails in this one.
func (w *worker) unplanned(err error) *domain.Error {
	w.Log.Error("plan an execution", "execution", w.x.ID, "error", err)
	return domain.Errorf(domain.CodeConflict, "This version of Vellocity cannot plan this execution with the "+
		"settings that it was accepted with. Start a new one with the settings that are required now.")
}

func filter(list []domain.Finding, keep func(domain.Finding) bool) (kept []domain.Finding) {
	for _, f := range list {
		if keep(f) {
			kept = append(kept, f)
		}
	}
	return kept
}

// begin sets the execution to executing, with the steps that it has recorded.
func (w *worker) begin(ctx context.Context, tx *store.Tx) error {
	before := w.x.Status
	if before == domain.ExecutionExecuting || w.x.RetryOf != 0 {
		steps, err := tx.ExecutionSteps(ctx, w.x.ID)
		if err != nil {
			return err
		}
		for _, s := range steps {
			if isDone(s) {
				w.outputs[s.Key], w.recorded[s.Key] = s.Output, true
				w.cut = append(w.cut, filter(s.Findings, domain.Finding.CutOff)...)
			}
		}
	}
	w.needs = w.x.NeedsInput
	w.x.Status = domain.ExecutionExecuting
	if w.x.WaitingFor == domain.WaitingRetry {
		w.x.WaitingFor = "" // what waits for a person does so until its step is recorded
	}
	if w.x.StartedAt.IsZero() {
		w.x.StartedAt = tx.Now()
	}
	ready := w.ready()
	w.x.Progress, w.x.CurrentStep = w.progress(), first(ready)
	if err := tx.SaveExecution(ctx, w.x, before); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, w.x.Subject(), domain.ExecutionChanged{
		Status:   w.x.Status,
		Progress: w.x.Progress,
		Running:  ready,
		Planned:  before == domain.ExecutionPlanning,
	})
}
