package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/extension/mail"
	"vellocity/internal/extension/mail/mailtest"
	"vellocity/internal/live"
	"vellocity/internal/notify"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

type step = enginetest.Step

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// kit is the verbs with a notifier that consumes their events.
type kit struct {
	*enginetest.Kit
	notifier *notify.Notifier
	clock    *clock // nil: the machine's
}

const publicURL = "https://vellocity.example.com"

// each runs f on both databases, with a mail server; nil: without one. The consumer is
// started, and the queue of e-mails is not.
func each(t *testing.T, c *clock, server func(t *testing.T) *mailtest.Server, f func(k *kit, server *mailtest.Server)) {
	t.Helper()
	config := enginetest.Config{}
	if c != nil {
		config.Now = c.now
	}
	enginetest.Each(t, config, func(ek *enginetest.Kit) {
		var s *mailtest.Server
		options := notify.Options{
			Store:     ek.Store,
			PublicURL: publicURL,
			Token:     ek.Vault.UnsubscribeToken,
			Log:       slog.New(slog.DiscardHandler),
		}
		if server != nil {
			s = server(ek.T)
			sender, err := mail.New(mail.Config{
				Host: s.Host, Port: s.Port, From: "Vellocity <news@example.com>", Encryption: mail.None,
			})
			must(ek.T, err)
			options.Mail = sender
		}
		k := &kit{ek, notify.New(options), c}
		k.notifier.UseQueue(ek.Queue)
		ctx, cancel := context.WithCancel(context.Background())
		var consumer sync.WaitGroup
		consumer.Go(func() {
			_ = k.Hub.Consume(ctx, live.Consumer{Name: "notify", Events: notify.Events(), FromStart: true, Handle: k.notifier.Handle})
		})
		defer consumer.Wait()
		defer cancel()
		f(k, s)
	})
}

