package work

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListExecutions filters and pages through the executions. A zero field does not
// filter.
type ListExecutions struct {
	Status     domain.ExecutionStatus
	AgentID    int64
	Priority   domain.Priority
	Capability string
	Created    domain.DateRange
	// NeedsReview keeps only the executions that wait for a person's decision.
	NeedsReview bool
	ItemID      int64 // with NeedsReview: about this item; 0: about any
	Page        domain.Page
}

// ExecutionRow is an execution with the agent that carries it out.
type ExecutionRow struct {
	domain.Execution
	Agent domain.Agent
}

// Executions returns a page of the workspace's executions, newest first, without
// settings, plan and needs.
func (v *Verbs) Executions(ctx context.Context, in ListExecutions) (domain.List[ExecutionRow], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[ExecutionRow]{}, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "status", in.Status)
	domain.CheckEnum(&p, "priority", in.Priority)
	if _, known := v.details[in.Capability]; in.Capability != "" && !known {
		p.Unknown("capability", "capability", in.Capability, slices.Sorted(maps.Keys(v.details)))
	}
	if err := p.Err(); err != nil {
		return domain.List[ExecutionRow]{}, err
	}
	q := v.store.Read()
	filter := store.ExecutionFilter{
		Status:     in.Status,
		AgentID:    in.AgentID,
		Priority:   in.Priority,
		Capability: in.Capability,
		Span:       in.Created,
		Waiting:    in.NeedsReview,
		ItemID:     in.ItemID,
	}
	l, err := q.Executions(ctx, a.WorkspaceID, filter, in.Page)
	if err != nil {
		return domain.List[ExecutionRow]{}, err
	}
	rows, err := withAgents(ctx, q, a.WorkspaceID, l.Items)
	return domain.List[ExecutionRow]{Items: rows, Total: l.Total}, err
}

func withAgents(
	ctx context.Context, q store.Q, workspaceID int64, list []domain.Execution,
) ([]ExecutionRow, error) {
	var ids []int64
	seen := map[int64]bool{0: true}
	for _, x := range list {
		if !seen[x.AgentID] {
			seen[x.AgentID] = true
			ids = append(ids, x.AgentID)
		}
	}
	agents, err := q.AgentsByID(ctx, workspaceID, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]ExecutionRow, len(list))
	for i, x := range list {
		rows[i] = ExecutionRow{x, agents[x.AgentID]}
	}
	return rows, nil
}

// ExecutionCounts returns how many executions the workspace has in each state.
func (v *Verbs) ExecutionCounts(ctx context.Context) (map[domain.ExecutionStatus]int, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	counts, err := v.store.Read().Counts(ctx, a.WorkspaceID, store.CounterExecutions)
	byStatus := map[domain.ExecutionStatus]int{}
	for s, n := range counts {
		byStatus[domain.ExecutionStatus(s)] = n
	}
	return byStatus, err
}

// ExecutionDetails is an execution with everything it recorded.
type ExecutionDetails struct {
	ExecutionRow
	Steps    []domain.StepResult
	Items    []domain.ContentItem // cards, without bodies; those too that it gave a new version
	Findings []domain.Finding
	Redone   []int64 // the executions that redo one of its steps, oldest first, at most 100
}

// Execution returns an execution with everything it recorded.
func (v *Verbs) Execution(ctx context.Context, id int64) (ExecutionDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return ExecutionDetails{}, err
	}
	return executionDetails(ctx, v.store.Read(), a.WorkspaceID, id)
}

func executionDetails(ctx context.Context, q store.Q, workspaceID, id int64) (d ExecutionDetails, err error) {
	if d.Execution, err = q.Execution(ctx, workspaceID, id); err != nil {
		return d, err
	}
	rows, err := withAgents(ctx, q, workspaceID, []domain.Execution{d.Execution})
	if err != nil {
		return d, err
	}
	d.ExecutionRow = rows[0]
	steps, err := q.ExecutionSteps(ctx, id)
	if err != nil {
		return d, err
	}
	for _, s := range steps {
		d.Steps = append(d.Steps, s.StepResult)
		d.Findings = append(d.Findings, s.Findings...)
	}
	if d.Items, err = q.ContentOf(ctx, workspaceID, id); err != nil {
		return d, err
	}
	if err := d.addRewritten(ctx, q, workspaceID); err != nil {
		return d, err
	}
	d.Redone, err = q.ExecutionRedos(ctx, workspaceID, id, mostRedos)
	return d, err
}

