package execution

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
	"vellocity/internal/template"
)

// maxCrashes is how often an execution may be interrupted at the same step before
// it counts as the cause.
const maxCrashes = 10

// claim takes the execution under a new epoch, plans it if it is new, and sets it to
// executing. A nil worker means that there is nothing left to do.
func (r *Runner) claim(ctx context.Context, job queue.Job) (*worker, error) {
	w := &worker{Runner: r, job: job}
	ended, err := w.take(ctx)
	if errors.Is(err, errUnread) { // outside of the transaction, for which it would take too long
		w.program, w.unread = template.Read(*w.x.Program, r.Capability)
		ended, err = w.take(ctx)
	}
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil // the execution was deleted
	}
	if err != nil || ended {
		return nil, err
	}
	return w, nil
}

// errUnread says that the execution has a template, which must be read first.
var errUnread = errors.New("the template of the execution has not been read")

// take claims the execution in one transaction. It reports whether there is nothing left
// to do.
func (w *worker) take(ctx context.Context) (ended bool, err error) {
	err = w.Store.InTx(ctx, func(tx *store.Tx) error {
		x, crashes, err := tx.ClaimExecution(ctx, w.job.Ref)
		if err != nil {
			return err
		}
		w.x, ended = x, x.Status.Ended()
		if ended {
			return nil
		}
		if x.Program != nil && w.program == nil && w.unread == nil {
			return errUnread
		}
		w.forget()
		ctx := domain.WithActor(ctx, domain.SystemActor(x.WorkspaceID, x.ID, "Vellocity"))
		failure, err := w.prepare(ctx, tx, crashes)
		if err != nil {
			return err
		}
		if failure != nil {
			ended = true
			if _, err := w.finish(ctx, tx, x, domain.ExecutionFailed, failure.Message); err != nil {
				return err
			}
			return w.Queue.Complete(ctx, tx.DB(), w.job)
		}
		return w.begin(ctx, tx)
	})
	return ended, err
}

// prepare reads what the steps need and plans the execution. failure is why the
// execution cannot continue; err is for faults of the database alone.
func (w *worker) prepare(ctx context.Context, tx *store.Tx, crashes int) (failure *domain.Error, err error) {
	if crashes > maxCrashes {
		return domain.Errorf(domain.CodeConflict, "This execution was interrupted %d times at the same step, so it "+
			"was stopped. Retry it; if that happens again, see the server's log.", crashes), nil
	}
	if err := w.recall(ctx, tx); err != nil {
		return nil, err
	}
	if failure := w.read(); failure != nil {
		return failure, nil
	}
	if err := w.loadAgent(ctx, tx); err != nil {
		return w.unloaded(ctx, err)
	}
	var ok bool
	if w.writer, ok = w.Providers.Of(w.x.Origin, w.agent); !ok {
		return domain.Errorf(domain.CodeConflict, "The provider %q, with which this execution was accepted, is no "+
			"longer configured. Configure it and retry.", w.x.Origin.Provider), nil
	}
	if err := w.load(ctx, tx); err != nil {
		return w.unloaded(ctx, err)
	}
	return w.plan(ctx, tx)
}

// unloaded is why an execution cannot continue of which something could not be read.
func (w *worker) unloaded(ctx context.Context, err error) (failure *domain.Error, _ error) {
	if !w.missing(ctx, err) {
		return nil, fmt.Errorf("load execution %d: %w", w.x.ID, err)
	}
	w.Log.Warn("load an execution", "execution", w.x.ID, "error", err)
	return domain.Errorf(domain.CodeConflict,
		"What this execution needs could not be read: %s.", domain.AsError(err).Message), nil
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

// read decodes what the execution was ordered to do: its one part, or those of the template's
// steps whose settings are known and that are not over.
func (w *worker) read() *domain.Error {
	if w.x.Program == nil {
		c, ok := w.Capability(w.x.Capability)
		if !ok {
			return domain.Errorf(domain.CodeConflict,
				"This version of Vellocity has no capability %q.", w.x.Capability)
		}
		req, err := c.Load(w.x.Settings)
		if err != nil {
			return w.unplanned(err)
		}
		w.parts[""] = newPart("", c, req, w.x.Origin)
		w.parts[""].cut = w.cut("")
		return nil
	}
	if w.unread != nil {
		return w.unplanned(w.unread)
	}
	for _, s := range w.x.Plan {
		if !w.program.Has(s.Key) || !opened(s) || w.recorded[s.Key] {
			continue
		}
		c, _ := w.program.Capability(s.Key)
		req, err := c.Load(s.Args)
		if err != nil {
			return w.unplanned(err)
		}
		w.parts[s.Key] = newPart(s.Key, c, req, w.x.Origin)
		w.parts[s.Key].cut = w.cut(s.Key + ".")
	}
	return nil
}

// recall reads the steps that are recorded.
func (w *worker) recall(ctx context.Context, tx *store.Tx) error {
	if err := w.recallFormer(ctx, tx); err != nil {
		return err
	}
	if w.x.Status != domain.ExecutionExecuting && w.x.RetryOf == 0 && w.x.Redo.Of == 0 {
		return nil
	}
	steps, err := tx.ExecutionSteps(ctx, w.x.ID)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if isDone(s) {
			w.outputs[s.Key], w.created[s.Key], w.recorded[s.Key] = s.Output, s.Items, true
			w.skipped[s.Key] = s.Status == domain.StepSkipped
			w.findings = append(w.findings, s.Findings...)
		}
	}
	return nil
}

// cut returns the findings about texts that were cut, of the recorded steps whose keys
// begin so.
func (w *worker) cut(prefix string) (list []domain.Finding) {
	for _, f := range w.findings {
		if f.CutOff() && strings.HasPrefix(f.Step, prefix) {
			list = append(list, f)
		}
	}
	return list
}

func (w *worker) loadAgent(ctx context.Context, tx *store.Tx) (err error) {
	if w.x.AgentID != 0 {
		w.agent, err = tx.AnyAgent(ctx, w.x.WorkspaceID, w.x.AgentID)
	}
	return err
}

func (w *worker) load(ctx context.Context, tx *store.Tx) error {
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
	if w.program != nil {
		if w.workspace, err = tx.Workspace(ctx, w.x.WorkspaceID); err != nil {
			return err
		}
	}
	for _, p := range w.parts {
		if err := w.loadPart(ctx, tx, p); err != nil {
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
	plan := w.x.Plan // a template's is made when the execution is accepted
	if w.program == nil {
		if plan, err = w.parts[""].req.Plan(); err != nil {
			return w.unplanned(err), nil
		}
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

// begin sets the execution to executing, with the steps that it has recorded.
func (w *worker) begin(ctx context.Context, tx *store.Tx) error {
	before := w.x.Status
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
