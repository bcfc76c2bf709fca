package work

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/schema"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// nextTimes is how many times a trigger says in advance.
const nextTimes = 5

// TriggerDetails is a trigger with what its schedule says.
type TriggerDetails struct {
	domain.Trigger
	Sentence string      // the schedule in English; empty for an event trigger
	Next     []time.Time // the next times of a schedule, in its time zone
}

// Triggers returns a page of the workspace's triggers.
func (v *Verbs) Triggers(ctx context.Context, page domain.Page) (domain.List[TriggerDetails], error) {
	out := domain.List[TriggerDetails]{Items: []TriggerDetails{}}
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return out, err
	}
	l, err := v.store.Read().Triggers(ctx, a.WorkspaceID, page)
	for _, t := range l.Items {
		out.Items = append(out.Items, v.triggerDetails(t))
	}
	out.Total = l.Total
	return out, err
}

// Trigger returns one trigger.
func (v *Verbs) Trigger(ctx context.Context, id int64) (TriggerDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return TriggerDetails{}, err
	}
	t, err := v.store.Read().Trigger(ctx, a.WorkspaceID, id)
	if err != nil {
		return TriggerDetails{}, err
	}
	return v.triggerDetails(t), nil
}

func (v *Verbs) triggerDetails(t domain.Trigger) TriggerDetails {
	d := TriggerDetails{Trigger: t}
	if t.Type != domain.TriggerSchedule {
		return d
	}
	r, p := readTrigger{Trigger: t}, domain.Problems{}
	if r.readSchedule(&p); p.Err() == nil {
		d.Sentence = r.schedule.Sentence()
		d.Next = r.schedule.NextN(v.store.Now(), nextTimes)
	}
	return d
}

// TemplateFields returns the schema of a template's inputs, compiled, for forms.
func (v *Verbs) TemplateFields(ctx context.Context, t domain.Template) (*schema.Schema, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	program, err := v.program(ctx, a.WorkspaceID, t.Slug)
	if err != nil {
		return nil, err
	}
	return program.Inputs, nil
}

// Firings returns a page of a trigger's history, newest first.
func (v *Verbs) Firings(ctx context.Context, id int64, page domain.Page) (domain.List[domain.Firing], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Firing]{}, err
	}
	if _, err := v.store.Read().Trigger(ctx, a.WorkspaceID, id); err != nil {
		return domain.List[domain.Firing]{}, err
	}
	return v.store.Read().Firings(ctx, a.WorkspaceID, id, page)
}

// LastFirings returns the newest entry of the history of each trigger, by the trigger's id.
// Triggers that have none, or that the workspace does not have, are left out.
func (v *Verbs) LastFirings(ctx context.Context, triggers []int64) (map[int64]domain.Firing, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	return v.store.Read().LastFirings(ctx, a.WorkspaceID, triggers)
}

// TriggerSchedule is when a schedule is due.
type TriggerSchedule struct{ Cron, Timezone string } // an empty time zone is the workspace's

// TriggerEvent is what an event trigger fires on.
type TriggerEvent struct {
	Name   domain.EventName
	Filter string
}

// TriggerEdit is what people may say about a trigger. A nil field stays as it is.
type TriggerEdit struct {
	Name     *string
	Schedule *TriggerSchedule
	Event    *TriggerEvent
	Template *string // slug, or id as a number
	Inputs   json.RawMessage
	Enabled  *bool
	Overlap  *domain.Overlap
}

// apply changes a trigger, and notes a part that belongs to the other type.
func (e TriggerEdit) apply(p *domain.Problems, t *domain.Trigger, zone string) {
	verb.Set(&t.Name, e.Name)
	if e.Schedule != nil {
		if t.Type == domain.TriggerEvent {
			p.Conflict("schedule")
		}
		t.Cron, t.Timezone = e.Schedule.Cron, cmp.Or(e.Schedule.Timezone, zone)
	}
	if e.Event != nil {
		if t.Type == domain.TriggerSchedule {
			p.Conflict("event")
		}
		t.Event, t.Filter = e.Event.Name, e.Event.Filter
	}
	verb.Set(&t.Template, e.Template)
	if e.Inputs != nil {
		t.Inputs = e.Inputs
	}
	verb.Set(&t.Enabled, e.Enabled)
	verb.Set(&t.Overlap, e.Overlap)
}