// WaitExecution returns an execution once it has ended, or as it is after d
// (RFC 7240, wait). Progress goes to [domain.ProgressFrom].
func (v *Verbs) WaitExecution(ctx context.Context, id int64, d time.Duration) (ExecutionDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return ExecutionDetails{}, err
	}
	return v.wait(ctx, a.WorkspaceID, id, d)
}

func (v *Verbs) wait(ctx context.Context, workspaceID, id int64, d time.Duration) (ExecutionDetails, error) {
	sub, err := v.hub.Watch(ctx, workspaceID, id)
	if err != nil {
		return ExecutionDetails{}, err
	}
	defer sub.Leave()
	timeout := time.NewTimer(d)
	defer timeout.Stop()
	report, last := domain.ProgressFrom(ctx), -1
	for {
		x, err := executionDetails(ctx, v.store.Read(), workspaceID, id)
		if err != nil || x.Status.Ended() {
			return x, err
		}
		if report != nil && x.Progress > last { // progress must rise (MCP)
			last = x.Progress
			report(x.Progress, x.StepName(x.CurrentStep))
		}
		domain.Waiting(ctx)
		select {
		case <-ctx.Done():
			return x, ctx.Err()
		case <-sub.Done():
			return x, nil
		case <-timeout.C:
			return executionDetails(ctx, v.store.Read(), workspaceID, id)
		case <-sub.Events():
			drain(sub.Events())
		}
	}
}

// drain takes what is there, so that several events make one look.
func drain(events <-chan domain.Event) {
	for {
		select {
		case <-events:
		default:
			return
		}
	}
}

// Assets are the items that an execution created, or wrote a version of.
type Assets struct {
	ExecutionID int64
	Status      domain.ExecutionStatus
	Items       []domain.ContentItem // cards, without bodies
}

// Assets returns the items that an execution created, or wrote a version of.
func (v *Verbs) Assets(ctx context.Context, id int64) (Assets, error) {
	d, err := v.Execution(ctx, id)
	return Assets{ExecutionID: d.ID, Status: d.Status, Items: d.Items}, err
}

// Attempts returns every call of a provider that an execution made.
func (v *Verbs) Attempts(ctx context.Context, id int64) ([]domain.Attempt, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	if _, err := v.store.Read().Execution(ctx, a.WorkspaceID, id); err != nil {
		return nil, err
	}
	return v.store.Read().ExecutionAttempts(ctx, a.WorkspaceID, id)
}

// ExecutionEvents returns what has happened to an execution so far, oldest first.
func (v *Verbs) ExecutionEvents(ctx context.Context, id int64) ([]domain.Event, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	if _, err := v.store.Read().Execution(ctx, a.WorkspaceID, id); err != nil {
		return nil, err
	}
	return v.store.Read().ExecutionEvents(ctx, a.WorkspaceID, id, store.Cursor{})
}

// Cancel ends an execution that has not ended yet. What it captured stays, the rest
// of its hold is released.
func (v *Verbs) Cancel(ctx context.Context, in verb.ID) (ExecutionDetails, error) {
	return verb.Change(ctx, v.store, domain.ScopeContent,
		func(tx *store.Tx, a domain.Actor) (ExecutionDetails, error) {
			x, err := lockExecution(ctx, tx, a, in)
			if err != nil {
				return ExecutionDetails{}, err
			}
			if !x.Status.MayBecome(domain.ExecutionCancelled) {
				return ExecutionDetails{}, domain.Errorf(domain.CodeConflict,
					"This execution is already %s, so there is nothing to cancel", x.Status)
			}
			if _, err := v.runner.Cancel(ctx, tx, x); err != nil {
				return ExecutionDetails{}, err
			}
			return executionDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
		})
}

func lockExecution(ctx context.Context, tx *store.Tx, a domain.Actor, in verb.ID) (domain.Execution, error) {
	x, err := tx.LockExecution(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return x, err
	}
	return x, in.CheckRevision(x.Version)
}

// Retry accepts a new execution in place of a failed or cancelled one. It reuses
// the recorded steps and holds credits only for the rest. It takes the scopes that
// starting the execution takes, and the new one has the rights of who retries it. The same
// agent carries it out; where that was deleted, one is chosen as for a new execution. While
// a retry of the execution has not ended, another one is a CONFLICT.
func (v *Verbs) Retry(ctx context.Context, in verb.ID) (Started, error) {
	return v.RetryWithin(ctx, in, nil)
}

