package item

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// Search returns the search for items whose title or text has every word of text, each
// at least by its beginning; nil, which narrows nothing, where text is blank.
func Search(text string) *store.Search {
	title := prose.Same(text)
	if title == "" {
		return nil
	}
	return &store.Search{Title: title, Terms: prose.QueryTerms(text)}
}

func termsOf(title, plain string) domain.Terms {
	return domain.Terms{
		Title:  prose.Same(title),
		Titled: prose.IndexTerms(title),
		All:    prose.IndexTerms(title + "\n" + plain),
	}
}

// reindex stores the terms of an item whose title or text has changed.
func reindex(ctx context.Context, tx *store.Tx, before, c domain.ContentItem, terms domain.Terms) error {
	if before.Title == c.Title && before.Body == c.Body {
		return nil
	}
	if _, err := tx.LeaveSearchBacklog(ctx, c.ID); err != nil {
		return err
	}
	return tx.IndexContent(ctx, c.ID, terms)
}

// backlogBatch is how many items are read from the backlog at once.
const backlogBatch = 50

// IndexBacklog makes every item findable that is not yet: after an upgrade, those from
// before. Several nodes may do so at once.
func IndexBacklog(ctx context.Context, s *store.Store) error {
	for {
		batch, err := s.Read().SearchBacklog(ctx, backlogBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, c := range batch {
			terms := termsOf(c.Title, prose.Plain(c.Body))
			err := s.InTx(ctx, func(tx *store.Tx) error {
				due, err := tx.LeaveSearchBacklog(ctx, c.ID)
				if err != nil || !due {
					return err
				}
				return tx.IndexContent(ctx, c.ID, terms)
			})
			if err != nil {
				return err
			}
		}
	}
}
