package notify

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/mail"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// JobKind is the kind of the jobs that send e-mails.
const JobKind = "send-email"

const (
	// giveUp is how long an e-mail is tried again.
	giveUp = 24 * time.Hour
	// firstPause and lastPause bound the time between two tries, which doubles.
	firstPause = 30 * time.Second
	lastPause  = 2 * time.Hour
	// trying bounds one try.
	trying = time.Minute
	// longestError is how much of the mail server's words is kept, in bytes.
	longestError = 500
)

// messageID returns a Message-ID that no other e-mail has, whichever installation sent
// it.
func (n *Notifier) messageID(name string) string {
	return name + "." + strings.ToLower(rand.Text()) + "@" + n.Mail.Domain()
}

func (n *Notifier) enqueue(ctx context.Context, tx *store.Tx, e domain.Email) error {
	_, err := n.queue.Enqueue(ctx, tx.DB(), queue.Insert{Kind: JobKind, Ref: e.ID, Priority: 4})
	return err
}

// Send is the handler of [JobKind]: it sends one e-mail, at least once, with the same
// Message-ID on each try. It is tried again for a day, more and more rarely, and then
// recorded as failed, with what the mail server said.
func (n *Notifier) Send(ctx context.Context, job queue.Job) error {
	e, ok, err := n.Store.Read().Email(ctx, job.Ref)
	if err != nil {
		return err
	}
	if !ok || e.Status != domain.EmailWaiting {
		return nil
	}
	if n.Mail == nil {
		return n.end(ctx, e, domain.EmailFailed, "This server has no mail server configured any more.")
	}
	m, ok, err := n.message(ctx, e)
	if err != nil {
		return err
	}
	if !ok {
		return n.end(ctx, e, domain.EmailDropped, "")
	}
	limited, done := context.WithTimeout(ctx, trying)
	defer done()
	err = n.Mail.Send(limited, m)
	var refused *mail.Refused
	switch {
	case err == nil:
		return n.end(ctx, e, domain.EmailSent, "")
	case ctx.Err() != nil: // the queue stops; nothing is known about the mail server
		return context.Cause(ctx)
	case errors.As(err, &refused), n.Store.Now().Sub(e.CreatedAt) >= giveUp:
		n.Log.Warn("an e-mail was not sent", "workspace", e.WorkspaceID, "email", e.ID, "error", err)
		return n.end(ctx, e, domain.EmailFailed, err.Error())
	}
	return n.again(ctx, e, err)
}

// end records how an e-mail ended. Its job may end later: it finds nothing to do then.
func (n *Notifier) end(ctx context.Context, e domain.Email, as domain.EmailStatus, why string) error {
	e.Status, e.Error = as, clip(why)
	return n.Store.InTx(ctx, func(tx *store.Tx) error { return tx.SaveEmail(ctx, e) })
}

// again records a failed try, and says when the next one is due.
func (n *Notifier) again(ctx context.Context, e domain.Email, why error) error {
	pause := min(firstPause<<min(e.Tries, 20), lastPause)
	e.Tries++
	e.Error = clip(why.Error())
	if err := n.Store.InTx(ctx, func(tx *store.Tx) error { return tx.SaveEmail(ctx, e) }); err != nil {
		return err
	}
	if e.Tries == 1 {
		n.Log.Warn("send an e-mail; trying again", "workspace", e.WorkspaceID, "email", e.ID, "error", why)
	}
	return queue.Later(pause)
}

func clip(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), longestError)], "")
}

// message writes an e-mail. ok is false where nobody is to get it any more: its
// recipient has left, has no address, or has turned such e-mails off.
func (n *Notifier) message(ctx context.Context, e domain.Email) (_ mail.Message, ok bool, err error) {
	q := n.Store.Read()
	w, err := q.Workspace(ctx, e.WorkspaceID)
	if err != nil {
		return mail.Message{}, false, err
	}
	c := content{Workspace: w.Name, Digest: e.DigestDay != "", PublicURL: n.PublicURL}
	to, wanted := e.Address, func(domain.NotificationKind) bool { return true }
	if e.UserID == 0 {
		if !slices.Contains(w.NotifyEmails, e.Address) {
			return mail.Message{}, false, nil
		}
		c.Listed = true
	} else {
		m, member, err := q.Member(ctx, e.WorkspaceID, e.UserID)
		if err != nil || !member {
			return mail.Message{}, false, err
		}
		settings, err := q.NotificationSettingsOf(ctx, e.WorkspaceID, e.UserID)
		if err != nil {
			return mail.Message{}, false, err
		}
		to, c.Person = settings.AddressOf(m.User), m.Name
		wanted = func(k domain.NotificationKind) bool { return settings.Choice(k).Email != domain.EmailOff }
	}
	list, err := q.EmailNotifications(ctx, e, mostInDigest)
	if err != nil {
		return mail.Message{}, false, err
	}
	for _, x := range list.Items {
		if wanted(x.Kind) {
			c.add(x)
		}
	}
	if to == "" || len(c.Lines) == 0 {
		return mail.Message{}, false, nil
	}
	c.More = list.Total - len(list.Items)
	if n.PublicURL != "" {
		c.Unsubscribe = n.PublicURL + "/unsubscribe?t=" + n.Token(e.Recipient)
	}
	m, err := c.message()
	if err != nil {
		return m, false, fmt.Errorf("write e-mail: %w", err)
	}
	m.ID, m.To = e.MessageID, to
	return m, true, nil
}
