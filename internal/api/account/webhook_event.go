package account

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

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
	e.PayloadSchema, _ = json.Marshal(dataSchema(t))
	return e
}

// dataSchema is the schema of what a request says of an event.
func dataSchema(t domain.EventType) *ops.Schema {
	s := open(ops.NewSchemas().Inline(reflect.TypeOf(t.Example)))
	for _, name := range []string{"execution_id", "content_id"} {
		if s.Properties[name] == nil {
			s.Properties[name] = &ops.Schema{Type: "integer", Description: "Where the event is about one"}
		}
	}
	return s
}

// Messages describes the requests that webhooks get, one for each event of the catalogue.
func Messages() []ops.Message {
	var list []ops.Message
	for _, t := range domain.WebhookEventTypes() {
		e := webhookEvent(t)
		list = append(list, ops.Message{
			Name:    string(t.Name),
			Chapter: chapterWebhooks,
			Summary: strings.TrimSuffix(t.Description, "."),
			Description: "Sent to each active webhook that takes `" + string(t.Name) + "`, at least once, signed as " +
				"Standard Webhooks describes. Fields may be added; ignore those that you do not know.",
			Headers: []ops.HeaderDoc{
				{Name: "webhook-id", Description: "Names the message: the same on each attempt",
					Example: "msg_7Q2ZCXHV3M5KDJ4TB6NRYAWEPU"},
				{Name: "webhook-timestamp", Description: "The time of this attempt, in Unix seconds",
					Example: "1772100000"},
				{Name: "webhook-signature",
					Description: "`v1,` and the HMAC-SHA256 in base64; several, with spaces between",
					Example:     "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="},
			},
			Schema: messageSchema(t), Example: e.PayloadExample,
			Answers: map[string]string{
				"200": "Any 2xx: it is delivered", "410": "The webhook is switched off",
				"default": "Any other answer, or none within 15 seconds: it is sent again",
			},
		})
	}
	return list
}

// messageSchema is the schema of the body of a request about an event.
func messageSchema(t domain.EventType) *ops.Schema {
	id := &ops.Schema{Type: "string", Description: "The event in the log; absent in a test"}
	link := func() *ops.Schema { return &ops.Schema{Type: "string"} }
	return &ops.Schema{
		Type: "object", Required: []string{"type", "timestamp", "data"}, AdditionalProperties: true,
		Properties: map[string]*ops.Schema{
			"type":      {Type: "string", Enum: []any{string(t.Name)}},
			"timestamp": {Type: "string", Format: "date-time", Description: "When it happened"},
			"event_id":  id,
			"test":      {Type: "boolean", Description: "Sent by hand, with the data of an example"},
			"links": {
				Type: "object", AdditionalProperties: true,
				Description: "Addresses in this API of what the event is about",
				Properties:  map[string]*ops.Schema{"execution": link(), "content": link()},
			},
			"data": dataSchema(t),
		},
	}
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
