package notify

import (
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Digests creates the digests that are due: one for each recipient and day, at 08:00 in
// the workspace's time zone, with what came since the last one and is unread. There is
// none where nothing came. Several nodes may run it at once, and one that was down at
// 08:00 makes up for it.
func (n *Notifier) Digests(ctx context.Context) error {
	if n.Mail == nil {
		return nil
	}
	q := n.Store.Read()
	recipients, err := q.DigestRecipients(ctx)
	if err != nil {
		return err
	}
	for _, r := range recipients {
		w, err := q.Workspace(ctx, r.WorkspaceID)
		if err != nil {
			return err
		}
		if err := n.digest(ctx, r, w.LastDigest(n.Store.Now())); err != nil {
			return err
		}
	}
	return nil
}

// digest creates the digest of a recipient that was due at a moment, if there is
// anything to say, and if it has not been created.
func (n *Notifier) digest(ctx context.Context, r domain.Recipient, due time.Time) error {
	waiting, err := n.Store.Read().DigestWaits(ctx, r, due)
	if err != nil || !waiting {
		return err
	}
	day := due.Format(time.DateOnly)
	return n.Store.InTx(ctx, func(tx *store.Tx) error {
		e, created, err := tx.CreateEmail(ctx, domain.Email{
			Recipient: r,
			DigestDay: day,
			MessageID: n.messageID("digest-" + day),
		})
		if err != nil || !created {
			return err
		}
		if _, err := tx.FillDigest(ctx, e, due); err != nil {
			return err
		}
		return n.enqueue(ctx, tx, e)
	})
}
