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
// transaction, and ends the execution with the last step.
func (u *worker) record(ctx context.Context, w *writing, result capability.Result) error {
	output, err := json.Marshal(result.Output)
	if err != nil {
		return &stepError{step: w.step, writing: w, cause: fmt.Errorf("encode output: %w", err)}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.recorded[w.step.Key] = true
	needs := append(slices.Clone(u.needs), result.NeedsInput...)
	err = u.Store.InTx(ctx, func(tx *store.Tx) error {
		x, err := tx.FenceExecution(ctx, u.x.ID, u.x.Epoch)
		if err != nil {
			return err
		}
		x.Plan = u.x.Plan
		s := w.result(domain.StepDone, tx.Now(), u.charge(w.step))
		s.Output = output
		if s.Findings, err = u.applyEffects(ctx, tx, result, needs); err != nil {
			return err
		}
		if err := u.saveStep(ctx, tx, &x, s); err != nil {
			return err
		}
		if len(needs) > len(u.needs) {
			if err := tx.SaveExecutionNeeds(ctx, x.ID, needs); err != nil {
				return fmt.Errorf("save needs: %w", err)
			}
		}
		return u.progressed(ctx, tx, x, s)
	})
	if err != nil {
		delete(u.recorded, w.step.Key)
		return err
	}
	u.outputs[w.step.Key], u.needs = output, needs
	return nil
}

// charge is what a step costs: its weight with a model, nothing with the composer.
func (u *worker) charge(s domain.PlanStep) int {
	if u.x.Origin.Kind == domain.OriginModel {
		return s.Credits
	}
	return 0
}

// saveStep stores the step and captures its credits.
func (u *worker) saveStep(ctx context.Context, tx *store.Tx, x *domain.Execution, s store.Step) error {
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
func (u *worker) progressed(ctx context.Context, tx *store.Tx, x domain.Execution, s store.Step) error {
	if len(s.Findings) > 0 {
		found := domain.FindingsReported{Step: s.Key, Findings: s.Findings}
		if err := tx.AppendEvent(ctx, x.Subject(), found); err != nil {
			return err
		}
	}
	running := u.underWay()
	x.Progress, x.CurrentStep, x.WaitingFor = u.progress(), first(running), ""
	err := tx.AppendEvent(ctx, x.Subject(), domain.StepEnded{
		Key:        s.Key,
		Name:       u.step(s.Key).Name,
		Status:     s.Status,
		Progress:   x.Progress,
		Running:    running,
		Credits:    s.Credits,
		DurationMS: s.CompletedAt.Sub(s.StartedAt).Milliseconds(),
	})
	if err != nil {
		return err
	}
	if len(u.recorded) < len(u.x.Plan) {
		return tx.SaveExecution(ctx, x, x.Status)
	}
	if _, err := u.finish(ctx, tx, x, domain.ExecutionCompleted, ""); err != nil {
		return err
	}
	return u.Queue.Complete(ctx, tx, u.job)
}
