package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of an execution's columns.
const (
	executionHead   db.Set = 1 << iota // what lists show; large texts stay where they are
	executionBody                      // the large texts
	executionCreate                    // stored when it is accepted
	executionSave                      // stored while it goes on

	executionWhole = executionHead | executionBody
)

// executionRow is an execution with the columns that only the store looks at.
type executionRow struct {
	domain.Execution
	brandVoiceID int64
}

var executionTable = db.NewTable("execution", func(x *executionRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &x.ID, In: executionHead},
		{Name: "workspace_id", Field: &x.WorkspaceID, In: executionHead | executionCreate},
		{Name: "capability", Field: &x.Capability, In: executionHead | executionCreate},
		{Name: "title", Field: &x.Title, In: executionHead | executionCreate},
		{Name: "agent_id", Field: &x.AgentID, In: executionHead | executionCreate},
		{Name: "status", Field: db.Text(&x.Status), In: executionHead | executionCreate | executionSave},
		{Name: "priority", Field: rank{&x.Priority}, In: executionHead | executionCreate},
		{Name: "progress", Field: &x.Progress, In: executionHead | executionSave},
		{Name: "current_step", Field: &x.CurrentStep, In: executionHead | executionSave},
		{Name: "waiting_for", Field: db.Text(&x.WaitingFor), In: executionHead | executionSave},
		{Name: "engine", Field: db.RepeatedJSON(&x.Origin), In: executionHead | executionCreate},
		{Name: "credits_used", Field: &x.CreditsUsed, In: executionHead | executionSave},
		{Name: "credits_held", Field: &x.CreditsHeld, In: executionHead | executionCreate | executionSave},
		{Name: "cost", Field: db.RepeatedJSON(&x.Cost), In: executionHead | executionSave},
		{Name: "notify", Field: &x.Notify, In: executionHead | executionCreate},
		{Name: "retry_of", Field: &x.RetryOf, In: executionHead | executionCreate},
		{Name: "error", Field: &x.Error, In: executionHead | executionSave},
		{Name: "epoch", Field: &x.Epoch, In: executionHead},
		{Name: "version", Field: &x.Version, In: executionHead},
		{Name: "created_by", Field: &x.CreatedBy, In: executionHead | executionCreate},
		{Name: "created_at", Field: db.Time(&x.CreatedAt), In: executionHead | executionCreate},
		{Name: "started_at", Field: db.Time(&x.StartedAt), In: executionHead | executionSave},
		{Name: "completed_at", Field: db.Time(&x.CompletedAt), In: executionHead | executionSave},
		{Name: "settings", Field: db.Raw(&x.Settings, ""), In: executionBody | executionCreate},
		{Name: "context", Field: db.Raw(&x.Context, "{}"), In: executionBody | executionCreate},
		{Name: "plan", Field: plan{&x.Plan}, In: executionBody},
		{Name: "needs_input", Field: db.JSONOr(&x.NeedsInput, ""), In: executionBody},
		{Name: "voice_id", Field: &x.brandVoiceID, In: executionCreate},
	}
})

var (
	executionHeadColumns  = executionTable.Columns(executionHead)
	executionWholeColumns = executionTable.Columns(executionWhole)

	createExecution = executionTable.Write(executionCreate,
		`insert into execution ({columns}) values ({values}) returning id`)
	// Progress makes up for the interruptions until then.
	saveExecution = executionTable.Write(executionSave, `update execution set {set},
		crashes = case when progress < {progress} then 0 else crashes end where id = {id}`)
	saveExecutionPlan  = executionTable.Write(0, `update execution set plan = {plan} where id = {id}`)
	saveExecutionNeeds = executionTable.Write(0, `update execution set needs_input = {needs_input} where id = {id}`)
)

func scanExecution(in db.Set) func(db.Row) (domain.Execution, error) {
	scan := executionTable.Scan(in)
	return func(row db.Row) (domain.Execution, error) {
		x, err := scan(row)
		return x.Execution, err
	}
}

// rank stores a priority as the number that the queue sorts by: 1 for urgent to 4
// for low.
type rank struct{ to *domain.Priority }

