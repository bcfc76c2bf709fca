package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a calendar event's columns.
const (
	calendarRead   db.Set = 1 << iota
	calendarCreate        // stored when it is created
	calendarSave          // what may change
)

// calendarRow is an event with what only the store needs.
type calendarRow struct {
	domain.CalendarEvent
	until time.Time // [domain.CalendarEvent.Until]
}

var calendarTable = db.NewTable("calendar_event", func(e *calendarRow) []db.Column {
	const made, saved = calendarRead | calendarCreate, calendarRead | calendarCreate | calendarSave
	return []db.Column{
		{Name: "id", Field: &e.ID, In: calendarRead},
		{Name: "workspace_id", Field: &e.WorkspaceID, In: made},
		{Name: "campaign_id", Field: &e.CampaignID, In: saved},
		{Name: "title", Field: &e.Title, In: saved},
		{Name: "description", Field: &e.Description, In: saved},
		{Name: "starts_at", Field: db.Time(&e.StartsAt), In: saved},
		{Name: "ends_at", Field: db.Time(&e.EndsAt), In: saved},
		{Name: "until_at", Field: db.Time(&e.until), In: calendarCreate | calendarSave},
		{Name: "all_day", Field: &e.AllDay, In: saved},
		{Name: "timezone", Field: &e.Timezone, In: saved},
		{Name: "event_type", Field: db.Text(&e.Type), In: saved},
		{Name: "channel", Field: db.Text(&e.Channel), In: saved},
		{Name: "color", Field: &e.Color, In: saved},
		{Name: "icon", Field: &e.Icon, In: saved},
		{Name: "status", Field: db.Text(&e.Status), In: saved},
		{Name: "planned_at", Field: db.Time(&e.PlannedAt), In: saved},
		{Name: "action", Field: db.Text(&e.Action.Kind), In: saved},
		{Name: "content_id", Field: &e.Action.ContentID, In: saved},
		{Name: "channels", Field: db.JSONOr(&e.Action.Channels, "[]"), In: saved},
		{Name: "template", Field: &e.Action.Template, In: saved},
		{Name: "inputs", Field: db.Raw(&e.Action.Inputs, "{}"), In: saved},
		{Name: "state", Field: db.Text(&e.State), In: saved},
		{Name: "reason", Field: &e.Reason, In: saved},
		{Name: "execution_id", Field: &e.ExecutionID, In: saved},
		{Name: "published", Field: &e.Published, In: saved},
		{Name: "owner_kind", Field: db.Text(&e.Owner.Kind), In: saved},
		{Name: "owner_id", Field: &e.Owner.ID, In: saved},
		{Name: "due_at", Field: db.Time(&e.DueAt), In: saved},
		{Name: "paused", Field: &e.Paused, In: saved},
		{Name: "sequence", Field: &e.Sequence, In: saved},
		{Name: "version", Field: &e.Version, In: saved},
		{Name: "created_by", Field: &e.CreatedBy, In: made},
		{Name: "created_at", Field: db.Time(&e.Created), In: made},
		{Name: "updated_at", Field: db.Time(&e.Updated), In: saved},
	}
})

var (
	calendarColumns = calendarTable.Columns(calendarRead)
	createCalendar  = calendarTable.Write(calendarCreate,
		`insert into calendar_event ({columns}) values ({values}) returning id`)
	saveCalendar = calendarTable.Write(calendarSave,
		`update calendar_event set {set} where workspace_id = {workspace_id} and id = {id}`)
)

func scanCalendar() func(db.Row) (domain.CalendarEvent, error) {
	scan := calendarTable.Scan(calendarRead)
	return func(row db.Row) (domain.CalendarEvent, error) {
		e, err := scan(row)
		if e.Action.Kind == "" {
			e.Action = domain.CalendarAction{}
		}
		return e.CalendarEvent, err
	}
}

// CalendarEvent returns a calendar event of the workspace.
func (q Q) CalendarEvent(ctx context.Context, workspaceID, id int64) (domain.CalendarEvent, error) {
	e, ok, err := db.First(ctx, q.db, scanCalendar(),
		`select `+calendarColumns+` from calendar_event where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return e, fmt.Errorf("read calendar event: %w", err)
	}
	if !ok {
		return e, domain.NotFound("Calendar event")
	}
	return e, nil
}

// CountCalendarEvents returns how many calendar events the workspace has.
func (q Q) CountCalendarEvents(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from calendar_event where workspace_id = $1`, workspaceID)
	return n, err
}

// CampaignEvents returns the calendar events of a campaign, the first one first.
func (q Q) CampaignEvents(ctx context.Context, workspaceID, campaignID int64) ([]domain.CalendarEvent, error) {
	list, err := db.Many(ctx, q.db, scanCalendar(), `select `+calendarColumns+` from calendar_event
		where campaign_id = $1 and campaign_id > 0 and workspace_id = $2 order by starts_at, id`, campaignID, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read the events of a campaign: %w", err)
	}
	return list, nil
}

