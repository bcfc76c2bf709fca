package publishing

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

const (
	// giveUp is how long a publication is tried again.
	giveUp = 24 * time.Hour
	// firstPause and lastPause bound the time between two tries, which doubles.
	firstPause = 30 * time.Second
	lastPause  = 2 * time.Hour
	// trying bounds one try; lease is how long it is claimed, which must be longer.
	trying = 90 * time.Second
	lease  = 2 * time.Minute
	// busy is when to look again for a publication that somebody else works on.
	busy = 5 * time.Second
)

// Work is the handler of [JobKind]: it does one publication. What may pass is tried again
// for a day, more and more rarely; what will not is recorded as failed at once.
func (p *Publisher) Work(ctx context.Context, job queue.Job) error {
	var row store.ChannelPublication
	var claimed bool
	err := p.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		row, claimed, err = tx.ClaimPublication(ctx, job.Ref, lease)
		return err
	})
	if err != nil {
		return err
	}
	if !claimed {
		return p.notMine(ctx, job)
	}
	ch, err := p.Store.Read().Channel(ctx, row.WorkspaceID, row.ChannelID)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return p.end(ctx, row, store.Channel{}, domain.PublicationSkipped, "The channel was deleted.", false)
	}
	if err != nil {
		return err
	}
	if !ch.Enabled {
		const off = "The channel is switched off. Switch it on, then try again."
		return p.end(ctx, row, ch, domain.PublicationSkipped, off, false)
	}
	limited, done := context.WithTimeout(ctx, trying)
	defer done()
	err = p.carryOut(limited, ch, &row)
	switch {
	case err == nil:
		return p.end(ctx, row, ch, domain.PublicationPublished, "", true)
	case ctx.Err() != nil: // the queue stops; nothing is known about the channel
		return p.interrupted(ctx, row)
	}
	return p.failed(ctx, row, ch, faultOf(err))
}

// notMine is for a publication that this job did not get: nothing is left to do, or somebody
// else works on it, such as the job of an earlier round, or a node that has died.
func (p *Publisher) notMine(ctx context.Context, job queue.Job) error {
	row, ok, err := p.Store.Read().ChannelPublication(ctx, job.Ref)
	if err != nil || !ok || row.Status != domain.PublicationPending {
		return err
	}
	return queue.Later(busy)
}

// carryOut talks to the channel, and notes in the row what it shows then.
func (p *Publisher) carryOut(ctx context.Context, ch store.Channel, row *store.ChannelPublication) error {
	peer, err := p.Connect(ctx, ch)
	if err != nil {
		return err
	}
	c := domain.ContentItem{ID: row.ContentID, WorkspaceID: row.WorkspaceID, Type: row.ContentType}
	post, err := p.Post(ctx, c, row.Version, row.Snapshot, "")
	if err != nil {
		return err
	}
	if post.Uploads, err = p.Store.Read().ChannelUploads(ctx, row.WorkspaceID, row.ChannelID, row.ContentID); err != nil {
		return err
	}
	post.Keep = func(ctx context.Context, u domain.Upload) error {
		return p.Store.InTx(ctx, func(tx *store.Tx) error {
			return tx.SaveChannelUpload(ctx, row.WorkspaceID, row.ChannelID, row.ContentID, u)
		})
	}
	post.At = row.QueuedAt
	post.Key = fmt.Sprintf("%s-%d-%d", post.UUID, row.ChannelID, row.Round)
	ref := wire.Ref{ID: row.ExternalID, URL: row.URL}
	if row.Action == domain.PublicationRemove {
		if err := peer.Remove(ctx, post, ref); err != nil {
			return err
		}
		row.Removed()
		return nil
	}
	receipt, err := peer.Put(ctx, post, ref)
	if err != nil {
		return err
	}
	row.ExternalID, row.URL, row.Notes = receipt.ID, receipt.URL, receipt.Notes
	row.LiveVersion, row.At = row.Version, p.Store.Now()
	return nil
}

// interrupted gives the claim back, so that the next node need not wait for its end.
func (p *Publisher) interrupted(ctx context.Context, row store.ChannelPublication) error {
	cause := context.Cause(ctx)
	short, done := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer done()
	_ = p.Store.InTx(short, func(tx *store.Tx) error { // else the claim ends by itself
		_, err := tx.EndClaim(short, row)
		return err
	})
	return cause
}

// failed records why a try failed, and says when the next one is due, if there is one.
func (p *Publisher) failed(
	ctx context.Context, row store.ChannelPublication, ch store.Channel, f *wire.Fault,
) error {
	now := p.Store.Now()
	if f.Kind != wire.Again || now.Sub(row.QueuedAt) >= giveUp {
		p.Log.Warn("a publication failed", "workspace", row.WorkspaceID, "content", row.ContentID,
			"channel", ch.Slug, "action", row.Action, "error", f.Message)
		return p.end(ctx, row, ch, domain.PublicationFailed, f.Message, f.Kind != wire.Refused)
	}
	pause := max(min(firstPause<<min(max(row.Attempts, 1)-1, 20), lastPause), f.After)
	row.Error, row.NextAt = clip(f.Message), now.Add(pause)
	err := p.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.EndClaim(ctx, row)
		return err
	})
	if err != nil {
		return err
	}
	if row.Attempts == 1 {
		p.Log.Warn("publish on a channel; trying again", "workspace", row.WorkspaceID, "content", row.ContentID,
			"channel", ch.Slug, "action", row.Action, "error", f.Message)
	}
	return queue.Later(pause)
}

// end records how a publication ended, on itself and on its channel. Its job may end later:
// it finds nothing to do then. about says that it tells whether the channel works.
func (p *Publisher) end(
	ctx context.Context, row store.ChannelPublication, ch store.Channel, as domain.PublicationStatus, why string,
	about bool,
) error {
	row.Status, row.Error, row.NextAt = as, clip(why), time.Time{}
	by := domain.WithActor(ctx, domain.SystemActor(row.WorkspaceID, 0, "Publishing"))
	return p.Store.InTx(ctx, func(tx *store.Tx) error {
		held, err := tx.EndClaim(ctx, row)
		if err != nil || !held {
			return err
		}
		if about {
			if err := tx.SaveChannelError(ctx, ch.WorkspaceID, ch.ID, ch.Version, row.Error); err != nil {
				return err
			}
		}
		return tx.AppendEvent(by, domain.Subject{WorkspaceID: row.WorkspaceID, ContentID: row.ContentID},
			domain.PublicationEnded{
				ContentID: row.ContentID,
				Channel:   ch.Slug,
				Action:    row.Action,
				Version:   row.Version,
				Status:    as,
				URL:       row.URL,
				Error:     row.Error,
			})
	})
}
