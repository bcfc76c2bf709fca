// Package execution advances a run by one recorded step at a time.
//
// A run is accepted in one transaction with its hold on credits, its event and
// its ticket in the queue ([Runner.Accept]). A worker that gets the ticket
// ([Runner.Work]) claims the run under a new epoch, plans it, and runs the steps
// whose dependencies are recorded, in parallel. Each step's result, its credits,
// its event and its effects on the board are one transaction, which is refused
// when another worker has taken the run since. So resuming is running the plan
// less the recorded steps, and nothing is paid for twice.
package execution

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/live"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// JobKind is the kind of the queue's jobs that carry runs.
const JobKind = "execution"

// Options are what a Runner needs.
type Options struct {
	Store        *store.Store
	Queue        *queue.Queue
	Hub          *live.Hub
	Providers    *ai.Providers
	Capabilities []capability.Capability
	Log          *slog.Logger
	// Tickets is how many runs of one workspace are in the queue at most; further
	// ones wait their turn, so that no workspace starves another.
	Tickets int
	// Pending is how many runs of one workspace may wait; more are refused with 503.
	Pending int
}

// Runner accepts runs and works them off.
type Runner struct {
	Options
	byslug map[string]capability.Capability
}

// New returns a runner.
func New(o Options) *Runner {
	r := &Runner{Options: o, byslug: map[string]capability.Capability{}}
	for _, c := range o.Capabilities {
		r.byslug[c.Slug] = c
	}
	return r
}

// UseQueue hands the runner its queue: the two know each other, so one comes later.
func (r *Runner) UseQueue(q *queue.Queue) { r.Queue = q }

// Capability returns a capability by its slug.
func (r *Runner) Capability(slug string) (capability.Capability, bool) {
	c, ok := r.byslug[slug]
	return c, ok
}

// aging is the time after which a waiting run counts as one class more urgent.
const aging = 10 * time.Minute

// Accept records a run, holds its credits and gives it a ticket, as part of the
// transaction. x has workspace, capability, agent, engine, settings, context,
// priority and title; req is the same, decoded. Accept returns x with its id. Where
// retryOf is a run, its finished steps are reused and only the others are held for.
func (r *Runner) Accept(ctx context.Context, tx *store.Tx, x domain.Execution, req capability.Request, voiceID int64) (domain.Execution, error) {
	full, err := tx.PendingExecutionsExceed(ctx, x.WorkspaceID, r.Pending)
	if err != nil {
		return x, err
	}
	if full {
		e := domain.Errorf(domain.CodeUnavailable, "%d runs of this workspace are waiting already. Try again when some have ended.", r.Pending)
		e.RetryAfter = 10 * time.Second
		return x, e
	}
	price, err := r.price(ctx, tx, x, req)
	if err != nil {
		return x, err
	}
	x.CreditsHeld = price
	if x, err = tx.CreateExecution(ctx, x, voiceID); err != nil {
		return x, err
	}
	if x.RetryOf != 0 {
		if err := tx.CopySteps(ctx, x.RetryOf, x.ID); err != nil {
			return x, fmt.Errorf("reuse steps: %w", err)
		}
	}
	if err := tx.TransferCredits(ctx, store.CreditTransfer{WorkspaceID: x.WorkspaceID, Kind: domain.MovementHold, Amount: price, ExecutionID: x.ID, Reference: ref(x.ID, "hold")}); err != nil {
		return x, err
	}
	if err := tx.AppendEvent(ctx, x.Subject(), domain.ExecutionCreated{Capability: x.Capability, Title: x.Title, Priority: x.Priority}); err != nil {
		return x, err
	}
	return x, r.admit(ctx, tx, x)
}

func ref(id int64, what string) string { return fmt.Sprintf("x%d:%s", id, what) }