func plainServer(t *testing.T) *mailtest.Server { return mailtest.Start(t, mailtest.Options{}) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// inbox returns what a person has, as "kind headline", once it has as many.
func (k *kit) inbox(ctx context.Context, want int) (list []string) {
	k.T.Helper()
	enginetest.Eventually(k.T, 20*time.Second, func() string {
		l, err := k.Account.Notifications(ctx, account.ListNotifications{Page: enginetest.FirstPage()})
		must(k.T, err)
		if list = nil; l.Total != want {
			return fmt.Sprintf("%d notifications, want %d: %+v", l.Total, want, l.Items)
		}
		for _, n := range l.Items {
			list = append(list, string(n.Kind)+" "+n.Headline())
		}
		return ""
	})
	return list
}

// settle waits until the consumer has passed every event that was appended so far.
func (k *kit) settle() {
	k.T.Helper()
	enginetest.Eventually(k.T, 20*time.Second, func() string {
		head, err := k.Store.Read().EventHead(context.Background())
		must(k.T, err)
		c, _, err := k.Store.Read().Consumer(context.Background(), "notify")
		must(k.T, err)
		rest, err := k.Store.Read().EventsNamed(context.Background(), c.Cursor, head, notify.Events(), 1)
		must(k.T, err)
		if len(rest) > 0 {
			return "events wait"
		}
		return ""
	})
}

// send runs the jobs of e-mails that wait, as the queue would, and returns their
// results.
func (k *kit) send() (results []error) {
	k.T.Helper()
	for _, id := range k.waiting() {
		results = append(results, k.notifier.Send(context.Background(), queue.Job{Ref: id}))
	}
	return results
}

func (k *kit) waiting() (ids []int64) {
	k.T.Helper()
	rows, err := k.Store.DB().SQL().QueryContext(context.Background(), "select id from email where status = 'waiting' order by id")
	must(k.T, err)
	defer rows.Close()
	for rows.Next() {
		var id int64
		must(k.T, rows.Scan(&id))
		ids = append(ids, id)
	}
	must(k.T, rows.Err())
	return ids
}

func (k *kit) email(id int64) domain.Email {
	k.T.Helper()
	e, ok, err := k.Store.Read().Email(context.Background(), id)
	must(k.T, err)
	if !ok {
		k.T.Fatalf("there is no e-mail %d", id)
	}
	return e
}

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

// An event notifies a person once, however often it is handled.
func TestAnEventNotifiesOnce(t *testing.T) {
	each(t, nil, plainServer, func(k *kit, _ *mailtest.Server) {
		x := k.Run(step{Key: "a", Do: "fail"})
		k.Ended(x.ID, domain.ExecutionFailed)
		k.inbox(k.Ctx(), 1)
		ctx := context.Background()
		events, err := k.Store.Read().EventsNamed(ctx, store.Cursor{}, must1(k.Store.Read().EventHead(ctx))(k.T), notify.Events(), 200)
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

func must1[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T { t.Helper(); must(t, err); return v }
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

// An e-mail says what happened and where, and stops by its own link.
func TestAnEmail(t *testing.T) {
	each(t, nil, plainServer, func(k *kit, server *mailtest.Server) {
		_, err := k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{
			NotifyEmails: &[]string{"team@example.com", "desk@example.com"},
		})
		must(k.T, err)
		x, err := k.Work.Execute(k.Ctx(), work.Execute{
			Capability: enginetest.Slug, Settings: enginetest.Settings(step{Key: "a"}), Notify: true,
		})
		must(k.T, err)
		k.Ended(x.Execution.ID, domain.ExecutionCompleted)
		k.settle()
		for _, err := range k.send() {
			must(k.T, err)
		}
		mails := server.Mails()
		to := []string{}
		for _, m := range mails {
			to = append(to, m.To)
			link := fmt.Sprintf("%s/executions/%d", publicURL, x.Execution.ID)
			plain := strings.ReplaceAll(m.Raw, "=\r\n", "")
			if strings.Count(plain, link) != 2 || m.Header("List-Unsubscribe-Post") == "" ||
				!strings.HasPrefix(m.Header("Message-ID"), "<notification-") {
				k.T.Errorf("it is %s", m.Raw)
			}
		}
		slices.Sort(to)
		if fmt.Sprint(to) != "[desk@example.com owner@ours.example team@example.com]" {
			k.T.Fatalf("sent to %v", to)
		}
		k.unsubscribe(mails)
		k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
		k.settle()
		if n := len(k.waiting()); n != 0 {
			k.T.Errorf("%d e-mails wait for those who have stopped them", n)
		}
		k.inbox(k.Ctx(), 2) // which goes on
	})
}

// unsubscribe uses the link of each e-mail, twice.
func (k *kit) unsubscribe(mails []mailtest.Mail) {
	k.T.Helper()
	for _, m := range mails {
		_, token, _ := strings.Cut(strings.Trim(m.Header("List-Unsubscribe"), "<>"), "?t=")
		for range 2 {
			if _, err := k.Account.Unsubscribe(context.Background(), token); err != nil {
				k.T.Errorf("%q: %v", token, err)
			}
		}
		if _, err := k.Account.Unsubscribe(context.Background(), token+"x"); domain.CodeOf(err) != domain.CodeNotFound {
			k.T.Errorf("a changed link: %v", err)
		}
	}
	w, err := k.Account.Profile(k.Ctx())
	must(k.T, err)
	if len(w.NotifyEmails) != 0 {
		k.T.Errorf("the list still has %v", w.NotifyEmails)
	}
}

// A mail server that does not take an e-mail is asked again with the same Message-ID,
// more and more rarely, for a day; one that never will is not.
func TestAMailServerThatRefuses(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	answers := []error{
		&smtp.SMTPError{Code: 451, Message: "Try again later"},
		&smtp.SMTPError{Code: 452, Message: "Still full"},
		nil,
	}
	server := func(t *testing.T) *mailtest.Server {
		return mailtest.Start(t, mailtest.Options{Rcpt: func(n int, to string) error {
			switch {
			case to == "gone@ours.example":
				return &smtp.SMTPError{Code: 550, Message: "No such user"}
			case to == "never@ours.example":
				return &smtp.SMTPError{Code: 450, Message: "Greylisted"}
			}
			return answers[min(n, len(answers)-1)]
		}})
	}
	each(t, c, server, func(k *kit, server *mailtest.Server) {
		fail := func(address string) int64 {
			k.T.Helper()
			_, err := k.Account.UpdateNotificationSettings(k.Ctx(), account.UpdateNotificationSettings{
				Email: &address,
				Kinds: []account.NotificationChange{{Kind: domain.NotifyFailed, Email: new(domain.EmailImmediate)}},
			})
			must(k.T, err)
			k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
			k.settle()
			ids := k.waiting()
			if len(ids) != 1 {
				k.T.Fatalf("%v wait", ids)
			}
			return ids[0]
		}
		id := fail("ada@ours.example")
		for i, want := range []string{"again in 30s", "again in 1m0s", ""} {
			err := k.send()[0]
			if fmt.Sprint(err) != map[bool]string{true: "<nil>", false: want}[want == ""] {
				k.T.Errorf("try %d returned %v, want %q", i+1, err, want)
			}
			e := k.email(id)
			if want != "" && (e.Status != domain.EmailWaiting || e.Tries != i+1 || !strings.Contains(e.Error, "45")) {
				k.T.Errorf("after try %d: %+v", i+1, e)
			}
		}
		if e := k.email(id); e.Status != domain.EmailSent || len(server.Mails()) != 1 ||
			server.Mails()[0].Header("Message-ID") != "<"+e.MessageID+">" {
			k.T.Errorf("it ended as %+v", e)
		}

		id = fail("gone@ours.example")
		if err := k.send()[0]; err != nil {
			k.T.Error(err)
		}
		if e := k.email(id); e.Status != domain.EmailFailed || !strings.Contains(e.Error, "No such user") {
			k.T.Errorf("it ended as %+v", e)
		}

		id = fail("never@ours.example")
		began := c.now()
		defer c.set(began)
		pauses := []string{}
		for k.email(id).Status == domain.EmailWaiting && len(pauses) < 100 {
			err := k.send()[0]
			if err == nil {
				break
			}
			pause, perr := time.ParseDuration(strings.TrimPrefix(err.Error(), "again in "))
			must(k.T, perr)
			pauses = append(pauses, pause.String())
			c.set(c.now().Add(pause))
		}
		took := c.now().Sub(began)
		if e := k.email(id); e.Status != domain.EmailFailed || !strings.Contains(e.Error, "Greylisted") ||
			took < 24*time.Hour || took > 27*time.Hour || len(pauses) > 25 {
			k.T.Errorf("after %v, %d tries %v: %+v", took, len(pauses), pauses, e)
		}
	})
}

// The digest comes once a day, at 08:00 in the workspace's time zone, with what is
// unread; where there is nothing, there is none. A storm of failures is one e-mail too.
func TestTheDigest(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	c := &clock{}
	each(t, c, plainServer, func(k *kit, server *mailtest.Server) {
		c.set(time.Date(2026, 3, 27, 18, 0, 0, 0, zone))
		_, err := k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{Timezone: new("Europe/Berlin")})
		must(k.T, err)
		fail := func(n int) {
			k.T.Helper()
			for range n {
				k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
			}
			k.settle()
		}
		digest := func(want int, subject string) {
			k.T.Helper()
			before := len(server.Mails())
			for range 3 {
				must(k.T, k.notifier.Digests(context.Background()))
			}
			for _, err := range k.send() {
				must(k.T, err)
			}
			got := server.Mails()[before:]
			if len(got) != want || want > 0 && got[0].Header("Subject") != subject {
				k.T.Errorf("at %v: %d digests, %+v", c.now(), len(got), got)
			}
		}
		fail(3)
		digest(0, "")
		c.set(time.Date(2026, 3, 28, 7, 59, 0, 0, zone))
		digest(0, "")
		c.set(time.Date(2026, 3, 28, 8, 0, 0, 0, zone))
		digest(1, "3 notifications from ours")
		fail(1)
		c.set(time.Date(2026, 3, 29, 7, 59, 0, 0, zone)) // the clocks go forward in the night
		digest(0, "")
		c.set(time.Date(2026, 3, 29, 9, 30, 0, 0, zone)) // the server was down at 08:00
		digest(1, "1 notification from ours")
		fail(2)
		_, err = k.Account.ReadAllNotifications(k.Ctx())
		must(k.T, err)
		c.set(time.Date(2026, 3, 30, 8, 1, 0, 0, zone))
		digest(0, "")
		_, err = k.Account.UpdateNotificationSettings(k.Ctx(), account.UpdateNotificationSettings{
			Kinds: []account.NotificationChange{{Kind: domain.NotifyFailed, Email: new(domain.EmailImmediate)}},
		})
		must(k.T, err)
		fail(23)
		if n := len(k.waiting()); n != 20 {
			k.T.Errorf("%d e-mails at once in an hour", n)
		}
		k.send()
		c.set(time.Date(2026, 3, 31, 8, 1, 0, 0, zone))
		digest(1, "3 notifications from ours")
	})
}

// Without a mail server there are no e-mails, and nothing waits for one.
func TestWithoutAMailServer(t *testing.T) {
	each(t, nil, nil, func(k *kit, _ *mailtest.Server) {
		k.Ended(k.Run(step{Key: "a", Do: "fail"}).ID, domain.ExecutionFailed)
		k.inbox(k.Ctx(), 1)
		must(k.T, k.notifier.Digests(context.Background()))
		if n := k.Count("select count(*) from email") + k.Count("select count(*) from notification where email <> 'off'"); n != 0 {
			k.T.Errorf("%d wait for a mail server", n)
		}
	})
}