// DueCalendarEvents returns calendar events of all workspaces whose time has come, the
// longest due first.
func (q Q) DueCalendarEvents(ctx context.Context, now time.Time, limit int) ([]domain.CalendarEvent, error) {
	list, err := db.Many(ctx, q.db, scanCalendar(), `select `+calendarColumns+` from calendar_event
		where due_at > 0 and not paused and due_at <= $1 order by due_at limit 0 + $2`, db.Millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("read due calendar events: %w", err)
	}
	return list, nil
}

// CreateCalendarEvent adds an event and returns it with its id.
func (t *Tx) CreateCalendarEvent(ctx context.Context, in domain.CalendarEvent) (domain.CalendarEvent, error) {
	in.Created, in.Updated, in.Version, in.Sequence = t.now, t.now, 1, 0
	if err := createCalendar.One(ctx, t.db, &calendarRow{in, in.Until()}, &in.ID); err != nil {
		return in, fmt.Errorf("create calendar event: %w", err)
	}
	return in, nil
}

// LockCalendarEvent locks an event of the workspace to the end of the transaction and
// returns it.
func (t *Tx) LockCalendarEvent(ctx context.Context, workspaceID, id int64) (domain.CalendarEvent, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from calendar_event where workspace_id = $1 and id = $2 for no key update`,
			workspaceID, id)
		if err != nil {
			return domain.CalendarEvent{}, fmt.Errorf("lock calendar event: %w", err)
		}
	}
	return t.CalendarEvent(ctx, workspaceID, id)
}

// SaveCalendarEvent stores what has changed about a locked event, as its next version.
func (t *Tx) SaveCalendarEvent(ctx context.Context, in domain.CalendarEvent) (domain.CalendarEvent, error) {
	in.Version++
	in.Updated = t.now
	if _, err := saveCalendar.Exec(ctx, t.db, &calendarRow{in, in.Until()}); err != nil {
		return in, fmt.Errorf("save calendar event: %w", err)
	}
	return in, nil
}

// DeleteCalendarEvent removes an event with its history. What it has started goes on.
func (t *Tx) DeleteCalendarEvent(ctx context.Context, workspaceID, id int64) error {
	return t.db.Exec(ctx, `delete from calendar_event where workspace_id = $1 and id = $2`, workspaceID, id)
}

// The sets of an outcome's columns.
const (
	outcomeRead db.Set = 1 << iota
	outcomeCreate
)

var outcomeTable = db.NewTable("calendar_outcome", func(o *domain.CalendarOutcome) []db.Column {
	const made = outcomeRead | outcomeCreate
	return []db.Column{
		{Name: "id", Field: &o.ID, In: outcomeRead},
		{Name: "workspace_id", Field: &o.WorkspaceID, In: made},
		{Name: "event_id", Field: &o.EventID, In: made},
		{Name: "due_at", Field: db.Time(&o.DueAt), In: made},
		{Name: "action", Field: db.Text(&o.Kind), In: made},
		{Name: "state", Field: db.Text(&o.State), In: made},
		{Name: "reason", Field: &o.Reason, In: made},
		{Name: "content_id", Field: &o.ContentID, In: made},
		{Name: "published", Field: &o.Published, In: made},
		{Name: "execution_id", Field: &o.ExecutionID, In: made},
		{Name: "at", Field: db.Time(&o.At), In: made},
	}
})

var (
	outcomeColumns = outcomeTable.Columns(outcomeRead)
	createOutcome  = outcomeTable.Write(outcomeCreate,
		`insert into calendar_outcome ({columns}) values ({values}) on conflict (event_id, due_at) do nothing`)
)

// CalendarOutcomes returns a page of the history of an event, newest first.
func (q Q) CalendarOutcomes(
	ctx context.Context, workspaceID, eventID int64, p domain.Page,
) (l domain.List[domain.CalendarOutcome], err error) {
	err = q.db.One(ctx, []any{&l.Total},
		`select count(*) from calendar_outcome where workspace_id = $1 and event_id = $2`, workspaceID, eventID)
	if err != nil {
		return l, fmt.Errorf("count the outcomes of an event: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, outcomeTable.Scan(outcomeRead), `select `+outcomeColumns+` from calendar_outcome
		where workspace_id = $1 and event_id = $2 order by id desc limit 0 + $3 offset $4`,
		workspaceID, eventID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read the outcomes of an event: %w", err)
	}
	return l, nil
}

// AddCalendarOutcome adds an entry to the history of a locked event. fresh is false where
// that instant has one already.
func (t *Tx) AddCalendarOutcome(ctx context.Context, o domain.CalendarOutcome) (fresh bool, err error) {
	o.At = t.now
	n, err := createOutcome.Exec(ctx, t.db, &o)
	if err != nil {
		return false, fmt.Errorf("add an outcome of an event: %w", err)
	}
	return n > 0, nil
}
