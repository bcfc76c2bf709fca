package partner

import (
	"context"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// CreateListing is a listing that a caller creates.
type CreateListing struct {
	Title       string
	CatalogType domain.CatalogType
	domain.ListingEdit
}

// CreateListing creates a listing with its first version. More than [domain.MaxListings] are a CONFLICT. It takes the
// scope write.
func (v *Verbs) CreateListing(ctx context.Context, in CreateListing) (ListingDetails, error) {
	if _, err := verb.Caller(ctx, domain.ScopeWrite); err != nil {
		return ListingDetails{}, err
	}
	l := domain.Listing{CatalogType: in.CatalogType, ListingFields: domain.ListingFields{Title: in.Title}}
	l.Origin = domain.RecordLocal
	in.Apply(&l.ListingFields)
	if err := describe(&l); err != nil {
		return ListingDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (ListingDetails, error) {
		n, err := tx.CountListings(ctx, a.WorkspaceID)
		if err != nil {
			return ListingDetails{}, err
		}
		if n >= domain.MaxListings {
			return ListingDetails{}, tooMany("listings", domain.MaxListings)
		}
		l.WorkspaceID = a.WorkspaceID
		made, err := tx.CreateListing(ctx, l)
		if err != nil {
			return ListingDetails{}, err
		}
		if err := addVersion(ctx, tx, a, made, change{from: domain.ListingFields{}, reason: "Created"}); err != nil {
			return ListingDetails{}, err
		}
		err = tx.AppendEvent(ctx, subject(a.WorkspaceID), domain.ListingCreated{ListingFacts: made.Facts()})
		return ListingDetails{Listing: made}, err
	})
}

// change is what a version says about how it came about.
type change struct {
	from      domain.ListingFields
	reason    string
	contentID int64 // 0: no item's text was applied
}

func addVersion(ctx context.Context, tx *store.Tx, a domain.Actor, l domain.Listing, c change) error {
	return tx.AddListingVersion(ctx, l.WorkspaceID, domain.ListingVersion{
		ListingID: l.ID, N: l.Revision, AuthorKind: a.Kind, Author: a.Name, Reason: c.reason, ContentID: c.contentID,
		Changed: l.Changed(c.from), Overall: l.Score.Overall, Grade: l.Score.Grade, ListingFields: l.ListingFields,
	})
}

// EditListing changes a listing. A nil field stays as it is.
type EditListing struct {
	ID    int64
	Title *string
	domain.ListingEdit
	Reason string // for the history
	verb.Precondition
}

// EditListing changes a listing: each change is a version with its score. Its catalog type stays, as at AWS. It takes
// the scope write.
func (v *Verbs) EditListing(ctx context.Context, in EditListing) (ListingDetails, error) {
	return v.changeListing(ctx, in.ID, in.Precondition, change{reason: strings.TrimSpace(in.Reason)},
		func(f *domain.ListingFields) {
			verb.Set(&f.Title, in.Title)
			in.Apply(f)
		})
}

// changeListing prepares a change of a listing and stores it, again where somebody else was faster.
func (v *Verbs) changeListing(
	ctx context.Context, id int64, seen verb.Precondition, c change, apply func(*domain.ListingFields),
) (ListingDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return ListingDetails{}, err
	}
	return whileStale(func() (ListingDetails, error) {
		was, unread := v.store.Read().Listing(ctx, a.WorkspaceID, id)
		next := was
		apply(&next.ListingFields)
		invalid := describe(&next)
		var p domain.Problems
		p.Merge(invalid)
		domain.LimitReason.Text(&p, "reason", c.reason)
		if invalid == nil || domain.CodeOf(invalid) == domain.CodeValidation {
			invalid = p.Err()
		}
		return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (ListingDetails, error) {
			now, err := tx.LockListing(ctx, a.WorkspaceID, id)
			switch {
			case err != nil:
				return ListingDetails{}, err
			case unread != nil || now.Revision != was.Revision:
				return ListingDetails{}, errStale
			}
			if err := seen.CheckRevision(int64(now.Revision)); err != nil {
				return ListingDetails{}, err
			}
			if invalid != nil {
				return ListingDetails{}, invalid
			}
			c.from = now.ListingFields
			l, err := saveListing(ctx, tx, a, next, c)
			return detailed(ctx, tx.Q, l, err)
		})
	})
}

// saveListing stores a listing as its next version where it differs from before.
func saveListing(
	ctx context.Context, tx *store.Tx, a domain.Actor, next domain.Listing, c change,
) (domain.Listing, error) {
	changed := next.Changed(c.from)
	if len(changed) == 0 {
		return next, nil
	}
	saved, err := tx.SaveListing(ctx, next)
	if err != nil {
		return saved, err
	}
	if err := addVersion(ctx, tx, a, saved, c); err != nil {
		return saved, err
	}
	return saved, tx.AppendEvent(ctx, subject(a.WorkspaceID), domain.ListingUpdated{
		ListingFacts: saved.Facts(), Changed: changed, ContentID: c.contentID,
	})
}

// DeleteListing deletes a listing with its versions. Items and opportunities stay, and no longer name it. It takes the
// scope write.
func (v *Verbs) DeleteListing(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		l, err := tx.LockListing(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(int64(l.Revision)); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteListing(ctx, a.WorkspaceID, l.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, subject(a.WorkspaceID), domain.ListingDeleted{ListingFacts: l.Facts()})
	})
	return err
}
