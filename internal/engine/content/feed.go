package content

import (
	"cmp"
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// Feed is what a workspace has published.
type Feed struct {
	Workspace domain.Workspace
	Items     []FeedItem
}

// FeedItem is one published item: the snapshot that publishing it made.
type FeedItem struct {
	domain.Snapshot
	// Identity is a URN that the item keeps for ever and that nothing else gets.
	Identity    string
	ContentID   int64
	HTML        string // of the body, sanitized
	Version     int
	PublishedAt time.Time // for the first time
	UpdatedAt   time.Time // when the present snapshot was made
}

// feedItems is how many items a feed shows.
const feedItems = 50

// Feed returns what a workspace has published, the newest first. It is public and
// shows snapshots only. It returns NOT_FOUND where the workspace has no feed.
func (v *Verbs) Feed(ctx context.Context, workspaceSlug string) (Feed, error) {
	w, err := v.feedOf(ctx, workspaceSlug)
	if err != nil {
		return Feed{}, err
	}
	list, err := v.store.Read().PublishedItems(ctx, w.ID, feedItems)
	if err != nil {
		return Feed{}, err
	}
	installation, _, err := v.store.Read().Installation(ctx)
	if err != nil {
		return Feed{}, err
	}
	f := Feed{Workspace: w, Items: make([]FeedItem, len(list))}
	for i, p := range list {
		f.Items[i] = v.feedItem(ctx, installation.UUID, w, p)
	}
	return f, nil
}

// FeedItem returns one published item by its slug, or by one that it was published
// under before: then its Slug is another. It is public.
func (v *Verbs) FeedItem(ctx context.Context, workspaceSlug, itemSlug string) (FeedItem, error) {
	w, err := v.feedOf(ctx, workspaceSlug)
	if err != nil {
		return FeedItem{}, err
	}
	p, err := v.store.Read().PublishedItem(ctx, w.ID, itemSlug)
	if err != nil {
		return FeedItem{}, err
	}
	installation, _, err := v.store.Read().Installation(ctx)
	if err != nil {
		return FeedItem{}, err
	}
	return v.feedItem(ctx, installation.UUID, w, p), nil
}

func (v *Verbs) feedOf(ctx context.Context, slug string) (domain.Workspace, error) {
	w, err := v.store.Read().WorkspaceBySlug(ctx, slug)
	if err == nil && !w.FeedEnabled || domain.CodeOf(err) == domain.CodeNotFound {
		return w, domain.NotFound("Feed")
	}
	return w, err
}

func (v *Verbs) feedItem(ctx context.Context, installation string, w domain.Workspace, p store.Published) FeedItem {
	p = v.published(ctx, w.ID, p)
	return FeedItem{
		Snapshot:    p.Snapshot,
		Identity:    "urn:uuid:" + domain.ItemUUID(installation, w.ID, p.ContentID),
		ContentID:   p.ContentID,
		HTML:        p.HTML,
		Version:     p.Version,
		PublishedAt: p.FirstAt,
		UpdatedAt:   p.At,
	}
}

// summaryOf is the summary of a snapshot that has none.
func summaryOf(s domain.Snapshot) string {
	return cmp.Or(s.MetaDescription, item.Preview(s.Title, s.Body))
}
