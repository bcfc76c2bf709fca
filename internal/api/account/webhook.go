package account

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// WebhookAttributes is an address that gets events, without its secret.
type WebhookAttributes struct {
	URL              string             `json:"url"`
	Events           []domain.EventName `json:"events"`
	Description      *string            `json:"description"`
	Active           bool               `json:"active"`
	LastTriggeredAt  *time.Time         `json:"last_triggered_at" doc:"When a request was last sent; null: never"`
	LastResponseCode *int               `json:"last_response_code" doc:"The status of its response; null: none came"`
	FailureCount     int                `json:"failure_count" doc:"Requests that failed since the last one that succeeded"`
	FailingSince     *time.Time         `json:"failing_since" doc:"The first of them; null: none"`
	DisableAt        *time.Time         `json:"disable_at" doc:"When it is switched off unless a request succeeds before; null: it does not fail"`
	DisabledReason   *string            `json:"disabled_reason" doc:"Why the server has switched it off; null: it has not"`
	DisabledAt       *time.Time         `json:"disabled_at"`
	OldSecretUntil   *time.Time         `json:"old_secret_until" doc:"How long requests carry the signature of the secret before the last rotation, too; null: they do not"`
	CreatedAt        time.Time          `json:"created_at"`
	UpdatedAt        time.Time          `json:"updated_at"`
}

// WebhookMeta has the signing secret of a webhook, this once.
type WebhookMeta struct {
	Secret  *string `json:"secret" doc:"The signing secret: 64 characters, the base64 of 48 bytes. Standard Webhooks libraries take it with or without whsec_ before it. Null when the response is replayed"`
	Warning string  `json:"warning"`
}

type createWebhook struct {
	URL         string                `json:"url" limit:"webhook_url" doc:"Where requests go: https:// and a public host"`
	Events      []domain.WebhookEvent `json:"events" limit:"webhook_events" doc:"The events that it gets, of the catalogue: see list_webhook_events"`
	Description *string               `json:"description,omitempty" limit:"webhook_description" doc:"What it is for"`
	Active      *bool                 `json:"active,omitempty" doc:"Whether it gets events; by default true"`
}

type editWebhook struct {
	WebhookID
	ops.Conditional
	URL         *string                `json:"url,omitempty" limit:"webhook_url" doc:"Where requests go, those that wait included"`
	Events      *[]domain.WebhookEvent `json:"events,omitempty" limit:"webhook_events" doc:"The events that it gets, in place of those before"`
	Description *string                `json:"description,omitempty" null:"clears" limit:"webhook_description" doc:"What it is for; null for nothing"`
	Active      *bool                  `json:"active,omitempty" doc:"Whether it gets events"`
}

type rotateWebhook struct {
	WebhookID
	Grace int `json:"grace_seconds,omitempty" limit:"webhook_grace" default:"86400" doc:"How long requests carry the old secret's signature, too, in seconds"`
}

// WebhookID names a webhook in the path.
type WebhookID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The webhook's id"`
}

type deleteWebhook struct {
	WebhookID
	ops.Conditional
}

const (
	webhooks         = "/partners/webhooks"
	webhookTools     = "webhooks"
	webhookShown     = "Copy the secret now: it is shown only once."
	webhookSecretOld = "The secret was shown when it was created and cannot be shown again."
)

var (
	chapterWebhooks = ops.Chapter{
		Name:        "Webhooks",
		Description: "Events as signed requests to your own address, by the rules of Standard Webhooks.",
	}
	sampleWebhook = domain.Webhook{
		ID: 3, URL: "https://example.com/hooks/vellocity",
		Events:      []domain.EventName{domain.EventContentPublished, domain.EventExecutionFailed},
		Description: "Website", Active: true, LastTriggeredAt: sampleTime, LastResponseCode: 200, Version: 1,
		CreatedAt: sampleTime, UpdatedAt: sampleTime,
	}
	sampleNewWebhook = account.NewWebhook{ //nolint:gosec // 48 zeros
		Webhook: domain.Webhook{
			ID: 3, URL: sampleWebhook.URL, Events: sampleWebhook.Events, Description: "Website", Active: true, Version: 1,
			CreatedAt: sampleTime, UpdatedAt: sampleTime,
		},
		Secret: "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw",
	}
	sampleWebhookID = map[string]any{"id": sampleWebhook.ID}
)

