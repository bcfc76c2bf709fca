package work

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
)

// WorkflowTriggerAttributes is a trigger. Exactly one of schedule and event is set.
type WorkflowTriggerAttributes struct {
	Name          string                      `json:"name"`
	Type          domain.TriggerType          `json:"type"`
	Schedule      ops.Maybe[TriggerTimes]     `json:"schedule"`
	Event         ops.Maybe[TriggerCondition] `json:"event"`
	Template      string                      `json:"template" doc:"Slug of the workflow template that it starts"`
	Inputs        ops.Object                  `json:"inputs" doc:"The template's inputs; texts may use the event: {{ event.content_id }}"`
	Enabled       bool                        `json:"enabled"`
	Overlap       domain.Overlap              `json:"overlap" doc:"While an execution of it still runs: skip, or queue one"`
	LastFiredAt   *time.Time                  `json:"last_fired_at" doc:"When it last started an execution; null: never"`
	NextFireAt    *time.Time                  `json:"next_fire_at" doc:"When a schedule is due next; null: never, or it waits for events"`
	NextFireTimes []string                    `json:"next_fire_times" doc:"The next five times of a schedule, with the offset of its time zone"`
	LastError     *string                     `json:"last_error" doc:"What went wrong last; null while all is well"`
	Failures      int                         `json:"failures" doc:"Failures in a row; after 10 it pauses itself"`
	Version       int                         `json:"version" doc:"Raised by each change that people make; If-Match takes it in quotes"`
	CreatedAt     time.Time                   `json:"created_at"`
	UpdatedAt     time.Time                   `json:"updated_at"`
}

// TriggerTimes is when a schedule is due.
type TriggerTimes struct {
	Cron     string `json:"cron"`
	Timezone string `json:"timezone"`
	Sentence string `json:"sentence" doc:"The same in English"`
}

// TriggerCondition is what an event trigger fires on.
type TriggerCondition struct {
	Name   domain.EventName `json:"name"`
	Filter string           `json:"filter"`
}

// FiringAttributes is one instant or event of a trigger, and what came of it.
type FiringAttributes struct {
	Fired       bool                 `json:"fired"`
	Outcome     domain.FiringOutcome `json:"outcome"`
	Reason      string               `json:"reason" doc:"Why it fired, or why not"`
	DueAt       time.Time            `json:"due_at" doc:"The instant, or the time of the event"`
	EventID     *string              `json:"event_id" doc:"Null for an instant, and for a trigger that was fired by hand"`
	ExecutionID *int64               `json:"execution_id" doc:"The execution that it started, or that was in its way"`
	MissedCount int                  `json:"missed_count" doc:"Instants before this one that were missed, as no server ran"`
	Count       int                  `json:"count" doc:"Events in a row, less than a minute apart, that this entry stands for"`
	DecidedAt   time.Time            `json:"decided_at"`
}

// TriggerDryRun is what a trigger would do.
type TriggerDryRun struct {
	Sentence      string              `json:"sentence" doc:"The schedule in English; empty for events"`
	NextFireTimes []string            `json:"next_fire_times" doc:"The next five times, with offset"`
	Events        []TriggerDryRunStep `json:"events" doc:"The last 20 events of that name, newest first"`
}

// TriggerDryRunStep is a past event, and whether a trigger would have fired on it.
type TriggerDryRunStep struct {
	EventID string     `json:"event_id"`
	At      time.Time  `json:"at"`
	Fires   bool       `json:"fires"`
	Reason  string     `json:"reason"`
	Event   ops.Object `json:"event" doc:"What expressions see as event"`
}

// SentEventAttributes is an event that was accepted.
type SentEventAttributes struct {
	Name     domain.EventName `json:"name"`
	Source   string           `json:"source" doc:"api: no consumer but triggers takes it for an event of the server's own"`
	Payload  ops.Object       `json:"payload"`
	Triggers int              `json:"triggers" doc:"How many triggers fire on it"`
	At       time.Time        `json:"at"`
}

// TriggerID names a trigger in the path.
type TriggerID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The trigger's id"`
}

// TriggerSchedule is when a schedule is due, as callers give it.
type TriggerSchedule struct {
	Cron     string `json:"cron" limit:"cron" doc:"Minute, hour, day of month, month and day of week: 0 9 * * 1-5"`
	Timezone string `json:"timezone,omitempty" limit:"timezone" doc:"IANA name; by default the workspace's"`
}

// TriggerEvent is what an event trigger fires on, as callers give it.
type TriggerEvent struct {
	Name   domain.EventName `json:"name" limit:"event_name" doc:"An event of the catalogue such as content.published, or one of your own"`
	Filter string           `json:"filter,omitempty" limit:"expression" doc:"An expression without braces over event, such as event.status == \"published\"; empty: every event"`
}

