package content

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListVersions pages through an item's versions.
type ListVersions struct {
	ID   int64 // of the item
	Page domain.Page
}

// Versions returns a page of an item's versions, newest first.
func (v *Verbs) Versions(ctx context.Context, in ListVersions) (domain.List[domain.ContentVersion], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.ContentVersion]{}, err
	}
	q := v.store.Read()
	missing, err := q.MissingContent(ctx, a.WorkspaceID, []int64{in.ID})
	if err == nil && len(missing) > 0 {
		err = domain.NotFound("Content item")
	}
	if err != nil {
		return domain.List[domain.ContentVersion]{}, err
	}
	return q.ContentVersions(ctx, in.ID, in.Page)
}

// Version returns version n of an item, with its text.
func (v *Verbs) Version(ctx context.Context, itemID int64, n int) (domain.ContentVersion, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.ContentVersion{}, err
	}
	q := v.store.Read()
	if _, err := q.Content(ctx, a.WorkspaceID, itemID); err != nil {
		return domain.ContentVersion{}, err
	}
	return q.ContentVersion(ctx, itemID, n)
}

// RestoreVersion names the version N of an item.
type RestoreVersion struct {
	ID int64
	N  int
	verb.Precondition
}

// RestoreVersion makes a new version with the text and the fields of an old one, except
// for a slug that another item has taken. It publishes nothing.
func (v *Verbs) RestoreVersion(ctx context.Context, in RestoreVersion) (ItemDetails, error) {
	return verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (ItemDetails, error) {
		before, err := lockItem(ctx, tx, a, in.ID, in.Precondition)
		if err != nil {
			return ItemDetails{}, err
		}
		old, err := tx.ContentVersion(ctx, in.ID, in.N)
		if err != nil {
			return ItemDetails{}, err
		}
		c := before
		c.Title, c.Body = old.Title, old.Body
		if old.Whole {
			c.SetVersionFields(old.VersionFields)
			free, err := tx.FreeContentSlug(ctx, c.WorkspaceID, c.ID, old.Slug)
			if err != nil {
				return ItemDetails{}, err
			}
			if free == old.Slug { // else another item has it by now
				c.Slug = free
			}
		}
		if c.SameVersion(before) {
			return ItemDetails{}, domain.Errorf(domain.CodeConflict,
				"The item already has the text of version %d", in.N)
		}
		return saveEdit(ctx, tx, before, c, fmt.Sprintf("Restored version %d", in.N), inspection{})
	})
}
