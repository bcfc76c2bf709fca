package item

import (
	"context"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Accept lets the finding in place n of an item stand, for a reason: it no longer stops
// publication. The history has who did it, and why.
func Accept(ctx context.Context, tx *store.Tx, c domain.ContentItem, n int, reason string) (domain.ContentItem, error) {
	a := actor(ctx)
	f := c.Findings[n]
	f.Accepted = &domain.Acceptance{By: a.Name, ByKind: a.Kind, At: tx.Now(), Reason: reason}
	c, err := decide(ctx, tx, c, n, f, domain.ItemMove{Kind: domain.HistoryAccepted, Reason: reason})
	if err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(), domain.FindingAccepted{
		ItemState: c.State(), Guardrail: f.Guardrail, Message: f.Message, Reason: reason,
	})
}

// Withdraw takes the acceptance of the finding in place n of an item back.
func Withdraw(ctx context.Context, tx *store.Tx, c domain.ContentItem, n int) (domain.ContentItem, error) {
	f := c.Findings[n]
	f.Accepted = nil
	c, err := decide(ctx, tx, c, n, f, domain.ItemMove{Kind: domain.HistoryWithdrawn})
	if err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(), domain.FindingWithdrawn{
		ItemState: c.State(), Guardrail: f.Guardrail, Message: f.Message,
	})
}

// decide stores a changed finding, and the decision in the history.
func decide(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, n int, f domain.Finding, entry domain.ItemMove,
) (domain.ContentItem, error) {
	c.Findings = slices.Clone(c.Findings)
	c.Findings[n] = f
	c, err := Annotate(ctx, tx, c)
	if err != nil {
		return c, err
	}
	a := actor(ctx)
	entry.ContentID, entry.From, entry.To, entry.Version = c.ID, c.Status, c.Status, c.Version
	entry.Finding, entry.By, entry.ByKind = f.Message, a.Name, a.Kind
	return c, tx.AddContentMove(ctx, entry)
}

// SetSupport stores what an item's text may rest on, with what is then still wrong with it.
func SetSupport(ctx context.Context, tx *store.Tx, c domain.ContentItem) (domain.ContentItem, error) {
	if err := tx.SaveContentSupport(ctx, c); err != nil {
		return c, err
	}
	c, err := Annotate(ctx, tx, c)
	if err != nil {
		return c, err
	}
	edited := domain.ContentEdited{ItemState: c.State(), Version: c.Version, Reason: "Changed what the text may rest on"}
	return c, tx.AppendEvent(ctx, c.Subject(), edited)
}