// price is what the run may cost: nothing with the composer, else the weights of
// the steps that are not reused.
func (r *Runner) price(ctx context.Context, tx *store.Tx, x domain.Execution, req capability.Request) (int, error) {
	// What cannot be planned is not accepted, whatever writes it.
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
			done[s.Key] = s.Status == domain.StepDone || s.Status == domain.StepReused
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

// admit gives the run a ticket, unless its workspace has enough of them already.
func (r *Runner) admit(ctx context.Context, tx *store.Tx, x domain.Execution) error {
	n, err := tx.ExecutionSlots(ctx, x.WorkspaceID, r.Tickets)
	if err != nil || n >= r.Tickets {
		return err
	}
	return r.ticket(ctx, tx, x.ID, x.Priority)
}

func (r *Runner) ticket(ctx context.Context, tx *store.Tx, id int64, p domain.Priority) error {
	job, err := r.Queue.Enqueue(ctx, tx.DB(), queue.Insert{Kind: JobKind, Ref: id, Priority: p.Rank()})
	if err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return tx.SetExecutionJob(ctx, id, job)
}

// giveBack ends the run's ticket and gives it to the next run of its workspace. A
// run that had none, since it still waited, has none to give.
func (r *Runner) giveBack(ctx context.Context, tx *store.Tx, x domain.Execution) error {
	if err := tx.SetExecutionJob(ctx, x.ID, 0); err != nil {
		return err
	}
	n, err := tx.ExecutionSlots(ctx, x.WorkspaceID, r.Tickets)
	if err != nil || n >= r.Tickets {
		return err
	}
	return r.admitNext(ctx, tx, x.WorkspaceID)
}

// admitNext gives the workspace's next waiting run a ticket.
func (r *Runner) admitNext(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	id, p, ok, err := tx.NextPendingExecution(ctx, workspaceID, aging, tx.Now())
	if err != nil || !ok {
		return err
	}
	return r.ticket(ctx, tx, id, p)
}

// Sweep gives tickets to runs that were left without one, because the last ticket
// of their workspace ended in the moment in which they were accepted.
func (r *Runner) Sweep(ctx context.Context) error {
	ids, err := r.Store.Read().WorkspacesWithPending(ctx)
	if err != nil {
		return fmt.Errorf("look for waiting runs: %w", err)
	}
	for _, id := range ids {
		err := r.Store.InTx(ctx, func(tx *store.Tx) error {
			n, err := tx.ExecutionSlots(ctx, id, r.Tickets)
			for ; err == nil && n < r.Tickets; n++ {
				err = r.admitNext(ctx, tx, id)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("admit waiting runs: %w", err)
		}
	}
	return nil
}

// Cancel ends a run, as part of the transaction: what it captured stays, the rest
// is released, and whatever a worker still does for it is refused. The worker's
// call to a provider is ended once the transaction is on disk.
func (r *Runner) Cancel(ctx context.Context, tx *store.Tx, x domain.Execution) (domain.Execution, error) {
	job, err := tx.ExecutionJob(ctx, x.ID)
	if err != nil {
		return x, err
	}
	if x, err = r.finish(ctx, tx, x, domain.ExecutionCancelled, ""); err != nil {
		return x, err
	}
	if job == 0 {
		return x, nil
	}
	return x, r.Queue.Cancel(ctx, tx.DB(), job)
}

// Wake gives tickets to the runs that wait for a person to decide about the item.
func (r *Runner) Wake(ctx context.Context, tx *store.Tx, workspaceID, itemID int64) error {
	ids, err := tx.ExecutionsWaitingForItem(ctx, workspaceID, itemID)
	if err != nil {
		return fmt.Errorf("look for runs that wait: %w", err)
	}
	for _, id := range ids {
		if err := r.ticket(ctx, tx, id, domain.PriorityHigh); err != nil {
			return err
		}
		if err := tx.SaveExecutionWaitingItem(ctx, id, 0); err != nil {
			return err
		}
	}
	return nil
}

// finish ends a run: it releases what is still held, moves the counts, appends
// the event, and gives the run's ticket to the next one of its workspace.
func (r *Runner) finish(ctx context.Context, tx *store.Tx, x domain.Execution, to domain.ExecutionStatus, sentence string) (domain.Execution, error) {
	before := x.Status
	x.Status, x.CompletedAt, x.Error, x.WaitingFor, x.CurrentStep = to, tx.Now(), sentence, "", ""
	if to == domain.ExecutionCompleted {
		x.Progress = 100
	}
	if err := tx.TransferCredits(ctx, store.CreditTransfer{WorkspaceID: x.WorkspaceID, Kind: domain.MovementRelease, Amount: x.CreditsHeld, ExecutionID: x.ID, Reference: ref(x.ID, "release")}); err != nil {
		return x, err
	}
	x.CreditsHeld = 0
	if err := tx.SaveExecution(ctx, x, before); err != nil {
		return x, err
	}
	if err := tx.AppendEvent(ctx, x.Subject(), domain.ExecutionEnded{Status: to, Error: sentence, CreditsUsed: x.CreditsUsed}); err != nil {
		return x, err
	}
	return x, r.giveBack(ctx, tx, x)
}