// does is all of a trigger that decides what it does: who changes it, owns it.
func does(t domain.Trigger) domain.Trigger {
	return domain.Trigger{
		Cron: t.Cron, Timezone: t.Timezone, Event: t.Event, Filter: t.Filter, Template: t.Template, Inputs: t.Inputs,
	}
}

// CreateTrigger is a new trigger.
type CreateTrigger struct {
	Type domain.TriggerType
	TriggerEdit
}

// CreateTrigger creates a trigger, which is enabled unless the caller says otherwise. It
// takes the scopes of all that its template may do, and its executions have the rights that
// the caller has at that moment. Everything that is wrong with it comes back at once.
func (v *Verbs) CreateTrigger(ctx context.Context, in CreateTrigger) (TriggerDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return TriggerDetails{}, err
	}
	t := domain.Trigger{
		WorkspaceID: a.WorkspaceID, Type: in.Type, Enabled: true, Overlap: domain.OverlapSkip, Owner: a.Starter(),
	}
	r, err := v.changed(ctx, t, in.TriggerEdit)
	if err != nil {
		return TriggerDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (TriggerDetails, error) {
		n, err := tx.CountTriggers(ctx, a.WorkspaceID)
		if err != nil {
			return TriggerDetails{}, err
		}
		if n >= domain.MostTriggers {
			return TriggerDetails{}, domain.Errorf(domain.CodeConflict,
				"This workspace has %d triggers, which is the most. Delete one first.", n)
		}
		if err := v.mayOwn(ctx, tx, a, r); err != nil {
			return TriggerDetails{}, err
		}
		made, err := tx.CreateTrigger(ctx, r.scheduled(tx.Now()))
		if err != nil {
			return TriggerDetails{}, err
		}
		return v.triggerDetails(made), tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.TriggerCreated{TriggerFacts: made.Facts()})
	})
}

// changed returns a trigger with a change, read and checked.
func (v *Verbs) changed(ctx context.Context, t domain.Trigger, e TriggerEdit) (readTrigger, error) {
	w, err := v.store.Read().Workspace(ctx, t.WorkspaceID)
	if err != nil {
		return readTrigger{}, err
	}
	var p domain.Problems
	e.apply(&p, &t, w.Timezone)
	r, err := v.readTrigger(ctx, &p, t)
	if err != nil {
		return r, err
	}
	return r, p.Err()
}

// mayOwn asks the caller for the scopes of what a trigger's template may do, and makes sure
// that the template is still there when the trigger is stored.
func (v *Verbs) mayOwn(ctx context.Context, tx *store.Tx, a domain.Actor, r readTrigger) error {
	if err := a.RequireAll(domain.EffectScopes(r.program.Effects())); err != nil {
		return err
	}
	if r.program.Template.ID < domain.FirstOwnTemplate {
		return nil
	}
	_, err := tx.LockTemplate(ctx, a.WorkspaceID, r.program.Template.ID)
	if domain.CodeOf(err) == domain.CodeNotFound {
		var p domain.Problems
		p.Add("template", "The template field names the template %q, which does not exist", r.Template)
		return p.Err()
	}
	return err
}

// scheduled returns the trigger with the time at which it is due next.
func (r readTrigger) scheduled(now time.Time) domain.Trigger {
	t := r.Trigger
	t.NextAt = time.Time{}
	if t.Enabled && t.Type == domain.TriggerSchedule {
		t.NextAt = r.schedule.Next(now)
	}
	return t
}

