package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"vellocity/internal/domain"
)

// executionHead is what lists show; the large texts are left where they are.
const executionHead = `id, workspace_id, capability, title, agent_id, status, priority, progress, current_step,
	waiting_for, engine, credits_used, credits_held, cost, notify, retry_of, error, epoch, version,
	created_by, created_at, started_at, completed_at`

const executionWhole = executionHead + `, settings, context, plan, needs_input`

func headOf(x *domain.Execution, priority *int, engine, cost sql.Scanner) []any {
	return []any{&x.ID, &x.WorkspaceID, &x.Capability, &x.Title, &x.AgentID, &x.Status, priority, &x.Progress, &x.CurrentStep,
		&x.WaitingFor, engine, &x.CreditsUsed, &x.CreditsHeld, cost, &x.Notify, &x.RetryOf, &x.Error, &x.Epoch, &x.Version,
		&x.CreatedBy, timeAt{&x.CreatedAt}, timeAt{&x.StartedAt}, timeAt{&x.CompletedAt}}
}

func scanExecutionHead(row scanner) (x domain.Execution, err error) {
	var rank int
	err = row.Scan(headOf(&x, &rank, asJSON{&x.Origin}, asJSON{&x.Cost})...)
	x.Priority = priorityOf(rank)
	return x, err
}

// executionHeads scans the rows of a list.
func executionHeads() func(scanner) (domain.Execution, error) {
	var engine again[domain.Origin]
	var cost again[domain.Cost]
	return func(row scanner) (x domain.Execution, err error) {
		var rank int
		err = row.Scan(headOf(&x, &rank, engine.into(&x.Origin), cost.into(&x.Cost))...)
		x.Priority = priorityOf(rank)
		return x, err
	}
}

func scanExecution(row scanner) (x domain.Execution, err error) {
	var rank int
	var settings, context string
	var plan []keptStep
	err = row.Scan(append(headOf(&x, &rank, asJSON{&x.Origin}, asJSON{&x.Cost}), &settings, &context, asJSON{&plan}, asJSON{&x.NeedsInput})...)
	x.Priority = priorityOf(rank)
	x.Settings, x.Context = json.RawMessage(settings), json.RawMessage(context)
	for _, k := range plan {
		k.PlanStep.Args = k.Args
		x.Plan = append(x.Plan, k.PlanStep)
	}
	return x, err
}

// keptStep is a plan's step as it is kept: with the arguments that callers never see.
type keptStep struct {
	domain.PlanStep
	Args json.RawMessage `json:"args,omitempty"`
}

func priorityOf(rank int) domain.Priority { return domain.Priorities()[min(max(rank, 1), 4)-1] }

func planJSON(plan []domain.PlanStep) (string, error) {
	kept := make([]keptStep, len(plan))
	for i, s := range plan {
		kept[i] = keptStep{s, s.Args}
	}
	return toJSON(kept)
}

