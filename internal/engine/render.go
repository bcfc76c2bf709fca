package engine

import (
	"bytes"
	"context"
	"net/url"
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	"vellocity/internal/domain"
	mdtext "vellocity/internal/markdown"
	"vellocity/internal/store"
)

// markdown renders text that nobody has to trust: raw HTML is left out, and what
// remains is sanitised.
var markdown = sync.OnceValues(func() (goldmark.Markdown, *bluemonday.Policy) {
	policy := bluemonday.UGCPolicy()
	policy.RequireNoFollowOnLinks(true)
	policy.RequireNoReferrerOnLinks(true)
	policy.AllowURLSchemes("http", "https", "mailto")
	// A remote picture would tell its server who reads; only our own are shown.
	policy.RewriteSrc(func(u *url.URL) {
		if u.Scheme != "" || u.Host != "" || !ownImage.MatchString(u.Path) {
			*u = url.URL{}
		}
	})
	return mdtext.New(), policy
})

var ownImage = regexp.MustCompile(`^/[^/\\]`)

// RenderMarkdown turns Markdown into sanitised HTML: the same for preview,
// publication and feed.
func (e *Engine) RenderMarkdown(md string) string {
	gm, policy := markdown()
	var out bytes.Buffer
	if err := gm.Convert([]byte(md), &out); err != nil {
		return ""
	}
	return string(policy.SanitizeBytes(out.Bytes()))
}

// feedItems is how many items a feed shows.
const feedItems = 50

// Feed returns what a workspace has published: for everybody, published versions
// only.
func (e *Engine) Feed(ctx context.Context, workspaceSlug string) (Feed, error) {
	w, err := e.feedOf(ctx, workspaceSlug)
	if err != nil {
		return Feed{}, err
	}
	list, err := e.o.Store.Read().PublishedItems(ctx, w.ID, feedItems)
	if err != nil {
		return Feed{}, err
	}
	f := Feed{Workspace: w, Items: make([]FeedItem, len(list))}
	for i, p := range list {
		f.Items[i] = e.feedItem(p)
	}
	return f, nil
}

// FeedItem returns one published item.
func (e *Engine) FeedItem(ctx context.Context, workspaceSlug, itemSlug string) (FeedItem, error) {
	w, err := e.feedOf(ctx, workspaceSlug)
	if err != nil {
		return FeedItem{}, err
	}
	p, err := e.o.Store.Read().PublishedItem(ctx, w.ID, itemSlug)
	if err != nil {
		return FeedItem{}, err
	}
	return e.feedItem(p), nil
}

func (e *Engine) feedOf(ctx context.Context, slug string) (domain.Workspace, error) {
	w, err := e.o.Store.Read().WorkspaceBySlug(ctx, slug)
	if err == nil && !w.FeedEnabled || domain.CodeOf(err) == domain.CodeNotFound {
		return w, domain.NotFound("Feed")
	}
	return w, err
}

func (e *Engine) feedItem(p store.Published) FeedItem {
	summary := p.MetaDescription
	if summary == "" {
		summary = p.Preview
	}
	return FeedItem{ContentID: p.ContentID, Title: p.Title, Slug: p.Slug, Summary: summary, Body: p.Body, HTML: e.RenderMarkdown(p.Body),
		Version: p.Version, PublishedAt: p.At, Engine: p.Engine}
}

// TextStatus says what writes text now, and why.
func (e *Engine) TextStatus() TextStatus {
	s := TextStatus{
		Engine:       e.o.Providers.Default().Origin,
		Why:          "No AI model is connected, so texts are composed from your inputs by rules.",
		KeyVariables: e.o.KeyVariables,
	}
	for i, w := range e.o.Providers.All() {
		if i == 0 {
			s.Why = "It is the first provider that is configured."
		}
		s.Providers = append(s.Providers, ProviderStatus{Name: w.Origin.Provider, Kind: w.Kind, BaseURL: w.BaseURL, Model: w.Origin.Model, Default: i == 0, Source: w.Source})
	}
	return s
}
