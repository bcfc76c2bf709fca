package account_test

import (
	"context"
	"crypto/rand"
	"reflect"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// verbs has a method for each noun of the area: its verbs, what each takes, whether it
// appends an event, and how it is called.
type verbs struct{}

type (
	K = *enginetest.Kit
	C = context.Context
	X = enginetest.Things
)

func admin(event, byID bool, call func(k K, ctx C, x X) error) enginetest.Verb {
	return enginetest.Verb{Scope: domain.ScopeAdmin, Event: event, ByID: byID, Call: call}
}

func operator(call func(k K, ctx C, x X) error) enginetest.Verb {
	return enginetest.Verb{Operator: true, Event: true, Call: call}
}

func (verbs) Workspace() enginetest.Verbs {
	return enginetest.Verbs{
		"Profile": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Account.Profile(ctx)) }),
		"UpdateProfile": admin(true, false, func(k K, ctx C, _ X) error {
			return second(k.Account.UpdateProfile(ctx, account.UpdateProfile{CompanyName: new("Newer")}))
		}),
		// Its events are in the new workspace, since the operator's own must not hear of it.
		"CreateWorkspace": {Operator: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Account.CreateWorkspace(ctx, account.CreateWorkspace{Slug: "newer", CompanyName: "Newer"}))
		}},
		"SetWorkspace": operator(func(k K, ctx C, _ X) error {
			return second(k.Account.SetWorkspace(ctx, account.SetWorkspace{CompanyName: new("Newer")}))
		}),
	}
}

func (verbs) Member() enginetest.Verbs {
	return enginetest.Verbs{
		"MemberNames": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Account.MemberNames(ctx)) }),
	}
}

func (verbs) Credits() enginetest.Verbs {
	return enginetest.Verbs{
		"Credits": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Account.Credits(ctx)) }),
		"Ledger": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Account.Ledger(ctx, enginetest.FirstPage()))
		}),
		"GrantCredits": operator(func(k K, ctx C, _ X) error {
			return second(k.Account.GrantCredits(ctx, account.GrantCredits{Amount: 5}))
		}),
	}
}

func (verbs) Keys() enginetest.Verbs {
	return enginetest.Verbs{
		"Keys": admin(false, false, func(k K, ctx C, _ X) error {
			return second(k.Account.Keys(ctx, account.ListKeys{Page: enginetest.FirstPage()}))
		}),
		"CreateKey": admin(true, false, func(k K, ctx C, _ X) error {
			return second(k.Account.CreateKey(ctx, account.CreateKey{
				Name:   "new",
				Role:   domain.RoleViewer,
				Scopes: []domain.Scope{domain.ScopeRead},
			}))
		}),
		"RotateKey": admin(true, true, func(k K, ctx C, x X) error {
			return second(k.Account.RotateKey(ctx, account.RotateKey{ID: x.Key}))
		}),
		"RevokeKey": admin(true, true, func(k K, ctx C, x X) error { return k.Account.RevokeKey(ctx, verb.ID{ID: x.Key}) }),
	}
}

// changesWebhooks is a verb that changes the webhook that newWebhook creates.
func changesWebhooks(call func(k K, ctx C, x X) error) enginetest.Verb {
	return enginetest.Verb{Scope: domain.ScopeWebhooks, Event: true, ByID: true, Make: newWebhook, Call: call}
}

func newWebhook(k K) int64 {
	w, err := k.Account.CreateWebhook(k.Ctx(), aWebhook())
	if err != nil {
		k.T.Fatal(err)
	}
	return w.Webhook.ID
}

func aWebhook() account.WebhookEdit {
	return account.WebhookEdit{URL: new("https://example.com/hook"), Events: &[]domain.WebhookEvent{"content.moved"}}
}

