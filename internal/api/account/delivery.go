package account

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
)

// WebhookDeliveryAttributes is an event on its way to a webhook.
type WebhookDeliveryAttributes struct {
	MessageID     string                     `json:"message_id" doc:"The header webhook-id, the same on each attempt"`
	Event         domain.EventName           `json:"event"`
	EventID       *string                    `json:"event_id" doc:"Null for a test"`
	Test          bool                       `json:"test" doc:"Whether it is an example that was sent by hand"`
	Status        domain.DeliveryStatus      `json:"status"`
	AttemptCount  int                        `json:"attempt_count" doc:"How many attempts the log has"`
	LastAttempt   ops.Maybe[DeliveryAttempt] `json:"last_attempt"`
	NextAttemptAt *time.Time                 `json:"next_attempt_at" doc:"Null: it has ended"`
	CreatedAt     time.Time                  `json:"created_at"`
	EndedAt       *time.Time                 `json:"ended_at" doc:"Null: it has not"`
}

// WebhookDeliveryDetailsAttributes is a delivery with its attempts and the body of its requests.
type WebhookDeliveryDetailsAttributes struct {
	WebhookDeliveryAttributes
	Attempts []DeliveryAttempt `json:"attempts" doc:"Oldest first, the newest 20"`
	Payload  ops.Object        `json:"payload" doc:"The body of each request"`
}

// DeliveryAttempt is one request.
type DeliveryAttempt struct {
	At           time.Time `json:"at"`
	ResponseCode *int      `json:"response_code" doc:"Null: no response came"`
	DurationMS   int64     `json:"duration_ms"`
	Response     string    `json:"response" doc:"The first 1,000 characters of its body"`
	Error        *string   `json:"error" doc:"Why it failed, in words; null: it succeeded"`
}

// Redelivered says how many deliveries are sent again.
type Redelivered struct {
	Queued int  `json:"queued" doc:"How many are sent again"`
	More   bool `json:"more" doc:"Whether there may be more, since one call takes 10,000 at most"`
}

type listDeliveries struct {
	WebhookID
	wire.DateRange
	Status domain.DeliveryStatus `json:"status,omitempty" in:"query" doc:"Only those"`
	Event  domain.WebhookEvent   `json:"event,omitempty" in:"query" doc:"Only those of an event, such as content.published"`
	ops.Paging
}

type deliveryID struct {
	WebhookID
	Delivery int64 `json:"delivery" in:"path" minimum:"1" doc:"The delivery's id"`
}

type testWebhook struct {
	WebhookID
	Event domain.WebhookEvent `json:"event,omitempty" doc:"The event of which an example is sent; by default the first that the webhook gets"`
}

type redeliverFailed struct {
	WebhookID
	Since time.Time `json:"since" doc:"Deliveries that were created before stay as they are"`
}

const deliveries = webhooks + "/{id}/deliveries"

var (
	sampleDelivery = domain.Delivery{
		ID: 48, WebhookID: sampleWebhook.ID, MessageID: "msg_7Q2ZCXHV3M5KDJ4TB6NRYAWEPU", EventID: "48213",
		Event: domain.EventContentPublished, Status: domain.DeliveryDelivered,
		Body:      []byte(`{"type":"content.published","timestamp":"2026-02-26T10:00:00Z","event_id":"48213","data":{"content_id":101}}`),
		Attempts:  []domain.DeliveryAttempt{{At: sampleTime, Code: 200, Millis: 84, Answer: "ok"}},
		CreatedAt: sampleTime, EndedAt: sampleTime,
	}
	sampleWaiting = domain.Delivery{
		ID: 49, WebhookID: sampleWebhook.ID, MessageID: "msg_2M5KDJ4TB6NRYAWEPU7Q2ZCXHV",
		Event: domain.EventContentPublished, Test: true, Status: domain.DeliveryPending,
		Body:   []byte(`{"type":"content.published","timestamp":"2026-02-26T10:00:00Z","test":true,"data":{"content_id":101}}`),
		NextAt: sampleTime, CreatedAt: sampleTime,
	}
	sampleDeliveryID = map[string]any{"id": sampleWebhook.ID, "delivery": sampleDelivery.ID}
)

func testWebhookRow(v *account.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "test_webhook",
		Route:          ops.Route{Method: http.MethodPost, Path: webhooks + "/{id}/test", Status: http.StatusAccepted},
		Scope:          domain.ScopeWebhooks,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterWebhooks,
			Summary: "Send a test to a webhook",
			Description: "Sends an example of an event, once, signed as any other, with test true in its body. Read the " +
				"delivery to see what came of it.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleWebhook.ID, "event": "content.published"},
		},
		Tool:    ops.Tool{Set: webhookTools},
		Command: ops.Command{Noun: "webhooks", Verb: "test"},
	}, func(ctx context.Context, in testWebhook) (domain.Delivery, error) {
		return v.TestWebhook(ctx, account.TestWebhook{ID: in.ID, Event: in.Event})
	}, viewDelivery, sampleWaiting)
}

