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
	u := &worker{
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
		u.x, ended = x, x.Status.Ended()
		if ended {
			return nil
		}
		ctx := domain.WithActor(ctx, domain.SystemActor(x.WorkspaceID, x.ID, "Vellocity"))
		failure, err := u.prepare(ctx, tx, crashes)
		if err != nil {
			return err
		}
		if failure != nil {
			ended = true
			if _, err := r.finish(ctx, tx, x, domain.ExecutionFailed, failure.Message); err != nil {
				return err
			}
			return r.Queue.Complete(ctx, tx, job)
		}
		return u.begin(ctx, tx)
	})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil // the execution was deleted
	}
	if err != nil || ended {
		return nil, err
	}
	return u, nil
}

// prepare reads what the steps need and plans the execution. failure is why the
// execution cannot continue; err is for faults of the database alone.
func (u *worker) prepare(ctx context.Context, tx *store.Tx, crashes int) (failure *domain.Error, err error) {
	if crashes > maxCrashes {
		return domain.Errorf(domain.CodeConflict, "This execution was interrupted %d times at the same step, so it "+
			"was stopped. Retry it; if that happens again, see the server's log.", crashes), nil
	}
	var ok bool
	if u.cap, ok = u.Capability(u.x.Capability); !ok {
		return domain.Errorf(domain.CodeConflict,
			"This version of Vellocity has no capability %q.", u.x.Capability), nil
	}
	if u.writer, ok = u.Writers.Of(u.x.Origin); !ok {
		return domain.Errorf(domain.CodeConflict, "The provider %q, with which this execution was accepted, is no "+
			"longer configured. Configure it and retry.", u.x.Origin.Provider), nil
	}
	if err := u.load(ctx, tx); err != nil {
		u.Log.Error("load an execution", "execution", u.x.ID, "error", err)
		return domain.Errorf(domain.CodeConflict,
			"What this execution needs could not be read: %s.", domain.AsError(err).Message), nil
	}
	return u.plan(ctx, tx)
}

func (u *worker) load(ctx context.Context, tx *store.Tx) error {
	var err error
	if u.x.AgentID != 0 {
		if u.agent, err = tx.Agent(ctx, u.x.WorkspaceID, u.x.AgentID); err != nil {
			return err
		}
	}
	voiceID, err := tx.ExecutionBrandVoice(ctx, u.x.ID)
	if err != nil {
		return fmt.Errorf("read the execution's brand voice: %w", err)
	}
	if voiceID != 0 {
		voice, err := tx.BrandVoice(ctx, u.x.WorkspaceID, voiceID)
		if err != nil {
			return err
		}
		u.voice = &voice
	}
	u.items = map[int64]domain.ContentItem{}
	if u.cap.Reads == nil {
		return nil
	}
	for _, id := range u.cap.Reads(u.x.Settings) {
		if u.items[id], err = tx.Content(ctx, u.x.WorkspaceID, id); err != nil {
			return err
		}
	}
	return nil
}

// plan makes and stores the plan of an execution that has none, which is then
// planning. It may fail where a newer version plans in another way than the one that
// accepted the execution.
func (u *worker) plan(ctx context.Context, tx *store.Tx) (failure *domain.Error, err error) {
	if u.x.Status != domain.ExecutionPending {
		return nil, nil
	}
	plan, err := u.cap.Plan(u.x.Settings)
	if err != nil {
		u.Log.Error("plan an execution", "execution", u.x.ID, "error", err)
		return domain.Errorf(domain.CodeConflict, "This version of Vellocity cannot plan this execution with the "+
			"settings that it was accepted with. Start a new one with the settings that are required now."), nil
	}
	if err := tx.SaveExecutionPlan(ctx, u.x.ID, plan); err != nil {
		return nil, fmt.Errorf("save the plan: %w", err)
	}
	u.x.Plan, u.x.Status = plan, domain.ExecutionPlanning
	return nil, tx.AppendEvent(ctx, u.x.Subject(), domain.ExecutionChanged{Status: u.x.Status})
}

// begin sets the execution to executing, with the steps that it has recorded.
func (u *worker) begin(ctx context.Context, tx *store.Tx) error {
	before := u.x.Status
	if before == domain.ExecutionExecuting || u.x.RetryOf != 0 {
		steps, err := tx.ExecutionSteps(ctx, u.x.ID)
		if err != nil {
			return err
		}
		for _, s := range steps {
			if isDone(s) {
				u.outputs[s.Key], u.recorded[s.Key] = s.Output, true
			}
		}
	}
	u.needs = u.x.NeedsInput
	u.x.Status = domain.ExecutionExecuting
	if u.x.WaitingFor == domain.WaitingRetry {
		u.x.WaitingFor = "" // what waits for a person does so until its step is recorded
	}
	if u.x.StartedAt.IsZero() {
		u.x.StartedAt = tx.Now()
	}
	ready := u.ready()
	u.x.Progress, u.x.CurrentStep = u.progress(), first(ready)
	if err := tx.SaveExecution(ctx, u.x, before); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, u.x.Subject(), domain.ExecutionChanged{
		Status:   u.x.Status,
		Progress: u.x.Progress,
		Running:  ready,
		Planned:  before == domain.ExecutionPlanning,
	})
}
