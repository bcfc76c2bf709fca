package execution

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// record stores a step's result, its credits, its event and its effects in one
// transaction, and ends the execution with the last step. A step that was skipped has
// neither effects nor costs. The board rules look at the items that no later step changes,
// and what they decide is part of the transaction.
func (w *worker) record(
	ctx context.Context, run *writing, status domain.StepStatus, result capability.Result,
) error {
	output, err := json.Marshal(result.Output)
	if err != nil {
		return &stepError{step: run.step, writing: run, cause: fmt.Errorf("encode output: %w", err)}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := run.part
	w.recorded[run.step.Key] = true
	w.workAhead(p, result.Effects)
	needs := joined(w.needs, result.NeedsInput)
	cut := run.truncated()
	result = p.named(result)
	result.Findings = append(slices.Clone(result.Findings), cut...)
	p.cut = append(p.cut, cut...)
	d := done{run: run, status: status, output: output, result: result, needs: needs, charged: w.charge(run.step, status)}
	var created []domain.ItemRef
	err = w.ruled(ctx, d, func(r ruling) error {
		return w.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			created, err = w.commit(ctx, tx, d, r)
			return err
		})
	})
	if err != nil {
		delete(w.recorded, run.step.Key)
		p.cut = p.cut[:len(p.cut)-len(cut)]
		if store.Unstorable(err) {
			return &stepError{step: run.step, writing: run, cause: err}
		}
		return err
	}
	w.held -= d.charged
	w.outputs[run.step.Key], w.created[run.step.Key], w.needs = output, created, needs
	w.skipped[run.step.Key] = status == domain.StepSkipped
	return nil
}

// done is a step that is about to be recorded.
type done struct {
	run     *writing
	status  domain.StepStatus
	output  json.RawMessage
	result  capability.Result
	needs   []domain.Need
	charged int // credits
}

// commit stores what a step has done, as part of the transaction. It returns the items that
// the step created or revised.
func (w *worker) commit(ctx context.Context, tx *store.Tx, d done, r ruling) ([]domain.ItemRef, error) {
	x, err := tx.FenceExecution(ctx, w.x.ID, w.x.Epoch)
	if err != nil {
		return nil, err
	}
	x.Plan = w.x.Plan
	s := d.run.result(d.status, tx.Now(), d.charged)
	s.Output = d.output
	if s.Findings, s.Items, err = w.applyEffects(ctx, tx, d.run.part, s.Key, d.result, d.needs); err != nil {
		return nil, err
	}
	if err := w.applyRules(ctx, tx, r, s.Items); err != nil {
		return nil, err
	}
	for i := range s.Findings {
		s.Findings[i].ID = "" // events leave the workspace, and the id is a digest of words that may be secret
	}
	if err := w.saveStep(ctx, tx, &x, s); err != nil {
		return nil, err
	}
	if len(d.needs) > len(w.needs) {
		if err := tx.SaveExecutionNeeds(ctx, x.ID, d.needs); err != nil {
			return nil, fmt.Errorf("save needs: %w", err)
		}
	}
	return s.Items, w.progressed(ctx, tx, x, s)
}

// joined returns what is needed, each once.
func joined(needs, further []domain.Need) []domain.Need {
	out := slices.Clone(needs)
	for _, n := range further {
		if !slices.Contains(needs, n) {
			out = append(out, n)
		}
	}
	return out
}

// charge is what a step costs: its weight with a model, nothing with the composer or where
// it was skipped.
func (w *worker) charge(s domain.PlanStep, status domain.StepStatus) int {
	if w.x.Origin.Kind == domain.OriginModel && status == domain.StepDone {
		return s.Credits
	}
	return 0
}

// saveStep stores the step and captures its credits.
func (w *worker) saveStep(ctx context.Context, tx *store.Tx, x *domain.Execution, s store.Step) error {
	if err := tx.SaveStep(ctx, x.ID, s); err != nil {
		return err
	}
	x.Cost = x.Cost.Plus(s.Cost)
	if s.Credits == 0 {
		return nil
	}
	x.CreditsHeld -= s.Credits
	x.CreditsUsed += s.Credits
	capture := transfer(*x, domain.MovementCapture, s.Credits)
	capture.Step, capture.Reference = s.Key, fmt.Sprintf("x%d:step:%s", x.ID, s.Key)
	return tx.TransferCredits(ctx, capture)
}

// progressed appends the event of a recorded step, and ends the execution when it
// was the last.
func (w *worker) progressed(ctx context.Context, tx *store.Tx, x domain.Execution, s store.Step) error {
	if len(s.Findings) > 0 {
		found := domain.FindingsReported{Step: s.Key, Findings: s.Findings}
		if err := tx.AppendEvent(ctx, x.Subject(), found); err != nil {
			return err
		}
	}
	running := w.underWay()
	x.Progress, x.CurrentStep, x.WaitingFor = w.progress(), first(running), ""
	err := tx.AppendEvent(ctx, x.Subject(), domain.StepEnded{
		Key:        s.Key,
		Name:       w.step(s.Key).Name,
		Status:     s.Status,
		Progress:   x.Progress,
		Running:    running,
		Credits:    s.Credits,
		DurationMS: s.CompletedAt.Sub(s.StartedAt).Milliseconds(),
	})
	if err != nil {
		return err
	}
	if len(w.recorded) < len(w.x.Plan) {
		return tx.SaveExecution(ctx, x, x.Status)
	}
	if _, err := w.finish(ctx, tx, x, domain.ExecutionCompleted, ""); err != nil {
		return err
	}
	return w.Queue.Complete(ctx, tx.DB(), w.job)
}
