package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/signature"
	"vellocity/internal/store"
	"vellocity/internal/verb"
	"vellocity/internal/webhook"
)

const completed = domain.WebhookEvent(domain.EventExecutionCompleted)

// An event reaches the webhooks that want it, signed, once; and no other workspace's.
func TestAnEventIsDelivered(t *testing.T) {
	each(t, nil, func(k *kit) {
		r, other := newReceiver(k.T), newReceiver(k.T)
		w := k.hook(r.URL, completed)
		k.hook(other.URL, "content.moved")
		theirs, err := k.Account.CreateWebhook(enginetest.As(k.Theirs.ID, domain.RoleOwner),
			account.WebhookEdit{URL: new(other.URL), Events: &[]domain.WebhookEvent{completed}})
		must(k.T, err)
		if len(w.Secret) != 64 || w.Secret == theirs.Secret {
			k.T.Errorf("the secret %d", len(w.Secret))
		}
		k.happen(7)
		k.until(func() string {
			if l := k.log(w.Webhook.ID); len(l) != 1 || l[0].Status != domain.DeliveryDelivered {
				return fmt.Sprintf("%+v", l)
			}
			return ""
		})
		got := r.requests()
		if len(got) != 1 || len(other.requests()) != 0 {
			k.T.Fatalf("%d and %d requests", len(got), len(other.requests()))
		}
		key, _ := signature.Key(w.Secret)
		at, _ := strconv.ParseInt(got[0].at, 10, 64)
		if got[0].signature != signature.Sign(key, got[0].id, time.Unix(at, 0), []byte(got[0].body)) {
			k.T.Errorf("the signature is %s", got[0].signature)
		}
		var m webhook.Envelope
		must(k.T, json.Unmarshal([]byte(got[0].body), &m))
		if m.Type != domain.EventExecutionCompleted || m.Links.Execution != "/api/v1/content-workflow/executions/7" ||
			!strings.Contains(string(m.Data), `"execution_id":7`) || strings.Contains(got[0].id, ".") || m.EventID == "" {
			k.T.Errorf("%s %s", got[0].id, got[0].body)
		}
		d := k.log(w.Webhook.ID)[0]
		if a := d.Attempts[0]; a.Code != 200 || a.Answer != "answer 200" || d.MessageID != got[0].id {
			k.T.Errorf("%+v", d)
		}
		if n := k.webhook(w.Webhook.ID); n.LastResponseCode != 200 || n.LastTriggeredAt.IsZero() || n.FailureCount != 0 {
			k.T.Errorf("%+v", n)
		}
	})
}

