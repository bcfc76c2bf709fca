package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a trigger's columns.
const (
	triggerRead   db.Set = 1 << iota
	triggerCreate        // stored when it is created
	triggerSave          // what people change
	triggerState         // what its firings change
)

var triggerTable = db.NewTable("workflow_trigger", func(t *domain.Trigger) []db.Column {
	const made, saved = triggerRead | triggerCreate, triggerRead | triggerCreate | triggerSave
	return []db.Column{
		{Name: "id", Field: &t.ID, In: triggerRead},
		{Name: "workspace_id", Field: &t.WorkspaceID, In: made},
		{Name: "name", Field: &t.Name, In: saved},
		{Name: "type", Field: db.Text(&t.Type), In: made},
		{Name: "cron", Field: &t.Cron, In: saved},
		{Name: "timezone", Field: &t.Timezone, In: saved},
		{Name: "event", Field: db.Text(&t.Event), In: saved},
		{Name: "filter", Field: &t.Filter, In: saved},
		{Name: "template", Field: &t.Template, In: saved},
		{Name: "inputs", Field: db.Raw(&t.Inputs, "{}"), In: saved},
		{Name: "enabled", Field: &t.Enabled, In: saved | triggerState},
		{Name: "overlap", Field: db.Text(&t.Overlap), In: saved},
		{Name: "owner_kind", Field: db.Text(&t.Owner.Kind), In: saved},
		{Name: "owner_id", Field: &t.Owner.ID, In: saved},
		{Name: "next_at", Field: db.Time(&t.NextAt), In: saved | triggerState},
		{Name: "last_at", Field: db.Time(&t.LastAt), In: triggerRead | triggerState},
		{Name: "last_error", Field: &t.Error, In: triggerRead | triggerSave | triggerState},
		{Name: "failures", Field: &t.Failures, In: triggerRead | triggerSave | triggerState},
		{Name: "version", Field: &t.Version, In: saved},
		{Name: "created_at", Field: db.Time(&t.Created), In: made},
		{Name: "updated_at", Field: db.Time(&t.Updated), In: saved},
	}
})

var (
	triggerColumns = triggerTable.Columns(triggerRead)
	createTrigger  = triggerTable.Write(triggerCreate,
		`insert into workflow_trigger ({columns}) values ({values}) returning id`)
	saveTrigger      = triggerTable.Write(triggerSave, `update workflow_trigger set {set} where id = {id}`)
	saveTriggerState = triggerTable.Write(triggerState, `update workflow_trigger set {set} where id = {id}`)
)

func scanTrigger() func(db.Row) (domain.Trigger, error) { return triggerTable.Scan(triggerRead) }

// Trigger returns a trigger of the workspace.
func (q Q) Trigger(ctx context.Context, workspaceID, id int64) (domain.Trigger, error) {
	t, ok, err := db.First(ctx, q.db, scanTrigger(),
		`select `+triggerColumns+` from workflow_trigger where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return t, fmt.Errorf("read trigger: %w", err)
	}
	if !ok {
		return t, domain.NotFound("Trigger")
	}
	return t, nil
}

// Triggers returns a page of the workspace's triggers, in the order of their creation.
func (q Q) Triggers(
	ctx context.Context, workspaceID int64, p domain.Page,
) (l domain.List[domain.Trigger], err error) {
	l.Items, err = db.Many(ctx, q.db, scanTrigger(), `select `+triggerColumns+` from workflow_trigger
		where workspace_id = $1 order by id limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("list triggers: %w", err)
	}
	l.Total, err = q.CountTriggers(ctx, workspaceID)
	return l, err
}

