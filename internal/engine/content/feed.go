package content

import (
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Feed is what a workspace has published.
type Feed struct {
	Workspace domain.Workspace
	Items     []FeedItem
}

// FeedItem is one published version of an item.
type FeedItem struct {
	ContentID   int64
	Title       string
	Slug        string
	Summary     string // the meta description, else the beginning of the text
	Body        string // Markdown
	HTML        string // sanitized
	Version     int
	PublishedAt time.Time
	Origin      domain.Origin
}

// feedItems is how many items a feed shows.
const feedItems = 50

// Feed returns what a workspace has published, newest first. It is public and shows
// published versions only. It returns NOT_FOUND where the workspace has no feed.
func (v *Verbs) Feed(ctx context.Context, workspaceSlug string) (Feed, error) {
	w, err := v.feedOf(ctx, workspaceSlug)
	if err != nil {
		return Feed{}, err
	}
	list, err := v.store.Read().PublishedItems(ctx, w.ID, feedItems)
	if err != nil {
		return Feed{}, err
	}
	f := Feed{Workspace: w, Items: make([]FeedItem, len(list))}
	for i, p := range list {
		f.Items[i] = v.feedItem(p)
	}
	return f, nil
}

// FeedItem returns one published item by its slug. It is public.
func (v *Verbs) FeedItem(ctx context.Context, workspaceSlug, itemSlug string) (FeedItem, error) {
	w, err := v.feedOf(ctx, workspaceSlug)
	if err != nil {
		return FeedItem{}, err
	}
	p, err := v.store.Read().PublishedItem(ctx, w.ID, itemSlug)
	if err != nil {
		return FeedItem{}, err
	}
	return v.feedItem(p), nil
}

func (v *Verbs) feedOf(ctx context.Context, slug string) (domain.Workspace, error) {
	w, err := v.store.Read().WorkspaceBySlug(ctx, slug)
	if err == nil && !w.FeedEnabled || domain.CodeOf(err) == domain.CodeNotFound {
		return w, domain.NotFound("Feed")
	}
	return w, err
}

func (v *Verbs) feedItem(p store.Published) FeedItem {
	summary := p.MetaDescription
	if summary == "" {
		summary = p.Preview
	}
	return FeedItem{
		ContentID:   p.ContentID,
		Title:       p.Title,
		Slug:        p.Slug,
		Summary:     summary,
		Body:        p.Body,
		HTML:        v.RenderMarkdown(p.Body),
		Version:     p.Version,
		PublishedAt: p.At,
		Origin:      p.Origin,
	}
}
