// Package item is the life of a content item: it is created, edited, moved,
// approved, published and deleted. Verbs and executions both change items through
// this package, so that the rules hold for both. Each function is part of the
// caller's transaction, writes the item's history and appends the event. Who may
// do it has been decided before.
package item

import (
	"cmp"
	"context"
	"encoding/json"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// previewLength is how many characters of a text a card shows.
const previewLength = 180

// Create puts a new item into the generated column as its first version. An item
// without a slug gets one from its title; where another item has the slug, a
// number is added.
func Create(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, provenance json.RawMessage,
) (domain.ContentItem, error) {
	terms := describe(&c)
	if c.Slug == "" {
		c.Slug = cmp.Or(prose.Slug(c.Title, domain.LimitItemSlug.Max), "untitled")
	}
	var err error
	if c.Slug, err = tx.FreeContentSlug(ctx, c.WorkspaceID, 0, c.Slug); err != nil {
		return c, err
	}
	c.Status = domain.ItemGenerated
	if c, err = tx.CreateContent(ctx, c, provenance); err != nil {
		return c, err
	}
	if err := tx.IndexContent(ctx, c.ID, terms); err != nil {
		return c, err
	}
	if err := addVersion(ctx, tx, c, 1, "Generated"); err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(),
		domain.ContentGenerated{ItemState: c.State(), Title: c.Title, ContentType: c.Type})
}

// Edit stores a changed item. Where anything that readers see differs from before, it
// makes a version; an approved version that has not been published yet then goes back
// to review, since nobody has approved the new one. Where nothing differs, it does
// nothing.
func Edit(
	ctx context.Context, tx *store.Tx, before, c domain.ContentItem, reason string,
) (domain.ContentItem, error) {
	if before.SameEdit(c) {
		return before, nil
	}
	fresh := !before.SameVersion(c)
	var terms store.Terms
	if fresh {
		terms = describe(&c)
		c.Version++
	}
	c, err := tx.SaveContent(ctx, c)
	if err != nil {
		return c, err
	}
	if fresh {
		if err := reindex(ctx, tx, before, c, terms); err != nil {
			return c, err
		}
		if err := addVersion(ctx, tx, c, c.Version, reason); err != nil {
			return c, err
		}
	}
	edited := domain.ContentEdited{ItemState: c.State(), Version: c.Version, Reason: reason}
	if err := tx.AppendEvent(ctx, c.Subject(), edited); err != nil {
		return c, err
	}
	if fresh && c.Status == domain.ItemReady {
		return Move(ctx, tx, c, domain.ItemReview, Top)
	}
	return c, nil
}

// Annotate stores new scores and findings of the present version. It makes no
// version and appends no event.
func Annotate(ctx context.Context, tx *store.Tx, c domain.ContentItem) (domain.ContentItem, error) {
	return tx.SaveContent(ctx, c)
}

// Delete removes an item with its versions, history and publications.
func Delete(ctx context.Context, tx *store.Tx, c domain.ContentItem) error {
	if err := tx.DeleteContent(ctx, c); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, c.Subject(), domain.ContentDeleted{ItemState: c.State(), Title: c.Title})
}

// describe derives what a card shows from the text, and returns what finds the item.
func describe(c *domain.ContentItem) store.Terms {
	plain := prose.Plain(c.Body)
	c.WordCount = prose.CountWords(plain)
	c.Preview = previewOf(c.Title, plain)
	return termsOf(c.Title, plain)
}

func addVersion(ctx context.Context, tx *store.Tx, c domain.ContentItem, n int, reason string) error {
	a := actor(ctx)
	return tx.AddContentVersion(ctx, domain.ContentVersion{
		ContentID:  c.ID,
		N:          n,
		AuthorKind: a.Kind,
		Author:     a.Name,
		Reason:     reason,
		Title:      c.Title,
		Body:       c.Body,

		Whole:         true,
		VersionFields: c.VersionFields(),
	})
}

func actor(ctx context.Context) domain.Actor {
	a, _ := domain.ActorFrom(ctx)
	return a
}
