package studio

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"vellocity/internal/chat"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

const (
	mostSources     = 6     // of an answer
	mostSourceRunes = 6_000 // of all of them together
	mostSearched    = 40    // items that the search of items looks into
	mostTerms       = 12    // of a question
)

// sources returns the passages that an answer may cite, numbered from 1. Each is read from its item again, so that
// what it quotes stands in the version that it names. Where the search fails there are none: the question is
// answered all the same.
func (v *Verbs) sources(ctx context.Context, workspaceID int64, query string) []chat.Source {
	found, err := v.find(ctx, workspaceID, query, mostSources*2)
	if err != nil {
		v.log.Warn("search for the sources of a chat", "workspace", workspaceID, "error", err)
		return nil
	}
	list, left := []chat.Source{}, mostSourceRunes
	for _, p := range found {
		id, err := strconv.ParseInt(p.ID, 10, 64)
		if p.Kind != chat.PassageItem || err != nil || len(list) == mostSources {
			continue
		}
		c, err := v.store.Read().Content(ctx, workspaceID, id)
		if err != nil {
			continue // it was deleted since the search looked at it
		}
		s, ok := chat.Verified(p, c.Body)
		if size := s.End - s.Start; !ok || size > left || overlaps(list, c.ID, s) {
			continue
		}
		left -= s.End - s.Start
		s.N, s.ContentID, s.Version, s.Title = len(list)+1, c.ID, c.Version, c.Title
		list = append(list, s)
	}
	return list
}

func overlaps(list []chat.Source, contentID int64, s chat.Source) bool {
	return slices.ContainsFunc(list, func(o chat.Source) bool {
		return o.ContentID == contentID && o.Start < s.End && s.Start < o.End
	})
}

// findInItems is a [chat.Find] over the search of items: the paragraphs that have most of the question's words.
func (v *Verbs) findInItems(ctx context.Context, workspaceID int64, query string, limit int) ([]chat.Passage, error) {
	terms := slices.Sorted(slices.Values(prose.QueryTerms(subject(query))))
	items, err := v.store.Read().ContentWithAnyTerm(ctx, workspaceID, terms[:min(len(terms), mostTerms)], mostSearched)
	if err != nil {
		return nil, err
	}
	var list []chat.Passage
	for _, c := range items {
		asked := prose.Stems(query)
		titled := prose.Overlap(asked, prose.Stems(c.Title))
		for _, p := range chat.Paragraphs(c.Body, query) {
			p.ID, p.Title, p.Score = strconv.FormatInt(c.ID, 10), c.Title, p.Score+titled
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b chat.Passage) int { return cmp.Compare(b.Score, a.Score) })
	return list[:min(len(list), limit)], nil
}

// subject is the words of a question that say what it is about.
func subject(question string) (words string) {
	for stem := range prose.Stems(question) {
		words += " " + stem
	}
	return words
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

// cited returns what an answer that has ended cites, without items that were deleted meanwhile.
func cited(ctx context.Context, q store.Q, m store.GeneratedText, in request) ([]domain.Citation, error) {
	if in.Chat == nil {
		return nil, nil
	}
	list := chat.Cite(m.Body, in.Chat.Sources)
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = c.ContentID
	}
	now, err := q.ContentVersionsNow(ctx, m.WorkspaceID, ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(c domain.Citation) bool { return now[c.ContentID] < c.Version }), nil
}
