package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/extension/mail/mailtest"
	"vellocity/internal/store"
)

// A webhook that fails, and one that was switched off, is said to the person who created it, with
// the date; to nobody else, and to nobody where it was deleted.
func TestAWebhookThatFails(t *testing.T) {
	each(t, nil, nil, func(k *kit, _ *mailtest.Server) {
		admin := enginetest.As(k.Ours.ID, domain.RoleAdmin)
		w, err := k.Account.CreateWebhook(admin, account.WebhookEdit{
			URL: new("https://example.com/hook"), Events: &[]domain.WebhookEvent{"content.moved"},
		})
		must(k.T, err)
		since := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		gone := w.Webhook
		gone.ID = 999
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			ctx = domain.WithActor(ctx, domain.SystemActor(k.Ours.ID, 0, "Webhooks"))
			for _, e := range []domain.EventData{
				domain.WebhookFailing{
					WebhookFacts: w.Webhook.Facts(), FailingSince: since, DisableAt: since.Add(domain.WebhookPatience),
					Error: "It answered 503 Service Unavailable.",
				},
				domain.WebhookDisabled{WebhookFacts: gone.Facts(), Reason: "Deleted."},
				domain.WebhookDisabled{WebhookFacts: w.Webhook.Facts(), Reason: "Every request has failed."},
			} {
				if err := tx.AppendEvent(ctx, domain.Subject{WorkspaceID: k.Ours.ID}, e); err != nil {
					return err
				}
			}
			return nil
		})
		got := strings.Join(k.inbox(admin, 2), "\n")
		if !strings.Contains(got, "webhook.failing The webhook “https://example.com/hook” fails") ||
			!strings.Contains(got, "webhook.disabled The webhook “https://example.com/hook” was switched off") {
			k.T.Errorf("%s", got)
		}
		l, err := k.Account.Notifications(admin, account.ListNotifications{Page: enginetest.FirstPage()})
		must(k.T, err)
		for _, n := range l.Items {
			if n.Kind == domain.NotifyWebhook && !strings.Contains(n.Detail, "6 March 2026, 10:00 UTC") ||
				n.Path() != "/settings/webhooks" {
				k.T.Errorf("%s %s", n.Detail, n.Path())
			}
		}
		k.inbox(k.Ctx(), 0)
	})
}