// RetryWithin is [Verbs.Retry] with the most credits that the retry may hold and spend. nil:
// what is left of the limit that the execution had, if it had one.
func (v *Verbs) RetryWithin(ctx context.Context, in verb.ID, most *int) (Started, error) {
	if err := v.node.Accepting(); err != nil {
		return Started{}, err
	}
	a, err := verb.Caller(ctx, domain.ScopeReview)
	if err != nil {
		return Started{}, err
	}
	// Read before the transaction: what was ordered never changes.
	before, err := v.store.Read().Execution(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return Started{}, err
	}
	order, unreadable := v.runner.Reload(before)
	return verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (Started, error) {
		x, err := lockExecution(ctx, tx, a, in)
		if err != nil {
			return Started{}, err
		}
		if x.Status != domain.ExecutionFailed && x.Status != domain.ExecutionCancelled {
			return Started{}, domain.Errorf(domain.CodeConflict,
				"Only a failed or cancelled execution can be retried; this one is %s", x.Status)
		}
		again, err := tx.OpenRetry(ctx, a.WorkspaceID, x.ID)
		if err != nil {
			return Started{}, err
		}
		if again != 0 {
			return Started{}, domain.Errorf(domain.CodeConflict,
				"Execution %d is already retrying this one. Wait for it to end, or cancel it first.", again)
		}
		if unreadable != nil {
			return Started{}, cannotRead(unreadable)
		}
		agent, why, err := agentAgain(ctx, tx.Q, x)
		if err != nil {
			return Started{}, err
		}
		next := Execute{
			AgentID: agent, Context: x.Context, Priority: x.Priority, Notify: x.Notify, MaxCredits: most,
			cause: before.Cause,
		}
		if most == nil && x.MaxCredits != nil {
			left := max(*x.MaxCredits-x.CreditsUsed, 0)
			next.MaxCredits = &left
		}
		st, err := v.accept(ctx, tx, a, order, next, earlier{retryOf: x.ID, redo: before.Redo})
		return st.because(why), err
	})
}

// cannotRead says why an execution cannot be run again from what it was ordered to do.
func cannotRead(err error) error {
	if domain.CodeOf(err) == domain.CodeConflict {
		return err
	}
	return domain.Errorf(domain.CodeConflict,
		"This version of Vellocity cannot read the settings of this execution. Start a new one instead.")
}

// agentAgain returns the agent that runs an execution again: its own, or 0, so that one is chosen,
// where several carry it out or where its own was deleted since. why says the latter.
func agentAgain(ctx context.Context, q store.Q, x domain.Execution) (id int64, why string, err error) {
	if id = agentOf(x); id == 0 {
		return 0, "", nil
	}
	_, err = q.Agent(ctx, x.WorkspaceID, id)
	if domain.CodeOf(err) != domain.CodeNotFound {
		return id, "", err
	}
	was, err := q.AnyAgent(ctx, x.WorkspaceID, id)
	return 0, fmt.Sprintf("%s, the agent of execution %d, was deleted.", was.Name, x.ID), err
}

// because returns it with a reason that comes before the reason for the choice of the agent.
func (s Started) because(why string) Started {
	if why != "" {
		s.AgentReason = why + " " + s.AgentReason
	}
	return s
}

// agentOf returns the agent of an execution; 0 where several carry it out.
func agentOf(x domain.Execution) int64 {
	for _, s := range x.Plan {
		if s.AgentID != 0 && s.AgentID != x.AgentID {
			return 0
		}
	}
	return x.AgentID
}

// Archive hides an execution that has ended.
func (v *Verbs) Archive(ctx context.Context, in verb.ID) (ExecutionDetails, error) {
	return verb.Change(ctx, v.store, domain.ScopeContent,
		func(tx *store.Tx, a domain.Actor) (ExecutionDetails, error) {
			x, err := lockExecution(ctx, tx, a, in)
			if err != nil {
				return ExecutionDetails{}, err
			}
			if !x.Status.MayBecome(domain.ExecutionArchived) {
				return ExecutionDetails{}, domain.Errorf(domain.CodeConflict,
					"Only an execution that has ended can be archived; this one is %s", x.Status)
			}
			if err := v.runner.Archive(ctx, tx, x); err != nil {
				return ExecutionDetails{}, err
			}
			return executionDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
		})
}
