package item

import (
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Places in a column. Any other number is the id of the card to stand before.
const (
	Top    int64 = 0
	Bottom int64 = -1
)

// Move takes an item to a column, before another card. Reaching ready approves the
// present version. Reaching published publishes it, and approves it where the
// workspace requires no approval first; leaving published withdraws it. Moving a
// published item to published again, to the top, publishes its present version.
//
// reason is why, for the history; "" where there is nothing to say.
//
// An item with blockers is not published: that is a CONFLICT which carries them
// ([domain.BlockersOf]).
func Move(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, to domain.ItemStatus, before int64, reason string,
) (domain.ContentItem, error) {
	return move(ctx, tx, c, to, before, reason, nil)
}

// Publish moves an item to published, as [Move] does, and publishes it on the channels with
// these slugs alone, whatever they usually take. An item is on the feed in any case: that is
// what published means. No channels: those that take the item. It returns a CONFLICT for a
// channel that does not exist or is switched off.
func Publish(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, channels []string,
) (domain.ContentItem, error) {
	return move(ctx, tx, c, domain.ItemPublished, Top, "", channels)
}

func move(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, to domain.ItemStatus, before int64, reason string,
	channels []string,
) (domain.ContentItem, error) {
	from := c.Status
	// Another place in the column is only that; it does not publish.
	again := from == domain.ItemPublished && before == Top && (c.PublishedVersion != c.Version || len(channels) > 0)
	publish := to == domain.ItemPublished && (from != to || again)
	if publish {
		if err := mayPublish(ctx, tx, c); err != nil {
			return c, err
		}
	}
	c.Status = to
	if from == domain.ItemPublished && to != from {
		c.PublishedVersion, c.PublishedAt = 0, time.Time{}
	}
	switch {
	case to == domain.ItemReady:
		c.ApprovedVersion = c.Version
	case publish:
		c.ApprovedVersion, c.PublishedVersion, c.PublishedAt = c.Version, c.Version, tx.Now()
	}
	c, err := tx.SaveContentStatus(ctx, c, from, before)
	if err != nil {
		return c, err
	}
	if from == to && !publish {
		return c, tx.AppendEvent(ctx, c.Subject(), domain.ContentReordered{ItemState: c.State()})
	}
	if err := recordMove(ctx, tx, c, from, reason); err != nil {
		return c, err
	}
	return c, updateChannels(ctx, tx, c, from, channels)
}

// Approve approves the present version of a published item, which stays published
// as it is until it is published again.
func Approve(ctx context.Context, tx *store.Tx, c domain.ContentItem) (domain.ContentItem, error) {
	c.ApprovedVersion = c.Version
	c, err := tx.SaveContentStatus(ctx, c, c.Status, Top)
	if err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(), domain.ContentApproved{ItemState: c.State(), Version: c.Version})
}

// mayPublish returns CONFLICT with the blockers, if there are any.
func mayPublish(ctx context.Context, tx *store.Tx, c domain.ContentItem) error {
	blockers := append(domain.Blockers(c.Findings), domain.ImageBlockers(c.Images)...)
	w, err := tx.Workspace(ctx, c.WorkspaceID)
	if err != nil {
		return err
	}
	if w.RequireApproval && c.ApprovedVersion != c.Version {
		blockers = append(blockers,
			domain.Blocker{Message: "This version has not been approved yet. Move it to Ready first."})
	}
	if len(blockers) == 0 {
		return nil
	}
	return domain.NotPublishable(blockers)
}

func recordMove(ctx context.Context, tx *store.Tx, c domain.ContentItem, from domain.ItemStatus, reason string) error {
	a := actor(ctx)
	err := tx.AddContentMove(ctx, domain.ItemMove{
		ContentID: c.ID,
		Kind:      domain.HistoryMoved,
		From:      from,
		To:        c.Status,
		Version:   c.Version,
		By:        a.Name,
		ByKind:    a.Kind,
		Reason:    reason,
	})
	if err != nil {
		return err
	}
	return tx.AppendEvent(ctx, c.Subject(),
		domain.ContentMoved{ItemState: c.State(), From: from, To: c.Status, Version: c.Version})
}

// updateChannels puts a published item on its channels and takes a withdrawn one off.
func updateChannels(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, from domain.ItemStatus, channels []string,
) error {
	if c.Status != domain.ItemPublished {
		if from == domain.ItemPublished {
			return withdraw(ctx, tx, c)
		}
		return nil
	}
	p := domain.Publication{Version: c.Version, Channel: domain.ChannelFeed, Status: domain.PublicationPublished}
	if err := tx.SavePublication(ctx, c.WorkspaceID, c.ID, p, Snapshot(c)); err != nil {
		return err
	}
	if err := queue(ctx, tx, c, channels); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, c.Subject(),
		domain.ContentPublished{ItemState: c.State(), Version: c.Version, Channel: domain.ChannelFeed, Slug: c.Slug})
}
