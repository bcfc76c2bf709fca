package execution

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// retryAfterFull is when a caller should retry whose workspace has too many
// executions waiting.
const retryAfterFull = 10 * time.Second

// Accept records an execution, holds its credits and gives it a slot if there is
// one, as part of the transaction. x has workspace, agent, origin, context and priority;
// Accept returns it with its id and what it was ordered to do. Where x.RetryOf or x.Redo
// names an execution, its recorded steps are reused, in a redo those that do not depend on
// the step, and credits are held only for the others.
// voiceID is the brand voice, or 0; agents are the ids of those that carry out the
// capabilities of a template, by slug.
func (r *Runner) Accept(
	ctx context.Context, tx *store.Tx, x domain.Execution, order Order, voiceID int64, agents map[string]int64,
) (domain.Execution, error) {
	x = order.fill(x)
	full, err := tx.PendingExecutionsExceed(ctx, x.WorkspaceID, r.Pending)
	if err != nil {
		return x, err
	}
	if full {
		e := domain.Errorf(domain.CodeUnavailable,
			"%d executions of this workspace are already waiting. Try again when some have ended.", r.Pending)
		e.RetryAfter = retryAfterFull
		return x, e
	}
	plan, past, err := planOf(ctx, tx, x, order)
	if err != nil {
		return x, err
	}
	needs, err := price(ctx, tx, x, plan, past)
	if err != nil {
		return x, err
	}
	least := needs
	if order.program != nil {
		least = min(needs, order.Certain)
	}
	if x.CreditsHeld, err = Hold(needs, least, x.MaxCredits); err != nil {
		return x, err
	}
	if x, err = tx.CreateExecution(ctx, x, voiceID); err != nil {
		return x, err
	}
	if order.program != nil { // with the agents, and in a retry with the settings that were resolved
		for i, s := range plan {
			if order.program.Has(s.Key) {
				plan[i].AgentID = agents[s.Kind]
			}
		}
		if err := tx.ExtendExecutionPlan(ctx, x.ID, plan); err != nil {
			return x, fmt.Errorf("save the plan: %w", err)
		}
	}
	if past.id != 0 {
		if err := tx.CopySteps(ctx, past.id, x.ID, past.again); err != nil {
			return x, fmt.Errorf("reuse steps: %w", err)
		}
	}
	if err := tx.TransferCredits(ctx, transfer(x, domain.MovementHold, x.CreditsHeld)); err != nil {
		return x, err
	}
	created := domain.ExecutionCreated{
		Capability: x.Capability, Template: x.Template, Title: x.Title, Priority: x.Priority,
	}
	if err := tx.AppendEvent(ctx, x.Subject(), created); err != nil {
		return x, err
	}
	return x, r.admit(ctx, tx, x)
}

// Hold returns how many credits are held for an execution that needs at least and at most so
// many: no more than its caller allows. most is that limit; nil: none. A VALIDATION_ERROR says
// that the limit is certain to be too low.
func Hold(needs, least int, most *int) (int, error) {
	if most == nil || needs <= *most {
		return needs, nil
	}
	if least <= *most {
		return *most, nil
	}
	var p domain.Problems
	p.Add("max_credits", "The max_credits field is %d, and this execution needs %s. Raise it or leave it out.",
		*most, domain.Plural(least, "credit"))
	return 0, p.Err()
}

// transfer is a movement of an execution's credits. Its reference makes sure that
// it happens once.
func transfer(x domain.Execution, kind domain.MovementKind, amount int) store.CreditTransfer {
	return store.CreditTransfer{
		WorkspaceID: x.WorkspaceID,
		Kind:        kind,
		Amount:      amount,
		ExecutionID: x.ID,
		Reference:   fmt.Sprintf("x%d:%s", x.ID, kind),
	}
}

// past is the execution whose recorded steps another one begins with.
type past struct {
	id    int64    // 0 for none
	again []string // keys of the steps that it runs again all the same
}

// planOf returns the plan of an execution that is to be accepted, and whose steps it reuses. What cannot be planned
// is not accepted, whatever its origin. The retry of a template begins with the plan of the execution that it
// retries, and its redo likewise: what that one resolved holds on.
func planOf(
	ctx context.Context, tx *store.Tx, x domain.Execution, order Order,
) (plan []domain.PlanStep, p past, err error) {
	if plan, err = order.Plan(); err != nil {
		return nil, p, fmt.Errorf("plan: %w", err)
	}
	switch {
	case x.RetryOf != 0:
		p.id = x.RetryOf
	case x.Redo.Of != 0:
		p.id = x.Redo.Of
	default:
		return plan, p, nil
	}
	if order.program != nil {
		before, err := tx.Execution(ctx, x.WorkspaceID, p.id)
		if err != nil {
			return nil, p, err
		}
		if len(before.Plan) > 0 {
			if x.RetryOf == 0 {
				before.Plan, p.again = order.redone(before.Plan, x.Redo.Step)
			}
			return before.Plan, p, nil
		}
	}
	if x.RetryOf == 0 {
		if plan, p.again = order.redone(plan, x.Redo.Step); len(p.again) == 0 {
			return nil, p, domain.Errorf(domain.CodeConflict,
				"This version of Vellocity plans no step %q any more. Start a new execution instead.", x.Redo.Step)
		}
	}
	return plan, p, nil
}

// price is what the execution may cost: nothing with the composer, else the weights of the
// steps that are not reused.
func price(ctx context.Context, tx *store.Tx, x domain.Execution, plan []domain.PlanStep, p past) (int, error) {
	if x.Origin.Kind != domain.OriginModel {
		return 0, nil
	}
	done := map[string]bool{}
	if p.id != 0 {
		steps, err := tx.ExecutionSteps(ctx, p.id)
		if err != nil {
			return 0, err
		}
		for _, s := range steps {
			done[s.Key] = isDone(s) && !slices.Contains(p.again, s.Key)
		}
	}
	sum := 0
	for _, s := range plan {
		if !done[s.Key] {
			sum += s.Credits
		}
	}
	return sum, nil
}