// EditTrigger changes a trigger.
type EditTrigger struct {
	ID int64
	TriggerEdit
	verb.Precondition
}

// EditTrigger changes a trigger. Who changes what it does owns it from then on: its
// executions have that caller's rights. A trigger that is switched on counts its failures
// from 0 again.
func (v *Verbs) EditTrigger(ctx context.Context, in EditTrigger) (TriggerDetails, error) {
	return v.editTrigger(ctx, in, func(domain.Trigger) TriggerEdit { return in.TriggerEdit })
}

// ToggleTrigger switches a trigger on or off.
type ToggleTrigger struct {
	ID      int64
	Enabled *bool // nil: the other state
	verb.Precondition
}

// ToggleTrigger switches a trigger on or off. While it is off nothing fires it but
// [Verbs.FireTrigger], and what it misses is not made up for.
func (v *Verbs) ToggleTrigger(ctx context.Context, in ToggleTrigger) (TriggerDetails, error) {
	return v.editTrigger(ctx, EditTrigger{ID: in.ID, Precondition: in.Precondition}, func(t domain.Trigger) TriggerEdit {
		on := !t.Enabled
		return TriggerEdit{Enabled: cmp.Or(in.Enabled, &on)}
	})
}

func (v *Verbs) editTrigger(
	ctx context.Context, in EditTrigger, edit func(domain.Trigger) TriggerEdit,
) (TriggerDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return TriggerDetails{}, err
	}
	was, err := v.store.Read().Trigger(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return TriggerDetails{}, err
	}
	e := edit(was)
	r, err := v.changed(ctx, was, e)
	off := e.Enabled != nil && !*e.Enabled && isSwitch(e)
	if err != nil && !(off && domain.CodeOf(err) == domain.CodeValidation) {
		return TriggerDetails{}, err
	}
	if off { // also a trigger that cannot fire any more can be switched off
		r.Trigger = was
		r.Enabled = false
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (TriggerDetails, error) {
		now, err := tx.LockTrigger(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return TriggerDetails{}, err
		}
		if err := in.CheckRevision(now.Revision()); err != nil {
			return TriggerDetails{}, err
		}
		if now.Version != was.Version {
			return TriggerDetails{}, domain.Errorf(domain.CodeConflict,
				"Somebody else changed this trigger at the same moment. Fetch it again and retry.")
		}
		saved := r
		saved.LastAt, saved.NextAt, saved.Error, saved.Failures = now.LastAt, now.NextAt, now.Error, now.Failures
		if !reflect.DeepEqual(does(saved.Trigger), does(now)) {
			if err := v.mayOwn(ctx, tx, a, saved); err != nil {
				return TriggerDetails{}, err
			}
			saved.Owner, saved.Error = a.Starter(), ""
		}
		if saved.Enabled && !now.Enabled {
			saved.Failures, saved.Error = 0, ""
		}
		t := saved.Trigger
		if !saved.Enabled || !now.Enabled || saved.Cron != now.Cron || saved.Timezone != now.Timezone {
			t = saved.scheduled(tx.Now())
		}
		if t, err = tx.SaveTrigger(ctx, t); err != nil {
			return TriggerDetails{}, err
		}
		return v.triggerDetails(t), tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.TriggerChanged{TriggerFacts: t.Facts()})
	})
}

// isSwitch reports whether a change is about nothing but on and off.
func isSwitch(e TriggerEdit) bool {
	return e.Name == nil && e.Schedule == nil && e.Event == nil && e.Template == nil && e.Inputs == nil && e.Overlap == nil
}

// DeleteTrigger deletes a trigger with its history. Executions that it has started go on.
func (v *Verbs) DeleteTrigger(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		t, err := tx.LockTrigger(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(t.Revision()); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteTrigger(ctx, a.WorkspaceID, t.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.TriggerDeleted{TriggerFacts: t.Facts()})
	})
	return err
}
