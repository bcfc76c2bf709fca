package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a firing's columns.
const (
	firingRead db.Set = 1 << iota
	firingCreate
	firingSave
)

var firingTable = db.NewTable("firing", func(f *domain.Firing) []db.Column {
	const made = firingRead | firingCreate
	return []db.Column{
		{Name: "id", Field: &f.ID, In: firingRead},
		{Name: "trigger_id", Field: &f.TriggerID, In: made},
		{Name: "workspace_id", Field: &f.WorkspaceID, In: made},
		{Name: "key", Field: &f.Key, In: made | firingSave},
		{Name: "due_at", Field: db.Time(&f.DueAt), In: made | firingSave},
		{Name: "event_id", Field: &f.EventID, In: made | firingSave},
		{Name: "outcome", Field: db.Text(&f.Outcome), In: made | firingSave},
		{Name: "reason", Field: &f.Reason, In: made | firingSave},
		{Name: "execution_id", Field: &f.ExecutionID, In: made | firingSave},
		{Name: "missed", Field: &f.Missed, In: made},
		{Name: "count", Field: &f.Count, In: made | firingSave},
		{Name: "depth", Field: &f.Depth, In: made},
		{Name: "by_kind", Field: db.Text(&f.By.Kind), In: made},
		{Name: "by_id", Field: &f.By.ID, In: made},
		{Name: "event", Field: db.Raw(&f.Event, ""), In: made | firingSave},
		{Name: "at", Field: db.Time(&f.At), In: made | firingSave},
	}
})

var (
	firingColumns = firingTable.Columns(firingRead)
	createFiring  = firingTable.Write(firingCreate, `insert into firing ({columns}) values ({values})
		on conflict (trigger_id, key) do nothing returning id`)
	saveFiring = firingTable.Write(firingSave, `update firing set {set} where id = {id}`)
)

// CreateFiring adds a firing to a trigger's history. It reports false where the history has
// one of that instant or event.
func (t *Tx) CreateFiring(ctx context.Context, f domain.Firing) (domain.Firing, bool, error) {
	f.At = t.now
	f.Count = max(f.Count, 1)
	err := createFiring.One(ctx, t.db, &f, &f.ID)
	if errors.Is(err, db.ErrNoRow) {
		return f, false, nil
	}
	if err != nil {
		return f, false, fmt.Errorf("create firing: %w", err)
	}
	return f, true, nil
}

// SaveFiring stores what came of a firing. What the expressions saw is kept only while it
// waits.
func (t *Tx) SaveFiring(ctx context.Context, f domain.Firing) error {
	f.At = t.now
	if f.Outcome != domain.FiringWaiting {
		f.Event = nil
	}
	if _, err := saveFiring.Exec(ctx, t.db, &f); err != nil {
		return fmt.Errorf("save firing: %w", err)
	}
	return nil
}

// DeleteFiring removes a firing that another one stands for.
func (t *Tx) DeleteFiring(ctx context.Context, id int64) error {
	return t.db.Exec(ctx, `delete from firing where id = $1`, id)
}

// Firing returns a firing by its id; ok is false where there is none.
func (q Q) Firing(ctx context.Context, id int64) (domain.Firing, bool, error) {
	return q.firing(ctx, `id = $1`, id)
}

// WaitingFiring returns the firing of a trigger that waits; ok is false where none does.
func (q Q) WaitingFiring(ctx context.Context, triggerID int64) (domain.Firing, bool, error) {
	return q.firing(ctx, `trigger_id = $1 and outcome = 'waiting' order by id limit 1`, triggerID)
}

// LastFiring returns the newest firing of a trigger that is older than another.
func (q Q) LastFiring(ctx context.Context, triggerID, before int64) (domain.Firing, bool, error) {
	return q.firing(ctx, `trigger_id = $1 and id < $2 order by id desc limit 1`, triggerID, before)
}

func (q Q) firing(ctx context.Context, which string, args ...any) (domain.Firing, bool, error) {
	f, ok, err := db.First(ctx, q.db, firingTable.Scan(firingRead),
		`select `+firingColumns+` from firing where `+which, args...)
	if err != nil {
		return f, false, fmt.Errorf("read firing: %w", err)
	}
	return f, ok, nil
}

// Firings returns a page of a trigger's history, newest first.
func (q Q) Firings(
	ctx context.Context, workspaceID, triggerID int64, p domain.Page,
) (l domain.List[domain.Firing], err error) {
	l.Items, err = db.Many(ctx, q.db, firingTable.Scan(firingRead), `select `+firingColumns+` from firing
		where workspace_id = $1 and trigger_id = $2 order by id desc limit 0 + $3 offset $4`,
		workspaceID, triggerID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("list firings: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from firing where workspace_id = $1 and trigger_id = $2`,
		workspaceID, triggerID)
	return l, err
}

// LastFirings returns the newest firing of each of a workspace's triggers, by the trigger's
// id; triggers that have none are left out.
func (q Q) LastFirings(
	ctx context.Context, workspaceID int64, triggers []int64,
) (map[int64]domain.Firing, error) {
	last := map[int64]domain.Firing{}
	if len(triggers) == 0 {
		return last, nil
	}
	list, err := db.Many(ctx, q.db, firingTable.Scan(firingRead), `select `+firingColumns+` from firing
		where workspace_id = $1 and id in (select max(id) from firing
			where trigger_id in (`+placeholders(2, len(triggers))+`) group by trigger_id)`,
		append([]any{workspaceID}, anyIDs(triggers)...)...)
	if err != nil {
		return nil, fmt.Errorf("read last firings: %w", err)
	}
	for _, f := range list {
		last[f.TriggerID] = f
	}
	return last, nil
}

// OpenFirings returns firings of all workspaces that can be decided now, oldest first: those
// whose event has arrived, and those that wait for no execution any more.
func (q Q) OpenFirings(ctx context.Context, limit int) ([]domain.Firing, error) {
	list, err := db.Many(ctx, q.db, firingTable.Scan(firingRead), `select `+firingColumns+` from firing
		where (outcome = 'pending' or outcome = 'waiting') and (outcome = 'pending' or not exists (select 1 from execution x
			where x.trigger_id = firing.trigger_id and x.trigger_id > 0 and x.completed_at = 0))
		order by id limit 0 + $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("read open firings: %w", err)
	}
	return list, nil
}

// DeleteOldFirings removes what histories have beyond their newest entries and beyond a time.
func (t *Tx) DeleteOldFirings(ctx context.Context, before time.Time, newest int) error {
	err := t.db.Exec(ctx, `delete from firing where outcome not in ('pending', 'waiting') and (at < $1 or id in (
		select id from (select id, row_number() over (partition by trigger_id order by id desc) as n from firing) as numbered
		where n > $2))`, db.Millis(before), newest)
	if err != nil {
		return fmt.Errorf("delete old firings: %w", err)
	}
	return nil
}
