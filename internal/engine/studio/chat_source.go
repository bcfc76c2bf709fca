package studio

import (
	"context"
	"slices"

	"vellocity/internal/chat"
	"vellocity/internal/cite"
	"vellocity/internal/domain"
	"vellocity/internal/search"
	"vellocity/internal/store"
)

const (
	mostSources     = 6     // of an answer
	mostSourceRunes = 6_000 // of all of them together
)

// sources returns the passages that an answer may cite, numbered from 1. Where the search fails there are none: the
// question is answered all the same.
func (v *Verbs) sources(ctx context.Context, workspaceID int64, query string) []chat.Source {
	list, err := v.search.Cite(ctx, workspaceID, search.Wanted{Query: query, Most: mostSources, Runes: mostSourceRunes})
	if err != nil {
		v.log.Warn("search for the sources of a chat", "workspace", workspaceID, "error", err)
		return nil
	}
	return list
}

// marks takes the marks out of a text that cite nothing. Only a chat has any.
func (in request) marks() marker {
	if in.Chat == nil {
		return plain{}
	}
	return &cite.Marks{Sources: in.Chat.Sources}
}

// marker lets a text through as it grows: that of a chat through [cite.Marks].
type marker interface {
	Write(piece string) string
	End() string
}

type plain struct{}

func (plain) Write(piece string) string { return piece }
func (plain) End() string               { return "" }

// unmarked is a text without the marks of its citations.
func (in request) unmarked(text string) string {
	if in.Chat == nil {
		return text
	}
	return cite.Unmarked(text)
}

// cited returns what an answer that has ended cites, without items and sources that were deleted meanwhile.
func cited(ctx context.Context, q store.Q, m store.GeneratedText, in request) ([]domain.Citation, error) {
	if in.Chat == nil {
		return nil, nil
	}
	list := cite.Cite(m.Body, in.Chat.Sources)
	var items, sources []int64
	for _, c := range list {
		if c.SourceID != 0 {
			sources = append(sources, c.SourceID)
		} else {
			items = append(items, c.ContentID)
		}
	}
	ofItems, err := q.ContentVersionsNow(ctx, m.WorkspaceID, items)
	if err != nil {
		return nil, err
	}
	ofSources, err := q.SourceRevisionsNow(ctx, m.WorkspaceID, sources)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(c domain.Citation) bool {
		if c.SourceID != 0 {
			return ofSources[c.SourceID] < c.Version
		}
		return ofItems[c.ContentID] < c.Version
	}), nil
}