// A receiver that is away is tried eight times in about 28 hours, each time with the same id, and
// what failed for good is sent again when somebody asks. Its owner is warned after a day, and it is
// switched off after five.
func TestTheScheduleToItsEnd(t *testing.T) {
	c := newClock()
	each(t, c, func(k *kit) {
		c.set(newClock().at)
		r := newReceiver(k.T)
		r.use(status(http.StatusServiceUnavailable))
		w := k.hook(r.URL, completed).Webhook
		k.happen(7)
		var d domain.Delivery
		k.until(func() string {
			if l := k.log(w.ID); len(l) == 1 {
				d = l[0]
				return ""
			}
			return "no delivery"
		})
		first := c.now()
		for n := 1; n < webhook.Attempts; n++ {
			d = k.attempts(w.ID, d.ID, n)
			if d.Status != domain.DeliveryPending || !d.NextAt.After(c.now()) {
				k.T.Fatalf("after %d attempts: %+v", n, d)
			}
			k.move(d.NextAt)
		}
		d = k.attempts(w.ID, d.ID, webhook.Attempts)
		if took := c.now().Sub(first); d.Status != domain.DeliveryFailed || took < 20*time.Hour || took > 36*time.Hour {
			k.T.Errorf("%s after %v", d.Status, took)
		}
		for _, got := range r.requests() {
			if got.id != d.MessageID {
				k.T.Errorf("the id %s, then %s", d.MessageID, got.id)
			}
		}
		n := k.webhook(w.ID)
		if n.WarnedAt.IsZero() || !n.DisableAt().Equal(first.Add(5*24*time.Hour)) || n.FailureCount != webhook.Attempts {
			k.T.Errorf("warned: %+v", n)
		}
		if k.Count("select count(*) from event where name = 'webhook.failing'") != 1 {
			k.T.Error("there is no warning")
		}
		c.set(first.Add(5 * 24 * time.Hour))
		again, err := k.Account.RedeliverFailed(k.Ctx(), account.RedeliverFailed{Webhook: w.ID, Since: first})
		must(k.T, err)
		if again != 1 {
			k.T.Fatalf("%d are sent again", again)
		}
		for i := 1; i < webhook.Attempts; i++ {
			d = k.attempts(w.ID, d.ID, webhook.Attempts+i)
			k.move(d.NextAt.Add(2 * time.Minute)) // it is held, as it fails
		}
		k.until(func() string {
			if n = k.webhook(w.ID); n.Active || n.Disabled == "" {
				return fmt.Sprintf("it is not switched off: %+v", n)
			}
			return ""
		})
		if k.Count("select count(*) from event where name = 'webhook.disabled'") != 1 {
			k.T.Error("its owner is not notified")
		}
		_, err = k.Account.Redeliver(k.Ctx(), account.DeliveryID{Webhook: w.ID, ID: d.ID})
		if domain.CodeOf(err) != domain.CodeConflict {
			k.T.Errorf("sent while it is off: %v", err)
		}
		r.use(status(http.StatusNoContent))
		on, err := k.Account.EditWebhook(k.Ctx(), account.EditWebhook{
			ID: w.ID, WebhookEdit: account.WebhookEdit{Active: new(true)},
		})
		must(k.T, err)
		if !on.Active || on.Disabled != "" || on.FailureCount != 0 {
			k.T.Errorf("switched on: %+v", on)
		}
		must(k.T, second(k.Account.Redeliver(k.Ctx(), account.DeliveryID{Webhook: w.ID, ID: d.ID})))
		k.until(func() string {
			if l := k.log(w.ID); l[0].Status == domain.DeliveryDelivered {
				return ""
			}
			return "not delivered"
		})
	})
}

func second[T any](_ T, err error) error { return err }

// What a receiver answers decides: 2xx is success and nothing else is, 410 switches off at once,
// Retry-After is honoured within bounds, a redirect is not followed.
func TestAnswers(t *testing.T) {
	followed := newReceiver(t)
	for name, x := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		status domain.DeliveryStatus
		says   string
		wait   time.Duration // at least until the next attempt
		off    bool
	}{
		"202":         {status(202), domain.DeliveryDelivered, "", 0, false},
		"redirect":    {status(302, "Location", followed.URL), domain.DeliveryPending, "redirects to " + followed.URL, 0, false},
		"gone":        {status(410), domain.DeliveryPending, "410 Gone", 0, true},
		"retry after": {status(503, "Retry-After", "90"), domain.DeliveryPending, "503", 90 * time.Second, false},
		"too long":    {status(429, "Retry-After", "99999999999"), domain.DeliveryPending, "429", time.Hour, false},
		"cut off": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, domain.DeliveryPending,
			"cannot be reached", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, nil, func(k *kit) {
				r := newReceiver(k.T)
				r.use(x.answer)
				w := k.hook(r.URL, completed).Webhook
				k.happen(1)
				var d domain.Delivery
				k.until(func() string {
					if l := k.log(w.ID); len(l) == 1 && len(l[0].Attempts) > 0 {
						d = l[0]
						return ""
					}
					return "no attempt"
				})
				a := d.Attempts[0]
				if d.Status != x.status || !strings.Contains(a.Error, x.says) || (x.says == "") != (a.Error == "") {
					k.T.Errorf("%+v", d)
				}
				if x.wait > 0 && (d.NextAt.Sub(a.At) < x.wait || d.NextAt.Sub(a.At) > x.wait+time.Minute) {
					k.T.Errorf("tried again after %v", d.NextAt.Sub(a.At))
				}
				n := k.webhook(w.ID)
				if n.Active == x.off || x.wait > 0 && n.HeldUntil.IsZero() {
					k.T.Errorf("%+v", n)
				}
			})
		})
	}
	if len(followed.requests()) > 0 {
		t.Error("a redirect was followed")
	}
}

