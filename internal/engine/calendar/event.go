package calendar

import (
	"context"

	"vellocity/internal/agenda"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListEvents asks for the entries of the calendar in a range of time, which has both ends.
type ListEvents struct {
	Span       domain.DateRange
	Types      []domain.CalendarType
	Channels   []domain.CalendarChannel
	CampaignID int64 // 0: any
	Page       domain.Page
}

// check notes what is wrong with a range and its filters.
func (in ListEvents) check() error {
	var p domain.Problems
	if in.Span.From.IsZero() {
		p.Required("start_date")
	}
	if in.Span.Until.IsZero() {
		p.Required("end_date")
	}
	for i, t := range in.Types {
		domain.CheckEnum(&p, verb.Path("event_types", i), t)
	}
	for i, c := range in.Channels {
		domain.CheckEnum(&p, verb.Path("channels", i), c)
	}
	return p.Err()
}

func (in ListEvents) filter() store.CalendarFilter {
	return store.CalendarFilter{Span: in.Span, Types: in.Types, Channels: in.Channels, CampaignID: in.CampaignID}
}

// Events returns a page of the calendar, the earliest first: events, and content items with a
// date. Events that were cancelled are left out.
func (v *Verbs) Events(ctx context.Context, in ListEvents) (domain.List[domain.CalendarEntry], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return domain.List[domain.CalendarEntry]{}, err
	}
	return v.store.Read().CalendarEntries(ctx, a.WorkspaceID, in.filter(), in.Page)
}

// Event returns an entry of the calendar by its id, as callers write it: an event, or an item
// with a date.
func (v *Verbs) Event(ctx context.Context, ref string) (domain.CalendarEntry, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	return entry(ctx, v.store.Read(), a.WorkspaceID, ref)
}

func entry(ctx context.Context, q store.Q, workspaceID int64, ref string) (domain.CalendarEntry, error) {
	id, item, ok := domain.ParseCalendarID(ref)
	if !ok {
		return domain.CalendarEntry{}, domain.NotFound("Calendar event")
	}
	if !item {
		e, err := q.CalendarEvent(ctx, workspaceID, id)
		if err != nil {
			return domain.CalendarEntry{}, err
		}
		return q.CalendarEntry(ctx, e)
	}
	c, err := q.Content(ctx, workspaceID, id)
	if domain.CodeOf(err) == domain.CodeNotFound || err == nil && domain.ItemDate(c).IsZero() {
		err = domain.NotFound("Calendar event")
	}
	c.Body = ""
	return domain.CalendarEntry{Item: c}, err
}

// own returns the id of an event that can be changed. An item is a CONFLICT that says where
// its dates are changed.
func own(ctx context.Context, q store.Q, workspaceID int64, ref string) (int64, error) {
	e, err := entry(ctx, q, workspaceID, ref)
	if err == nil && e.Event.ID == 0 {
		err = domain.Errorf(domain.CodeConflict, "This is content item %d, which the calendar only shows. "+
			"Change its planned_at or scheduled_at instead.", e.Item.ID)
	}
	return e.Event.ID, err
}

// CreateEvent puts an event on the calendar. An event with an action takes the scopes of what
// the action may do, and does it with the rights that the caller has when its time comes.
// Everything that is wrong with it comes back at once.
func (v *Verbs) CreateEvent(ctx context.Context, in EventEdit) (domain.CalendarEntry, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	w, err := v.store.Read().Workspace(ctx, a.WorkspaceID)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	e := domain.CalendarEvent{
		WorkspaceID: a.WorkspaceID, Timezone: w.Location().String(), Type: domain.CalendarOther, Channel: domain.OnOther,
		Status: domain.CalendarConfirmed, Owner: a.Starter(), CreatedBy: a.Name,
	}
	r, err := v.changed(ctx, domain.CalendarEvent{}, e, in)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.CalendarEntry, error) {
		if err := a.RequireAll(r.scopes); err != nil {
			return domain.CalendarEntry{}, err
		}
		if r.Paused, err = campaignPaused(ctx, tx, r.CalendarEvent); err != nil {
			return domain.CalendarEntry{}, err
		}
		made, err := agenda.Create(ctx, tx, r.CalendarEvent)
		if err != nil {
			return domain.CalendarEntry{}, err
		}
		return tx.CalendarEntry(ctx, made)
	})
}