// Scan implements [db.Field].
func (r rank) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a priority is stored as %T", v)
	}
	*r.to = priorityOf(int(n))
	return nil
}

// Value implements [db.Field].
func (r rank) Value() (db.Value, error) { return int64(r.to.Rank()), nil }

func priorityOf(rank int) domain.Priority { return domain.Priorities()[min(max(rank, 1), 4)-1] }

// plan stores a plan with the steps' arguments, which callers never see.
type plan struct{ to *[]domain.PlanStep }

type storedStep struct {
	domain.PlanStep
	Args json.RawMessage `json:"args,omitempty"`
}

// Scan implements [db.Field].
func (p plan) Scan(v any) error {
	var stored []storedStep
	if err := db.JSON(&stored).Scan(v); err != nil {
		return err
	}
	for _, s := range stored {
		s.PlanStep.Args = s.Args
		*p.to = append(*p.to, s.PlanStep)
	}
	return nil
}

// Value implements [db.Field].
func (p plan) Value() (db.Value, error) {
	stored := make([]storedStep, len(*p.to))
	for i, s := range *p.to {
		stored[i] = storedStep{s, s.Args}
	}
	return db.JSON(&stored).Value()
}

// Execution returns a run of the workspace, whole.
func (q Q) Execution(ctx context.Context, workspaceID, id int64) (domain.Execution, error) {
	x, ok, err := db.First(ctx, q.db, scanExecution(executionWhole), `select `+executionWholeColumns+` from execution where workspace_id = $1 and id = $2`, workspaceID, id)
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
	x, ok, err := db.First(ctx, q.db, scanExecution(executionWhole), `select `+executionWholeColumns+` from execution where id = $1`, id)
	if err != nil {
		return x, fmt.Errorf("read execution: %w", err)
	}
	if !ok {
		return x, domain.NotFound("Execution")
	}
	return x, nil
}