// Deliveries about the same execution come one after another in their order, and those about
// others do not wait for them.
func TestOrderAndConcurrency(t *testing.T) {
	each(t, nil, func(k *kit) {
		r := newReceiver(k.T)
		free := make(chan struct{})
		r.use(func(_ http.ResponseWriter, q *http.Request) {
			if q.Header.Get("webhook-id") == r.requests()[0].id {
				<-free // the first one takes long
			}
		})
		w := k.hook(r.URL, completed).Webhook
		var ids []int64
		for i := range 40 {
			ids = append(ids, int64(1+i%4))
		}
		k.happen(ids...)
		k.until(func() string {
			if n := len(r.requests()); n < 31 {
				return fmt.Sprintf("%d requests", n)
			}
			return ""
		})
		close(free)
		k.until(func() string {
			if l := k.log(w.ID); len(l) == 40 && !slices.ContainsFunc(l, func(d domain.Delivery) bool {
				return d.Status != domain.DeliveryDelivered
			}) {
				return ""
			}
			return "some wait"
		})
		last := map[string]int{}
		for _, q := range r.requests() {
			var m struct {
				EventID string          `json:"event_id"`
				Data    json.RawMessage `json:"data"`
			}
			must(k.T, json.Unmarshal([]byte(q.body), &m))
			id := m.EventID[strings.LastIndexByte(m.EventID, '.')+1:]
			n, err := strconv.Atoi(id)
			must(k.T, err)
			if n <= last[string(m.Data)] {
				k.T.Errorf("event %d of %s came after %d", n, m.Data, last[string(m.Data)])
			}
			last[string(m.Data)] = n
		}
		if len(last) != 4 || len(r.requests()) != 40 {
			k.T.Errorf("%d executions, %d requests", len(last), len(r.requests()))
		}
	})
}

// A delivery is sent although the last of those before it ends while its transaction is open. On SQLite there is no
// such moment: one transaction writes at a time.
func TestADeliveryThatIsNotedWhileALaneEndsIsSent(t *testing.T) {
	each(t, nil, func(k *kit) {
		if !k.Store.Postgres() {
			return
		}
		r := newReceiver(k.T)
		free := make(chan struct{})
		r.use(func(http.ResponseWriter, *http.Request) { <-free })
		w := k.hook(r.URL, completed).Webhook
		k.happen(1)
		requests := func(n int) func() string {
			return func() string {
				if got := len(r.requests()); got != n {
					return fmt.Sprintf("%d requests, want %d", got, n)
				}
				return ""
			}
		}
		k.until(requests(1))
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			err := k.Webhooks.Handle(ctx, tx, []domain.Event{{
				ID: "evt_second", Subject: domain.Subject{WorkspaceID: k.Ours.ID, ExecutionID: 2},
				Name: domain.EventName(completed), Payload: json.RawMessage("{}"), At: tx.Now(),
			}})
			if err != nil {
				return err
			}
			close(free)
			k.until(func() string { // the lane has given the webhook back, or waits for this transaction
				if k.Count("select count(*) from webhook where id = $1 and next_at = 0", w.ID) == 0 &&
					k.Count("select count(*) from pg_locks where not granted") == 0 {
					return "the lane has not ended"
				}
				return ""
			})
			return nil
		})
		k.until(requests(2))
	})
}