func webhookRows(v *account.Verbs) []ops.Op {
	return []ops.Op{
		listWebhooksRow(v), createWebhookRow(v), webhookEventsRow(v),
		ops.New(ops.Op{
			Name:  "get_webhook",
			Route: ops.Route{Method: http.MethodGet, Path: webhooks + "/{id}"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapterWebhooks,
				Summary:     "Get a webhook",
				Description: "One webhook, without its secret.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     sampleWebhookID,
			},
			Tool:    ops.Tool{Set: webhookTools},
			Command: ops.Command{Noun: "webhooks", Verb: "get"},
		}, func(ctx context.Context, in WebhookID) (domain.Webhook, error) {
			return v.Webhook(ctx, in.ID)
		}, viewWebhook, sampleWebhook),
		editWebhookRow(v), deleteWebhookRow(v), rotateWebhookRow(v), testWebhookRow(v),
		listDeliveriesRow(v), getDeliveryRow(v), redeliverRow(v), redeliverFailedRow(v),
	}
}

func listWebhooksRow(v *account.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_webhooks",
		Route: ops.Route{Method: http.MethodGet, Path: webhooks},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterWebhooks,
			Summary:     "List webhooks",
			Description: "Every webhook of the workspace, in the order of their creation.",
		},
		Tool: ops.Tool{Set: webhookTools},
		Command: ops.Command{
			Noun: "webhooks", Verb: "list",
			Columns: []string{"id", "url", "active", "last_triggered_at", "last_response_code", "failure_count"},
		},
	}, func(ctx context.Context, in wire.Page) (domain.List[domain.Webhook], error) {
		return v.Webhooks(ctx, account.ListWebhooks{Page: wire.PageOf(in.Paging)})
	}, func(r *ops.Reply, l domain.List[domain.Webhook]) []wire.Resource[WebhookAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, webhookOf)
	}, domain.List[domain.Webhook]{Items: []domain.Webhook{sampleWebhook}, Total: 1})
}

func createWebhookRow(v *account.Verbs) ops.Op {
	return ops.NewRedacted(ops.Op{
		Name:           "create_webhook",
		Route:          ops.Route{Method: http.MethodPost, Path: webhooks, Status: http.StatusCreated},
		Scope:          domain.ScopeWebhooks,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterWebhooks,
			Summary: "Create a webhook",
			Description: "From now on each event that it names is sent to the address as a signed POST request. The signing " +
				"secret is in meta.secret, once.",
			Meta:   WebhookMeta{},
			Errors: []domain.Code{domain.CodePlanLimit},
			Example: map[string]any{
				"url": sampleWebhook.URL, "events": []string{"content.published", "execution.failed"}, "description": "Website",
			},
		},
		Tool:    ops.Tool{None: noSecrets},
		Command: ops.Command{Noun: "webhooks", Verb: "create"},
	}, func(ctx context.Context, in createWebhook) (account.NewWebhook, error) {
		return v.CreateWebhook(ctx, account.WebhookEdit{
			URL: &in.URL, Events: &in.Events, Description: in.Description, Active: in.Active,
		})
	}, viewNewWebhook, withoutWebhookSecret, sampleNewWebhook)
}

