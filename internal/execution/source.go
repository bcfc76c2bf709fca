package execution

import (
	"context"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/search"
)

// How much of the workspace's sources a text gets: of those that it names, and of those that are found for it.
const (
	mostNamed, mostNamedRunes = 24, 24_000
	mostFound, mostFoundRunes = 8, 8_000
)

// findSources returns the passages that a step's texts may rest on: of the sources that it names, then of others that
// fit. It runs outside of transactions, since it cuts texts.
func (w *writing) findSources(ctx context.Context, q capability.Query) ([]domain.Citation, error) {
	named, err := w.namedSources(ctx, q.SourceIDs)
	if err != nil {
		return nil, err
	}
	list := search.Of(named, search.Wanted{Query: q.Text, Most: mostNamed, Runes: mostNamedRunes})
	if !q.FindSources || q.Text == "" {
		return list, nil
	}
	found, err := w.Search.Cite(ctx, w.x.WorkspaceID, search.Wanted{
		Query: q.Text, OnlySources: true, Most: mostFound, Runes: mostFoundRunes,
	})
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		if !search.Overlaps(list, c) {
			c.N = len(list) + 1
			list = append(list, c)
		}
	}
	return list, nil
}

// namedSources reads sources of the workspace, and the entries of feeds among them.
func (w *writing) namedSources(ctx context.Context, ids []int64) (list []domain.Source, err error) {
	for _, id := range ids {
		s, err := w.Store.Read().Source(ctx, w.x.WorkspaceID, id)
		if err != nil {
			return nil, gone(err, "source", id)
		}
		list = append(list, s)
		if s.Kind != domain.SourceFeed {
			continue
		}
		entries, err := w.Store.Read().FeedEntries(ctx, w.x.WorkspaceID, id)
		if err != nil {
			return nil, err
		}
		list = append(list, entries...)
	}
	return list, nil
}