// A receiver that never answers holds up no other.
func TestADeadReceiverSlowsNobody(t *testing.T) {
	each(t, nil, func(k *kit) {
		dead, alive := newReceiver(k.T), newReceiver(k.T)
		free := make(chan struct{})
		dead.use(func(http.ResponseWriter, *http.Request) { <-free })
		defer close(free)
		k.hook(dead.URL, completed)
		w := k.hook(alive.URL, completed).Webhook
		var ids []int64
		for i := range 100 {
			ids = append(ids, int64(i+1))
		}
		k.happen(ids...)
		k.until(func() string {
			if n := len(alive.requests()); n != 100 {
				return fmt.Sprintf("%d requests", n)
			}
			return ""
		})
		if n := len(dead.requests()); n > 16 {
			k.T.Errorf("the dead one has %d requests at once", n)
		}
		if k.webhook(w.ID).FailureCount != 0 {
			k.T.Error("the other one failed")
		}
	})
}

// After a rotation requests carry both signatures, the new one first, until the grace period ends.
func TestRotation(t *testing.T) {
	c := newClock()
	each(t, c, func(k *kit) {
		r := newReceiver(k.T)
		old := k.hook(r.URL, completed)
		fresh, err := k.Account.RotateWebhook(k.Ctx(), account.RotateWebhook{ID: old.Webhook.ID, Grace: time.Hour})
		must(k.T, err)
		for n, want := range [][]domain.Secret{{fresh.Secret, old.Secret}, {fresh.Secret}} {
			k.happen(int64(n + 1))
			k.until(func() string {
				if len(r.requests()) <= n {
					return "nothing came"
				}
				return ""
			})
			got := r.requests()[n]
			at, _ := strconv.ParseInt(got.at, 10, 64)
			var list []string
			for _, s := range want {
				key, _ := signature.Key(s)
				list = append(list, signature.Sign(key, got.id, time.Unix(at, 0), []byte(got.body)))
			}
			if got.signature != strings.Join(list, " ") {
				k.T.Errorf("%s, want %v", got.signature, list)
			}
			k.until(func() string { // its lane has ended
				if d := k.log(old.Webhook.ID)[0]; d.Status != domain.DeliveryDelivered {
					return "not recorded"
				}
				return ""
			})
			k.move(c.now().Add(time.Hour))
		}
	})
}

// What is noted after a rotation has both signatures, although requests of before are under way.
func TestARotationReachesALaneThatRuns(t *testing.T) {
	each(t, nil, func(k *kit) {
		r := newReceiver(k.T)
		release := make(chan struct{})
		r.use(func(http.ResponseWriter, *http.Request) { <-release })
		old := k.hook(r.URL, completed)
		arrived := func(n int) {
			k.until(func() string {
				if len(r.requests()) < n {
					return "nothing came"
				}
				return ""
			})
		}
		k.happen(1)
		arrived(1)
		_, err := k.Account.RotateWebhook(k.Ctx(), account.RotateWebhook{ID: old.Webhook.ID, Grace: time.Hour})
		must(k.T, err)
		r.use(status(http.StatusOK))
		k.happen(2)
		k.until(func() string { // the lane has seen it, or could have
			if len(k.log(old.Webhook.ID)) < 2 {
				return "not noted"
			}
			return ""
		})
		close(release)
		arrived(2)
		if got := r.requests()[1].signature; strings.Count(got, "v1,") != 2 {
			k.T.Errorf("signed %q", got)
		}
	})
}

// A test is an example of the event, is sent once, and counts for nothing.
func TestATest(t *testing.T) {
	each(t, nil, func(k *kit) {
		r := newReceiver(k.T)
		r.use(status(http.StatusTeapot))
		w := k.hook(r.URL, completed).Webhook
		d, err := k.Account.TestWebhook(k.Ctx(), account.TestWebhook{ID: w.ID})
		must(k.T, err)
		d = k.attempts(w.ID, d.ID, 1)
		if d.Status != domain.DeliveryFailed || !strings.Contains(r.requests()[0].body, `"test":true`) {
			k.T.Errorf("%+v %s", d, r.requests()[0].body)
		}
		if n := k.webhook(w.ID); n.FailureCount != 0 || n.LastResponseCode != http.StatusTeapot {
			k.T.Errorf("%+v", n)
		}
		_, err = k.Account.TestWebhook(k.Ctx(), account.TestWebhook{ID: w.ID, Event: "event.received"})
		if domain.CodeOf(err) != domain.CodeValidation {
			k.T.Errorf("an event that is none: %v", err)
		}
	})
}

