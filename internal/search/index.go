package search

import (
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

const (
	batch   = 50 // items and sources that are read from the backlog at once
	justNow = 20 // the same of those that somebody waits for
	// patience is how long somebody waits, the batch at hand aside.
	patience = 100 * time.Millisecond
	// atOnce is how many passages one transaction stores, those of its last text aside. A
	// transaction costs more than a passage, and holds up other writers while it runs.
	atOnce = 100
)

// Index indexes each item and source whose text is new, those from before an upgrade included: it cuts their passages,
// and has lists find the items by their words. Texts are read and cut outside of transactions. Several nodes may do so
// at once.
func (s *Search) Index(ctx context.Context) error {
	for {
		marked, err := s.store.Read().PassageBacklog(ctx, batch)
		if err != nil || len(marked) == 0 {
			return err
		}
		if err := s.index(ctx, marked); err != nil {
			return err
		}
	}
}

// CatchUp indexes what was written last in a workspace, the newest first, so that somebody who has just added a text
// finds it. It does nothing where [Search.Index] has been there already, and leaves the rest to it after a tenth of a
// second.
func (s *Search) CatchUp(ctx context.Context, workspaceID int64) error {
	for began := time.Now(); time.Since(began) < patience; {
		marked, err := s.store.Read().PassageBacklogOf(ctx, workspaceID, justNow)
		if err != nil || len(marked) == 0 {
			return err
		}
		if err := s.index(ctx, marked); err != nil {
			return err
		}
	}
	return nil
}

func (s *Search) index(ctx context.Context, marked []store.PassageMark) error {
	var ready []store.Indexed
	passages := 0
	for _, m := range marked {
		x, err := s.read(ctx, m)
		if err != nil {
			return err
		}
		ready, passages = append(ready, x), passages+len(x.Passages)
		if passages < atOnce {
			continue
		}
		if err := s.save(ctx, ready); err != nil {
			return err
		}
		ready, passages = nil, 0
	}
	return s.save(ctx, ready)
}

// read reads what is marked, and cuts it.
func (s *Search) read(ctx context.Context, m store.PassageMark) (store.Indexed, error) {
	x := store.Indexed{Mark: m}
	title, body, version, ok, err := s.store.Read().PassageOwner(ctx, m)
	if err != nil || !ok {
		return x, err
	}
	x.Passages = Cut(title, body)
	for i := range x.Passages {
		x.Passages[i].Version = version
	}
	if m.Kind == domain.PassageOfItem {
		terms := itemTerms(title, body)
		x.Terms = &terms
	}
	return x, nil
}

func (s *Search) save(ctx context.Context, ready []store.Indexed) error {
	if len(ready) == 0 {
		return nil
	}
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.SaveIndexed(ctx, ready)
		return err
	})
}
