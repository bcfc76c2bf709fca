package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/extension/mail/mailtest"
	"vellocity/internal/notify"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Who is notified of what: one row for each way to start an execution.
func TestWhoIsNotified(t *testing.T) {
	each(t, nil, nil, func(k *kit, _ *mailtest.Server) {
		as := func(r domain.Role) context.Context { return enginetest.As(k.Ours.ID, r) }
		run := func(ctx context.Context, notify bool, steps ...step) domain.Execution {
			k.T.Helper()
			x, err := k.Work.Execute(ctx, work.Execute{
				Capability: enginetest.Slug, Settings: enginetest.Settings(steps...), Notify: notify,
			})
			must(k.T, err)
			return x.Execution
		}
		byKey := func(ctx context.Context) context.Context {
			key, err := k.Account.CreateKey(ctx, account.CreateKey{Name: "k"})
			must(k.T, err)
			a, _ := domain.ActorFrom(as(domain.RoleOwner))
			a.Kind, a.ID, a.Scopes = domain.ActorKey, key.Key.ID, key.Key.Scopes
			return domain.WithActor(context.Background(), a)
		}
		admin := byKey(as(domain.RoleAdmin))

		done := run(as(domain.RoleEditor), true, step{Key: "a"})
		k.Ended(done.ID, domain.ExecutionCompleted)
		silent := run(as(domain.RoleEditor), false, step{Key: "a"})
		k.Ended(silent.ID, domain.ExecutionCompleted)
		keyed := run(admin, true, step{Key: "a"})
		k.Ended(keyed.ID, domain.ExecutionCompleted)
		operated := run(k.Operator(), true, step{Key: "a"})
		k.Ended(operated.ID, domain.ExecutionCompleted)
		failed := run(as(domain.RoleEditor), false, step{Key: "a", Do: "fail"})
		k.Ended(failed.ID, domain.ExecutionFailed)
		k.settle()

		for _, c := range []struct {
			ctx  context.Context
			want int
		}{
			{as(domain.RoleEditor), 2}, {as(domain.RoleAdmin), 1}, {as(domain.RoleOwner), 1},
			{as(domain.RoleViewer), 0}, {as(domain.RoleReviewer), 0}, {enginetest.As(k.Theirs.ID, domain.RoleOwner), 0},
			{admin, 1}, // a key reads its creator's
			{k.Operator(), 1},
		} {
			k.inbox(c.ctx, c.want)
		}
		got := k.inbox(as(domain.RoleEditor), 2)
		if !strings.HasPrefix(got[0], "execution.failed ") || !strings.HasPrefix(got[1], "execution.completed ") {
			k.T.Errorf("the editor has %q", got)
		}
	})
}

// Those who may approve are asked to, once for each time that an execution waits, and
// nobody is asked about what was decided meanwhile.
func TestADecisionThatWaits(t *testing.T) {
	each(t, nil, nil, func(k *kit, _ *mailtest.Server) {
		item := k.Item(k.Ctx(), "Cold brew", "Text.")
		k.review(item.ID)
		x := k.Run(step{Key: "ask", Do: "wait", Item: item.ID})
		k.Await(x.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingPerson })
		for role, want := range map[domain.Role]int{
			domain.RoleViewer: 0, domain.RoleReviewer: 1, domain.RoleEditor: 1, domain.RoleAdmin: 1, domain.RoleOwner: 1,
		} {
			k.inbox(enginetest.As(k.Ours.ID, role), want)
		}
		l, err := k.Account.Notifications(k.Ctx(), account.ListNotifications{Page: enginetest.FirstPage()})
		must(k.T, err)
		if n := l.Items[0]; n.Kind != domain.NotifyWaiting || n.Path() != fmt.Sprintf("/content/%d", item.ID) {
			k.T.Errorf("it is %+v", n)
		}
	})
}

func (k *kit) review(item int64) {
	k.T.Helper()
	_, err := k.Content.Move(k.Ctx(), content.Move{ID: item, To: domain.ItemReview})
	must(k.T, err)
}

