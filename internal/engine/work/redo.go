package work

import (
	"context"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// mostRedos is how many redos of an execution its details name.
const mostRedos = 100

// RedoStep asks for a step of an execution to be run again.
type RedoStep struct {
	ID           int64
	Step         string // its key in the plan
	Instructions string // for the model, beside the step's own; may be empty
	AgentID      int64  // 0: the agent of the execution, or one that is chosen where that was deleted
	verb.Precondition
}

// RedoStep accepts a new execution that runs one recorded step of another again, and what depends on it. The
// results of all other steps are reused, and only what runs again is charged. It takes the scopes that starting
// the execution takes. What the step writes becomes the next version of the item that it wrote before, unless
// somebody has edited or published that since: then it becomes an item of its own.
func (v *Verbs) RedoStep(ctx context.Context, in RedoStep) (Started, error) {
	if err := v.node.Accepting(); err != nil {
		return Started{}, err
	}
	a, err := verb.Caller(ctx, domain.ScopeReview)
	if err != nil {
		return Started{}, err
	}
	var p domain.Problems
	domain.LimitRedoInstructions.Text(&p, "instructions", in.Instructions)
	if err := p.Err(); err != nil {
		return Started{}, err
	}
	// Read before the transaction: what was ordered never changes.
	before, err := v.store.Read().Execution(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return Started{}, err
	}
	order, unreadable := v.runner.Reload(before)
	return verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (Started, error) {
		x, err := lockExecution(ctx, tx, a, verb.ID{ID: in.ID, Precondition: in.Precondition})
		if err != nil {
			return Started{}, err
		}
		if err := in.mayRedo(ctx, tx, x); err != nil {
			return Started{}, err
		}
		if unreadable != nil {
			return Started{}, cannotRead(unreadable)
		}
		next := Execute{AgentID: in.AgentID, Context: x.Context, Priority: x.Priority, Notify: x.Notify, cause: before.Cause}
		why := ""
		if next.AgentID == 0 {
			if next.AgentID, why, err = agentAgain(ctx, tx.Q, x); err != nil {
				return Started{}, err
			}
		}
		redo := domain.Redo{Of: x.ID, Step: in.Step, Instructions: in.Instructions}
		st, err := v.accept(ctx, tx, a, order, next, earlier{redo: redo})
		if err == nil && in.Instructions != "" && st.Execution.Origin.Kind != domain.OriginModel {
			var p domain.Problems
			p.Add("instructions", "No model writes this, and the composer follows no instructions. Leave them out, or "+
				"connect a model")
			return Started{}, p.Err()
		}
		return st.because(why), err
	})
}

// mayRedo returns why a step cannot be redone.
func (in RedoStep) mayRedo(ctx context.Context, tx *store.Tx, x domain.Execution) error {
	switch x.Status {
	case domain.ExecutionCompleted, domain.ExecutionFailed, domain.ExecutionCancelled:
	default:
		return domain.Errorf(domain.CodeConflict,
			"Only a step of an execution that is completed, failed or cancelled can be redone; this one is %s", x.Status)
	}
	if !slices.ContainsFunc(x.Plan, func(s domain.PlanStep) bool { return s.Key == in.Step }) {
		return domain.NotFound("Step")
	}
	steps, err := tx.ExecutionSteps(ctx, x.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(steps, func(s store.Step) bool { return s.Key == in.Step })
	if i < 0 || steps[i].Status != domain.StepDone && steps[i].Status != domain.StepReused {
		return domain.Errorf(domain.CodeConflict, "The step %q has no result to redo. %s", in.Step,
			map[bool]string{
				true:  "Start a new execution instead.",
				false: "Retry the execution to run it.",
			}[x.Status == domain.ExecutionCompleted])
	}
	return nil
}

// Again returns the keys of the steps that a redo of one step would run, in the order of the plan.
func (d ExecutionDetails) Again(step string) []string { return execution.Again(d.Plan, step) }

// addRewritten adds the items of other executions that the steps of a redo wrote again: also one whose text came
// out the same, which has no new version.
func (d *ExecutionDetails) addRewritten(ctx context.Context, q store.Q, workspaceID int64) error {
	if d.Execution.Redo.Of == 0 {
		return nil
	}
	for _, s := range d.Steps {
		if s.Status != domain.StepDone {
			continue
		}
		for _, ref := range s.Items {
			if slices.ContainsFunc(d.Items, func(c domain.ContentItem) bool { return c.ID == ref.ID }) {
				continue
			}
			c, err := q.Content(ctx, workspaceID, ref.ID)
			if domain.CodeOf(err) == domain.CodeNotFound {
				continue // it has been deleted
			}
			if err != nil {
				return err
			}
			c.Body = ""
			d.Items = append(d.Items, c)
		}
	}
	return nil
}
