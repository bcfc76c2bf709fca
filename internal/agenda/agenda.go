// Package agenda is the life of calendar events, for people, campaigns and executions alike:
// they come, change and go in one transaction with their entry in the event log, and the
// clock is set for what is to be done at their time. engine/calendar has the verbs, and does
// what is due.
package agenda

import (
	"context"
	"reflect"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Create puts an event on the calendar. It returns a CONFLICT where the workspace has as many
// as it may have, or where something is to be done at a time that has passed.
func Create(ctx context.Context, tx *store.Tx, e domain.CalendarEvent) (domain.CalendarEvent, error) {
	n, err := tx.CountCalendarEvents(ctx, e.WorkspaceID)
	if err != nil {
		return e, err
	}
	if n >= domain.MostCalendarEvents {
		return e, domain.Errorf(domain.CodeConflict,
			"This workspace has %d calendar events, which is the most. Delete some first.", n)
	}
	if e.Status == "" {
		e.Status = domain.CalendarConfirmed
	}
	e.State = ""
	if e.Action.Kind != "" {
		e.State = domain.ActionPending
	}
	if err := arm(&e, tx.Now()); err != nil {
		return e, err
	}
	if e, err = tx.CreateCalendarEvent(ctx, e); err != nil {
		return e, err
	}
	return e, tx.AppendEvent(ctx, e.Subject(), domain.CalendarCreated{CalendarFacts: e.Facts()})
}

// Save stores a changed event, which is locked and was before. What it is to do becomes
// pending again where that changed, or where it had not been done and gets another time or
// is no longer cancelled. What was done is not done again, whatever the new time.
func Save(ctx context.Context, tx *store.Tx, before, e domain.CalendarEvent) (domain.CalendarEvent, error) {
	moved := !e.StartsAt.Equal(before.StartsAt)
	acts := !SameAction(e.Action, before.Action)
	if moved || e.Status != before.Status || !e.EndsAt.Equal(before.EndsAt) {
		e.Sequence++
	}
	switch {
	case e.Action.Kind == "":
		e.State, e.Reason, e.ExecutionID, e.Published = "", "", 0, 0
	case acts, e.State != domain.ActionDone && (moved || e.Status != before.Status):
		e.State, e.Reason, e.ExecutionID, e.Published = domain.ActionPending, "", 0, 0
	}
	if moved || acts || e.Status != before.Status {
		if err := arm(&e, tx.Now()); err != nil {
			return e, err
		}
	}
	e, err := tx.SaveCalendarEvent(ctx, e)
	if err != nil {
		return e, err
	}
	return e, tx.AppendEvent(ctx, e.Subject(), domain.CalendarChanged{CalendarFacts: e.Facts()})
}

// Delete takes a locked event off the calendar, with its history. What it has started goes
// on.
func Delete(ctx context.Context, tx *store.Tx, e domain.CalendarEvent) error {
	if err := tx.DeleteCalendarEvent(ctx, e.WorkspaceID, e.ID); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, e.Subject(), domain.CalendarDeleted{CalendarFacts: e.Facts()})
}

// SameAction reports whether two actions are to do the same.
func SameAction(a, b domain.CalendarAction) bool {
	norm := func(x domain.CalendarAction) domain.CalendarAction {
		if len(x.Channels) == 0 {
			x.Channels = nil
		}
		if len(x.Inputs) == 0 || string(x.Inputs) == "{}" {
			x.Inputs = nil
		}
		return x
	}
	return reflect.DeepEqual(norm(a), norm(b))
}

// arm sets the clock for an event whose time, status or action is new. An event that has
// begun and does nothing is only a note; one that is to do something needs a time to come.
func arm(e *domain.CalendarEvent, now time.Time) error {
	e.DueAt = time.Time{}
	if e.Status == domain.CalendarCancelled {
		if e.State == domain.ActionPending {
			e.State, e.Reason = domain.ActionCancelled, "The event was cancelled."
		}
		return nil
	}
	if e.StartsAt.After(now.Add(-domain.ClockLeniency)) {
		e.DueAt = e.StartsAt
		return nil
	}
	if e.State == domain.ActionPending {
		return domain.Errorf(domain.CodeConflict, "“%s” is to do something at %s, which has passed. "+
			"Give it a time in the future.", e.Title, e.StartsAt.UTC().Format(time.RFC3339))
	}
	return nil
}

// SameDay returns the first instant in one time zone of the day that an instant lies in, in
// another one.
func SameDay(at time.Time, from, to *time.Location) time.Time {
	y, m, d := at.In(from).Date()
	return domain.StartOfDay(y, m, d, to)
}

// Shift returns when something ends that began at was and begins at now instead: as long
// after it by the clocks of a zone, so that an evening stays an evening where they change.
func Shift(was, now, end time.Time, zone *time.Location) time.Time {
	length := domain.Wall(end.In(zone)).Sub(domain.Wall(was.In(zone)))
	if moved := domain.FromWall(domain.Wall(now.In(zone)).Add(length), zone); moved.After(now) {
		return moved
	}
	return now.Add(end.Sub(was))
}

// ShiftDays moves a time by days of the calendar of a zone; the time of the day stays.
func ShiftDays(at time.Time, days int, zone *time.Location) time.Time {
	if at.IsZero() {
		return at
	}
	return domain.FromWall(domain.Wall(at.In(zone)).AddDate(0, 0, days), zone).UTC()
}
