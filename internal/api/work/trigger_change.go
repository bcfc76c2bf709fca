package work

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

func createTriggerRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_workflow_trigger",
		Route:          ops.Route{Method: http.MethodPost, Path: triggers, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "Create Trigger",
			Description: "It takes the scopes of all that the template may do, and its executions have the rights that its " +
				"owner, who creates it or last changes what it does, has when it fires. A time of the day that the clocks " +
				"skip fires right after the gap; one that they repeat fires once. Of the times that were missed while no " +
				"server ran, the last one fires if it is younger than 24 hours. A trigger does not fire on events of its " +
				"own executions, and a chain of triggers ends after 5. After 10 failures in a row it pauses itself. A " +
				"workspace has at most 1,000.",
			Errors: []domain.Code{domain.CodeConflict}, Example: sampleTriggerInput,
		},
		Tool: ops.Tool{
			Set: triggerTools, Description: "Creates a trigger, which starts a workflow template by itself: on a schedule " +
				"(cron and timezone) or after an event (name and filter). Check it first with dry_run_workflow_trigger.",
		},
		Command: ops.Command{Noun: "triggers", Verb: "create"},
	}, func(ctx context.Context, in createTrigger) (work.TriggerDetails, error) {
		return v.CreateTrigger(ctx, work.CreateTrigger{Type: in.Type, TriggerEdit: in.edit(&in.Name, &in.Template)})
	}, func(r *ops.Reply, t work.TriggerDetails) wire.Resource[WorkflowTriggerAttributes] {
		r.Location = wire.Path(triggers, t.ID)
		return viewTrigger(r, t)
	}, sampleTrigger)
}

func editTriggerRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_workflow_trigger",
		Route: ops.Route{Method: http.MethodPatch, Path: triggers + "/{id}"},
		Scope: domain.ScopeWrite,
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "Change a trigger",
			Description: "Changes the fields that are given; schedule, event and inputs replace what was there. Its type " +
				"stays. Who changes what it does becomes its owner.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": 9, "schedule": map[string]any{"cron": "0 7 * * *", "timezone": "Europe/Berlin"}},
		},
		Tool:    ops.Tool{Set: triggerTools},
		Command: ops.Command{Noun: "triggers", Verb: "edit"},
	}, func(ctx context.Context, in editTrigger) (work.TriggerDetails, error) {
		return v.EditTrigger(ctx, work.EditTrigger{
			ID: in.ID, TriggerEdit: in.edit(in.Name, in.Template), Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewTrigger, sampleTrigger)
}

// toggleTriggerRow is the switch of a trigger, which two methods have.
func toggleTriggerRow(v *work.Verbs, method string) ops.Op {
	o := ops.Op{
		Name:  "toggle_workflow_trigger",
		Route: ops.Route{Method: method, Path: triggers + "/{id}/toggle"},
		Scope: domain.ScopeWrite,
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "Toggle Trigger",
			Description: "Switches a trigger on or off, or to enabled. What it misses while it is off is not made up for. " +
				"Switched on, it counts its failures from 0.",
			Errors: []domain.Code{domain.CodeNotFound, domain.CodeConflict}, Example: sampleTriggerID,
		},
		Tool:    ops.Tool{Set: triggerTools},
		Command: ops.Command{Noun: "triggers", Verb: "toggle"},
	}
	if method == http.MethodPatch {
		o.Name = "switch_workflow_trigger"
		o.Tool, o.Command = ops.Tool{None: "toggle_workflow_trigger is the same"}, ops.Command{None: "toggle is the same"}
	}
	return ops.New(o, func(ctx context.Context, in toggleTrigger) (work.TriggerDetails, error) {
		return v.ToggleTrigger(ctx, work.ToggleTrigger{
			ID: in.ID, Enabled: in.Enabled, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewTrigger, sampleTrigger)
}

func deleteTriggerRow(v *work.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_workflow_trigger",
		Route: ops.Route{Method: http.MethodDelete, Path: triggers + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "Delete Trigger",
			Description: "Its history is deleted with it. Executions that it has started go on.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: sampleTriggerID,
		},
		Tool:    ops.Tool{Set: triggerTools},
		Command: ops.Command{Noun: "triggers", Verb: "delete"},
	}, func(ctx context.Context, in deleteTrigger) error {
		return v.DeleteTrigger(ctx, verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	})
}

func fireTriggerRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "fire_workflow_trigger",
		Route:          ops.Route{Method: http.MethodPost, Path: triggers + "/{id}/fire"},
		Scope:          domain.ScopeWrite,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "Fire a trigger once",
			Description: "Starts its template now, with the caller's own rights, also while it is switched off. Its filter is " +
				"not asked. The response is the entry of its history, which says what came of it.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeUnavailable},
			Example: sampleTriggerID,
		},
		Tool:    ops.Tool{Set: triggerTools},
		Command: ops.Command{Noun: "triggers", Verb: "fire"},
	}, func(ctx context.Context, in fireTrigger) (domain.Firing, error) {
		return v.FireTrigger(ctx, work.FireTrigger{ID: in.ID, Event: json.RawMessage(in.Event)})
	}, func(_ *ops.Reply, f domain.Firing) wire.Resource[FiringAttributes] { return firing(f) }, sampleFiring)
}