// Of two nodes one sends at a time. One that dies in between leaves its claim to the other, which
// sends the same again under the same id.
func TestANodeThatDiesIsFollowed(t *testing.T) {
	c := newClock()
	enginetest.Each(t, enginetest.Config{Now: c.now}, func(ek *enginetest.Kit) {
		k := &kit{ek, c}
		r := newReceiver(k.T)
		w := k.hook(r.URL, completed).Webhook
		other := *ek
		other.Node = "n2"
		second := other.Other()
		d, err := k.Account.TestWebhook(k.Ctx(), account.TestWebhook{ID: w.ID})
		must(k.T, err)
		// The first node has claimed and sent, and has died before it has recorded.
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			_, ok, err := tx.ClaimWebhook(ctx, w.ID, "n1", 6*time.Second)
			if err == nil && !ok {
				err = errors.New("not claimed")
			}
			return err
		})
		stop := k.run(second)
		defer stop()
		second.Webhooks.Wake()
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			_, ok, err := tx.ClaimWebhook(ctx, w.ID, "n2", time.Second)
			if ok {
				err = errors.New("two nodes have it")
			}
			return err
		})
		if len(r.requests()) > 0 {
			k.T.Error("it was sent while another node has it")
		}
		c.set(c.now().Add(7 * time.Second))
		second.Webhooks.Wake()
		d = k.attempts(w.ID, d.ID, 1)
		if got := r.requests(); len(got) != 1 || got[0].id != d.MessageID {
			k.T.Errorf("%+v", got)
		}
		// What the first node records now counts for nothing.
		err = k.Store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.KeepWebhook(t.Context(), store.Webhook{Webhook: w, Claim: 1}, time.Second)
			return err
		})
		if !errors.Is(err, store.ErrClaimLost) {
			k.T.Errorf("the first node's claim: %v", err)
		}
	})
}

// The log is kept for 30 days, and that of a deleted webhook not at all.
func TestTheLogIsDeleted(t *testing.T) {
	c := newClock()
	each(t, c, func(k *kit) {
		r := newReceiver(k.T)
		kept, gone := k.hook(r.URL, completed).Webhook, k.hook(r.URL, completed).Webhook
		k.happen(1)
		for _, w := range []domain.Webhook{kept, gone} {
			k.until(func() string {
				if l := k.log(w.ID); len(l) == 1 && l[0].Status == domain.DeliveryDelivered {
					return ""
				}
				return "nothing"
			})
		}
		must(k.T, k.Account.DeleteWebhook(k.Ctx(), verb.ID{ID: gone.ID}))
		count := func() int { return k.Count("select count(*) from webhook_delivery") }
		must(k.T, k.Webhooks.DeleteOld(t.Context()))
		if n := count(); n != 1 {
			k.T.Errorf("%d deliveries", n)
		}
		c.set(c.now().Add(domain.DeliveryKept + time.Minute))
		must(k.T, k.Webhooks.DeleteOld(t.Context()))
		if n := count(); n != 0 {
			k.T.Errorf("%d deliveries after 30 days", n)
		}
		if k.Count("select count(*) from webhook where secret <> '' and deleted_at > 0") != 0 {
			k.T.Error("the secret of a deleted webhook is kept")
		}
	})
}

// Each event of the catalogue is one of the log, and its example can be sent.
func TestTheCatalogueIsWhole(t *testing.T) {
	types := domain.WebhookEventTypes()
	if len(types) != len(domain.WebhookEvents()) {
		t.Fatalf("%d of %d events are in the log", len(types), len(domain.WebhookEvents()))
	}
	for _, x := range types {
		d, err := webhook.Test(domain.Webhook{}, x, newClock().at)
		if err != nil || !json.Valid(d.Body) || len(d.Body) > 20_000 || x.Name == domain.EventReceived {
			t.Errorf("%s: %v %s", x.Name, err, d.Body)
		}
	}
}