func listDeliveriesRow(v *account.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_webhook_deliveries",
		Route: ops.Route{Method: http.MethodGet, Path: deliveries},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterWebhooks,
			Summary:     "List a webhook's deliveries",
			Description: "The log, newest first: each event, what came of it, and when it is tried next. Kept for 30 days.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     sampleWebhookID,
		},
		Tool: ops.Tool{Set: webhookTools},
		Command: ops.Command{
			Noun: "webhooks", Verb: "deliveries",
			Columns: []string{"id", "created_at", "event", "status", "attempt_count", "next_attempt_at"},
		},
	}, func(ctx context.Context, in listDeliveries) (domain.List[domain.Delivery], error) {
		created, err := in.Read(ctx, v.Profile)
		if err != nil {
			return domain.List[domain.Delivery]{}, err
		}
		return v.Deliveries(ctx, account.ListDeliveries{
			Webhook: in.ID,
			Filter:  domain.DeliveryFilter{Status: in.Status, Event: domain.EventName(in.Event), Created: created},
			Page:    wire.PageOf(in.Paging),
		})
	}, func(r *ops.Reply, l domain.List[domain.Delivery]) []wire.Resource[WebhookDeliveryAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, func(d domain.Delivery) wire.Resource[WebhookDeliveryAttributes] {
			return deliveryResource(d, deliveryAttributes(d))
		})
	}, domain.List[domain.Delivery]{Items: []domain.Delivery{sampleDelivery}, Total: 1})
}

func getDeliveryRow(v *account.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_webhook_delivery",
		Route: ops.Route{Method: http.MethodGet, Path: deliveries + "/{delivery}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterWebhooks,
			Summary:     "Get a delivery",
			Description: "One delivery with its attempts, what the receiver answered, and the body of its requests.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     sampleDeliveryID,
		},
		Tool:    ops.Tool{Set: webhookTools},
		Command: ops.Command{Noun: "webhooks", Verb: "delivery"},
	}, func(ctx context.Context, in deliveryID) (domain.Delivery, error) {
		return v.Delivery(ctx, account.DeliveryID{Webhook: in.ID, ID: in.Delivery})
	}, viewDelivery, sampleDelivery)
}

func redeliverRow(v *account.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name: "redeliver_webhook",
		Route: ops.Route{
			Method: http.MethodPost, Path: deliveries + "/{delivery}/redeliver", Status: http.StatusAccepted,
		},
		Scope:          domain.ScopeWebhooks,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterWebhooks,
			Summary: "Send a delivery again",
			Description: "Sends it at once, whatever came of it before, with the same webhook-id and body. Where that fails, " +
				"its schedule begins again.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: sampleDeliveryID,
		},
		Tool:    ops.Tool{Set: webhookTools},
		Command: ops.Command{Noun: "webhooks", Verb: "redeliver"},
	}, func(ctx context.Context, in deliveryID) (domain.Delivery, error) {
		return v.Redeliver(ctx, account.DeliveryID{Webhook: in.ID, ID: in.Delivery})
	}, viewDelivery, sampleWaiting)
}

func redeliverFailedRow(v *account.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "redeliver_failed_webhooks",
		Route:          ops.Route{Method: http.MethodPost, Path: webhooks + "/{id}/redeliver", Status: http.StatusAccepted},
		Scope:          domain.ScopeWebhooks,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter:     chapterWebhooks,
			Summary:     "Send all failed deliveries again",
			Description: "Sends those of one webhook that have failed for good since a moment, the oldest first.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"id": sampleWebhook.ID, "since": "2026-02-26T10:00:00Z"},
		},
		Tool:    ops.Tool{Set: webhookTools},
		Command: ops.Command{Noun: "webhooks", Verb: "redeliver-failed"},
	}, func(ctx context.Context, in redeliverFailed) (int, error) {
		return v.RedeliverFailed(ctx, account.RedeliverFailed{Webhook: in.ID, Since: in.Since})
	}, func(_ *ops.Reply, n int) Redelivered { return Redelivered{n, n == domain.MostRedelivered} }, 12)
}

func viewDelivery(r *ops.Reply, d domain.Delivery) wire.Resource[WebhookDeliveryDetailsAttributes] {
	r.Location = deliveryPath(d)
	return deliveryResource(d, WebhookDeliveryDetailsAttributes{
		WebhookDeliveryAttributes: deliveryAttributes(d),
		Attempts:                  wire.Each(d.Attempts, attempt),
		Payload:                   ops.Object(d.Body),
	})
}

func deliveryPath(d domain.Delivery) string {
	return wire.Path(webhooks, d.WebhookID) + "/deliveries/" + wire.Number(d.ID)
}

func deliveryResource[A any](d domain.Delivery, a A) wire.Resource[A] {
	return wire.Resource[A]{
		Type: "webhook_delivery", ID: d.ID, Links: &wire.Links{Self: deliveryPath(d)}, Attributes: a,
	}
}

func deliveryAttributes(d domain.Delivery) WebhookDeliveryAttributes {
	a := WebhookDeliveryAttributes{
		MessageID:     d.MessageID,
		Event:         d.Event,
		EventID:       wire.Optional(d.EventID),
		Test:          d.Test,
		Status:        d.Status,
		AttemptCount:  len(d.Attempts),
		NextAttemptAt: wire.Time(d.NextAt),
		CreatedAt:     d.CreatedAt.UTC(),
		EndedAt:       wire.Time(d.EndedAt),
	}
	if n := len(d.Attempts); n > 0 {
		last := attempt(d.Attempts[n-1])
		a.LastAttempt.Value = &last
	}
	return a
}

func attempt(a domain.DeliveryAttempt) DeliveryAttempt {
	return DeliveryAttempt{a.At.UTC(), wire.Optional(a.Code), a.Millis, a.Answer, wire.Optional(a.Error)}
}