func dryRunTriggerRow(v *work.Verbs) ops.Op {
	example := maps.Clone(sampleTriggerInput)
	delete(example, "name")
	return ops.New(ops.Op{
		Name:  "dry_run_workflow_trigger",
		Route: ops.Route{Method: http.MethodPost, Path: triggers + "/dry-run"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "Try a trigger",
			Description: "Says what a trigger would do, and does nothing: the next five times of a schedule, or for each of " +
				"the last 20 events of that name whether it would have fired, and why.",
			Example: example,
		},
		Tool:    ops.Tool{Set: triggerTools},
		Command: ops.Command{Noun: "triggers", Verb: "try"},
	}, func(ctx context.Context, in dryRunTrigger) (work.DryRun, error) {
		return v.DryRunTrigger(ctx, work.CreateTrigger{Type: in.Type, TriggerEdit: in.edit(nil, &in.Template)})
	}, func(_ *ops.Reply, d work.DryRun) TriggerDryRun {
		return TriggerDryRun{d.Sentence, times(d.Next), wire.Each(d.Events, func(e work.TriedEvent) TriggerDryRunStep {
			return TriggerDryRunStep{e.ID, e.At.UTC(), e.Fires, e.Reason, ops.Object(e.Event)}
		})}
	}, work.DryRun{Sentence: sampleTrigger.Sentence, Next: sampleTrigger.Next})
}

func sendEventRow(v *work.Verbs) ops.Op {
	sent := work.SentEvent{
		SendEvent: work.SendEvent{Name: "crm.deal_won", Payload: json.RawMessage(`{"company":"Acme"}`)},
		At:        wire.SampleTime(), Triggers: 1,
	}
	return ops.New(ops.Op{
		Name:           "send_event",
		Route:          ops.Route{Method: http.MethodPost, Path: "/content-workflow/events"},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterTriggers, Summary: "Send an event",
			Description: "An event of your own for triggers, such as crm.deal_won. It may also have a name of the catalogue: " +
				"triggers see it with event.source \"api\", and nobody else takes it for an event of the server's.",
			Example: map[string]any{"name": "crm.deal_won", "payload": map[string]any{"company": "Acme"}},
		},
		Tool:    ops.Tool{Set: triggerTools},
		Command: ops.Command{Noun: "events", Verb: "send"},
	}, func(ctx context.Context, in sendEvent) (work.SentEvent, error) {
		return v.SendEvent(ctx, work.SendEvent{Name: in.Name, Payload: json.RawMessage(in.Payload)})
	}, func(_ *ops.Reply, s work.SentEvent) SentEventAttributes {
		return SentEventAttributes{s.Name, domain.SourceAPI, ops.Object(s.Payload), s.Triggers, s.At.UTC()}
	}, sent)
}