// newDelivery creates a webhook with a delivery of the same id.
func newDelivery(k K) int64 {
	for {
		d, err := k.Account.TestWebhook(k.Ctx(), account.TestWebhook{ID: newWebhook(k)})
		if err != nil {
			k.T.Fatal(err)
		}
		for d.ID < d.WebhookID {
			if d, err = k.Account.TestWebhook(k.Ctx(), account.TestWebhook{ID: d.WebhookID}); err != nil {
				k.T.Fatal(err)
			}
		}
		if d.ID == d.WebhookID {
			return d.ID
		}
	}
}

func (verbs) Webhooks() enginetest.Verbs {
	page := enginetest.FirstPage()
	reads := func(make func(K) int64, call func(k K, ctx C, x X) error) enginetest.Verb {
		return enginetest.Verb{Scope: domain.ScopeRead, ByID: true, Make: make, Call: call}
	}
	return enginetest.Verbs{
		"Webhooks": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Account.Webhooks(ctx, account.ListWebhooks{Page: page}))
		}),
		"WebhookEvents": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Account.WebhookEvents(ctx)) }),
		"Webhook":       reads(newWebhook, func(k K, ctx C, x X) error { return second(k.Account.Webhook(ctx, x.Made)) }),
		"CreateWebhook": {
			Scope: domain.ScopeWebhooks, Event: true,
			Call: func(k K, ctx C, _ X) error { return second(k.Account.CreateWebhook(ctx, aWebhook())) },
		},
		"EditWebhook": changesWebhooks(func(k K, ctx C, x X) error {
			return second(k.Account.EditWebhook(ctx, account.EditWebhook{
				ID: x.Made, WebhookEdit: account.WebhookEdit{Description: new("Newer")},
			}))
		}),
		"RotateWebhook": changesWebhooks(func(k K, ctx C, x X) error {
			return second(k.Account.RotateWebhook(ctx, account.RotateWebhook{ID: x.Made}))
		}),
		"DeleteWebhook": changesWebhooks(func(k K, ctx C, x X) error {
			return k.Account.DeleteWebhook(ctx, verb.ID{ID: x.Made})
		}),
		"TestWebhook": changesWebhooks(func(k K, ctx C, x X) error {
			return second(k.Account.TestWebhook(ctx, account.TestWebhook{ID: x.Made}))
		}),
		"RedeliverFailed": changesWebhooks(func(k K, ctx C, x X) error {
			return second(k.Account.RedeliverFailed(ctx, account.RedeliverFailed{Webhook: x.Made}))
		}),
		"Deliveries": reads(newWebhook, func(k K, ctx C, x X) error {
			return second(k.Account.Deliveries(ctx, account.ListDeliveries{Webhook: x.Made, Page: page}))
		}),
		"Delivery": reads(newDelivery, func(k K, ctx C, x X) error {
			return second(k.Account.Delivery(ctx, account.DeliveryID{Webhook: x.Made, ID: x.Made}))
		}),
		"Redeliver": {
			Scope: domain.ScopeWebhooks, Event: true, ByID: true, Make: newDelivery,
			Call: func(k K, ctx C, x X) error {
				return second(k.Account.Redeliver(ctx, account.DeliveryID{Webhook: x.Made, ID: x.Made}))
			},
		},
	}
}

func (verbs) Notifications() enginetest.Verbs {
	page := enginetest.FirstPage()
	return enginetest.Verbs{
		"Notifications": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Account.Notifications(ctx, account.ListNotifications{Page: page}))
		}),
		"UnreadNotifications": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Account.UnreadNotifications(ctx))
		}),
		"ReadNotification": {
			Scope: domain.ScopeRead, Event: true, ByID: true, Make: notifyEverybody,
			Call: func(k K, ctx C, x X) error {
				return second(k.Account.ReadNotification(ctx, verb.ID{ID: mine(k, ctx, x)}))
			},
		},
		"ReadAllNotifications": {
			Scope: domain.ScopeRead, Event: true, Make: notifyEverybody,
			Call: func(k K, ctx C, _ X) error { return second(k.Account.ReadAllNotifications(ctx)) },
		},
		"NotificationSettings": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Account.NotificationSettings(ctx))
		}),
		"UpdateNotificationSettings": {
			Scope: domain.ScopeRead, Event: true,
			Call: func(k K, ctx C, _ X) error {
				return second(k.Account.UpdateNotificationSettings(ctx, account.UpdateNotificationSettings{
					Kinds: []account.NotificationChange{{Kind: domain.NotifyFailed, App: new(false)}},
				}))
			},
		},
		"UnsubscribeLink": {Open: true},
		"Unsubscribe":     {Open: true},
	}
}

