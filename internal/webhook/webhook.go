// Package webhook sends a workspace's events to addresses that it has chosen, signed by the rules
// of Standard Webhooks (standardwebhooks.com).
//
// A durable consumer of the event log ([Sender.Handle]) writes a delivery for each event and each
// webhook that wants it. [Sender.Run] sends them: each webhook has a lane of its own, claimed by
// one node at a time, so that a receiver that is away or slow holds up no other. A lane sends
// several deliveries at once, but those about the same execution or item one after another, and
// records what came of many in one transaction.
//
// A delivery is sent at least once: a node that dies after the request and before the record has
// it sent again, with the same webhook-id. See docs/webhooks.md for what receivers see, and
// docs/decisions/0043-deliveries-go-in-lanes.md for why they are no jobs of the queue.
package webhook

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Options are what a Sender needs.
type Options struct {
	Store *store.Store
	Vault *auth.Vault
	// Client returns the HTTP client for an address that a workspace chose, or an error in words
	// where it may not be reached.
	Client func(ctx context.Context, address string) (*http.Client, error)
	// Node names this node among those on the same database.
	Node string
	// Timeout bounds one request; 0 means 15 s.
	Timeout time.Duration
	// Jitter varies a pause, so that what failed together does not come back together; nil means
	// up to a tenth more or less.
	Jitter func(time.Duration) time.Duration
	Log    *slog.Logger
}

// Sender writes deliveries and sends them. It is safe for use by several goroutines.
type Sender struct {
	Options
	wake chan struct{}

	mu      sync.Mutex
	clients map[int64]cachedClient // by webhook
}

// New returns a sender. It sends while [Sender.Run] runs.
func New(o Options) *Sender {
	o.Timeout = cmp.Or(o.Timeout, requestTimeout)
	if o.Jitter == nil {
		o.Jitter = jitter
	}
	return &Sender{Options: o, wake: make(chan struct{}, 1), clients: map[int64]cachedClient{}}
}

// jitter varies a pause by a tenth.
func jitter(d time.Duration) time.Duration {
	if d < 10 {
		return d
	}
	return d - d/10 + rand.N(d/5) //nolint:gosec // no secret
}

// Wake has this node look for deliveries at once.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Seal encrypts a signing secret of a webhook.
func (s *Sender) Seal(w domain.Webhook, secret domain.Secret) string {
	return s.Vault.Seal(secretPlace(w), secret)
}

// secretPlace is the place of a webhook's secrets in the vault.
func secretPlace(w domain.Webhook) string { return fmt.Sprintf("webhook/%d/%d", w.WorkspaceID, w.ID) }

// CheckURL notes a fault unless a webhook may lead to the address. It looks the host up.
func (s *Sender) CheckURL(ctx context.Context, p *domain.Problems, path, address string) {
	client, err := s.Client(ctx, address)
	if err != nil {
		p.Add(path, "%s", domain.AsError(err).Message)
		return
	}
	client.CloseIdleConnections()
}

// clientKept is how long a client, with its connections, is used before the address is checked
// again.
const clientKept = 5 * time.Minute

// cachedClient is a client that keeps its connections from one lane to the next.
type cachedClient struct {
	url    string
	client *http.Client
	until  time.Time
}

// clientFor returns the client of a webhook, the same one for a while.
func (s *Sender) clientFor(ctx context.Context, w domain.Webhook) (*http.Client, error) {
	now := time.Now()
	s.mu.Lock()
	have, ok := s.clients[w.ID]
	s.mu.Unlock()
	if ok && have.url == w.URL && now.Before(have.until) {
		return have.client, nil
	}
	fresh, err := s.Client(ctx, w.URL)
	if err == nil { // a redirect is an answer, and no success
		own := *fresh
		own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		fresh = &own
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, c := range s.clients { // those of lanes that ended long ago, and the one that is replaced
		if id == w.ID || now.After(c.until.Add(clientKept)) {
			c.client.CloseIdleConnections()
			delete(s.clients, id)
		}
	}
	if err == nil {
		s.clients[w.ID] = cachedClient{w.URL, fresh, now.Add(clientKept)}
	}
	return fresh, err
}

// deletedAtOnce is how many deliveries one transaction deletes.
const deletedAtOnce = 2_000

// DeleteOld deletes the deliveries that are older than [domain.DeliveryKept], and those of
// webhooks that were deleted.
func (s *Sender) DeleteOld(ctx context.Context) error {
	for {
		n := 0
		err := s.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.DeleteDeliveries(ctx, tx.Now().Add(-domain.DeliveryKept), deletedAtOnce)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