// Credits that fall below the level are said to owners and admins, once until they have
// risen again; movements around the level say nothing more.
func TestCreditsLow(t *testing.T) {
	each(t, nil, nil, func(k *kit, _ *mailtest.Server) {
		serial := 0
		move := func(kind domain.MovementKind, n int) {
			k.T.Helper()
			serial++
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				return tx.TransferCredits(ctx, store.CreditTransfer{
					WorkspaceID: k.Ours.ID, Kind: kind, Amount: n, Reference: fmt.Sprint("t", serial),
				})
			})
		}
		said := func(want int) {
			k.T.Helper()
			n := k.Count("select count(*) from event where name = 'credits.low' and workspace_id = $1", k.Ours.ID)
			if n != want {
				k.T.Errorf("credits.low was said %d times, want %d, at %+v", n, want, k.Credits())
			}
		}
		move(domain.MovementHold, 9000) // 1000 of 10,000 are left: the level
		said(0)
		move(domain.MovementHold, 1)
		said(1)
		for range 5 { // a run that holds and gives back
			move(domain.MovementRelease, 20)
			move(domain.MovementHold, 20)
		}
		said(1)
		move(domain.MovementRelease, 251) // 1250: a quarter above
		move(domain.MovementHold, 251)
		said(2)
		move(domain.MovementGrant, 100) // the level is 10 now
		said(2)
		move(domain.MovementHold, 1095) // 4 are left
		said(3)
		_, err := k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{CreditsLowAt: new(5000)})
		must(k.T, err)
		move(domain.MovementGrant, 4000) // 4004 of 5000
		move(domain.MovementHold, 1)
		said(3)
		move(domain.MovementGrant, 4000)
		move(domain.MovementHold, 4000)
		said(4)
		k.Credits() // and the ledger is sound

		got := k.inbox(k.Ctx(), 4)
		if got[3] != "credits.low Credits are low: 999 available" {
			k.T.Errorf("the owner has %q", got)
		}
		k.inbox(enginetest.As(k.Ours.ID, domain.RoleAdmin), 4)
		for _, r := range []domain.Role{domain.RoleViewer, domain.RoleReviewer, domain.RoleEditor} {
			k.inbox(enginetest.As(k.Ours.ID, r), 0)
		}
		k.inbox(enginetest.As(k.Theirs.ID, domain.RoleOwner), 0)
	})
}

// A trigger that has paused itself is said to who owns it, once; to the workspace's owners where
// nobody does, or where the trigger is gone.
func TestAPausedTrigger(t *testing.T) {
	each(t, nil, nil, func(k *kit, _ *mailtest.Server) {
		admin, owner := enginetest.As(k.Ours.ID, domain.RoleAdmin), k.Ctx()
		slug := "notify-when-paused"
		_, err := k.Work.CreateTemplate(admin, domain.Template{
			Slug: slug, Name: "T", Category: domain.TemplateOther, InputSchema: json.RawMessage(`{"type":"object"}`),
			Steps: []domain.TemplateStep{{Key: "a", Capability: enginetest.Slug, Settings: enginetest.Settings(step{Key: "a"})}},
		})
		must(k.T, err)
		paused := func(ctx context.Context, remove bool) {
			k.T.Helper()
			t, err := k.Work.CreateTrigger(ctx, work.CreateTrigger{Type: domain.TriggerEvent, TriggerEdit: work.TriggerEdit{
				Name: new("Nightly post"), Template: &slug, Event: &work.TriggerEvent{Name: "crm.deal_won"},
			}})
			must(k.T, err)
			if remove {
				must(k.T, k.Work.DeleteTrigger(ctx, verb.ID{ID: t.ID}))
			}
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: k.Ours.ID}, domain.TriggerFailed{
					TriggerFacts: t.Facts(), Failures: domain.MostTriggerFails, Error: "Execution 7 failed: no model.",
				})
			})
		}
		paused(admin, false)
		got := k.inbox(admin, 1)
		if !strings.HasPrefix(got[0], "trigger.paused ") || !strings.Contains(got[0], "Nightly post") {
			k.T.Errorf("the admin has %q", got)
		}
		l, err := k.Account.Notifications(admin, account.ListNotifications{Page: enginetest.FirstPage()})
		must(k.T, err)
		const detail = "It failed 10 times in a row. The last time: Execution 7 failed: no model."
		if n := l.Items[0]; n.Detail != detail || !strings.HasPrefix(n.Path(), "/triggers") {
			k.T.Errorf("%q leads to %s", n.Detail, n.Path())
		}
		k.settle()
		k.inbox(owner, 0)
		paused(k.Operator(), false) // which is no person
		k.inbox(owner, 1)
		paused(admin, true)
		k.inbox(owner, 2)
		k.settle()
		k.inbox(admin, 1)
		k.inbox(enginetest.As(k.Theirs.ID, domain.RoleOwner), 0)
	})
}

// An event notifies a person once, however often it is handled.
func TestAnEventNotifiesOnce(t *testing.T) {
	each(t, nil, plainServer, func(k *kit, _ *mailtest.Server) {
		x := k.Run(step{Key: "a", Do: "fail"})
		k.Ended(x.ID, domain.ExecutionFailed)
		k.inbox(k.Ctx(), 1)
		ctx := context.Background()
		head, err := k.Store.Read().EventHead(ctx)
		must(k.T, err)
		events, err := k.Store.Read().EventsNamed(ctx, store.Cursor{}, head, notify.Events(), 200)
		must(k.T, err)
		for range 3 {
			k.Do(func(ctx context.Context, tx *store.Tx) error { return k.notifier.Handle(ctx, tx, events) })
		}
		k.inbox(k.Ctx(), 1)
		if n := k.Count("select count(*) from event where name = 'notification.created'"); n != 1 {
			k.T.Errorf("notification.created was said %d times", n)
		}
	})
}