// notifyEverybody notifies each member of our workspace of one event, and returns the
// id of the first notification.
func notifyEverybody(k K) (first int64) {
	k.T.Helper()
	k.Do(func(ctx context.Context, tx *store.Tx) error {
		members, err := tx.Members(ctx, k.Ours.ID)
		if err != nil {
			return err
		}
		members = append(members, store.Member{}) // the person without an id who tries every scope
		for i, m := range members {
			n, _, err := tx.CreateNotification(ctx, domain.Notification{
				Recipient: domain.Recipient{WorkspaceID: k.Ours.ID, UserID: m.ID},
				Kind:      domain.NotifyFailed,
				EventID:   rand.Text(),
				InApp:     true,
				Email:     domain.EmailOff,
			})
			if err != nil {
				return err
			}
			if i == 0 {
				first = n.ID
			}
		}
		return nil
	})
	return first
}

// mine is the id of the caller's own notification of those of notifyEverybody: members
// are in the order of their roles, as their ids are. A stranger asks for the first.
func mine(k K, ctx C, x X) int64 {
	a, ok := domain.ActorFrom(ctx)
	if !ok || a.WorkspaceID != k.Ours.ID {
		return x.Made
	}
	id := a.ID
	if a.Kind != domain.ActorPerson {
		owner, _, err := k.Store.Read().Owner(ctx, k.Ours.ID)
		if err != nil {
			k.T.Fatal(err)
		}
		id = owner.ID
	}
	return int64(k.Count("select coalesce(max(id), 0) from notification where user_id = $1", id))
}

func (verbs) Seed() enginetest.Verbs {
	return enginetest.Verbs{
		"Bootstrap": {Open: true},
	}
}

func TestVerbs(t *testing.T) { enginetest.CheckVerbs(t, reflect.TypeFor[*account.Verbs](), verbs{}) }

func TestFaultsHaveTheWordingOfTheLimits(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		long, form, zone := strings.Repeat("a", domain.LimitWorkspaceSlug.Max+1), "Two--Hyphens", "Mars/Olympus"
		blank := " "
		want := func(err error, field, message string) {
			t.Helper()
			if got := domain.AsError(err).Fields[field]; len(got) != 1 || got[0] != message {
				t.Errorf("%s: %q, not %q", field, got, message)
			}
		}
		set := func(in account.SetWorkspace) error { return second(k.Account.SetWorkspace(k.Operator(), in)) }
		want(set(account.SetWorkspace{Slug: &long}), "slug", "The slug field must have at most 62 characters; it has 63")
		want(set(account.SetWorkspace{Slug: &form}), "slug",
			"The slug field must be lower-case letters and digits with single hyphens between them, such as summer-sale")
		want(set(account.SetWorkspace{CompanyName: &blank}), "company_name", "The company_name field is required")
		want(set(account.SetWorkspace{Timezone: &zone}), "timezone",
			"The timezone field must be an IANA time zone such as Europe/Berlin")
		in := account.CreateKey{Name: strings.Repeat("n", 101), Scopes: []domain.Scope{"all"}}
		_, err := k.Account.CreateKey(k.Ctx(), in)
		want(err, "name", "The name field must have at most 100 characters; it has 101")
		want(err, "scopes.0", "The scopes.0 field must be one of "+domain.Alternatives(domain.ScopeRead.Values()))
		_, err = k.Account.RotateKey(k.Ctx(), account.RotateKey{Grace: 8 * 24 * time.Hour})
		want(err, "grace_seconds", "The grace_seconds field must be at most 604800")
	})
}

func second[T any](_ T, err error) error { return err }
