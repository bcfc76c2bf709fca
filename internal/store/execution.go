package store

import (
	"context"
	"encoding/json"
	"fmt"

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
		{Name: "template", Field: &x.Template, In: executionHead | executionCreate},
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
		{Name: "max_credits", Field: db.JSONOr(&x.MaxCredits, ""), In: executionHead | executionCreate},
		{Name: "cost", Field: db.RepeatedJSON(&x.Cost), In: executionHead | executionSave},
		{Name: "notify", Field: &x.Notify, In: executionHead | executionCreate},
		{Name: "retry_of", Field: &x.RetryOf, In: executionHead | executionCreate},
		{Name: "trigger_id", Field: &x.Cause.TriggerID, In: executionHead | executionCreate},
		{Name: "trigger_depth", Field: &x.Cause.Depth, In: executionHead | executionCreate},
		{Name: "redo_of", Field: &x.Redo.Of, In: executionHead | executionCreate},
		{Name: "redo_step", Field: &x.Redo.Step, In: executionHead | executionCreate},
		{Name: "redo_instructions", Field: &x.Redo.Instructions, In: executionBody | executionCreate},
		{Name: "error", Field: &x.Error, In: executionHead | executionSave},
		{Name: "epoch", Field: &x.Epoch, In: executionHead},
		{Name: "version", Field: &x.Version, In: executionHead},
		{Name: "created_by", Field: &x.CreatedBy, In: executionHead | executionCreate},
		{Name: "starter_kind", Field: db.Text(&x.Starter.Kind), In: executionHead | executionCreate},
		{Name: "starter_id", Field: &x.Starter.ID, In: executionHead | executionCreate},
		{Name: "created_at", Field: db.Time(&x.CreatedAt), In: executionHead | executionCreate},
		{Name: "started_at", Field: db.Time(&x.StartedAt), In: executionHead | executionSave},
		{Name: "completed_at", Field: db.Time(&x.CompletedAt), In: executionHead | executionSave},
		{Name: "settings", Field: db.Raw(&x.Settings, ""), In: executionBody | executionCreate},
		{Name: "program", Field: db.JSONOr(&x.Program, ""), In: executionBody | executionCreate},
		{Name: "context", Field: db.Raw(&x.Context, "{}"), In: executionBody | executionCreate},
		{Name: "event", Field: db.Raw(&x.Cause.Event, ""), In: executionBody | executionCreate},
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
	// Progress makes up for the interruptions until then. The version is the next one after
	// that which was read, also where LockExecution has raised it since.
	saveExecution = executionTable.Write(executionSave, `update execution set {set}, version = {version} + 1,
		crashes = case when progress < {progress} then 0 else crashes end where id = {id}`)
	saveExecutionPlan = executionTable.Write(0, `update execution set plan = {plan}, status = 'planning'
		where id = {id} and status = 'pending'`)
	extendExecutionPlan = executionTable.Write(0, `update execution set plan = {plan} where id = {id}`)
	saveExecutionNeeds  = executionTable.Write(0, `update execution set needs_input = {needs_input} where id = {id}`)
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

// plan stores a plan with the steps' arguments and agents, which callers do not see there.
type plan struct{ to *[]domain.PlanStep }

type storedStep struct {
	domain.PlanStep
	Args    json.RawMessage `json:"args,omitempty"`
	AgentID int64           `json:"agent_id,omitempty"`
}

// Scan implements [db.Field].
func (p plan) Scan(v any) error {
	var stored []storedStep
	if err := db.JSON(&stored).Scan(v); err != nil {
		return err
	}
	for _, s := range stored {
		s.PlanStep.Args, s.PlanStep.AgentID = s.Args, s.AgentID
		*p.to = append(*p.to, s.PlanStep)
	}
	return nil
}

// Value implements [db.Field].
func (p plan) Value() (db.Value, error) {
	stored := make([]storedStep, len(*p.to))
	for i, s := range *p.to {
		stored[i] = storedStep{s, s.Args, s.AgentID}
	}
	return db.JSON(&stored).Value()
}

// Execution returns an execution of the workspace, with its large texts.
func (q Q) Execution(ctx context.Context, workspaceID, id int64) (domain.Execution, error) {
	return q.execution(ctx, `workspace_id = $1 and id = $2`, workspaceID, id)
}

// ExecutionForWork returns an execution by its id alone: for the worker, whose job
// carries nothing else.
func (q Q) ExecutionForWork(ctx context.Context, id int64) (domain.Execution, error) {
	return q.execution(ctx, `id = $1`, id)
}

func (q Q) execution(ctx context.Context, which string, args ...any) (domain.Execution, error) {
	x, ok, err := db.First(ctx, q.db, scanExecution(executionWhole),
		`select `+executionWholeColumns+` from execution where `+which, args...)
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

// ExecutionFilter narrows a list of executions. A zero field does not.
type ExecutionFilter struct {
	Status     domain.ExecutionStatus
	AgentID    int64
	Priority   domain.Priority
	Capability string
	Span       domain.DateRange // of their creation
	Waiting    bool             // for a person's decision about an item
	ItemID     int64            // with Waiting: about this item; 0: about any
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
	if f.Waiting { // in the words of the partial index of those that wait
		w.terms = append(w.terms, "waiting_item > 0 and completed_at = 0")
	}
	if f.Waiting && f.ItemID != 0 {
		w.add("waiting_item = ?", f.ItemID)
	}
	w.span("created_at", f.Span)
	return w.String(), w.args
}

// Executions returns a page of the workspace's executions, newest first, without
// their large texts.
func (q Q) Executions(
	ctx context.Context, workspaceID int64, f ExecutionFilter, p domain.Page,
) (l domain.List[domain.Execution], err error) {
	cond, args := f.where(workspaceID)
	order := "id"
	if !f.Span.From.IsZero() || !f.Span.Until.IsZero() {
		order = "created_at desc, id"
	}
	n := len(args)
	l.Items, err = db.Many(ctx, q.db, scanExecution(executionHead),
		`select `+executionHeadColumns+` from execution where `+cond+
			fmt.Sprintf(` order by %s desc limit 0 + $%d offset $%d`, order, n+1, n+2), append(args, p.Size, p.Offset())...)
	if err != nil {
		return l, fmt.Errorf("list executions: %w", err)
	}
	l.Total, err = q.countExecutions(ctx, workspaceID, f)
	return l, err
}

// countExecutions takes from the counter what the counter knows.
func (q Q) countExecutions(ctx context.Context, workspaceID int64, f ExecutionFilter) (n int, err error) {
	if f == (ExecutionFilter{Status: f.Status}) {
		counts, err := q.Counts(ctx, workspaceID, CounterExecutions)
		if err != nil || f.Status != "" {
			return counts[string(f.Status)], err
		}
		for _, c := range counts {
			n += c
		}
		return n, nil
	}
	cond, args := f.where(workspaceID)
	if err := q.db.One(ctx, []any{&n}, `select count(*) from execution where `+cond, args...); err != nil {
		return 0, fmt.Errorf("count executions: %w", err)
	}
	return n, nil
}

// ExecutionBrandVoice returns the brand voice that was fixed when the execution was
// accepted; 0 for none.
func (q Q) ExecutionBrandVoice(ctx context.Context, id int64) (brandVoiceID int64, err error) {
	err = q.db.One(ctx, []any{&brandVoiceID}, `select voice_id from execution where id = $1`, id)
	return brandVoiceID, err
}

// CreateExecution records a new execution in state pending and returns it with its
// id. brandVoiceID is the brand voice that it keeps, 0 for none.
func (t *Tx) CreateExecution(
	ctx context.Context, x domain.Execution, brandVoiceID int64,
) (domain.Execution, error) {
	x.Status, x.Version, x.CreatedAt = domain.ExecutionPending, 1, t.now
	if err := createExecution.One(ctx, t.db, &executionRow{x, brandVoiceID}, &x.ID); err != nil {
		return x, fmt.Errorf("create execution: %w", err)
	}
	return x, t.AddToCount(ctx, x.WorkspaceID, CounterExecutions, string(x.Status), 1)
}

// LockExecution locks an execution of the workspace to the end of the transaction,
// raises its version, and returns it as it was.
func (t *Tx) LockExecution(ctx context.Context, workspaceID, id int64) (domain.Execution, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from execution where workspace_id = $1 and id = $2 for update`, workspaceID, id)
		if err != nil {
			return domain.Execution{}, fmt.Errorf("lock execution: %w", err)
		}
	}
	x, err := t.Execution(ctx, workspaceID, id)
	if err != nil {
		return x, err
	}
	return x, t.db.Exec(ctx, `update execution set version = version + 1 where id = $1`, id)
}

// SaveExecution stores what changes while an execution runs, raises the version of x by
// one, and moves its counts from the status before. It refuses a change of status that
// is not allowed ([domain.ExecutionStatus.MayBecome]).
func (t *Tx) SaveExecution(ctx context.Context, x domain.Execution, before domain.ExecutionStatus) error {
	if x.Status != before && !before.MayBecome(x.Status) {
		return fmt.Errorf("execution %d may not become %s: it is %s", x.ID, x.Status, before)
	}
	if _, err := saveExecution.Exec(ctx, t.db, &executionRow{Execution: x}); err != nil {
		return fmt.Errorf("save execution: %w", err)
	}
	return t.moveCount(ctx, x.WorkspaceID, CounterExecutions, string(counted(before)), string(counted(x.Status)))
}

// counted is the status under which an execution is counted. It is planning only
// within one transaction, in which it stays counted as pending.
func counted(s domain.ExecutionStatus) domain.ExecutionStatus {
	if s == domain.ExecutionPlanning {
		return domain.ExecutionPending
	}
	return s
}

// SaveExecutionPlan stores the plan of a pending execution, which is planning from
// then on. It is an error if the execution is not pending.
func (t *Tx) SaveExecutionPlan(ctx context.Context, id int64, steps []domain.PlanStep) error {
	row := executionRow{Execution: domain.Execution{ID: id, Plan: steps}}
	n, err := saveExecutionPlan.Exec(ctx, t.db, &row)
	if err == nil && n == 0 {
		err = fmt.Errorf("execution %d is not pending, so it cannot be planned", id)
	}
	return err
}

// ExtendExecutionPlan stores the plan of an execution whose further steps have become
// known. Its status stays.
func (t *Tx) ExtendExecutionPlan(ctx context.Context, id int64, steps []domain.PlanStep) error {
	row := executionRow{Execution: domain.Execution{ID: id, Plan: steps}}
	_, err := extendExecutionPlan.Exec(ctx, t.db, &row)
	return err
}

// SaveExecutionNeeds stores what would make the execution's text better.
func (t *Tx) SaveExecutionNeeds(ctx context.Context, id int64, needs []domain.Need) error {
	row := executionRow{Execution: domain.Execution{ID: id, NeedsInput: needs}}
	_, err := saveExecutionNeeds.Exec(ctx, t.db, &row)
	return err
}
