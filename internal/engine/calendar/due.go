package calendar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// dueBatch is how many events and campaigns one round of the clock looks at.
const dueBatch = 100

// errRefused ends a transaction in which an action was refused; what came of it is stored in
// another one.
var errRefused = errors.New("the action was refused")

// FireEvents does what calendar events are for whose time has come, each in one transaction
// with its entry in the history and in the event log, so that an instant counts once however
// many nodes look. What was due longer than [domain.MissedWithin] ago is only noted as missed.
// It completes the campaigns that are over, and returns how many events it has looked at. One
// that fails holds up no other.
func (v *Verbs) FireEvents(ctx context.Context) (n int, err error) {
	if v.node.Accepting() != nil {
		return 0, nil //nolint:nilerr // another node does it, or this one when it works again
	}
	now := v.store.Now()
	due, err := v.store.Read().DueCalendarEvents(ctx, now, dueBatch)
	if err != nil {
		return 0, err
	}
	for _, e := range due {
		if one := v.fire(ctx, e, now); one != nil {
			err = errors.Join(err, fmt.Errorf("calendar event %d: %w", e.ID, one))
			continue
		}
		n++
	}
	return n, errors.Join(err, v.completeCampaigns(ctx, now))
}

// fire does what one event is for.
func (v *Verbs) fire(ctx context.Context, e domain.CalendarEvent, now time.Time) error {
	late := now.Sub(e.DueAt) >= domain.MissedWithin
	var do Do
	var refused *domain.Error
	if e.State == domain.ActionPending && !late {
		var err error
		if do, err = v.prepare(ctx, e); err != nil {
			if refused = refusal(err); refused == nil {
				return err
			}
		}
	}
	err := v.record(ctx, e, late, do, refused)
	if errors.Is(err, errRefused) {
		refused = refusal(err)
		err = v.record(ctx, e, late, nil, refused)
	}
	return err
}

func (v *Verbs) prepare(ctx context.Context, e domain.CalendarEvent) (Do, error) {
	if e.Action.Kind == domain.ActionPublish {
		return v.actions.Publish(ctx, e)
	}
	event, err := eventJSON(e)
	if err != nil {
		return nil, fmt.Errorf("write the event: %w", err)
	}
	return v.actions.Start(ctx, e, event)
}

// refusal returns an error that trying again would not cure; nil for any other.
func refusal(err error) *domain.Error {
	var refused *domain.Error
	if errors.As(err, &refused) && refused.Refusal() {
		return refused
	}
	return nil
}

// record stores that an event was due, with what came of its action: do is done, unless it was
// refused before.
func (v *Verbs) record(ctx context.Context, seen domain.CalendarEvent, late bool, do Do, refused *domain.Error) error {
	return v.store.InTx(ctx, func(tx *store.Tx) error {
		e, err := tx.LockCalendarEvent(ctx, seen.WorkspaceID, seen.ID)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil // deleted
		}
		if err != nil || e.Version != seen.Version || e.Paused || !e.DueAt.Equal(seen.DueAt) {
			return err // another node was faster, or somebody has changed it
		}
		ctx := domain.WithActor(ctx, domain.SystemActor(e.WorkspaceID, 0, "Calendar: "+e.Title))
		e.DueAt = time.Time{}
		if late {
			return missed(ctx, tx, e, seen.DueAt)
		}
		return due(ctx, tx, e, seen.DueAt, do, refused)
	})
}

// missed stores that the time of an event passed long ago.
func missed(ctx context.Context, tx *store.Tx, e domain.CalendarEvent, at time.Time) error {
	reason := "It was due while no server ran, more than 24 hours ago."
	if e.CampaignID != 0 {
		c, err := tx.Campaign(ctx, e.WorkspaceID, e.CampaignID)
		if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
			return err
		}
		if c.ResumedAt.After(at) {
			reason = "It was due while its campaign was paused, more than 24 hours before that went on."
		}
	}
	if e.State == domain.ActionPending {
		e.State, e.Reason = domain.ActionMissed, reason
		if _, err := tx.AddCalendarOutcome(ctx, outcomeOf(e, at)); err != nil {
			return err
		}
	}
	e, err := tx.SaveCalendarEvent(ctx, e)
	if err != nil {
		return err
	}
	return tx.AppendEvent(ctx, e.Subject(), domain.CalendarMissed{CalendarFacts: e.Facts(), DueAt: at, Reason: reason})
}

