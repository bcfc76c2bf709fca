package account

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
	"vellocity/internal/webhook"
)

// WebhookEvent is an event of the catalogue.
type WebhookEvent struct {
	Name           domain.EventName `json:"name"`
	Description    string           `json:"description"`
	PayloadExample ops.Object       `json:"payload_example" doc:"The whole body of a request"`
	PayloadSchema  ops.Object       `json:"payload_schema" doc:"JSON Schema (2020-12) of data in it. Fields may be added; ignore those that you do not know"`
}

func webhookEventsRow(v *account.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_webhook_events",
		Route: ops.Route{Method: http.MethodGet, Path: webhooks + "/events"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterWebhooks,
			Summary: "List the events of webhooks",
			Description: "The catalogue: each event that a webhook can get, with an example of the request's body and the " +
				"JSON Schema of its data.",
		},
		Tool:    ops.Tool{Set: webhookTools, Brief: []string{"name", "description"}},
		Command: ops.Command{Noun: "webhooks", Verb: "events", Columns: []string{"name", "description"}},
	}, func(ctx context.Context, _ struct{}) ([]domain.EventType, error) {
		return v.WebhookEvents(ctx)
	}, func(r *ops.Reply, l []domain.EventType) []WebhookEvent {
		r.Total = len(l)
		list := make([]WebhookEvent, len(l))
		for i, t := range l {
			list[i] = webhookEvent(t)
		}
		return list
	}, domain.WebhookEventTypes()[:1])
}

func webhookEvent(t domain.EventType) WebhookEvent {
	e := WebhookEvent{Name: t.Name, Description: t.Description}
	message, err := webhook.Example(t, sampleTime)
	if err != nil {
		return e // a test holds that every example can be written
	}
	// Both are made of values that the program has itself.
	e.PayloadExample, _ = json.Marshal(message)
	s := open(ops.NewSchemas().Inline(reflect.TypeOf(t.Example)))
	for _, name := range []string{"execution_id", "content_id"} {
		if s.Properties[name] == nil {
			s.Properties[name] = &ops.Schema{Type: "integer", Description: "Where the event is about one"}
		}
	}
	e.PayloadSchema, _ = json.Marshal(s)
	return e
}

// open returns a schema that allows further fields: events get new ones.
func open(s *ops.Schema) *ops.Schema {
	if s == nil {
		return nil
	}
	if s.Type == "object" {
		s.AdditionalProperties = true
	}
	open(s.Items)
	for _, p := range s.Properties {
		open(p)
	}
	return s
}
