package account

import (
	"cmp"
	"context"
	"slices"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
	"vellocity/internal/webhook"
)

// ListDeliveries asks for a page of a webhook's log.
type ListDeliveries struct {
	Webhook int64
	Filter  domain.DeliveryFilter
	Page    domain.Page
}

// Deliveries returns a page of a webhook's log, newest first.
func (v *Verbs) Deliveries(ctx context.Context, in ListDeliveries) (domain.List[domain.Delivery], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Delivery]{}, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "status", in.Filter.Status)
	if err := p.Err(); err != nil {
		return domain.List[domain.Delivery]{}, err
	}
	if _, err := v.store.Read().Webhook(ctx, a.WorkspaceID, in.Webhook); err != nil {
		return domain.List[domain.Delivery]{}, err
	}
	return v.store.Read().Deliveries(ctx, a.WorkspaceID, in.Webhook, in.Filter, in.Page)
}

// DeliveryID names a delivery of a webhook.
type DeliveryID struct{ Webhook, ID int64 }

// Delivery returns one delivery with its attempts.
func (v *Verbs) Delivery(ctx context.Context, in DeliveryID) (domain.Delivery, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Delivery{}, err
	}
	if _, err := v.store.Read().Webhook(ctx, a.WorkspaceID, in.Webhook); err != nil {
		return domain.Delivery{}, err
	}
	return v.store.Read().Delivery(ctx, a.WorkspaceID, in.Webhook, in.ID)
}

// TestWebhook asks for a test.
type TestWebhook struct {
	ID    int64
	Event domain.WebhookEvent // empty: the first that the webhook gets
}

// TestWebhook sends a webhook an example of an event, once. The request is signed as any other.
func (v *Verbs) TestWebhook(ctx context.Context, in TestWebhook) (domain.Delivery, error) {
	var p domain.Problems
	domain.CheckEnum(&p, "event", in.Event)
	if err := p.Err(); err != nil {
		return domain.Delivery{}, err
	}
	return v.resend(ctx, in.ID, true, func(tx *store.Tx, w store.Webhook) (domain.Delivery, error) {
		types := domain.WebhookEventTypes()
		name := cmp.Or(domain.EventName(in.Event), w.Events[0])
		i := slices.IndexFunc(types, func(t domain.EventType) bool { return t.Name == name })
		if i < 0 {
			return domain.Delivery{}, domain.NotFound("Event")
		}
		d, err := webhook.Test(w.Webhook, types[i], tx.Now())
		if err != nil {
			return d, err
		}
		return tx.CreateDelivery(ctx, d)
	})
}

// Redeliver sends a delivery again at once, whatever came of it, with the same webhook-id.
func (v *Verbs) Redeliver(ctx context.Context, in DeliveryID) (domain.Delivery, error) {
	return v.resend(ctx, in.Webhook, false, func(tx *store.Tx, w store.Webhook) (domain.Delivery, error) {
		d, err := tx.Delivery(ctx, w.WorkspaceID, w.ID, in.ID)
		if err != nil {
			return d, err
		}
		return tx.Redeliver(ctx, d)
	})
}

// RedeliverFailed asks for everything that has failed since a moment to be sent again.
type RedeliverFailed struct {
	Webhook int64
	Since   time.Time // when the deliveries were created
}

// RedeliverFailed sends the failed deliveries of a webhook again, the oldest first, at most
// [domain.MostRedelivered] at once, and returns how many.
func (v *Verbs) RedeliverFailed(ctx context.Context, in RedeliverFailed) (int, error) {
	return verb.Change(ctx, v.store, domain.ScopeWebhooks, func(tx *store.Tx, a domain.Actor) (int, error) {
		w, err := sendable(ctx, tx, a.WorkspaceID, in.Webhook)
		if err != nil {
			return 0, err
		}
		n, err := tx.RedeliverFailed(ctx, a.WorkspaceID, w.ID, in.Since, domain.MostRedelivered)
		if err != nil {
			return 0, err
		}
		return n, v.resent(ctx, tx, w, n, false)
	})
}

// resend does f, which makes deliveries due, for a webhook that is sent to.
func (v *Verbs) resend(
	ctx context.Context, id int64, test bool, f func(*store.Tx, store.Webhook) (domain.Delivery, error),
) (domain.Delivery, error) {
	return verb.Change(ctx, v.store, domain.ScopeWebhooks, func(tx *store.Tx, a domain.Actor) (domain.Delivery, error) {
		w, err := sendable(ctx, tx, a.WorkspaceID, id)
		if err != nil {
			return domain.Delivery{}, err
		}
		d, err := f(tx, w)
		if err != nil {
			return d, err
		}
		return d, v.resent(ctx, tx, w, 1, test)
	})
}

// sendable locks a webhook and refuses one that is switched off.
func sendable(ctx context.Context, tx *store.Tx, workspaceID, id int64) (store.Webhook, error) {
	w, err := tx.LockWebhook(ctx, workspaceID, id)
	if err != nil {
		return w, err
	}
	if !w.Active {
		return w, domain.Errorf(domain.CodeConflict, "The webhook is switched off. Switch it on first.")
	}
	return w, nil
}

// resent has the deliveries sent at once, also where the webhook fails, and appends the event.
func (v *Verbs) resent(ctx context.Context, tx *store.Tx, w store.Webhook, n int, test bool) error {
	if err := tx.HurryWebhook(ctx, w.WorkspaceID, w.ID); err != nil {
		return err
	}
	tx.AfterCommit(v.webhooks.Wake)
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: w.WorkspaceID},
		domain.WebhookResent{WebhookFacts: w.Facts(), Deliveries: n, Test: test})
}
