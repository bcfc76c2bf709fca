package account

import (
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/signature"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListWebhooks asks for a page of webhooks.
type ListWebhooks struct{ Page domain.Page }

// Webhooks returns a page of the workspace's webhooks, in the order of their creation.
func (v *Verbs) Webhooks(ctx context.Context, in ListWebhooks) (domain.List[domain.Webhook], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Webhook]{}, err
	}
	return v.store.Read().Webhooks(ctx, a.WorkspaceID, in.Page)
}

// Webhook returns one webhook.
func (v *Verbs) Webhook(ctx context.Context, id int64) (domain.Webhook, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Webhook{}, err
	}
	w, err := v.store.Read().Webhook(ctx, a.WorkspaceID, id)
	return w.Webhook, err
}

// WebhookEvents returns the catalogue of the events that webhooks can get.
func (v *Verbs) WebhookEvents(ctx context.Context) ([]domain.EventType, error) {
	if _, err := verb.Caller(ctx, domain.ScopeRead); err != nil {
		return nil, err
	}
	return domain.WebhookEventTypes(), nil
}

// WebhookEdit is what people may change about a webhook. A nil field stays as it is.
type WebhookEdit struct {
	URL         *string
	Events      *[]domain.WebhookEvent
	Description *string
	Active      *bool
}

// check notes what is wrong with the fields that are given. It looks the host of a new address up.
func (e WebhookEdit) check(ctx context.Context, v *Verbs, was string) error {
	var p domain.Problems
	if e.URL != nil {
		var long domain.Problems
		domain.LimitWebhookURL.Text(&long, "url", *e.URL)
		if long.Err() == nil && *e.URL != was {
			v.webhooks.CheckURL(ctx, &long, "url", *e.URL)
		}
		p.Merge(long.Err())
	}
	if e.Events != nil {
		domain.CheckWebhookEvents(&p, "events", *e.Events)
	}
	verb.CheckText(&p, "description", e.Description, domain.LimitWebhookDescription)
	return p.Err()
}

// apply changes a webhook. again says that what waits is to be tried at once: the webhook was
// switched on, or leads elsewhere.
func (e WebhookEdit) apply(w *store.Webhook) (again bool) {
	was := *w
	verb.Set(&w.URL, e.URL)
	verb.Set(&w.Description, e.Description)
	verb.Set(&w.Active, e.Active)
	if e.Events != nil {
		w.Events = nil
		for _, name := range *e.Events { // each once
			if !w.Wants(domain.EventName(name)) {
				w.Events = append(w.Events, domain.EventName(name))
			}
		}
	}
	if w.Active {
		w.Disabled, w.DisabledAt = "", time.Time{}
	}
	return w.Active && !was.Active || w.URL != was.URL
}

// NewWebhook is a webhook with a new signing secret, which is shown only once.
type NewWebhook struct {
	Webhook domain.Webhook
	Secret  domain.Secret
}

// CreateWebhook creates a webhook, which is active unless the caller says otherwise. It gets the
// events that happen from now on. The workspace's plan says how many it may have.
func (v *Verbs) CreateWebhook(ctx context.Context, in WebhookEdit) (NewWebhook, error) {
	if _, err := verb.Caller(ctx, domain.ScopeWebhooks); err != nil {
		return NewWebhook{}, err
	}
	if in.URL == nil {
		in.URL = new("")
	}
	if in.Events == nil {
		in.Events = &[]domain.WebhookEvent{}
	}
	if err := in.check(ctx, v, ""); err != nil {
		return NewWebhook{}, err
	}
	secret := signature.NewSecret()
	return verb.Change(ctx, v.store, domain.ScopeWebhooks, func(tx *store.Tx, a domain.Actor) (NewWebhook, error) {
		if err := webhooksLeft(ctx, tx, a.WorkspaceID); err != nil {
			return NewWebhook{}, err
		}
		w := store.Webhook{Webhook: domain.Webhook{WorkspaceID: a.WorkspaceID, Active: true}}
		in.apply(&w)
		var err error
		if w.OwnerID, err = creator(ctx, tx, a); err != nil {
			return NewWebhook{}, err
		}
		if w, err = tx.CreateWebhook(ctx, w); err != nil {
			return NewWebhook{}, err
		}
		w.Sealed = v.webhooks.Seal(w.Webhook, secret)
		if err := tx.SealWebhook(ctx, w); err != nil {
			return NewWebhook{}, err
		}
		return NewWebhook{w.Webhook, secret}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.WebhookCreated{WebhookFacts: w.Facts()})
	})
}

