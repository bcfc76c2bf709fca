package work

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// TriggerEvents returns the events that [Verbs.NoteEvents] wants: those that triggers fire
// on, the ends of executions, and what callers send.
func (v *Verbs) TriggerEvents(ctx context.Context) ([]domain.EventName, error) {
	list, err := v.store.Read().TriggerEvents(ctx)
	for _, n := range []domain.EventName{
		domain.EventExecutionCompleted, domain.EventExecutionFailed, domain.EventExecutionCancelled, domain.EventReceived,
	} {
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list, err
}

// NoteEvents notes in the histories of triggers which events have come for them, and counts
// how their executions have ended. It is the handler of a consumer of
// [Verbs.TriggerEvents]; [Verbs.DecideFirings] does the rest, outside of its transaction.
func (v *Verbs) NoteEvents(ctx context.Context, tx *store.Tx, events []domain.Event) error {
	var ids []int64
	for _, e := range events {
		ids = append(ids, causes(e)...)
	}
	executions, err := tx.ExecutionHeads(ctx, ids)
	if err != nil {
		return err
	}
	if err := countEnds(ctx, tx, events, executions); err != nil {
		return err
	}
	for _, e := range events {
		if err := noteEvent(ctx, tx, e, executions); err != nil {
			return err
		}
	}
	tx.AfterCommit(v.wakeFirings)
	return nil
}

// causes returns the executions that an event comes from: the one that it is about, and the
// one that acted.
func causes(e domain.Event) (ids []int64) {
	if e.ExecutionID != 0 {
		ids = append(ids, e.ExecutionID)
	}
	if e.ActorKind == domain.ActorSystem && e.ActorID != 0 && e.ActorID != e.ExecutionID {
		ids = append(ids, e.ActorID)
	}
	return ids
}

// countEnds counts the failures in a row of the triggers whose executions have ended.
func countEnds(
	ctx context.Context, tx *store.Tx, events []domain.Event, executions map[int64]domain.Execution,
) error {
	ends := map[int64][]domain.Execution{} // by trigger
	for _, e := range events {
		x := executions[e.ExecutionID]
		if x.Cause.TriggerID != 0 && (e.Name == domain.EventExecutionCompleted || e.Name == domain.EventExecutionFailed) {
			ends[x.Cause.TriggerID] = append(ends[x.Cause.TriggerID], x)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ends)) { // always in one order, as each is locked
		t, err := tx.LockTrigger(ctx, ends[id][0].WorkspaceID, id)
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		for _, x := range ends[id] {
			if x.Error == "" {
				t.Failures, t.Error = 0, ""
			} else if err := failed(ctx, tx, &t, fmt.Sprintf("Execution %d failed: %s", x.ID, x.Error)); err != nil {
				return err
			}
		}
		if err := tx.SaveTriggerState(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// noteEvent adds an event to the history of each trigger that fires on it.
func noteEvent(ctx context.Context, tx *store.Tx, e domain.Event, executions map[int64]domain.Execution) error {
	name, event, err := seen(e)
	if err != nil {
		return err
	}
	ids, err := tx.TriggersOn(ctx, e.WorkspaceID, name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		f := domain.Firing{
			TriggerID: id, WorkspaceID: e.WorkspaceID, Key: "e:" + e.ID, DueAt: e.At, EventID: e.ID,
			Outcome: domain.FiringPending, Depth: 1, Event: event,
		}
		for _, cause := range causes(e) {
			x := executions[cause]
			f.Depth = max(f.Depth, x.Cause.Depth+1)
			if x.Cause.TriggerID == id {
				f.Outcome = domain.FiringOwnExecution
				f.Reason = "A trigger does not fire on events of executions that it has started."
			}
		}
		made, fresh, err := tx.CreateFiring(ctx, f)
		if err != nil {
			return err
		}
		if fresh && made.Outcome == domain.FiringOwnExecution {
			if err := fold(ctx, tx, made); err != nil {
				return err
			}
		}
	}
	return nil
}

// seen returns the name of an event as triggers know it, and what their expressions see as
// event: the payload, with name, at, content_id and execution_id where it has none of its
// own, and source.
func seen(e domain.Event) (domain.EventName, json.RawMessage, error) {
	name, payload, source := e.Name, e.Payload, domain.SourceVellocity
	if e.Name == domain.EventReceived {
		var r domain.Received
		if err := json.Unmarshal(e.Payload, &r); err != nil {
			return "", nil, fmt.Errorf("read the event %s: %w", e.ID, err)
		}
		name, payload, source = r.Name, r.Payload, domain.SourceAPI
	}
	event, err := eventOf(name, payload, source, e.At)
	if err != nil || e.ContentID == 0 && e.ExecutionID == 0 {
		return name, event, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(event, &fields); err != nil {
		return "", nil, fmt.Errorf("read the event %s: %w", e.ID, err)
	}
	for key, id := range map[string]int64{"content_id": e.ContentID, "execution_id": e.ExecutionID} {
		if _, has := fields[key]; !has && id != 0 {
			fields[key] = fmt.Append(nil, id)
		}
	}
	event, err = json.Marshal(fields)
	return name, event, err
}

// eventOf builds what expressions see as event of a payload, an object.
func eventOf(name domain.EventName, payload json.RawMessage, source string, at time.Time) (json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if len(payload) > 0 {
		if err := json.Unmarshal(payload, &fields); err != nil {
			return nil, fmt.Errorf("read the payload of %s: %w", name, err)
		}
	}
	for key, value := range map[string]string{"name": string(name), "at": at.UTC().Format(time.RFC3339)} {
		if _, has := fields[key]; !has {
			fields[key] = fmt.Appendf(nil, "%q", value)
		}
	}
	fields["source"] = fmt.Appendf(nil, "%q", source)
	return json.Marshal(fields)
}

// wakeFirings makes this node decide about firings at once.
func (v *Verbs) wakeFirings() {
	select {
	case v.firings <- struct{}{}:
	default:
	}
}

// FiringsNoted is signalled when events have come for triggers.
func (v *Verbs) FiringsNoted() <-chan struct{} { return v.firings }

// SendEvent is an event that a caller sends.
type SendEvent struct {
	Name    domain.EventName
	Payload json.RawMessage // an object; empty: {}
}

// SentEvent is an event that was accepted.
type SentEvent struct {
	SendEvent
	At       time.Time
	Triggers int // that fire on it
}

// SendEvent appends an event of the caller's own to the log, for triggers alone: under
// whatever name it comes, nobody takes it for an event of the server's.
func (v *Verbs) SendEvent(ctx context.Context, in SendEvent) (SentEvent, error) {
	if _, err := verb.Caller(ctx, domain.ScopeWrite); err != nil {
		return SentEvent{}, err
	}
	var p domain.Problems
	domain.CheckEventName(&p, "name", in.Name)
	in.Payload = checkPayload(&p, "payload", in.Payload)
	if err := p.Err(); err != nil {
		return SentEvent{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (SentEvent, error) {
		ids, err := tx.TriggersOn(ctx, a.WorkspaceID, in.Name)
		if err != nil {
			return SentEvent{}, err
		}
		return SentEvent{in, tx.Now(), len(ids)}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.Received{Name: in.Name, Source: domain.SourceAPI, Payload: in.Payload})
	})
}

// checkPayload notes a fault unless a payload is an object within its bounds, and returns
// it, {} where there is none.
func checkPayload(p *domain.Problems, path string, payload json.RawMessage) json.RawMessage {
	if len(payload) == 0 {
		return json.RawMessage(`{}`)
	}
	var value map[string]any
	switch {
	case len(payload) > domain.MaxEventPayload:
		p.Add(path, "The %s field has %d bytes; %d are the most", domain.Leaf(path), len(payload), domain.MaxEventPayload)
	case json.Unmarshal(payload, &value) != nil || value == nil:
		p.Type(path, "an object")
	default:
		p.CheckTexts(path, value)
	}
	return payload
}