// Execution returns a run of the workspace, whole.
func (q Q) Execution(ctx context.Context, workspaceID, id int64) (domain.Execution, error) {
	x, ok, err := first(ctx, q, scanExecution, `select `+executionWhole+` from execution where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return x, fmt.Errorf("read execution: %w", err)
	}
	if !ok {
		return x, domain.NotFound("Execution")
	}
	return x, nil
}

// ExecutionForWork returns a run by its id alone: for the worker, whose job
// carries nothing else. It also returns how often the run has been interrupted.
func (q Q) ExecutionForWork(ctx context.Context, id int64) (x domain.Execution, err error) {
	x, ok, err := first(ctx, q, scanExecution, `select `+executionWhole+` from execution where id = $1`, id)
	if err != nil {
		return x, fmt.Errorf("read execution: %w", err)
	}
	if !ok {
		return x, domain.NotFound("Execution")
	}
	return x, nil
}

// ExecutionFilter narrows a list of runs. A zero field does not.
type ExecutionFilter struct {
	Status     domain.ExecutionStatus
	AgentID    int64
	Priority   domain.Priority
	Capability string
	Span       domain.DateRange
}

func (f ExecutionFilter) where(workspaceID int64) (string, []any) {
	w := where{args: []any{workspaceID}, terms: []string{"workspace_id = $1"}}
	if f.Status != "" {
		w.add("status = ?", string(f.Status))
	}
	if f.AgentID != 0 {
		w.add("agent_id = ?", f.AgentID)
	}
	if f.Priority != "" {
		w.add("priority = ?", f.Priority.Rank())
	}
	if f.Capability != "" {
		w.add("capability = ?", f.Capability)
	}
	w.span("created_at", f.Span)
	return w.String(), w.args
}

// where collects the terms of a condition with numbered placeholders.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, arg any) {
	w.args = append(w.args, arg)
	w.terms = append(w.terms, strings.Replace(term, "?", fmt.Sprintf("$%d", len(w.args)), 1))
}

func (w *where) span(column string, s domain.DateRange) {
	if !s.From.IsZero() {
		w.add(column+" >= ?", ms(s.From))
	}
	if !s.Until.IsZero() {
		w.add(column+" < ?", ms(s.Until))
	}
}

// String returns the condition.
func (w *where) String() string { return strings.Join(w.terms, " and ") }

// Executions returns a page of the workspace's runs, newest first, without
// their large texts.
func (q Q) Executions(ctx context.Context, workspaceID int64, f ExecutionFilter, p domain.Page) (domain.List[domain.Execution], error) {
	cond, args := f.where(workspaceID)
	order := "id"
	if !f.Span.From.IsZero() || !f.Span.Until.IsZero() {
		order = "created_at desc, id"
	}
	n := len(args)
	items, err := many(ctx, q, executionHeads(), `select `+executionHead+` from execution where `+cond+
		fmt.Sprintf(` order by %s desc limit 0 + $%d offset $%d`, order, n+1, n+2), append(args, p.Size, p.Offset())...)
	if err != nil {
		return domain.List[domain.Execution]{}, fmt.Errorf("list executions: %w", err)
	}
	total, err := q.countExecutions(ctx, workspaceID, f)
	return domain.List[domain.Execution]{Items: items, Total: total}, err
}

func (q Q) countExecutions(ctx context.Context, workspaceID int64, f ExecutionFilter) (int, error) {
	if plain := (ExecutionFilter{Status: f.Status}); plain == f {
		counts, err := q.Counts(ctx, workspaceID, CounterExecutions)
		if err != nil || f.Status != "" {
			return counts[string(f.Status)], err
		}
		total := 0
		for _, n := range counts {
			total += n
		}
		return total, nil
	}
	cond, args := f.where(workspaceID)
	var n int
	if err := q.one(ctx, []any{&n}, `select count(*) from execution where `+cond, args...); err != nil {
		return 0, fmt.Errorf("count executions: %w", err)
	}
	return n, nil
}

// CreateExecution records a new run in state pending and returns it with its id.
func (t *Tx) CreateExecution(ctx context.Context, x domain.Execution, voiceID int64) (domain.Execution, error) {
	engine, err := toJSON(x.Origin)
	if err != nil {
		return x, err
	}
	x.Status, x.Version, x.CreatedAt = domain.ExecutionPending, 1, t.now
	err = t.one(ctx, []any{&x.ID}, `insert into execution
		(workspace_id, capability, title, agent_id, status, priority, engine, credits_held, settings, context, voice_id, notify, retry_of, created_by, created_at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15) returning id`,
		x.WorkspaceID, x.Capability, x.Title, x.AgentID, string(x.Status), x.Priority.Rank(), engine, x.CreditsHeld,
		string(x.Settings), orEmptyObject(x.Context), voiceID, x.Notify, x.RetryOf, x.CreatedBy, ms(x.CreatedAt))
	if err != nil {
		return x, fmt.Errorf("create execution: %w", err)
	}
	return x, t.AddToCount(ctx, x.WorkspaceID, CounterExecutions, string(x.Status), 1)
}

func orEmptyObject(j json.RawMessage) string {
	if len(j) == 0 {
		return "{}"
	}
	return string(j)
}

// SetExecutionJob notes the run's job in the queue; 0 takes the ticket away.
func (t *Tx) SetExecutionJob(ctx context.Context, id, jobID int64) error {
	return t.exec(ctx, `update execution set job_id = $2 where id = $1`, id, jobID)
}

// ExecutionJob returns the run's job in the queue, 0 for none.
func (q Q) ExecutionJob(ctx context.Context, id int64) (job int64, err error) {
	err = q.one(ctx, []any{&job}, `select job_id from execution where id = $1`, id)
	if errors.Is(err, errNone) {
		return 0, nil
	}
	return job, err
}

// ExecutionSlots returns how many of the workspace's runs have a job in the queue, and
// limit where there are more.
func (q Q) ExecutionSlots(ctx context.Context, workspaceID int64, limit int) (n int, err error) {
	err = q.one(ctx, []any{&n}, `select count(*) from (select 1 from execution where workspace_id = $1 and job_id > 0 limit 0 + $2) t`, workspaceID, limit)
	return n, err
}

// PendingExecutionsExceed reports whether more than limit of the workspace's runs wait
// without a job.
func (q Q) PendingExecutionsExceed(ctx context.Context, workspaceID int64, limit int) (bool, error) {
	found, err := many(ctx, q, scanID, `select id from execution where workspace_id = $1 and status = 'pending' and job_id = 0
		order by priority, id limit 1 offset $2`, workspaceID, limit)
	return len(found) > 0, err
}

// WorkspacesWithPending returns the workspaces that have a run without a job.
func (q Q) WorkspacesWithPending(ctx context.Context) ([]int64, error) {
	return many(ctx, q, scanID, `select distinct workspace_id from execution where status = 'pending' and job_id = 0`)
}

// NextPendingExecution returns the workspace's next run that has no job yet: by priority,
// aged one class per step of aging, oldest first. ok is false where there is none.
func (q Q) NextPendingExecution(ctx context.Context, workspaceID int64, aging time.Duration, now time.Time) (id int64, p domain.Priority, ok bool, err error) {
	const waiting = ` from execution where workspace_id = $1 and status = 'pending' and job_id = 0`
	var some int64
	if err := q.one(ctx, []any{&some}, `select id`+waiting+` limit 1`, workspaceID); err != nil {
		return 0, "", false, none(err)
	}
	best := int64(math.MaxInt64)
	for rank := 1; rank <= len(domain.Priorities()); rank++ {
		var first, created int64
		// The oldest of a class is its most aged. On PostgreSQL two runs may end at
		// the same time: each takes another one.
		err := q.one(ctx, []any{&first, &created}, `select id, created_at`+waiting+` and priority = $2 order by id limit 1`+q.forUpdate()+q.skipLocked(), workspaceID, rank)
		if errors.Is(err, errNone) {
			continue
		}
		if err != nil {
			return 0, "", false, err
		}
		if aged := int64(rank) - (ms(now)-created)/aging.Milliseconds(); aged < best || aged == best && first < id {
			best, id, p, ok = aged, first, priorityOf(rank), true
		}
	}
	return id, p, ok, nil
}

// none turns "no row" into no error.
func none(err error) error {
	if errors.Is(err, errNone) {
		return nil
	}
	return err
}

// ClaimExecution begins a worker's hold on a run: it raises the epoch, so that commits
// under an older one are refused, and counts an interruption when the run was
// already under way and did not wait. It returns the run as it is then.
func (t *Tx) ClaimExecution(ctx context.Context, id int64) (x domain.Execution, crashes int, err error) {
	err = t.one(ctx, []any{&crashes}, `update execution set epoch = epoch + 1, version = version + 1,
		crashes = case when epoch > 0 and waiting_for = '' then crashes + 1 else crashes end
		where id = $1 returning crashes`, id)
	if errors.Is(err, errNone) {
		return x, 0, domain.NotFound("Execution")
	}
	if err != nil {
		return x, 0, fmt.Errorf("claim execution: %w", err)
	}
	x, err = t.ExecutionForWork(ctx, id)
	return x, crashes, err
}

// ReturnExecution takes back the count of an interruption in advance, for a run that a
// stopping node hands on in good order.
func (t *Tx) ReturnExecution(ctx context.Context, id, epoch int64) error {
	return t.exec(ctx, `update execution set crashes = crashes - 1 where id = $1 and epoch = $2`, id, epoch)
}

// ErrFenced says that another worker has taken the run since: nothing of this
// one may be recorded.
var ErrFenced = errors.New("the execution has been taken by another worker")

// FenceExecution refuses the transaction with [ErrFenced] unless the run is still held
// under this epoch and has not ended. It locks the run to the end of the
// transaction and returns its present state.
func (t *Tx) FenceExecution(ctx context.Context, id, epoch int64) (x domain.Execution, err error) {
	x, ok, err := first(ctx, t.Q, scanExecutionHead, `update execution set version = version + 1
		where id = $1 and epoch = $2 and completed_at = 0 returning `+executionHead, id, epoch)
	if err != nil {
		return x, fmt.Errorf("fence execution: %w", err)
	}
	if !ok {
		return x, ErrFenced
	}
	return x, nil
}

// SaveExecutionPlan stores the plan of a pending execution, which is planning from
// then on. It is an error if the execution is not pending.
func (t *Tx) SaveExecutionPlan(ctx context.Context, id int64, plan []domain.PlanStep) error {
	text, err := planJSON(plan)
	if err != nil {
		return err
	}
	n, err := t.execResult(ctx, `update execution set plan = $2, status = 'planning' where id = $1 and status = 'pending'`, id, text)
	if err == nil && n == 0 {
		err = fmt.Errorf("execution %d is not pending, so it cannot be planned", id)
	}
	return err
}

// SaveExecution stores what changes while an execution runs and moves its counts from
// the state before. It refuses a change of state that is not allowed
// ([domain.ExecutionStatus.MayBecome]). Progress resets the count of interruptions.
func (t *Tx) SaveExecution(ctx context.Context, x domain.Execution, before domain.ExecutionStatus) error {
	if x.Status != before && !before.MayBecome(x.Status) {
		return fmt.Errorf("execution %d may not become %s: it is %s", x.ID, x.Status, before)
	}
	cost, err := toJSON(x.Cost)
	if err != nil {
		return err
	}
	err = t.exec(ctx, `update execution set status = $2, progress = $3, current_step = $4, waiting_for = $5, credits_used = $6,
		credits_held = $7, cost = $8, error = $9, started_at = $10, completed_at = $11,
		crashes = case when progress < $3 then 0 else crashes end where id = $1`,
		x.ID, string(x.Status), x.Progress, x.CurrentStep, string(x.WaitingFor), x.CreditsUsed, x.CreditsHeld, cost, x.Error, ms(x.StartedAt), ms(x.CompletedAt))
	if err != nil {
		return fmt.Errorf("save progress: %w", err)
	}
	return t.recount(ctx, x, before)
}

func (t *Tx) recount(ctx context.Context, x domain.Execution, before domain.ExecutionStatus) error {
	from, to := counted(before), counted(x.Status)
	if from == to {
		return nil
	}
	if err := t.AddToCount(ctx, x.WorkspaceID, CounterExecutions, string(from), -1); err != nil {
		return err
	}
	return t.AddToCount(ctx, x.WorkspaceID, CounterExecutions, string(to), 1)
}

// counted is the state under which an execution is counted. It is planning only
// within one transaction, in which it stays counted as pending.
func counted(s domain.ExecutionStatus) domain.ExecutionStatus {
	if s == domain.ExecutionPlanning {
		return domain.ExecutionPending
	}
	return s
}

// SaveExecutionNeeds stores what the run's text would need to be better.
func (t *Tx) SaveExecutionNeeds(ctx context.Context, id int64, needs []domain.Need) error {
	text, err := toJSON(needs)
	if err != nil {
		return err
	}
	return t.exec(ctx, `update execution set needs_input = $2 where id = $1`, id, text)
}

// SaveExecutionWaitingItem stores for which item a run waits; 0 for none.
func (t *Tx) SaveExecutionWaitingItem(ctx context.Context, id, itemID int64) error {
	return t.exec(ctx, `update execution set waiting_item = $2 where id = $1`, id, itemID)
}

// ExecutionsWaitingForItem returns the runs that wait for a person to move the item. The
// index covers only rows that wait, and the planner wants to be told so.
func (q Q) ExecutionsWaitingForItem(ctx context.Context, workspaceID, itemID int64) ([]int64, error) {
	return many(ctx, q, scanID, `select id from execution where workspace_id = $1 and waiting_item = $2 and waiting_item > 0 and completed_at = 0`, workspaceID, itemID)
}

// ExecutionWaitingItem returns for which item a run waits; 0 for none.
func (q Q) ExecutionWaitingItem(ctx context.Context, id int64) (itemID int64, err error) {
	err = q.one(ctx, []any{&itemID}, `select waiting_item from execution where id = $1`, id)
	return itemID, err
}

func scanID(row scanner) (id int64, err error) {
	err = row.Scan(&id)
	return id, err
}

// ExecutionBrandVoice returns the brand voice that was fixed when the run was accepted.
func (q Q) ExecutionBrandVoice(ctx context.Context, id int64) (voiceID int64, err error) {
	err = q.one(ctx, []any{&voiceID}, `select voice_id from execution where id = $1`, id)
	return voiceID, err
}

// LockExecution locks a run of the workspace to the end of the transaction,
// raises its version, and returns it as it was.
func (t *Tx) LockExecution(ctx context.Context, workspaceID, id int64) (domain.Execution, error) {
	if t.dialect == postgres {
		if err := t.exec(ctx, `select 1 from execution where workspace_id = $1 and id = $2 for update`, workspaceID, id); err != nil {
			return domain.Execution{}, fmt.Errorf("lock execution: %w", err)
		}
	}
	x, err := t.Execution(ctx, workspaceID, id)
	if err != nil {
		return x, err
	}
	return x, t.exec(ctx, `update execution set version = version + 1 where id = $1`, id)
}
