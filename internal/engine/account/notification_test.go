package account_test

import (
	"context"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

// keyed returns a context with a key that the caller creates.
func keyed(t *testing.T, k K, ctx context.Context, scopes ...domain.Scope) context.Context {
	t.Helper()
	key, err := k.Account.CreateKey(ctx, account.CreateKey{Name: "k", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return domain.WithActor(context.Background(), domain.Actor{
		Kind: domain.ActorKey, ID: key.Key.ID, WorkspaceID: k.Ours.ID, Role: key.Key.Role, Scopes: scopes,
	})
}

// A person sees and reads their own notifications; so does a key of theirs, and nobody
// else, not in the same workspace either.
func TestAnInboxIsOnePersons(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		notifyEverybody(k)
		owner, admin := k.Ctx(), enginetest.As(k.Ours.ID, domain.RoleAdmin)
		theirs := enginetest.As(k.Theirs.ID, domain.RoleOwner)
		unread := func(ctx context.Context, want int) {
			k.T.Helper()
			n, err := k.Account.UnreadNotifications(ctx)
			if err != nil || n != want {
				k.T.Errorf("%d unread, want %d, %v", n, want, err)
			}
		}
		list, err := k.Account.Notifications(owner, account.ListNotifications{Page: enginetest.FirstPage()})
		if err != nil || list.Total != 1 || len(list.Items) != 1 {
			k.T.Fatalf("%+v %v", list, err)
		}
		id := verb.ID{ID: list.Items[0].ID}
		for _, ctx := range []context.Context{admin, theirs, keyed(k.T, k, admin, domain.ScopeAdmin)} {
			if _, err := k.Account.ReadNotification(ctx, id); domain.CodeOf(err) != domain.CodeNotFound {
				k.T.Errorf("another person reads it: %v", err)
			}
		}
		unread(owner, 1)
		ours := keyed(k.T, k, owner, domain.ScopeRead)
		unread(ours, 1)
		unread(k.Operator(), 1)
		unread(theirs, 0)
		first, err := k.Account.ReadNotification(ours, id)
		if err != nil || first.ReadAt.IsZero() {
			k.T.Errorf("%+v %v", first, err)
		}
		again, err := k.Account.ReadNotification(owner, id)
		if err != nil || !again.ReadAt.Equal(first.ReadAt) {
			k.T.Errorf("the second time: %+v %v", again, err)
		}
		if n := k.Count("select count(*) from event where name = 'notification.read'"); n != 1 {
			k.T.Errorf("%d events", n)
		}
		unread(owner, 0)
		unread(admin, 1)
	})
}

// Unread ones come first, then by time; a page goes on where the last one ended.
func TestTheOrderOfAnInbox(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for range 5 {
			notifyEverybody(k)
		}
		ids := func(in account.ListNotifications) (list []int64) {
			k.T.Helper()
			for in.Page = (domain.Page{Number: 1, Size: 2}); in.Page.Number < 5; in.Page.Number++ {
				l, err := k.Account.Notifications(k.Ctx(), in)
				if err != nil {
					k.T.Fatal(err)
				}
				for _, n := range l.Items {
					list = append(list, n.ID)
				}
			}
			return list
		}
		newest := ids(account.ListNotifications{Sort: domain.SortByTime})
		for _, i := range []int{0, 2} {
			if _, err := k.Account.ReadNotification(k.Ctx(), verb.ID{ID: newest[i]}); err != nil {
				k.T.Fatal(err)
			}
		}
		want := []int64{newest[1], newest[3], newest[4], newest[0], newest[2]}
		same := func(got, want []int64) bool {
			if len(got) != len(want) {
				return false
			}
			for i := range got {
				if got[i] != want[i] {
					return false
				}
			}
			return true
		}
		if got := ids(account.ListNotifications{}); !same(got, want) {
			k.T.Errorf("unread first: %v, want %v", got, want)
		}
		if got := ids(account.ListNotifications{Unread: true}); !same(got, want[:3]) {
			k.T.Errorf("unread only: %v, want %v", got, want[:3])
		}
		if got := ids(account.ListNotifications{Sort: domain.SortByTime}); !same(got, newest) {
			k.T.Errorf("newest first: %v, want %v", got, newest)
		}
		_, err := k.Account.Notifications(k.Ctx(), account.ListNotifications{Sort: "best"})
		if domain.CodeOf(err) != domain.CodeValidation {
			k.T.Errorf("an unknown order: %v", err)
		}
	})
}