// ExecutionHeads returns executions of whatever workspace by their ids, without
// their large texts: for consumers of events, which look at all workspaces.
func (q Q) ExecutionHeads(ctx context.Context, ids []int64) (map[int64]domain.Execution, error) {
	byID := map[int64]domain.Execution{}
	if len(ids) == 0 {
		return byID, nil
	}
	list, err := db.Many(ctx, q.db, scanExecution(executionHead), `select `+executionHeadColumns+
		` from execution where id in (`+placeholders(1, len(ids))+`)`, anyIDs(ids)...)
	if err != nil {
		return nil, fmt.Errorf("read executions: %w", err)
	}
	for _, x := range list {
		byID[x.ID] = x
	}
	return byID, nil
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

// Executions returns a page of the workspace's runs, newest first, without
// their large texts.
func (q Q) Executions(ctx context.Context, workspaceID int64, f ExecutionFilter, p domain.Page) (domain.List[domain.Execution], error) {
	cond, args := f.where(workspaceID)
	order := "id"
	if !f.Span.From.IsZero() || !f.Span.Until.IsZero() {
		order = "created_at desc, id"
	}
	n := len(args)
	items, err := db.Many(ctx, q.db, scanExecution(executionHead), `select `+executionHeadColumns+` from execution where `+cond+
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
	if err := q.db.One(ctx, []any{&n}, `select count(*) from execution where `+cond, args...); err != nil {
		return 0, fmt.Errorf("count executions: %w", err)
	}
	return n, nil
}

// CreateExecution records a new execution in state pending and returns it with its
// id. brandVoiceID is the brand voice that it keeps, 0 for none.
func (t *Tx) CreateExecution(
	ctx context.Context, x domain.Execution, brandVoiceID int64,
) (domain.Execution, error) {
	x.Status, x.Version, x.CreatedAt = domain.ExecutionPending, 1, t.now
	row := executionRow{x, brandVoiceID}
	if err := createExecution.One(ctx, t.db, &row, &x.ID); err != nil {
		return x, fmt.Errorf("create execution: %w", err)
	}
	return x, t.AddToCount(ctx, x.WorkspaceID, CounterExecutions, string(x.Status), 1)
}

// SetExecutionJob notes the run's job in the queue; 0 takes the ticket away.
func (t *Tx) SetExecutionJob(ctx context.Context, id, jobID int64) error {
	return t.db.Exec(ctx, `update execution set job_id = $2 where id = $1`, id, jobID)
}

// ExecutionJob returns the run's job in the queue, 0 for none.
func (q Q) ExecutionJob(ctx context.Context, id int64) (job int64, err error) {
	err = q.db.One(ctx, []any{&job}, `select job_id from execution where id = $1`, id)
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil
	}
	return job, err
}

// ExecutionSlots returns how many of the workspace's runs have a job in the queue, and
// limit where there are more.
func (q Q) ExecutionSlots(ctx context.Context, workspaceID int64, limit int) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from (select 1 from execution where workspace_id = $1 and job_id > 0 limit 0 + $2) t`, workspaceID, limit)
	return n, err
}

// PendingExecutionsExceed reports whether more than limit of the workspace's runs wait
// without a job.
func (q Q) PendingExecutionsExceed(ctx context.Context, workspaceID int64, limit int) (bool, error) {
	found, err := db.Many(ctx, q.db, db.ID, `select id from execution where workspace_id = $1 and status = 'pending' and job_id = 0
		order by priority, id limit 1 offset $2`, workspaceID, limit)
	return len(found) > 0, err
}

// WorkspacesWithPending returns the workspaces that have a run without a job.
func (q Q) WorkspacesWithPending(ctx context.Context) ([]int64, error) {
	return db.Many(ctx, q.db, db.ID, `select distinct workspace_id from execution where status = 'pending' and job_id = 0`)
}

// NextPendingExecution returns the workspace's next run that has no job yet: by priority,
// aged one class per step of aging, oldest first. ok is false where there is none.
func (q Q) NextPendingExecution(ctx context.Context, workspaceID int64, aging time.Duration, now time.Time) (id int64, p domain.Priority, ok bool, err error) {
	const waiting = ` from execution where workspace_id = $1 and status = 'pending' and job_id = 0`
	var some int64
	if err := q.db.One(ctx, []any{&some}, `select id`+waiting+` limit 1`, workspaceID); err != nil {
		return 0, "", false, noRow(err)
	}
	best := int64(math.MaxInt64)
	for rank := 1; rank <= len(domain.Priorities()); rank++ {
		var first, created int64
		// The oldest of a class is its most aged. On PostgreSQL two runs may end at
		// the same time: each takes another one.
		err := q.db.One(ctx, []any{&first, &created}, `select id, created_at`+waiting+` and priority = $2 order by id limit 1`+q.db.SkipLocked(), workspaceID, rank)
		if errors.Is(err, db.ErrNoRow) {
			continue
		}
		if err != nil {
			return 0, "", false, err
		}
		if aged := int64(rank) - (db.Millis(now)-created)/aging.Milliseconds(); aged < best || aged == best && first < id {
			best, id, p, ok = aged, first, priorityOf(rank), true
		}
	}
	return id, p, ok, nil
}

// ClaimExecution begins a worker's hold on a run: it raises the epoch, so that commits
// under an older one are refused, and counts an interruption when the run was
// already under way and did not wait. It returns the run as it is then.
func (t *Tx) ClaimExecution(ctx context.Context, id int64) (x domain.Execution, crashes int, err error) {
	err = t.db.One(ctx, []any{&crashes}, `update execution set epoch = epoch + 1, version = version + 1,
		crashes = case when epoch > 0 and waiting_for = '' then crashes + 1 else crashes end
		where id = $1 returning crashes`, id)
	if errors.Is(err, db.ErrNoRow) {
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
	return t.db.Exec(ctx, `update execution set crashes = crashes - 1 where id = $1 and epoch = $2`, id, epoch)
}

// ErrFenced says that another worker has taken the run since: nothing of this
// one may be recorded.
var ErrFenced = errors.New("the execution has been taken by another worker")

// FenceExecution refuses the transaction with [ErrFenced] unless the run is still held
// under this epoch and has not ended. It locks the run to the end of the
// transaction and returns its present state.
func (t *Tx) FenceExecution(ctx context.Context, id, epoch int64) (x domain.Execution, err error) {
	x, ok, err := db.First(ctx, t.db, scanExecution(executionHead), `update execution set version = version + 1
		where id = $1 and epoch = $2 and completed_at = 0 returning `+executionHeadColumns, id, epoch)
	if err != nil {
		return x, fmt.Errorf("fence execution: %w", err)
	}
	if !ok {
		return x, ErrFenced
	}
	return x, nil
}

// SaveExecutionPlan stores an execution's plan.
func (t *Tx) SaveExecutionPlan(ctx context.Context, id int64, steps []domain.PlanStep) error {
	_, err := saveExecutionPlan.Exec(ctx, t.db, &executionRow{Execution: domain.Execution{ID: id, Plan: steps}})
	return err
}

// SaveExecution stores what changes while an execution goes on, and moves its
// counts from the status before.
func (t *Tx) SaveExecution(ctx context.Context, x domain.Execution, before domain.ExecutionStatus) error {
	if _, err := saveExecution.Exec(ctx, t.db, &executionRow{Execution: x}); err != nil {
		return fmt.Errorf("save execution: %w", err)
	}
	return t.recount(ctx, x, before)
}

func (t *Tx) recount(ctx context.Context, x domain.Execution, before domain.ExecutionStatus) error {
	if x.Status == before {
		return nil
	}
	if err := t.AddToCount(ctx, x.WorkspaceID, CounterExecutions, string(before), -1); err != nil {
		return err
	}
	return t.AddToCount(ctx, x.WorkspaceID, CounterExecutions, string(x.Status), 1)
}

// SaveExecutionNeeds stores what the execution's text would need to be better.
func (t *Tx) SaveExecutionNeeds(ctx context.Context, id int64, needs []domain.Need) error {
	row := executionRow{Execution: domain.Execution{ID: id, NeedsInput: needs}}
	_, err := saveExecutionNeeds.Exec(ctx, t.db, &row)
	return err
}

// SaveExecutionWaitingItem stores for which item a run waits; 0 for none.
func (t *Tx) SaveExecutionWaitingItem(ctx context.Context, id, itemID int64) error {
	return t.db.Exec(ctx, `update execution set waiting_item = $2 where id = $1`, id, itemID)
}

// ExecutionsWaitingForItem returns the runs that wait for a person to move the item. The
// index covers only rows that wait, and the planner wants to be told so.
func (q Q) ExecutionsWaitingForItem(ctx context.Context, workspaceID, itemID int64) ([]int64, error) {
	return db.Many(ctx, q.db, db.ID, `select id from execution where workspace_id = $1 and waiting_item = $2 and waiting_item > 0 and completed_at = 0`, workspaceID, itemID)
}

// ExecutionWaitingItem returns for which item a run waits; 0 for none.
func (q Q) ExecutionWaitingItem(ctx context.Context, id int64) (itemID int64, err error) {
	err = q.db.One(ctx, []any{&itemID}, `select waiting_item from execution where id = $1`, id)
	return itemID, err
}

// ExecutionBrandVoice returns the brand voice that was fixed when the run was accepted.
func (q Q) ExecutionBrandVoice(ctx context.Context, id int64) (voiceID int64, err error) {
	err = q.db.One(ctx, []any{&voiceID}, `select voice_id from execution where id = $1`, id)
	return voiceID, err
}

// LockExecution locks a run of the workspace to the end of the transaction,
// raises its version, and returns it as it was.
func (t *Tx) LockExecution(ctx context.Context, workspaceID, id int64) (domain.Execution, error) {
	if t.db.Postgres() {
		if err := t.db.Exec(ctx, `select 1 from execution where workspace_id = $1 and id = $2 for update`, workspaceID, id); err != nil {
			return domain.Execution{}, fmt.Errorf("lock execution: %w", err)
		}
	}
	x, err := t.Execution(ctx, workspaceID, id)
	if err != nil {
		return x, err
	}
	return x, t.db.Exec(ctx, `update execution set version = version + 1 where id = $1`, id)
}
