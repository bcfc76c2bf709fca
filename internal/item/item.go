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
	"fmt"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// previewLength is how many characters of a text a card shows.
const previewLength = 180

// Describe fills in what is derived from an item's text: what a card shows, and a slug
// from the title where it has none. It parses the text, so it is called before the
// transaction that creates or edits the item, which holds the database's writer. What is
// one line becomes one: models do not always write it so.
func Describe(c *domain.ContentItem) {
	for _, line := range []*string{&c.Title, &c.MetaTitle, &c.MetaDescription} {
		*line = domain.FoldLine(*line)
	}
	c.Keywords = slices.Clone(c.Keywords)
	for i, k := range c.Keywords {
		c.Keywords[i] = domain.FoldLine(k)
	}
	plain := prose.Plain(c.Body)
	c.WordCount = prose.CountWords(plain)
	c.Preview = previewOf(c.Title, plain)
	if c.Slug == "" {
		c.Slug = cmp.Or(prose.Slug(c.Title, domain.LimitItemSlug.Max), "untitled")
	}
}

// Create puts a new item that an execution has written into the generated column as its
// first version. [Describe] has filled it in; where another item has its slug, a number
// is added.
func Create(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, provenance json.RawMessage,
) (domain.ContentItem, error) {
	c.Status = domain.ItemGenerated
	c, err := create(ctx, tx, c, provenance, "Generated")
	if err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(),
		domain.ContentGenerated{ItemState: c.State(), Title: c.Title, ContentType: c.Type})
}

// Write puts a new item that the caller wrote into the column of its status, as its first
// version. [Describe] has filled it in; where another item has its slug, a number is
// added.
func Write(ctx context.Context, tx *store.Tx, c domain.ContentItem) (domain.ContentItem, error) {
	c, err := create(ctx, tx, c, json.RawMessage(`{"engine":"person"}`), "Written by hand")
	if err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(),
		domain.ContentCreated{ItemState: c.State(), Title: c.Title, ContentType: c.Type})
}

// Copy puts a copy of an item into the generated column, as its first version. c is the
// copy, which [Describe] has filled in; where another item has its slug, a number is added.
func Copy(
	ctx context.Context, tx *store.Tx, from, c domain.ContentItem, provenance json.RawMessage,
) (domain.ContentItem, error) {
	c.Status = domain.ItemGenerated
	c, err := create(ctx, tx, c, provenance, fmt.Sprintf("Copied from version %d of item %d", from.Version, from.ID))
	if err != nil {
		return c, err
	}
	if err := tx.AddContentSource(ctx, c, from, domain.SourceCopied); err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(), domain.ContentCreated{
		ItemState: c.State(), Title: c.Title, ContentType: c.Type, CopyOf: from.ID,
	})
}

// create stores a new item with its first version.
func create(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, provenance json.RawMessage, reason string,
) (domain.ContentItem, error) {
	var err error
	if c.Slug, err = tx.FreeContentSlug(ctx, c.WorkspaceID, 0, c.Slug); err != nil {
		return c, err
	}
	if c, err = tx.CreateContent(ctx, c, provenance); err != nil {
		return c, err
	}
	if len(c.Images) > 0 {
		if err := tx.SaveContentImages(ctx, c); err != nil {
			return c, err
		}
	}
	return c, addVersion(ctx, tx, c, 1, reason)
}

// Edit stores a changed item. Where anything that readers see differs from before, it
// makes a version; an approved version that has not been published yet then goes back
// to review, since nobody has approved the new one. Where nothing differs, it does
// nothing. [Describe] has filled in the changed item.
func Edit(
	ctx context.Context, tx *store.Tx, before, c domain.ContentItem, reason string,
) (domain.ContentItem, error) {
	if before.SameEdit(c) {
		return before, nil
	}
	fresh := !before.SameVersion(c)
	if fresh {
		c.Version++
	}
	c, err := tx.SaveContent(ctx, c)
	if err != nil {
		return c, err
	}
	if !slices.Equal(before.Images, c.Images) {
		if err := tx.SaveContentImages(ctx, c); err != nil {
			return c, err
		}
	}
	if fresh {
		if err := addVersion(ctx, tx, c, c.Version, reason); err != nil {
			return c, err
		}
	}
	edited := domain.ContentEdited{ItemState: c.State(), Version: c.Version, Reason: reason}
	if err := tx.AppendEvent(ctx, c.Subject(), edited); err != nil {
		return c, err
	}
	if fresh && c.Status == domain.ItemReady {
		return Move(ctx, tx, c, domain.ItemReview, Top, "")
	}
	return c, nil
}

// Revise stores a text that an execution has rewritten as a new version, with what wrote
// it. The rules of [Edit] hold. [Describe] has filled in the revised item.
func Revise(
	ctx context.Context, tx *store.Tx, before, c domain.ContentItem, provenance json.RawMessage, reason string,
) (domain.ContentItem, error) {
	if before.SameVersion(c) {
		return before, nil
	}
	if err := tx.SaveContentOrigin(ctx, c, provenance); err != nil {
		return c, err
	}
	return Edit(ctx, tx, before, c, reason)
}

// Annotate stores new scores and findings of the present version. It makes no
// version and appends no event.
func Annotate(ctx context.Context, tx *store.Tx, c domain.ContentItem) (domain.ContentItem, error) {
	c, err := tx.SaveContent(ctx, c)
	if err != nil {
		return c, err
	}
	return c, tx.SaveVersionFindings(ctx, c.ID, c.Version, c.Findings)
}

// Delete removes an item with its versions, history and publications.
func Delete(ctx context.Context, tx *store.Tx, c domain.ContentItem) error {
	if err := tx.QueueRemovals(ctx, c.WorkspaceID, c.ID, 0); err != nil {
		return err
	}
	if err := tx.DeleteContent(ctx, c); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, c.Subject(), domain.ContentDeleted{ItemState: c.State(), Title: c.Title})
}

// addVersion stores the version of an item that has changed, and has it indexed again.
func addVersion(ctx context.Context, tx *store.Tx, c domain.ContentItem, n int, reason string) error {
	if err := tx.MarkPassages(ctx, c.WorkspaceID, domain.PassageOfItem, c.ID); err != nil {
		return err
	}
	a := actor(ctx)
	return tx.AddContentVersion(ctx, domain.ContentVersion{
		ContentID:  c.ID,
		N:          n,
		AuthorKind: a.Kind,
		Author:     a.Name,
		Reason:     reason,
		Title:      c.Title,
		Body:       c.Body,
		Findings:   c.Findings,

		ExecutionID:   a.ExecutionID(),
		Whole:         true,
		VersionFields: c.VersionFields(),
	})
}

func actor(ctx context.Context) domain.Actor {
	a, _ := domain.ActorFrom(ctx)
	return a
}
