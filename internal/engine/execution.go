package engine

import (
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Executions returns a page of the workspace's runs, newest first.
func (e *Engine) Executions(ctx context.Context, in ListExecutions) (domain.List[ExecutionRow], error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[ExecutionRow]{}, err
	}
	var p domain.Problems
	oneOf(&p, "status", in.Status, domain.ExecutionStatuses())
	oneOf(&p, "priority", in.Priority, domain.Priorities())
	if err := p.Err(); err != nil {
		return domain.List[ExecutionRow]{}, err
	}
	q := e.o.Store.Read()
	l, err := q.Executions(ctx, a.WorkspaceID, store.ExecutionFilter{Status: in.Status, AgentID: in.AgentID, Priority: in.Priority, Capability: in.Capability, Span: in.Created}, in.Page)
	if err != nil {
		return domain.List[ExecutionRow]{}, err
	}
	rows, err := withAgents(ctx, q, a.WorkspaceID, l.Items)
	return domain.List[ExecutionRow]{Items: rows, Total: l.Total}, err
}

func withAgents(ctx context.Context, q store.Q, workspaceID int64, list []domain.Execution) ([]ExecutionRow, error) {
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

// ExecutionCounts returns how many runs the workspace has in each state.
func (e *Engine) ExecutionCounts(ctx context.Context) (map[domain.ExecutionStatus]int, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	counts, err := e.o.Store.Read().Counts(ctx, a.WorkspaceID, store.CounterExecutions)
	byStatus := map[domain.ExecutionStatus]int{}
	for s, n := range counts {
		byStatus[domain.ExecutionStatus(s)] = n
	}
	return byStatus, err
}

// Execution returns a run with all that it recorded.
func (e *Engine) Execution(ctx context.Context, id int64) (ExecutionDetails, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return ExecutionDetails{}, err
	}
	return executionDetails(ctx, e.o.Store.Read(), a.WorkspaceID, id)
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
	d.Items, err = q.ContentOf(ctx, workspaceID, id)
	return d, err
}

// WaitExecution returns an execution once it has ended, or as it is after d (RFC 7240,
// wait). Progress goes to [domain.ProgressFrom].
func (e *Engine) WaitExecution(ctx context.Context, id int64, d time.Duration) (ExecutionDetails, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return ExecutionDetails{}, err
	}
	return e.wait(ctx, a.WorkspaceID, id, d)
}

func (e *Engine) wait(ctx context.Context, workspaceID, id int64, d time.Duration) (ExecutionDetails, error) {
	sub, err := e.o.Hub.Watch(ctx, workspaceID, id)
	if err != nil {
		return ExecutionDetails{}, err
	}
	defer sub.Leave()
	over := time.NewTimer(d)
	defer over.Stop()
	report, last := domain.ProgressFrom(ctx), -1
	for {
		x, err := executionDetails(ctx, e.o.Store.Read(), workspaceID, id)
		if err != nil || x.Status.Ended() {
			return x, err
		}
		if report != nil && x.Progress > last { // progress must rise (MCP)
			last = x.Progress
			report(x.Progress, x.CurrentStep)
		}
		select {
		case <-ctx.Done():
			return x, ctx.Err()
		case <-sub.Done():
			return x, nil
		case <-over.C:
			return executionDetails(ctx, e.o.Store.Read(), workspaceID, id)
		case <-sub.Events():
			for drained := false; !drained; {
				select {
				case <-sub.Events():
				default:
					drained = true
				}
			}
		}
	}
}

// Assets returns the items that a run made.
func (e *Engine) Assets(ctx context.Context, id int64) (Assets, error) {
	d, err := e.Execution(ctx, id)
	return Assets{ExecutionID: d.ID, Status: d.Status, Items: d.Items}, err
}

// Attempts returns every call of a provider that a run made.
func (e *Engine) Attempts(ctx context.Context, id int64) ([]domain.Attempt, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	if _, err := e.o.Store.Read().Execution(ctx, a.WorkspaceID, id); err != nil {
		return nil, err
	}
	return e.o.Store.Read().ExecutionAttempts(ctx, a.WorkspaceID, id)
}

// Cancel ends a run that has not ended yet. What it captured stays, the rest of
// its hold is released.
func (e *Engine) Cancel(ctx context.Context, in ID) (ExecutionDetails, error) {
	return change(ctx, e, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (ExecutionDetails, error) {
		x, err := lockedExecution(ctx, tx, a, in)
		if err != nil {
			return ExecutionDetails{}, err
		}
		if !x.Status.MayBecome(domain.ExecutionCancelled) {
			return ExecutionDetails{}, domain.Errorf(domain.CodeConflict, "This run is %s already, so there is nothing to cancel", x.Status)
		}
		if _, err := e.o.Runner.Cancel(ctx, tx, x); err != nil {
			return ExecutionDetails{}, err
		}
		return executionDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
	})
}

func lockedExecution(ctx context.Context, tx *store.Tx, a domain.Actor, in ID) (domain.Execution, error) {
	x, err := tx.LockExecution(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return x, err
	}
	return x, in.check(x.Version)
}

// Retry makes a new run of a failed or cancelled one, which reuses what that one
// recorded and holds only for the rest.
func (e *Engine) Retry(ctx context.Context, in ID) (Started, error) {
	if err := e.accepting(); err != nil {
		return Started{}, err
	}
	return change(ctx, e, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (Started, error) {
		x, err := lockedExecution(ctx, tx, a, in)
		if err != nil {
			return Started{}, err
		}
		if x.Status != domain.ExecutionFailed && x.Status != domain.ExecutionCancelled {
			return Started{}, domain.Errorf(domain.CodeConflict, "Only a failed or cancelled run can be retried; this one is %s", x.Status)
		}
		c, ok := e.o.Runner.Capability(x.Capability)
		if !ok {
			return Started{}, domain.Errorf(domain.CodeConflict, "This version of Vellocity has no capability %q", x.Capability)
		}
		req, err := c.Load(x.Settings)
		if err != nil {
			return Started{}, domain.Errorf(domain.CodeConflict, "This version of Vellocity cannot read the settings of this execution. Start a new one instead.")
		}
		in := Execute{Capability: x.Capability, AgentID: x.AgentID, Context: x.Context, Priority: x.Priority, Notify: x.Notify}
		return e.accept(ctx, tx, a, c, req, in, x.ID)
	})
}

// Archive puts an ended run out of sight.
func (e *Engine) Archive(ctx context.Context, in ID) (ExecutionDetails, error) {
	return change(ctx, e, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (ExecutionDetails, error) {
		x, err := lockedExecution(ctx, tx, a, in)
		if err != nil {
			return ExecutionDetails{}, err
		}
		if !x.Status.MayBecome(domain.ExecutionArchived) {
			return ExecutionDetails{}, domain.Errorf(domain.CodeConflict, "Only a run that has ended can be archived; this one is %s", x.Status)
		}
		before := x.Status
		x.Status = domain.ExecutionArchived
		if err := tx.SaveExecution(ctx, x, before); err != nil {
			return ExecutionDetails{}, err
		}
		err = tx.AppendEvent(ctx, x.Subject(), domain.ExecutionEnded{Status: x.Status, Error: x.Error, CreditsUsed: x.CreditsUsed})
		if err != nil {
			return ExecutionDetails{}, err
		}
		return executionDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
	})
}