// TriggerBody is what callers say about a trigger beside its name, type and template.
type TriggerBody struct {
	Schedule *TriggerSchedule `json:"schedule,omitempty" doc:"For the type schedule"`
	Event    *TriggerEvent    `json:"event,omitempty" doc:"For the type event"`
	Inputs   ops.Object       `json:"inputs,omitempty" doc:"The template's inputs. Texts may use the event: {{ event.title }}"`
	Enabled  *bool            `json:"enabled,omitempty" doc:"Whether it fires; true for a new one"`
	Overlap  *domain.Overlap  `json:"overlap,omitempty" doc:"While an execution of it still runs: skip (the default for a new one), or queue, where one firing waits with the newest inputs"`
}

func (b TriggerBody) edit(name, template *string) work.TriggerEdit {
	e := work.TriggerEdit{
		Name: name, Template: template, Inputs: json.RawMessage(b.Inputs), Enabled: b.Enabled, Overlap: b.Overlap,
	}
	if b.Schedule != nil {
		e.Schedule = &work.TriggerSchedule{Cron: b.Schedule.Cron, Timezone: b.Schedule.Timezone}
	}
	if b.Event != nil {
		e.Event = &work.TriggerEvent{Name: b.Event.Name, Filter: b.Event.Filter}
	}
	return e
}

type createTrigger struct {
	Name     string             `json:"name" limit:"trigger_name" doc:"What people call it"`
	Type     domain.TriggerType `json:"type" doc:"schedule: at times on a calendar; event: after events"`
	Template string             `json:"template" limit:"slug" doc:"The workflow template that it starts: its slug or id"`
	TriggerBody
}

type editTrigger struct {
	TriggerID
	Name     *string `json:"name,omitempty" limit:"trigger_name" doc:"What people call it"`
	Template *string `json:"template,omitempty" limit:"slug" doc:"The workflow template that it starts: its slug or id"`
	TriggerBody
	ops.Conditional
}

type toggleTrigger struct {
	TriggerID
	Enabled *bool `json:"enabled,omitempty" doc:"The new state; by default the other one"`
	ops.Conditional
}

type deleteTrigger struct {
	TriggerID
	ops.Conditional
}

type fireTrigger struct {
	TriggerID
	Event ops.Object `json:"event,omitempty" doc:"The payload that an event trigger sees; by default that of the newest event, or an example"`
}

type listFirings struct {
	TriggerID
	ops.Paging
}

type dryRunTrigger struct {
	Type     domain.TriggerType `json:"type" doc:"schedule or event"`
	Template string             `json:"template,omitempty" limit:"filter" doc:"With a template, its inputs are tried too"`
	TriggerBody
}

type sendEvent struct {
	Name    domain.EventName `json:"name" limit:"event_name" doc:"Lower-case words with dots between them, such as crm.deal_won"`
	Payload ops.Object       `json:"payload,omitempty" doc:"What filters and inputs see as event, at most 32,000 bytes"`
}

const triggers = "/content-workflow/workflow-triggers"

// triggerTools is the toolset of the triggers.
const triggerTools = "triggers"

var chapterTriggers = ops.Chapter{
	Name: "Workflow triggers",
	Description: "A trigger starts a workflow template by itself: at times on a calendar, or after events. " +
		"Each instant and each event fires it at most once, and its history says why it fired or did not.",
}

var (
	sampleTrigger = work.TriggerDetails{
		Sentence: "At 09:00, Monday to Friday",
		Next:     []time.Time{wire.SampleTime()},
		Trigger: domain.Trigger{
			ID: 9, Name: "Weekday post", Type: domain.TriggerSchedule, Cron: "0 9 * * 1-5", Timezone: "Europe/Berlin",
			Template: "blog-and-social", Inputs: json.RawMessage(`{"topic":"Cloud costs"}`), Enabled: true,
			Overlap: domain.OverlapSkip, NextAt: wire.SampleTime(), Version: 1,
			Created: wire.SampleTime(), Updated: wire.SampleTime(),
		},
	}
	sampleFiring = domain.Firing{
		ID: 31, TriggerID: 9, DueAt: wire.SampleTime(), Outcome: domain.FiringFired, Reason: "It was due.", ExecutionID: 42,
		Count: 1, At: wire.SampleTime(),
	}
	sampleTriggerInput = map[string]any{
		"name": "Weekday post", "type": "schedule", "template": "blog-and-social",
		"schedule": map[string]any{"cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"},
		"inputs":   map[string]any{"topic": "Cloud costs"},
	}
	sampleTriggerID = map[string]any{"id": 9}
)

// times writes times with their offsets.
func times(list []time.Time) []string {
	return wire.Each(list, func(t time.Time) string { return t.Format(time.RFC3339) })
}

