package studio

import (
	"context"
	"slices"
	"strconv"

	"vellocity/internal/chat"
	"vellocity/internal/domain"
	"vellocity/internal/search"
	"vellocity/internal/store"
)

const (
	mostSources     = 6     // of an answer
	mostSourceRunes = 6_000 // of all of them together
)

// sources returns the passages that an answer may cite, numbered from 1. Each is read from its item again, so that
// what it quotes stands in the version that it names. Where the search fails there are none: the question is
// answered all the same.
func (v *Verbs) sources(ctx context.Context, workspaceID int64, query string) []chat.Source {
	err := v.search.CatchUp(ctx, workspaceID)
	if err != nil {
		v.log.Warn("cut passages for a chat", "workspace", workspaceID, "error", err)
	}
	found, err := v.search.Find(ctx, strconv.FormatInt(workspaceID, 10), query, mostSources*2)
	if err != nil {
		v.log.Warn("search for the sources of a chat", "workspace", workspaceID, "error", err)
		return nil
	}
	list, left := []chat.Source{}, mostSourceRunes
	for _, p := range found {
		s, ok := v.verified(ctx, workspaceID, p)
		size := s.End - s.Start
		if !ok || len(list) == mostSources || size > left || overlaps(list, s) {
			continue
		}
		left -= size
		s.N = len(list) + 1
		list = append(list, s)
	}
	return list
}

// verified reads the text of a passage again, and reports false where it is gone, or says something else by now.
func (v *Verbs) verified(ctx context.Context, workspaceID int64, p search.Passage) (s chat.Source, ok bool) {
	id, err := strconv.ParseInt(p.ID, 10, 64)
	if err != nil {
		return s, false
	}
	if p.Kind == string(domain.PassageOfSource) {
		x, err := v.store.Read().Source(ctx, workspaceID, id)
		if err != nil {
			return s, false
		}
		s, ok = chat.Verified(p, x.Body)
		s.SourceID, s.Version, s.Title = x.ID, x.Revision, x.Title
		return s, ok
	}
	c, err := v.store.Read().Content(ctx, workspaceID, id)
	if err != nil {
		return s, false
	}
	s, ok = chat.Verified(p, c.Body)
	s.ContentID, s.Version, s.Title = c.ID, c.Version, c.Title
	return s, ok
}

func overlaps(list []chat.Source, s chat.Source) bool {
	return slices.ContainsFunc(list, func(o chat.Source) bool {
		return o.ContentID == s.ContentID && o.SourceID == s.SourceID && o.Start < s.End && s.Start < o.End
	})
}

// marks takes the marks out of a text that cite nothing. Only a chat has any.
func (in request) marks() marker {
	if in.Chat == nil {
		return plain{}
	}
	return &chat.Marks{Sources: in.Chat.Sources}
}

// marker lets a text through as it grows: that of a chat through [chat.Marks].
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
	return chat.Unmarked(text)
}

// cited returns what an answer that has ended cites, without items and sources that were deleted meanwhile.
func cited(ctx context.Context, q store.Q, m store.GeneratedText, in request) ([]domain.Citation, error) {
	if in.Chat == nil {
		return nil, nil
	}
	list := chat.Cite(m.Body, in.Chat.Sources)
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
