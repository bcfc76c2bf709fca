package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/live"
	"vellocity/internal/store"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)} }

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

// request is what a receiver got.
type request struct {
	id, at, signature, body string
}

// receiver is a program that gets webhooks. Its answers can be changed.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []request
	answer func(http.ResponseWriter, *http.Request)
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{answer: status(http.StatusOK)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// status responds with a status and headers: "Retry-After", "60".
func status(code int, headers ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = fmt.Fprintf(w, "answer %d", code)
	}
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.mu.Lock()
	r.got = append(r.got, request{
		q.Header.Get("webhook-id"), q.Header.Get("webhook-timestamp"), q.Header.Get("webhook-signature"), string(body),
	})
	answer := r.answer
	r.mu.Unlock()
	answer(w, q)
}

func (r *receiver) use(answer func(http.ResponseWriter, *http.Request)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *receiver) requests() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]request(nil), r.got...)
}

// kit is the verbs with a sender that runs.
type kit struct {
	*enginetest.Kit
	clock *clock
}

// each runs f on both databases, with a sender and its consumer that run.
func each(t *testing.T, c *clock, f func(k *kit)) {
	t.Helper()
	config := enginetest.Config{}
	if c != nil {
		config.Now = c.now
	}
	enginetest.Each(t, config, func(ek *enginetest.Kit) {
		k := &kit{ek, c}
		stop := k.run(ek)
		defer stop()
		f(k)
	})
}

// run has a node send until stop is called.
func (k *kit) run(node *enginetest.Kit) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { node.Webhooks.Run(ctx) })
	all.Go(func() {
		_ = k.Hub.Consume(ctx, live.Consumer{
			Name: "webhooks", Wants: node.Webhooks.Events, FromStart: true, Pause: time.Millisecond, Handle: node.Webhooks.Handle,
		})
	})
	return func() {
		cancel()
		all.Wait()
	}
}

// hook creates a webhook of our workspace.
func (k *kit) hook(url string, events ...domain.WebhookEvent) account.NewWebhook {
	k.T.Helper()
	w, err := k.Account.CreateWebhook(k.Ctx(), account.WebhookEdit{URL: &url, Events: &events})
	must(k.T, err)
	return w
}

// happen appends events of our workspace, each about an execution.
func (k *kit) happen(executions ...int64) {
	k.T.Helper()
	k.Do(func(ctx context.Context, tx *store.Tx) error {
		ctx = domain.WithActor(ctx, domain.SystemActor(k.Ours.ID, 0, "Test"))
		for _, id := range executions {
			err := tx.AppendEvent(ctx, domain.Subject{WorkspaceID: k.Ours.ID, ExecutionID: id},
				domain.ExecutionEnded{Status: domain.ExecutionCompleted, CreditsUsed: 1})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// log returns a webhook's deliveries, the newest first.
func (k *kit) log(id int64) []domain.Delivery {
	k.T.Helper()
	l, err := k.Account.Deliveries(k.Ctx(), account.ListDeliveries{Webhook: id, Page: domain.Page{Number: 1, Size: 100}})
	must(k.T, err)
	return l.Items
}

func (k *kit) webhook(id int64) domain.Webhook {
	k.T.Helper()
	w, err := k.Account.Webhook(k.Ctx(), id)
	must(k.T, err)
	return w
}

// until waits for what a test wants; say returns what is missing.
func (k *kit) until(say func() string) {
	k.T.Helper()
	enginetest.Eventually(k.T, say)
}

// attempts waits until a delivery has had n attempts, and returns it.
func (k *kit) attempts(hook, delivery int64, n int) (d domain.Delivery) {
	k.T.Helper()
	k.until(func() string {
		var err error
		d, err = k.Account.Delivery(k.Ctx(), account.DeliveryID{Webhook: hook, ID: delivery})
		must(k.T, err)
		if len(d.Attempts) != n {
			return fmt.Sprintf("%d attempts, want %d: %+v", len(d.Attempts), n, d)
		}
		return ""
	})
	return d
}

// move sets the clock and wakes the sender.
func (k *kit) move(to time.Time) {
	k.clock.set(to)
	k.Webhooks.Wake()
}
