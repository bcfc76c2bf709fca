package content

import (
	"context"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListReviewLinks pages through an item's review links.
type ListReviewLinks struct {
	ID   int64 // of the item
	Page domain.Page
}

// ReviewLinks returns a page of an item's review links, newest first, those that no longer
// work included. Their secrets are not known.
func (v *Verbs) ReviewLinks(ctx context.Context, in ListReviewLinks) (domain.List[domain.ReviewLink], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.ReviewLink]{}, err
	}
	q := v.store.Read()
	if err := mustExist(ctx, q, a.WorkspaceID, in.ID); err != nil {
		return domain.List[domain.ReviewLink]{}, err
	}
	return q.ReviewLinks(ctx, a.WorkspaceID, in.ID, in.Page)
}

// CreateReviewLink asks for a link to the present version of an item.
type CreateReviewLink struct {
	ID   int64  // of the item
	Days int    // until it expires, 1 to 30
	Note string // for the reviewer
}

// NewReviewLink is a link with its secret, which is shown only once.
type NewReviewLink struct {
	Link   domain.ReviewLink
	Secret string
	// URL is the address of its page; only the path where the server's is not known.
	URL string
}

// ReviewPath is the path of the page of a review link.
func ReviewPath(secret string) string { return "/review/" + secret }

// CreateReviewLink creates a link with which somebody without an account sees the present
// version of an item, comments on it, and approves or rejects it once. The link may do
// what its creator may at that moment. It takes the scope content or publish.
func (v *Verbs) CreateReviewLink(ctx context.Context, in CreateReviewLink) (NewReviewLink, error) {
	var p domain.Problems
	domain.LimitReviewDays.Value(&p, "expires_in_days", in.Days)
	domain.LimitReason.Text(&p, "note", in.Note)
	if err := p.Err(); err != nil {
		return NewReviewLink{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (NewReviewLink, error) {
		c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return NewReviewLink{}, err
		}
		secret := auth.NewToken()
		l, err := tx.CreateReviewLink(ctx, domain.ReviewLink{
			WorkspaceID: c.WorkspaceID,
			ContentID:   c.ID,
			Version:     c.Version,
			Note:        in.Note,
			CreatedBy:   a.Name,
			Creator:     a.Starter(),
			ExpiresAt:   tx.Now().Add(time.Duration(in.Days) * 24 * time.Hour),
		}, auth.Hash(secret))
		if err != nil {
			return NewReviewLink{}, err
		}
		return NewReviewLink{Link: l, Secret: secret, URL: v.publicURL + ReviewPath(secret)},
			tx.AppendEvent(ctx, c.Subject(), domain.ReviewLinkCreated{ItemState: c.State(), LinkID: l.ID, Version: l.Version})
	})
}

// RevokeReviewLink ends a review link at once. It does nothing to one that was revoked.
func (v *Verbs) RevokeReviewLink(ctx context.Context, id int64) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		l, err := tx.ReviewLink(ctx, a.WorkspaceID, id)
		if err != nil {
			return struct{}{}, err
		}
		c, err := tx.LockContent(ctx, a.WorkspaceID, l.ContentID)
		if err != nil {
			return struct{}{}, err
		}
		if l, err = tx.ReviewLink(ctx, a.WorkspaceID, id); err != nil || !l.RevokedAt.IsZero() {
			return struct{}{}, err
		}
		l.RevokedAt = tx.Now()
		if err := tx.SaveReviewLink(ctx, l); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, c.Subject(),
			domain.ReviewLinkRevoked{ItemState: c.State(), LinkID: l.ID, Version: l.Version})
	})
	return err
}