func trigger(t work.TriggerDetails) wire.Resource[WorkflowTriggerAttributes] {
	a := WorkflowTriggerAttributes{
		Name: t.Name, Type: t.Type, Template: t.Template, Inputs: ops.Object(t.Inputs), Enabled: t.Enabled,
		Overlap: t.Overlap, LastFiredAt: wire.Time(t.LastAt), NextFireAt: wire.Time(t.NextAt),
		NextFireTimes: times(t.Next), LastError: wire.Optional(t.Error), Failures: t.Failures, Version: t.Version,
		CreatedAt: t.Created.UTC(), UpdatedAt: t.Updated.UTC(),
	}
	if t.Type == domain.TriggerSchedule {
		a.Schedule.Value = &TriggerTimes{t.Cron, t.Timezone, t.Sentence}
	} else {
		a.Event.Value = &TriggerCondition{t.Event, t.Filter}
	}
	return wire.Resource[WorkflowTriggerAttributes]{
		Type: "workflow_trigger", ID: t.ID, Links: &wire.Links{Self: wire.Path(triggers, t.ID)}, Attributes: a,
	}
}

func viewTrigger(r *ops.Reply, t work.TriggerDetails) wire.Resource[WorkflowTriggerAttributes] {
	r.Revision = wire.Number(t.Revision())
	return trigger(t)
}

func firing(f domain.Firing) wire.Resource[FiringAttributes] {
	return wire.Resource[FiringAttributes]{
		Type: "firing", ID: f.ID, Attributes: FiringAttributes{
			Fired: f.Outcome == domain.FiringFired, Outcome: f.Outcome, Reason: f.Reason, DueAt: f.DueAt.UTC(),
			EventID: wire.Optional(f.EventID), ExecutionID: wire.Optional(f.ExecutionID), MissedCount: f.Missed,
			Count: f.Count, DecidedAt: f.At.UTC(),
		},
	}
}

func triggerRows(v *work.Verbs) []ops.Op {
	return []ops.Op{
		listTriggersRow(v), getTriggerRow(v), createTriggerRow(v), editTriggerRow(v), toggleTriggerRow(v, http.MethodPost),
		toggleTriggerRow(v, http.MethodPatch), deleteTriggerRow(v), fireTriggerRow(v), listFiringsRow(v), dryRunTriggerRow(v),
		sendEventRow(v),
	}
}

func listTriggersRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_workflow_triggers",
		Route: ops.Route{Method: http.MethodGet, Path: triggers},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "List Triggers", Description: "What starts workflow templates, and when.",
		},
		Tool: ops.Tool{
			Set:   triggerTools,
			Brief: []string{"name", "type", "template", "enabled", "next_fire_at", "last_error"},
		},
		Command: ops.Command{
			Noun: "triggers", Verb: "list", Columns: []string{"id", "name", "type", "template", "enabled", "next_fire_at"},
		},
	}, func(ctx context.Context, in wire.Page) (domain.List[work.TriggerDetails], error) {
		return v.Triggers(ctx, wire.PageOf(in.Paging))
	}, func(r *ops.Reply, l domain.List[work.TriggerDetails]) []wire.Resource[WorkflowTriggerAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, trigger)
	}, domain.List[work.TriggerDetails]{Items: []work.TriggerDetails{sampleTrigger}, Total: 1})
}

func getTriggerRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_workflow_trigger",
		Route: ops.Route{Method: http.MethodGet, Path: triggers + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "Get a trigger", Description: "A trigger with the next times of its schedule.",
			Errors: []domain.Code{domain.CodeNotFound}, Example: sampleTriggerID,
		},
		Tool:    ops.Tool{Set: triggerTools},
		Command: ops.Command{Noun: "triggers", Verb: "get"},
	}, func(ctx context.Context, in TriggerID) (work.TriggerDetails, error) {
		return v.Trigger(ctx, in.ID)
	}, func(_ *ops.Reply, t work.TriggerDetails) wire.Resource[WorkflowTriggerAttributes] {
		return trigger(t) // without an ETag: the clock changes it too
	}, sampleTrigger)
}

func listFiringsRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_trigger_firings",
		Route: ops.Route{Method: http.MethodGet, Path: triggers + "/{id}/firings"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "List a trigger's firings",
			Description: "Its history, newest first: each instant or event, whether it fired and why, and the execution. " +
				"Events that came to nothing for the same reason, less than a minute apart, share an entry that counts them. " +
				"The newest 1,000 are kept, for 90 days.",
			Errors: []domain.Code{domain.CodeNotFound}, Example: sampleTriggerID,
		},
		Tool: ops.Tool{Set: triggerTools},
		Command: ops.Command{
			Noun: "triggers", Verb: "firings", Columns: []string{"due_at", "outcome", "execution_id", "reason"},
		},
	}, func(ctx context.Context, in listFirings) (domain.List[domain.Firing], error) {
		return v.Firings(ctx, in.ID, wire.PageOf(in.Paging))
	}, func(r *ops.Reply, l domain.List[domain.Firing]) []wire.Resource[FiringAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, firing)
	}, domain.List[domain.Firing]{Items: []domain.Firing{sampleFiring}, Total: 1})
}
