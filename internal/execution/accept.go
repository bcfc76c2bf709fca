package execution

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// retryAfterFull is when a caller should retry whose workspace has too many
// executions waiting.
const retryAfterFull = 10 * time.Second

// Accept records an execution, holds its credits and gives it a slot if there is
// one, as part of the transaction. x has workspace, capability, agent, origin,
// settings, context, priority and title; Accept returns it with its id. Where
// x.RetryOf names an execution, its recorded steps are reused and credits are held
// only for the others. req is the request, decoded; voiceID the brand voice, or 0.
func (r *Runner) Accept(
	ctx context.Context, tx *store.Tx, x domain.Execution, req capability.Request, voiceID int64,
) (domain.Execution, error) {
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
	if x.CreditsHeld, err = r.price(ctx, tx, x, req); err != nil {
		return x, err
	}
	if x, err = tx.CreateExecution(ctx, x, voiceID); err != nil {
		return x, err
	}
	if x.RetryOf != 0 {
		if err := tx.CopySteps(ctx, x.RetryOf, x.ID); err != nil {
			return x, fmt.Errorf("reuse steps: %w", err)
		}
	}
	if err := tx.TransferCredits(ctx, transfer(x, domain.MovementHold, x.CreditsHeld)); err != nil {
		return x, err
	}
	created := domain.ExecutionCreated{Capability: x.Capability, Title: x.Title, Priority: x.Priority}
	if err := tx.AppendEvent(ctx, x.Subject(), created); err != nil {
		return x, err
	}
	return x, r.admit(ctx, tx, x)
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

// price is what the execution may cost: nothing with the composer, else the weights
// of the steps that are not reused.
func (r *Runner) price(
	ctx context.Context, tx *store.Tx, x domain.Execution, req capability.Request,
) (int, error) {
	// What cannot be planned is not accepted, whatever its origin.
	plan, err := req.Plan()
	if err != nil {
		return 0, fmt.Errorf("plan: %w", err)
	}
	if x.Origin.Kind != domain.OriginModel {
		return 0, nil
	}
	done := map[string]bool{}
	if x.RetryOf != 0 {
		steps, err := tx.ExecutionSteps(ctx, x.RetryOf)
		if err != nil {
			return 0, err
		}
		for _, s := range steps {
			done[s.Key] = isDone(s)
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

// isDone reports whether a recorded step need not run again.
func isDone(s store.Step) bool { return s.Status == domain.StepDone || s.Status == domain.StepReused }
