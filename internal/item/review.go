package item

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Review records what the reviewer of a link, who is the caller, decided about the present
// version of an item. Approving one that is not published moves it to ready; rejecting one
// that waits in review or ready moves it back to generated. What is published stays
// published.
func Review(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, l domain.ReviewLink,
) (domain.ContentItem, error) {
	if err := tx.SaveReviewLink(ctx, l); err != nil {
		return c, err
	}
	waits := c.Status == domain.ItemReview || c.Status == domain.ItemReady
	var err error
	switch {
	case l.Decision == domain.ReviewRejected && waits:
		c, err = Move(ctx, tx, c, domain.ItemGenerated, Top, l.Reason)
	case l.Decision == domain.ReviewRejected:
		err = recordDecision(ctx, tx, c, domain.HistoryRejected, l.Reason)
	case c.Status == domain.ItemGenerated || c.Status == domain.ItemReview:
		c, err = Move(ctx, tx, c, domain.ItemReady, Top, l.Reason)
	default:
		if c.ApprovedVersion != c.Version {
			c, err = Approve(ctx, tx, c)
		}
		if err == nil {
			err = recordDecision(ctx, tx, c, domain.HistoryApproved, l.Reason)
		}
	}
	if err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(), domain.ContentReviewed{
		ItemState: c.State(), LinkID: l.ID, Version: l.Version, Decision: l.Decision, Reason: l.Reason,
	})
}

func recordDecision(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, kind domain.HistoryKind, reason string,
) error {
	a := actor(ctx)
	return tx.AddContentMove(ctx, domain.ItemMove{
		ContentID: c.ID, Kind: kind, From: c.Status, To: c.Status, Version: c.Version,
		By: a.Name, ByKind: a.Kind, Reason: reason,
	})
}
