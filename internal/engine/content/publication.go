package content

import (
	"context"
	"errors"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// checking bounds how long a channel is asked.
const checking = 30 * time.Second

// ChannelCheck is what a channel said when it was asked.
type ChannelCheck struct {
	OK      bool
	Message string // as whom Vellocity is signed in there; or what is wrong, and what to do
}

// CheckChannel connects to a channel, signs in and says whether it would take a post. It
// publishes nothing; a webhook gets a request that says it is a check. What it finds is
// stored as the channel's error.
func (v *Verbs) CheckChannel(ctx context.Context, id int64) (ChannelCheck, error) {
	a, err := verb.Caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return ChannelCheck{}, err
	}
	c, err := v.store.Read().Channel(ctx, a.WorkspaceID, id)
	if err != nil {
		return ChannelCheck{}, err
	}
	out, err := v.ask(ctx, c)
	if err != nil {
		return ChannelCheck{}, err
	}
	why := ""
	if !out.OK {
		why = out.Message
	}
	return out, v.store.InTx(ctx, func(tx *store.Tx) error {
		return tx.SaveChannelError(ctx, a.WorkspaceID, c.ID, c.Version, why)
	})
}

func (v *Verbs) ask(ctx context.Context, c store.Channel) (ChannelCheck, error) {
	asking, done := context.WithTimeout(ctx, checking)
	defer done()
	peer, err := v.publisher.Connect(asking, c)
	var said string
	if err == nil {
		said, err = peer.Check(asking)
	}
	var f *wire.Fault
	switch {
	case err == nil:
		return ChannelCheck{true, said + "."}, nil
	case ctx.Err() != nil:
		return ChannelCheck{}, ctx.Err()
	case errors.As(err, &f):
		return ChannelCheck{false, f.Message}, nil
	}
	return ChannelCheck{}, err
}

// Publications returns where an item is published, or is to be: the feed first.
func (v *Verbs) Publications(ctx context.Context, id int64) ([]domain.Publication, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	q := v.store.Read()
	if err := mustExist(ctx, q, a.WorkspaceID, id); err != nil {
		return nil, err
	}
	return v.publications(ctx, q, a.WorkspaceID, id)
}

// OnChannel names an item and a channel, by its slug.
type OnChannel struct {
	ID      int64
	Channel string
}

// Republish publishes what is public of an item on one channel again: after a failure, or
// where the item has never been. An item that is public no more is taken off the channel.
func (v *Verbs) Republish(ctx context.Context, in OnChannel) ([]domain.Publication, error) {
	return verb.Change(ctx, v.store, domain.ScopePublish,
		func(tx *store.Tx, a domain.Actor) ([]domain.Publication, error) {
			c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
			if err != nil {
				return nil, err
			}
			ch, err := channelOf(ctx, tx.Q, a.WorkspaceID, in.Channel)
			if err != nil {
				return nil, err
			}
			list, err := tx.Publications(ctx, a.WorkspaceID, c.ID)
			if err != nil {
				return nil, err
			}
			known := false
			for _, p := range list {
				known = known || p.Channel == ch.Slug
			}
			switch {
			case !ch.Enabled:
				return nil, domain.Errorf(domain.CodeConflict,
					"The channel %q is switched off. Switch it on first.", ch.Name)
			case c.Status != domain.ItemPublished && !known:
				return nil, domain.Errorf(domain.CodeConflict,
					"This item is not published. Move it to Published first.")
			}
			if err := item.Requeue(ctx, tx, c, ch.Channel); err != nil {
				return nil, err
			}
			return v.publications(ctx, tx.Q, a.WorkspaceID, c.ID)
		})
}

func channelOf(ctx context.Context, q store.Q, workspaceID int64, slug string) (store.Channel, error) {
	list, err := q.Channels(ctx, workspaceID)
	if err != nil {
		return store.Channel{}, err
	}
	known := []string{}
	for _, c := range list {
		if c.Slug == slug {
			return c, nil
		}
		known = append(known, c.Slug)
	}
	if slug == domain.ChannelFeed {
		return store.Channel{}, domain.Errorf(domain.CodeConflict,
			"The built-in feed shows what is published at once. Name another channel.")
	}
	return store.Channel{}, domain.Errorf(domain.CodeNotFound, "%s.", domain.UnknownName("channel", slug, known))
}

// ChannelPreview is what a channel would show of an item as it is now.
type ChannelPreview struct {
	Channel domain.Channel
	Version int
	wire.Preview
}

// PreviewOnChannel returns what a channel would show of an item as it is now, and what of it
// would be lost. It asks nobody.
func (v *Verbs) PreviewOnChannel(ctx context.Context, in OnChannel) (ChannelPreview, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return ChannelPreview{}, err
	}
	q := v.store.Read()
	c, err := q.Content(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return ChannelPreview{}, err
	}
	ch, err := channelOf(ctx, q, a.WorkspaceID, in.Channel)
	if err != nil {
		return ChannelPreview{}, err
	}
	var p domain.Problems
	kind, ok := v.kindOf(&p, ch.Kind)
	if !ok {
		return ChannelPreview{}, domain.Errorf(domain.CodeConflict,
			"This server knows no channels of the kind %q.", ch.Kind)
	}
	post, err := v.publisher.Post(ctx, c, c.Version, item.Snapshot(c), "")
	if err != nil {
		return ChannelPreview{}, err
	}
	post.HTML = post.Render(ownImage) // what is not published has no public address
	return ChannelPreview{ch.Channel, c.Version, kind.Preview(ch.Settings, post)}, nil
}

// ItemChannel is a channel that an item can be published on, for those who may not see its
// settings.
type ItemChannel struct {
	Slug, Name string
	Kind       domain.ChannelKind
	Takes      bool // publishing the item publishes it there
}

// ItemChannels returns the enabled channels of an item's workspace.
func (v *Verbs) ItemChannels(ctx context.Context, c domain.ContentItem) ([]ItemChannel, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	list, err := v.store.Read().Channels(ctx, a.WorkspaceID)
	var out []ItemChannel
	for _, ch := range list {
		if ch.Enabled {
			out = append(out, ItemChannel{ch.Slug, ch.Name, ch.Kind, ch.Takes(c)})
		}
	}
	return out, err
}