func webhooksLeft(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	w, err := tx.Workspace(ctx, workspaceID)
	if err != nil {
		return err
	}
	n, err := tx.CountWebhooks(ctx, workspaceID)
	if err != nil {
		return err
	}
	if limit := w.Plan.Limits().Webhooks; n >= limit {
		return domain.Errorf(domain.CodePlanLimit,
			"The plan %q allows %d webhooks. Delete one first.", w.Plan, limit).With("limit", limit)
	}
	return nil
}

// EditWebhook changes a webhook. A nil field stays as it is.
type EditWebhook struct {
	ID int64
	WebhookEdit
	verb.Precondition
}

// EditWebhook changes a webhook. Deliveries that wait go to the new address; one that is switched
// off keeps them until it is switched on again.
func (v *Verbs) EditWebhook(ctx context.Context, in EditWebhook) (domain.Webhook, error) {
	a, err := verb.Caller(ctx, domain.ScopeWebhooks)
	if err != nil {
		return domain.Webhook{}, err
	}
	was, err := v.store.Read().Webhook(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return domain.Webhook{}, err
	}
	if err := in.check(ctx, v, was.URL); err != nil {
		return domain.Webhook{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWebhooks, func(tx *store.Tx, a domain.Actor) (domain.Webhook, error) {
		w, err := tx.LockWebhook(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return w.Webhook, err
		}
		if err := in.CheckRevision(w.Revision()); err != nil {
			return w.Webhook, err
		}
		again := in.apply(&w)
		if w, err = v.saveWebhook(ctx, tx, w); err != nil || !again {
			return w.Webhook, err
		}
		if err := tx.ResumeWebhook(ctx, a.WorkspaceID, w.ID); err != nil {
			return w.Webhook, err
		}
		tx.AfterCommit(v.webhooks.Wake)
		w, err = tx.Webhook(ctx, a.WorkspaceID, w.ID)
		return w.Webhook, err
	})
}

// saveWebhook stores a locked webhook and appends the event.
func (v *Verbs) saveWebhook(ctx context.Context, tx *store.Tx, w store.Webhook) (store.Webhook, error) {
	w, _, err := tx.SaveWebhook(ctx, w)
	if err != nil {
		return w, err
	}
	return w, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: w.WorkspaceID},
		domain.WebhookChanged{WebhookFacts: w.Facts()})
}

// RotateWebhook asks for a new signing secret. Requests carry the old one's signature, too, for
// Grace.
type RotateWebhook struct {
	ID    int64
	Grace time.Duration // at most [domain.WebhookOldSecret]
}

// RotateWebhook gives a webhook a new signing secret.
func (v *Verbs) RotateWebhook(ctx context.Context, in RotateWebhook) (NewWebhook, error) {
	var p domain.Problems
	domain.LimitWebhookGrace.Value(&p, "grace_seconds", int(in.Grace/time.Second))
	if err := p.Err(); err != nil {
		return NewWebhook{}, err
	}
	secret := signature.NewSecret()
	return verb.Change(ctx, v.store, domain.ScopeWebhooks, func(tx *store.Tx, a domain.Actor) (NewWebhook, error) {
		w, err := tx.LockWebhook(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return NewWebhook{}, err
		}
		w.OldSealed, w.OldSecretUntil = "", time.Time{}
		if in.Grace > 0 {
			w.OldSealed, w.OldSecretUntil = w.Sealed, tx.Now().Add(in.Grace)
		}
		w.Sealed = v.webhooks.Seal(w.Webhook, secret)
		w, err = v.saveWebhook(ctx, tx, w)
		return NewWebhook{w.Webhook, secret}, err
	})
}

// DeleteWebhook deletes a webhook: nothing more is sent to it, and its log is deleted.
func (v *Verbs) DeleteWebhook(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWebhooks, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		w, err := tx.LockWebhook(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(w.Revision()); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteWebhook(ctx, a.WorkspaceID, w.ID); err != nil {
			return struct{}{}, err
		}
		w.Active = false
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.WebhookDeleted{WebhookFacts: w.Facts()})
	})
	return err
}