// Nobody gets what they turned off, and who has left gets nothing.
func TestSettingsAndLeaving(t *testing.T) {
	each(t, nil, plainServer, func(k *kit, server *mailtest.Server) {
		settle := func(app bool, email domain.EmailMode) {
			k.T.Helper()
			_, err := k.Account.UpdateNotificationSettings(k.Ctx(), account.UpdateNotificationSettings{
				Kinds: []account.NotificationChange{{Kind: domain.NotifyFailed, App: &app, Email: &email}},
			})
			must(k.T, err)
		}
		fail := func() {
			k.T.Helper()
			k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
			k.settle()
		}
		settle(false, domain.EmailOff)
		fail()
		k.inbox(k.Ctx(), 0)
		settle(false, domain.EmailImmediate)
		fail()
		k.inbox(k.Ctx(), 0)
		settle(true, domain.EmailOff)
		fail()
		k.inbox(k.Ctx(), 1)
		if n := k.Count("select count(*) from email"); n != 1 {
			k.T.Errorf("%d e-mails", n)
		}
		settle(true, domain.EmailImmediate)
		fail()
		a, _ := domain.ActorFrom(k.Ctx())
		k.Do(func(ctx context.Context, tx *store.Tx) error { return tx.RemoveMember(ctx, k.Ours.ID, a.ID) })
		k.send()
		if n := len(server.Mails()); n != 0 {
			k.T.Errorf("a person who has left got %d e-mails", n)
		}
		if n := k.Count("select count(*) from email where status = 'dropped'"); n != 2 {
			k.T.Errorf("%d e-mails were dropped", n)
		}
		before := k.Count("select count(*) from notification")
		fail()
		if n := k.Count("select count(*) from notification"); n != before {
			k.T.Errorf("a person who has left was notified")
		}
	})
}

// Without a mail server there are no e-mails, and nothing waits for one.
func TestWithoutAMailServer(t *testing.T) {
	each(t, nil, nil, func(k *kit, _ *mailtest.Server) {
		k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
		k.inbox(k.Ctx(), 1)
		must(k.T, k.notifier.Digests(context.Background()))
		n := k.Count("select count(*) from email") + k.Count("select count(*) from notification where email <> 'off'")
		if n != 0 {
			k.T.Errorf("%d wait for a mail server", n)
		}
	})
}

// Those who may publish learn that a channel failed for good, and of nothing that went well or that a person did.
func TestAFailedPublication(t *testing.T) {
	each(t, nil, nil, func(k *kit, _ *mailtest.Server) {
		item := k.Item(k.Ctx(), "Cold brew", "Text.")
		ended := func(id int64, action domain.PublicationAction, as domain.PublicationStatus, why string) {
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				by := domain.WithActor(ctx, domain.SystemActor(k.Ours.ID, 0, "Publishing"))
				return tx.AppendEvent(by, domain.Subject{WorkspaceID: k.Ours.ID, ContentID: id}, domain.PublicationEnded{
					ContentID: id, Channel: "company-blog", Action: action, Version: 1, Status: as, Error: why,
				})
			})
		}
		ended(item.ID, domain.PublicationPublish, domain.PublicationPublished, "")
		ended(item.ID, domain.PublicationPublish, domain.PublicationSkipped, "The channel is switched off.")
		ended(item.ID, domain.PublicationPublish, domain.PublicationFailed, "Access was refused.")
		ended(item.ID, domain.PublicationRemove, domain.PublicationFailed, "Access was refused.")
		ended(item.ID+1000, domain.PublicationRemove, domain.PublicationFailed, "Access was refused.")
		k.settle()
		for role, want := range map[domain.Role]int{
			domain.RoleViewer: 0, domain.RoleReviewer: 3, domain.RoleEditor: 0, domain.RoleAdmin: 3, domain.RoleOwner: 3,
		} {
			k.inbox(enginetest.As(k.Ours.ID, role), want)
		}
		k.inbox(enginetest.As(k.Theirs.ID, domain.RoleOwner), 0)
		l, err := k.Account.Notifications(k.Ctx(), account.ListNotifications{Page: enginetest.FirstPage()})
		must(k.T, err)
		for i, want := range []struct{ headline, detail, path string }{
			{"A channel failed for “a deleted item”", "Taking it off company-blog failed: Access was refused.", "/notifications"},
			{"A channel failed for “Cold brew”", "Taking it off company-blog failed: Access was refused.", fmt.Sprint("/content/", item.ID)},
			{"A channel failed for “Cold brew”", "Publishing on company-blog failed: Access was refused.", fmt.Sprint("/content/", item.ID)},
		} {
			if n := l.Items[i]; n.Headline() != want.headline || n.Detail != want.detail || n.Path() != want.path {
				k.T.Errorf("%d: %q %q %s", i, n.Headline(), n.Detail, n.Path())
			}
		}
	})
}