func editWebhookRow(v *account.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_webhook",
		Route: ops.Route{Method: http.MethodPatch, Path: webhooks + "/{id}"},
		Scope: domain.ScopeWebhooks,
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterWebhooks,
			Summary: "Edit a webhook",
			Description: "Changes the fields that are given. Events that happen while it is not active are not sent to it. " +
				"Deliveries that wait are kept, and sent once it is active again.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"id": sampleWebhook.ID, "active": true},
		},
		Tool:    ops.Tool{Set: webhookTools},
		Command: ops.Command{Noun: "webhooks", Verb: "edit"},
	}, func(ctx context.Context, in editWebhook) (domain.Webhook, error) {
		return v.EditWebhook(ctx, account.EditWebhook{
			ID: in.ID,
			WebhookEdit: account.WebhookEdit{
				URL: in.URL, Events: in.Events, Description: in.Description, Active: in.Active,
			},
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewWebhook, sampleWebhook)
}

func deleteWebhookRow(v *account.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_webhook",
		Route: ops.Route{Method: http.MethodDelete, Path: webhooks + "/{id}"},
		Scope: domain.ScopeWebhooks,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterWebhooks,
			Summary:     "Delete a webhook",
			Description: "Nothing more is sent, not even what waits. Its secret and its log are deleted.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     sampleWebhookID,
		},
		Tool:    ops.Tool{Set: webhookTools},
		Command: ops.Command{Noun: "webhooks", Verb: "delete"},
	}, func(ctx context.Context, in deleteWebhook) error {
		return v.DeleteWebhook(ctx, verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	})
}

func rotateWebhookRow(v *account.Verbs) ops.Op {
	return ops.NewRedacted(ops.Op{
		Name:           "rotate_webhook_secret",
		Route:          ops.Route{Method: http.MethodPost, Path: webhooks + "/{id}/rotate-secret"},
		Scope:          domain.ScopeWebhooks,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterWebhooks,
			Summary: "Rotate a webhook's secret",
			Description: "The new secret is in meta.secret, once. Requests carry both signatures until the grace period ends, " +
				"so that receivers can change theirs meanwhile.",
			Meta:    WebhookMeta{},
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"id": sampleWebhook.ID, "grace_seconds": 3600},
		},
		Tool:    ops.Tool{None: noSecrets},
		Command: ops.Command{Noun: "webhooks", Verb: "rotate"},
	}, func(ctx context.Context, in rotateWebhook) (account.NewWebhook, error) {
		return v.RotateWebhook(ctx, account.RotateWebhook{ID: in.ID, Grace: time.Duration(in.Grace) * time.Second})
	}, viewNewWebhook, withoutWebhookSecret, sampleNewWebhook)
}

// withoutWebhookSecret is the webhook as an answer that is stored for a replay has it.
func withoutWebhookSecret(w account.NewWebhook) account.NewWebhook {
	return account.NewWebhook{Webhook: w.Webhook}
}

func viewNewWebhook(r *ops.Reply, w account.NewWebhook) wire.Resource[WebhookAttributes] {
	r.Meta = WebhookMeta{wire.Optional(w.Secret.Reveal()), webhookShown}
	if w.Secret == "" {
		r.Meta = WebhookMeta{nil, webhookSecretOld}
	}
	r.Location = wire.Path(webhooks, w.Webhook.ID)
	return viewWebhook(r, w.Webhook)
}

func viewWebhook(r *ops.Reply, w domain.Webhook) wire.Resource[WebhookAttributes] {
	r.Revision = wire.Number(w.Revision())
	return webhookOf(w)
}

func webhookOf(w domain.Webhook) wire.Resource[WebhookAttributes] {
	a := WebhookAttributes{
		URL:              w.URL,
		Events:           wire.List(w.Events),
		Description:      wire.Optional(w.Description),
		Active:           w.Active,
		LastTriggeredAt:  wire.Time(w.LastTriggeredAt),
		LastResponseCode: wire.Optional(w.LastResponseCode),
		FailureCount:     w.FailureCount,
		FailingSince:     wire.Time(w.FailingSince),
		DisableAt:        wire.Time(w.DisableAt()),
		DisabledReason:   wire.Optional(w.Disabled),
		DisabledAt:       wire.Time(w.DisabledAt),
		OldSecretUntil:   wire.Time(w.OldSecretUntil),
		CreatedAt:        w.CreatedAt.UTC(),
		UpdatedAt:        w.UpdatedAt.UTC(),
	}
	if !w.Active {
		a.DisableAt = nil
	}
	return wire.Resource[WebhookAttributes]{
		Type: "webhook", ID: w.ID, Links: &wire.Links{Self: wire.Path(webhooks, w.ID)}, Attributes: a,
	}
}
