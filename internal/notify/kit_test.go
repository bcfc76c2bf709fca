package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"sync"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
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
			_ = k.Hub.Consume(ctx, live.Consumer{
				Name: "notify", Events: notify.Events(), FromStart: true, Handle: k.notifier.Handle,
			})
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
	enginetest.Eventually(k.T, func() string {
		l, err := k.Account.Notifications(ctx, account.ListNotifications{Page: enginetest.FirstPage()})
		must(k.T, err)
		if list = nil; l.Total != want || len(l.Items) != want {
			return fmt.Sprintf("%d notifications, want %d: %+v", l.Total, want, l.Items)
		}
		for _, n := range l.Items {
			list = append(list, string(n.Kind)+" "+n.Headline())
		}
		return ""
	})
	return list
}

// settle waits until the consumer has passed every event that was appended so far, and
// those that no reader may take yet because an older transaction is open on PostgreSQL.
func (k *kit) settle() {
	k.T.Helper()
	newest := store.Cursor{XID: math.MaxInt64, Pos: math.MaxInt64}
	enginetest.Eventually(k.T, func() string {
		c, _, err := k.Store.Read().Consumer(context.Background(), "notify")
		must(k.T, err)
		rest, err := k.Store.Read().EventsNamed(context.Background(), c.Cursor, newest, notify.Events(), 1)
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
	rows, err := k.Store.DB().SQL().QueryContext(context.Background(),
		"select id from email where status = 'waiting' order by id")
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
