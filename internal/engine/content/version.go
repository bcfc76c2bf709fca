package content

import (
	"context"
	"fmt"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
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
// for a slug that another item has taken and for images that were deleted since. What was
// found in the old one still holds. It publishes nothing.
func (v *Verbs) RestoreVersion(ctx context.Context, in RestoreVersion) (ItemDetails, error) {
	type restored struct {
		old domain.ContentVersion
		c   domain.ContentItem
	}
	return changeItem(ctx, v, change[restored]{
		id: in.ID, seen: in.Precondition, scope: domain.ScopeContent,
		prepare: func(before domain.ContentItem) (r restored, err error) {
			q := v.store.Read()
			if r.old, err = q.ContentVersion(ctx, in.ID, in.N); err != nil {
				return r, err
			}
			c := before
			c.Title, c.Body, c.Edited = r.old.Title, r.old.Body, r.old.AuthorKind != domain.ActorSystem
			if r.old.Whole {
				there, err := q.PresentImages(ctx, before.WorkspaceID, domain.ImageIDs(r.old.Images))
				if err != nil {
					return r, err
				}
				r.old.Images = slices.DeleteFunc(r.old.Images, func(i domain.ItemImage) bool { return !there[i.ImageID] })
				c.SetVersionFields(r.old.VersionFields)
			}
			was := guard.Earlier{Text: r.old.Body, Findings: guard.Identified(r.old.Body, r.old.Findings)}
			r.c, err = prepared(ctx, q, c, before.Version+1, was, earlier(before))
			return r, err
		},
		apply: func(tx *store.Tx, _ domain.Actor, before domain.ContentItem, r restored) (ItemDetails, error) {
			if r.old.Whole {
				free, err := tx.FreeContentSlug(ctx, before.WorkspaceID, before.ID, r.old.Slug)
				if err != nil {
					return ItemDetails{}, err
				}
				if free == r.old.Slug { // else another item has it by now
					r.c.Slug = free
				}
				if err := lockImages(ctx, tx, before.WorkspaceID, r.c.Images); err != nil {
					return ItemDetails{}, err
				}
			}
			if r.c.SameVersion(before) {
				return ItemDetails{}, domain.Errorf(domain.CodeConflict,
					"The item already has the text of version %d", in.N)
			}
			return v.saveEdit(ctx, tx, before, r.c, fmt.Sprintf("Restored version %d", in.N))
		},
	})
}