// CountTriggers returns how many triggers the workspace has.
func (q Q) CountTriggers(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from workflow_trigger where workspace_id = $1`, workspaceID)
	return n, err
}

// TriggersOf returns the first triggers of the workspace that start a template.
func (q Q) TriggersOf(ctx context.Context, workspaceID int64, template string) ([]domain.Trigger, error) {
	list, err := db.Many(ctx, q.db, scanTrigger(), `select `+triggerColumns+` from workflow_trigger
		where workspace_id = $1 and template = $2 order by id limit 20`, workspaceID, template)
	if err != nil {
		return nil, fmt.Errorf("list the triggers of a template: %w", err)
	}
	return list, nil
}

// DueTriggers returns schedules of all workspaces that are due, the longest due first.
func (q Q) DueTriggers(ctx context.Context, now time.Time, limit int) ([]domain.Trigger, error) {
	list, err := db.Many(ctx, q.db, scanTrigger(), `select `+triggerColumns+` from workflow_trigger
		where enabled and next_at > 0 and next_at <= $1 order by next_at limit 0 + $2`, db.Millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("read due triggers: %w", err)
	}
	return list, nil
}

// TriggersByID returns triggers of whatever workspace by their ids, without those that no
// longer exist.
func (q Q) TriggersByID(ctx context.Context, ids []int64) (map[int64]domain.Trigger, error) {
	byID := map[int64]domain.Trigger{}
	if len(ids) == 0 {
		return byID, nil
	}
	list, err := db.Many(ctx, q.db, scanTrigger(), `select `+triggerColumns+` from workflow_trigger
		where id in (`+placeholders(1, len(ids))+`)`, anyIDs(ids)...)
	if err != nil {
		return nil, fmt.Errorf("read triggers: %w", err)
	}
	for _, t := range list {
		byID[t.ID] = t
	}
	return byID, nil
}

// TriggerEvents returns the names of the events that triggers of any workspace fire on.
func (q Q) TriggerEvents(ctx context.Context) ([]domain.EventName, error) {
	list, err := db.Many(ctx, q.db, scanEventName, `select distinct event from workflow_trigger
		where enabled and event <> ''`)
	if err != nil {
		return nil, fmt.Errorf("read the events of triggers: %w", err)
	}
	return list, nil
}

func scanEventName(row db.Row) (n domain.EventName, err error) {
	err = row.Scan(db.Text(&n))
	return n, err
}

// TriggersOn returns the ids of the triggers of a workspace that fire on an event.
func (q Q) TriggersOn(ctx context.Context, workspaceID int64, event domain.EventName) ([]int64, error) {
	list, err := db.Many(ctx, q.db, db.ID, `select id from workflow_trigger
		where enabled and event <> '' and event = $1 and workspace_id = $2 order by id`, string(event), workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read the triggers of an event: %w", err)
	}
	return list, nil
}

// CreateTrigger adds a trigger and returns it with its id.
func (t *Tx) CreateTrigger(ctx context.Context, in domain.Trigger) (domain.Trigger, error) {
	in.Created, in.Updated, in.Version = t.now, t.now, 1
	if err := createTrigger.One(ctx, t.db, &in, &in.ID); err != nil {
		return in, fmt.Errorf("create trigger: %w", err)
	}
	return in, nil
}

// LockTrigger locks a trigger of the workspace to the end of the transaction and returns it.
func (t *Tx) LockTrigger(ctx context.Context, workspaceID, id int64) (domain.Trigger, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from workflow_trigger where workspace_id = $1 and id = $2 for no key update`,
			workspaceID, id)
		if err != nil {
			return domain.Trigger{}, fmt.Errorf("lock trigger: %w", err)
		}
	}
	return t.Trigger(ctx, workspaceID, id)
}

// SaveTrigger stores what people have changed about a locked trigger, as its next version.
func (t *Tx) SaveTrigger(ctx context.Context, in domain.Trigger) (domain.Trigger, error) {
	in.Version++
	in.Updated = t.now
	if _, err := saveTrigger.Exec(ctx, t.db, &in); err != nil {
		return in, fmt.Errorf("save trigger: %w", err)
	}
	return in, nil
}

// SaveTriggerState stores what a firing has changed about a locked trigger.
func (t *Tx) SaveTriggerState(ctx context.Context, in domain.Trigger) error {
	if _, err := saveTriggerState.Exec(ctx, t.db, &in); err != nil {
		return fmt.Errorf("save the state of a trigger: %w", err)
	}
	return nil
}

// DeleteTrigger removes a trigger with its history. What it has started goes on.
func (t *Tx) DeleteTrigger(ctx context.Context, workspaceID, id int64) error {
	return t.db.Exec(ctx, `delete from workflow_trigger where workspace_id = $1 and id = $2`, workspaceID, id)
}

// OpenTriggered returns the oldest execution of a trigger that has not ended; 0 where there
// is none.
func (q Q) OpenTriggered(ctx context.Context, triggerID int64) (int64, error) {
	list, err := db.Many(ctx, q.db, db.ID, `select id from execution
		where trigger_id = $1 and trigger_id > 0 and completed_at = 0 order by id limit 1`, triggerID)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}