// Every fault of the settings is named at its field, and nothing is changed then.
func TestNotificationSettings(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		kind := func(kind domain.NotificationKind, app *bool, email *domain.EmailMode) account.NotificationChange {
			return account.NotificationChange{Kind: kind, App: app, Email: email}
		}
		for field, in := range map[string]account.UpdateNotificationSettings{
			"email":         {Email: new("Ada <ada@example.com>")},
			"kinds":         {Kinds: []account.NotificationChange{}},
			"kinds.0.kind":  {Kinds: []account.NotificationChange{kind("", new(true), nil)}},
			"kinds.1.kind":  {Kinds: []account.NotificationChange{kind(domain.NotifyFailed, nil, nil), kind(domain.NotifyFailed, nil, nil)}},
			"kinds.0.email": {Kinds: []account.NotificationChange{kind(domain.NotifyFailed, nil, new(domain.EmailMode("hourly")))}},
		} {
			_, err := k.Account.UpdateNotificationSettings(k.Ctx(), in)
			if e := domain.AsError(err); e.Code != domain.CodeValidation || len(e.Fields[field]) == 0 {
				k.T.Errorf("%s: %v", field, e.Fields)
			}
		}
		got, err := k.Account.UpdateNotificationSettings(k.Ctx(), account.UpdateNotificationSettings{
			Email: new("ada@example.com"),
			Kinds: []account.NotificationChange{kind(domain.NotifyFailed, nil, new(domain.EmailImmediate))},
		})
		want := domain.NotificationChoice{App: true, Email: domain.EmailImmediate}
		usual := domain.NotificationChoice{App: true, Email: domain.EmailDigest}
		if err != nil || got.Address != "ada@example.com" || got.Choice(domain.NotifyFailed) != want ||
			got.Choice(domain.NotifyWaiting) != usual {
			k.T.Errorf("%+v %v", got, err)
		}
		got, err = k.Account.UpdateNotificationSettings(k.Ctx(), account.UpdateNotificationSettings{Email: new("")})
		if err != nil || got.Address != "owner@ours.example" || got.Choice(domain.NotifyFailed) != want {
			k.T.Errorf("back to the own address: %+v %v", got, err)
		}
		other, err := k.Account.NotificationSettings(enginetest.As(k.Ours.ID, domain.RoleAdmin))
		if err != nil || other.Choice(domain.NotifyFailed).Email != domain.EmailDigest {
			k.T.Errorf("another person's: %+v %v", other, err)
		}
	})
}

// A key that may only read changes what its creator is notified of, and not where to:
// e-mails would go on after the key was revoked.
func TestOnlyAnAdminsKeyChangesTheAddress(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		in := account.UpdateNotificationSettings{Email: new("eve@example.com")}
		for _, c := range []struct {
			scope domain.Scope
			want  domain.Code
		}{{domain.ScopeRead, domain.CodeForbidden}, {domain.ScopeAdmin, ""}} {
			_, err := k.Account.UpdateNotificationSettings(keyed(k.T, k, k.Ctx(), c.scope), in)
			if domain.CodeOf(err) != c.want {
				k.T.Errorf("%s: %v", c.scope, err)
			}
		}
		if _, err := k.Account.UpdateNotificationSettings(enginetest.As(k.Ours.ID, domain.RoleViewer), in); err != nil {
			k.T.Errorf("a viewer's own: %v", err)
		}
	})
}

// An entry of the workspace's list is one bare address.
func TestNotificationEmailsAreAddresses(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for _, address := range []string{
			"", "ada", "@example.com", "ada@", "Ada <ada@example.com>", "ada@example.com ", " ada@example.com", "<ada@example.com>",
			"ada@example.com, eve@example.com", "ada@example.com\r\nBcc: eve@example.com", "a b@example.com", "ada@exa mple.com",
			strings.Repeat("a", 250) + "@example.com", "(c) ada@example.com",
		} {
			_, err := k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{NotifyEmails: &[]string{address}})
			if domain.CodeOf(err) != domain.CodeValidation {
				k.T.Errorf("%q: %v", address, err)
			}
		}
		for _, address := range []string{"ada@example.com", "a.b+c@sub.example.co.uk", "zoë@example.com", "x@localhost"} {
			_, err := k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{NotifyEmails: &[]string{address}})
			if err != nil {
				k.T.Errorf("%q: %v", address, err)
			}
		}
	})
}
