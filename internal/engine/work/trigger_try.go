package work

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// FireTrigger says which trigger to fire by hand.
type FireTrigger struct {
	ID    int64
	Event json.RawMessage // the payload that an event trigger sees; empty: that of the newest event, or an example
}

// FireTrigger fires a trigger once, with the caller's own rights: its filter is not asked,
// and it may be switched off. Overlap holds as ever. The firing says what came of it.
func (v *Verbs) FireTrigger(ctx context.Context, in FireTrigger) (domain.Firing, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.Firing{}, err
	}
	t, err := v.store.Read().Trigger(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return domain.Firing{}, err
	}
	if err := v.node.Accepting(); err != nil {
		return domain.Firing{}, err
	}
	var p domain.Problems
	if len(in.Event) > 0 && t.Type == domain.TriggerSchedule {
		p.Add("event", "The event field belongs to a trigger of the type event; this one has a schedule")
	}
	checkPayload(&p, "event", in.Event)
	if err := p.Err(); err != nil {
		return domain.Firing{}, err
	}
	f := domain.Firing{
		TriggerID: t.ID, WorkspaceID: t.WorkspaceID, Key: "m:" + rand.Text(), DueAt: v.store.Now(), Depth: 1,
		Outcome: domain.FiringPending, By: a.Starter(),
	}
	if f.Event, err = v.eventByHand(ctx, t, in.Event, f.DueAt); err != nil {
		return f, err
	}
	d, err := v.judge(ctx, t, f)
	if err != nil {
		return f, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.Firing, error) {
		locked, err := tx.LockTrigger(ctx, a.WorkspaceID, t.ID)
		if err != nil {
			return f, err
		}
		if d.outcome == "" {
			if err := a.RequireAll(domain.EffectScopes(d.order.Effects)); err != nil {
				return f, err
			}
		}
		made, _, err := tx.CreateFiring(ctx, f)
		if err != nil {
			return f, err
		}
		if made, err = v.settle(ctx, tx, &locked, made, d); err != nil {
			return made, err
		}
		return made, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.TriggerFired{TriggerFacts: locked.Facts(), Outcome: made.Outcome})
	})
}

// eventByHand returns what the expressions see as event when somebody fires a trigger: what
// was given, else the newest event of its name, else the example of the catalogue.
func (v *Verbs) eventByHand(
	ctx context.Context, t domain.Trigger, given json.RawMessage, at time.Time,
) (json.RawMessage, error) {
	if t.Type == domain.TriggerSchedule {
		return eventOf(domain.ScheduleDue, json.RawMessage(`{"missed_count":0}`), domain.SourceVellocity, at)
	}
	if len(given) > 0 {
		return eventOf(t.Event, given, domain.SourceAPI, at)
	}
	last, err := v.pastEvents(ctx, t.WorkspaceID, t.Event, 1)
	if err != nil {
		return nil, err
	}
	if len(last) > 0 {
		return last[0].event, nil
	}
	for _, known := range domain.EventTypes() {
		if known.Name == t.Event {
			payload, err := json.Marshal(known.Example)
			if err != nil {
				return nil, err
			}
			return eventOf(t.Event, payload, domain.SourceVellocity, at)
		}
	}
	return eventOf(t.Event, nil, domain.SourceAPI, at)
}

// pastEvent is an event of the log as triggers see it.
type pastEvent struct {
	domain.Event
	event json.RawMessage
}

// receivedWindow is how many of the newest events that callers have sent are searched for
// those of one name.
const receivedWindow = 500

// pastEvents returns the newest events of a name, newest first.
func (v *Verbs) pastEvents(
	ctx context.Context, workspaceID int64, name domain.EventName, most int,
) (list []pastEvent, err error) {
	rows, err := v.store.Read().
		LastEvents(ctx, workspaceID, []domain.EventName{name, domain.EventReceived}, receivedWindow)
	for _, e := range rows {
		if len(list) == most {
			break
		}
		as, event, wrong := seen(e)
		if wrong == nil && as == name {
			list = append(list, pastEvent{e, event})
		}
	}
	return list, err
}

// DryRun is what a trigger would do: when it would be due, and which past events it would
// have fired on.
type DryRun struct {
	Sentence string
	Next     []time.Time
	Events   []TriedEvent // newest first
}

// TriedEvent is a past event, and whether a trigger would have fired on it.
type TriedEvent struct {
	ID     string
	At     time.Time
	Fires  bool
	Reason string
	Event  json.RawMessage // what the expressions see as event
}

// DryRunTrigger says what a trigger would do, and does nothing. What is wrong with it comes
// back at once, as by [Verbs.CreateTrigger]; only name and template may be missing.
func (v *Verbs) DryRunTrigger(ctx context.Context, in CreateTrigger) (out DryRun, err error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return out, err
	}
	r, err := v.tryTrigger(ctx, a.WorkspaceID, in)
	if err != nil {
		return out, err
	}
	out.Events = []TriedEvent{}
	if r.Type == domain.TriggerSchedule {
		out.Sentence, out.Next = r.schedule.Sentence(), r.schedule.NextN(v.store.Now(), nextTimes)
		return out, nil
	}
	past, err := v.pastEvents(ctx, a.WorkspaceID, r.Event, domain.DryRunEvents)
	for _, e := range past {
		tried := TriedEvent{ID: e.ID, At: e.At, Event: e.event, Reason: firedBecause(r.Trigger, domain.Firing{})}
		holds, wrong := v.passes(ctx, r, e.event)
		switch {
		case wrong != nil:
			tried.Reason = "The filter cannot be decided: " + wrong.Error()
		case !holds:
			tried.Reason = "The filter is false: " + r.Filter
		case r.program == nil:
			tried.Fires = true
		default:
			_, err := v.orderOf(ctx, r, e.event)
			d, err := refusal(verdict{}, err)
			if err != nil {
				return out, err
			}
			if tried.Fires = d.outcome == ""; !tried.Fires {
				tried.Reason = "The execution would not start: " + d.reason
			}
		}
		out.Events = append(out.Events, tried)
	}
	return out, err
}

func (v *Verbs) tryTrigger(ctx context.Context, workspaceID int64, in CreateTrigger) (readTrigger, error) {
	w, err := v.store.Read().Workspace(ctx, workspaceID)
	if err != nil {
		return readTrigger{}, err
	}
	var p domain.Problems
	t := domain.Trigger{WorkspaceID: workspaceID, Type: in.Type, Name: "Dry run"}
	in.Name = nil
	in.apply(&p, &t, w.Timezone)
	r := readTrigger{Trigger: t}
	if t.Template != "" {
		r, err = v.readTrigger(ctx, &p, t)
		return r, firstOf(err, p.Err())
	}
	r.readHead(&p)
	switch t.Type {
	case domain.TriggerSchedule:
		r.readSchedule(&p)
	case domain.TriggerEvent:
		r.readEvent(&p)
	}
	return r, p.Err()
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