// campaignPaused checks the campaign that an event names, and returns whether it is paused.
func campaignPaused(ctx context.Context, tx *store.Tx, e domain.CalendarEvent) (bool, error) {
	if e.CampaignID == 0 {
		return false, nil
	}
	c, err := tx.LockCampaign(ctx, e.WorkspaceID, e.CampaignID)
	if err != nil {
		return false, verb.MissingReference(err, "campaign_id", "campaign", e.CampaignID)
	}
	if c.Status == domain.CampaignDraft {
		var p domain.Problems
		p.Add("campaign_id", "The campaign_id field names a draft. Start the campaign first, or add the event to its plan")
		return false, p.Err()
	}
	return c.Status == domain.CampaignPaused, nil
}

// EditEvent changes an event.
type EditEvent struct {
	ID string // as callers write it
	EventEdit
	verb.Precondition
}

// EditEvent changes, moves or cancels an event. The caller who changes what an event does, or when,
// owns it from then on and needs the scopes of its action. What was done is not done again at
// a new time, unless the action is given again; what failed or was missed is.
func (v *Verbs) EditEvent(ctx context.Context, in EditEvent) (domain.CalendarEntry, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	id, err := own(ctx, v.store.Read(), a.WorkspaceID, in.ID)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	was, err := v.store.Read().CalendarEvent(ctx, a.WorkspaceID, id)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	r, err := v.changed(ctx, was, was, in.EventEdit)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.CalendarEntry, error) {
		now, err := tx.LockCalendarEvent(ctx, a.WorkspaceID, id)
		if err != nil {
			return domain.CalendarEntry{}, err
		}
		if err := in.CheckRevision(now.Revision()); err != nil {
			return domain.CalendarEntry{}, err
		}
		if now.Version != was.Version {
			return domain.CalendarEntry{}, domain.Errorf(domain.CodeConflict,
				"This event was changed at the same moment. Fetch it again and retry.")
		}
		return save(ctx, tx, a, now, r)
	})
}

func save(
	ctx context.Context, tx *store.Tx, a domain.Actor, now domain.CalendarEvent, r readEvent,
) (domain.CalendarEntry, error) {
	e := r.CalendarEvent
	if !e.StartsAt.Equal(now.StartsAt) || e.Status != now.Status || !agenda.SameAction(e.Action, now.Action) {
		if err := a.RequireAll(r.scopes); err != nil {
			return domain.CalendarEntry{}, err
		}
		e.Owner = a.Starter()
	}
	if e.CampaignID != now.CampaignID {
		paused, err := campaignPaused(ctx, tx, e)
		if err != nil {
			return domain.CalendarEntry{}, err
		}
		e.Paused, e.PlannedAt = paused, e.StartsAt
		if e.CampaignID == 0 {
			e.PlannedAt = now.PlannedAt
		}
	}
	if r.again { // the same action, said again
		now.Action = domain.CalendarAction{}
	}
	saved, err := agenda.Save(ctx, tx, now, e)
	if err != nil {
		return domain.CalendarEntry{}, err
	}
	return tx.CalendarEntry(ctx, saved)
}

// DeleteEvent asks for the end of an event.
type DeleteEvent struct {
	ID string // as callers write it
	verb.Precondition
}

// DeleteEvent takes an event off the calendar with its history. What it has started goes on,
// and what it has published stays published.
func (v *Verbs) DeleteEvent(ctx context.Context, in DeleteEvent) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		id, err := own(ctx, tx.Q, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		e, err := tx.LockCalendarEvent(ctx, a.WorkspaceID, id)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(e.Revision()); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, agenda.Delete(ctx, tx, e)
	})
	return err
}

// EventHistory returns a page of the history of an event, newest first: each time at which
// its action was due, and what came of it.
func (v *Verbs) EventHistory(
	ctx context.Context, ref string, page domain.Page,
) (domain.List[domain.CalendarOutcome], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.CalendarOutcome]{}, err
	}
	e, err := entry(ctx, v.store.Read(), a.WorkspaceID, ref)
	if err != nil || e.Event.ID == 0 {
		return domain.List[domain.CalendarOutcome]{Items: []domain.CalendarOutcome{}}, err
	}
	return v.store.Read().CalendarOutcomes(ctx, a.WorkspaceID, e.Event.ID, page)
}