// due stores that the time of an event has come, and does its action.
func due(
	ctx context.Context, tx *store.Tx, e domain.CalendarEvent, at time.Time, do Do, refused *domain.Error,
) error {
	if err := tx.AppendEvent(ctx, e.Subject(), domain.CalendarDue{CalendarFacts: e.Facts(), DueAt: at}); err != nil {
		return err
	}
	if e.State != domain.ActionPending {
		_, err := tx.SaveCalendarEvent(ctx, e)
		return err
	}
	e, err := act(ctx, tx, e, do, refused)
	if err != nil {
		return err
	}
	fresh, err := tx.AddCalendarOutcome(ctx, outcomeOf(e, at))
	if err != nil {
		return err
	}
	if !fresh { // this instant is over: nothing is done twice
		return fmt.Errorf("event %d has an entry for %s already", e.ID, at.UTC().Format(time.RFC3339))
	}
	if e, err = tx.SaveCalendarEvent(ctx, e); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, e.Subject(), domain.CalendarActed{
		CalendarFacts: e.Facts(), State: e.State, Reason: e.Reason, ExecutionID: e.ExecutionID, Version: e.Published,
	})
}

// act does the action of an event with the rights that its owner has at this moment.
func act(
	ctx context.Context, tx *store.Tx, e domain.CalendarEvent, do Do, refused *domain.Error,
) (domain.CalendarEvent, error) {
	if refused != nil {
		e.State, e.Reason = domain.ActionFailed, refused.Message
		return e, nil //nolint:nilerr // it is the outcome
	}
	owner, err := tx.PresentActor(ctx, e.WorkspaceID, e.Owner, tx.Now())
	if err != nil {
		return e, err
	}
	a := domain.SystemActor(e.WorkspaceID, 0, "Calendar: "+e.Title).OnBehalfOf(owner)
	out := domain.CalendarOutcome{}
	if err := do(domain.WithActor(ctx, a), tx, a, &out); err != nil {
		if refusal(err) != nil {
			err = fmt.Errorf("%w: %w", errRefused, err)
		}
		return e, err
	}
	e.State, e.Reason, e.ExecutionID, e.Published = domain.ActionDone, out.Reason, out.ExecutionID, out.Published
	return e, nil
}

func outcomeOf(e domain.CalendarEvent, at time.Time) domain.CalendarOutcome {
	return domain.CalendarOutcome{
		WorkspaceID: e.WorkspaceID, EventID: e.ID, DueAt: at, Kind: e.Action.Kind, State: e.State, Reason: e.Reason,
		ContentID: e.Action.ContentID, Published: e.Published, ExecutionID: e.ExecutionID,
	}
}

func (v *Verbs) completeCampaigns(ctx context.Context, now time.Time) (err error) {
	over, err := v.store.Read().OverCampaigns(ctx, now, dueBatch)
	for _, seen := range over {
		one := v.store.InTx(ctx, func(tx *store.Tx) error {
			c, err := tx.LockCampaign(ctx, seen.WorkspaceID, seen.ID)
			if domain.CodeOf(err) == domain.CodeNotFound {
				return nil
			}
			if err != nil || c.Version != seen.Version {
				return err
			}
			c.Status = domain.CampaignCompleted
			if c, err = tx.SaveCampaign(ctx, c); err != nil {
				return err
			}
			ctx := domain.WithActor(ctx, domain.SystemActor(c.WorkspaceID, 0, "Campaign: "+c.Name))
			return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: c.WorkspaceID},
				domain.CampaignChanged{CampaignFacts: c.Facts()})
		})
		err = errors.Join(err, one)
	}
	return err
}
