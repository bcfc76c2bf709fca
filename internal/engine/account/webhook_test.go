package account_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// What is wrong with a webhook is said at its field, all at once, and nothing is stored.
func TestAWrongWebhookIsRefused(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		long := strings.Repeat("x", 256)
		for name, x := range map[string]struct {
			in   account.WebhookEdit
			says map[string]string
		}{
			"nothing": {account.WebhookEdit{}, map[string]string{
				"url": "The url field is required", "events": "The events field is required",
			}},
			"others": {account.WebhookEdit{
				URL: new("ftp://example.com"), Events: &[]domain.WebhookEvent{"content.moved", "content.mvoed", ""}, Description: &long,
			}, map[string]string{
				"url": "not a URL", "events.1": "must be one of", "events.2": "is required", "description": "at most 255",
			}},
			"long":     {account.WebhookEdit{URL: new("https://" + strings.Repeat("x", 2048))}, map[string]string{"url": "at most 2048"}},
			"received": {account.WebhookEdit{URL: new("https://a.test"), Events: &[]domain.WebhookEvent{"event.received"}}, map[string]string{"events.0": "must be one of"}},
		} {
			_, err := k.Account.CreateWebhook(k.Ctx(), x.in)
			e := domain.AsError(err)
			for path, says := range x.says {
				if e.Code != domain.CodeValidation || !strings.Contains(strings.Join(e.Fields[path], "\n"), says) {
					k.T.Errorf("%s: %s is %v", name, path, e.Fields)
				}
			}
		}
		if n := k.Count("select count(*) from webhook"); n != 0 {
			k.T.Errorf("%d webhooks", n)
		}
	})
}

// A plan says how many webhooks a workspace may have; one that was deleted does not count.
func TestThePlanLimitsWebhooks(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			w, err := tx.Workspace(ctx, k.Ours.ID)
			if err != nil {
				return err
			}
			w.Plan = domain.PlanStarter
			_, err = tx.SaveWorkspace(ctx, w)
			return err
		})
		for n, want := range []domain.Code{"", "", domain.CodePlanLimit} {
			_, err := k.Account.CreateWebhook(k.Ctx(), aWebhook())
			if err == nil && want == "" {
				continue
			}
			if domain.CodeOf(err) != want || fmt.Sprint(domain.AsError(err).Details["limit"]) != "2" {
				k.T.Errorf("number %d: %v", n+1, err)
			}
		}
		if err := k.Account.DeleteWebhook(k.Ctx(), verb.ID{ID: 1}); err != nil {
			k.T.Fatal(err)
		}
		if _, err := k.Account.CreateWebhook(k.Ctx(), aWebhook()); err != nil {
			k.T.Errorf("after a deletion: %v", err)
		}
	})
}

// Nothing of a webhook's secret is stored in the clear, and each event is kept once.
func TestAWebhookIsStored(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		in := aWebhook()
		in.Events = &[]domain.WebhookEvent{"content.moved", "credits.low", "content.moved"}
		w, err := k.Account.CreateWebhook(k.Ctx(), in)
		if err != nil || len(w.Webhook.Events) != 2 {
			k.T.Fatalf("%+v %v", w.Webhook, err)
		}
		n := k.Count("select count(*) from webhook where secret like '%' || $1 || '%' or secret = ''", w.Secret.Reveal())
		if n != 0 || k.Count("select count(*) from event where payload like '%' || $1 || '%'", w.Secret.Reveal()) != 0 {
			k.T.Error("the secret is stored in the clear")
		}
		off, err := k.Account.EditWebhook(k.Ctx(), account.EditWebhook{
			ID: w.Webhook.ID, WebhookEdit: account.WebhookEdit{Active: new(false), Description: new("")},
		})
		if err != nil || off.Active || off.URL != w.Webhook.URL || len(off.Events) != 2 || off.Version != 2 {
			k.T.Errorf("%+v %v", off, err)
		}
	})
}
