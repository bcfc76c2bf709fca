package search

import (
	"context"

	"vellocity/internal/store"
)

const (
	batch   = 50 // items and sources that are read from the backlog at once
	justNow = 20 // the same of those that somebody waits for
)

// Index cuts the passages of each item and source whose text is new, those from before an upgrade included. Texts are
// cut outside of transactions. Several nodes may do so at once.
func (s *Search) Index(ctx context.Context) error {
	for {
		marked, err := s.store.Read().PassageBacklog(ctx, batch)
		if err != nil || len(marked) == 0 {
			return err
		}
		for _, m := range marked {
			if err := s.index(ctx, m); err != nil {
				return err
			}
		}
	}
}

// CatchUp cuts the passages of what was written last in a workspace, so that somebody who has just added a text finds
// it. It does nothing where [Search.Index] has been there already.
func (s *Search) CatchUp(ctx context.Context, workspaceID int64) error {
	marked, err := s.store.Read().PassageBacklogOf(ctx, workspaceID, justNow)
	if err != nil {
		return err
	}
	for _, m := range marked {
		if err := s.index(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Search) index(ctx context.Context, m store.PassageMark) error {
	title, body, version, ok, err := s.store.Read().PassageOwner(ctx, m)
	if err != nil {
		return err
	}
	var list []store.Passage
	if ok {
		list = Cut(title, body)
	}
	for i := range list {
		list[i].Version = version
	}
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ReplacePassages(ctx, m, list)
		return err
	})
}
