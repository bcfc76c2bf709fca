// Package notify tells people what concerns them: a durable consumer of events writes
// notifications, which are an inbox in the app ([Notifier.Handle]), and hands some of
// them on to a job that sends e-mails ([Notifier.Send]), at once or as a daily digest
// ([Notifier.Digests]).
//
// Who is notified: of an execution, the person who started it, or who created the key
// that did; of a decision that is waited for, everyone who may make it; of credits, the
// owners and admins. Where no person stands behind an execution, as behind one that the
// operator started, the owners are notified. The workspace's notification e-mail
// addresses get finished and failed work. Who has left the workspace gets nothing.
package notify

import (
	"context"
	"log/slog"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/mail"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// Options are what a Notifier needs.
type Options struct {
	Store *store.Store
	// Mail sends e-mails; nil where no mail server is configured: there are none then.
	Mail *mail.Sender
	// PublicURL is the address of the dashboard that the operator has set, without a
	// slash at the end. Where it is empty, e-mails have no links.
	PublicURL string
	// Token returns what a link carries to stop the e-mails to its recipient.
	Token func(domain.Recipient) string
	Log   *slog.Logger
}

// Notifier writes notifications and sends e-mails. It is safe for use by several
// goroutines.
type Notifier struct {
	Options
	queue *queue.Queue
}

// New returns a notifier. Without [Notifier.UseQueue] it may not be used.
func New(o Options) *Notifier { return &Notifier{Options: o} }

// UseQueue sets the queue that sends e-mails; it takes [Notifier.Send] for [JobKind].
func (n *Notifier) UseQueue(q *queue.Queue) { n.queue = q }

// keep is how long notifications and e-mails are kept.
const keep = 90 * 24 * time.Hour

// DeleteOld deletes what is older than 90 days.
func (n *Notifier) DeleteOld(ctx context.Context) error {
	return n.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.DeleteOldNotifications(ctx, tx.Now().Add(-keep))
	})
}
