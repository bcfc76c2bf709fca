package item

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// queue stores on which channels a published item is to be shown: those that are named, or
// those that take it. Where the item is on another channel already, that one keeps up with
// it. Jobs do the rest, each for itself, and none moves the card.
func queue(ctx context.Context, tx *store.Tx, c domain.ContentItem, channels []string) error {
	list, err := tx.Channels(ctx, c.WorkspaceID)
	if err != nil {
		return err
	}
	if err := checkChannels(list, channels); err != nil {
		return err
	}
	shown, err := shownOn(ctx, tx, c)
	if err != nil {
		return err
	}
	for _, ch := range list {
		named := slices.Contains(channels, ch.Slug)
		usual := len(channels) == 0 && (ch.Takes(c) || ch.Enabled && shown[ch.Slug])
		if !named && !usual {
			continue
		}
		if err := tx.QueuePublication(ctx, c, ch.ID, c.Version, Snapshot(c)); err != nil {
			return err
		}
	}
	return nil
}

// checkChannels returns a CONFLICT unless every slug is that of the feed or of a channel
// that is switched on.
func checkChannels(list []store.Channel, slugs []string) error {
	known, on := []string{domain.ChannelFeed}, map[string]bool{domain.ChannelFeed: true}
	for _, ch := range list {
		known, on[ch.Slug] = append(known, ch.Slug), ch.Enabled
	}
	for _, slug := range slugs {
		switch {
		case !slices.Contains(known, slug):
			return domain.Errorf(domain.CodeConflict, "%s. The channels are: %s.",
				domain.UnknownName("channel", slug, known), strings.Join(known, ", "))
		case !on[slug]:
			return domain.Errorf(domain.CodeConflict,
				"The channel %q is switched off. Switch it on, or leave it out.", slug)
		}
	}
	return nil
}

// shownOn returns the channels on which an item is or should be, by their slugs.
func shownOn(ctx context.Context, tx *store.Tx, c domain.ContentItem) (map[string]bool, error) {
	list, err := tx.Publications(ctx, c.WorkspaceID, c.ID)
	if err != nil {
		return nil, fmt.Errorf("look for the channels of an item: %w", err)
	}
	shown := map[string]bool{}
	for _, p := range list {
		shown[p.Channel] = p.Action == domain.PublicationPublish
	}
	return shown, nil
}

// withdraw takes an item off the feed at once, and has it taken off its channels.
func withdraw(ctx context.Context, tx *store.Tx, c domain.ContentItem) error {
	if err := tx.DeletePublications(ctx, c.WorkspaceID, c.ID); err != nil {
		return err
	}
	return tx.QueueRemovals(ctx, c.WorkspaceID, c.ID, 0)
}

// Requeue publishes what is public of an item on one channel again, or takes the item off it
// where nothing is public any more. An item that was never there is put there.
func Requeue(ctx context.Context, tx *store.Tx, c domain.ContentItem, ch domain.Channel) error {
	p, ok, err := tx.PublishedSnapshot(ctx, c.WorkspaceID, c.ID)
	if err != nil {
		return err
	}
	queued := domain.PublicationQueued{ContentID: c.ID, Channel: ch.Slug, Action: domain.PublicationRemove}
	if ok {
		queued.Action, queued.Version = domain.PublicationPublish, p.Version
		err = tx.QueuePublication(ctx, c, ch.ID, p.Version, p.Snapshot)
	} else {
		err = tx.QueueRemovals(ctx, c.WorkspaceID, c.ID, ch.ID)
	}
	if err != nil {
		return err
	}
	return tx.AppendEvent(ctx, c.Subject(), queued)
}
