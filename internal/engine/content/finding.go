package content

import (
	"context"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Findings returns an item whose findings all have ids.
func (v *Verbs) Findings(ctx context.Context, id int64) (domain.ContentItem, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.ContentItem{}, err
	}
	c, err := v.store.Read().Content(ctx, a.WorkspaceID, id)
	c.Findings = guard.Identified(c.Body, c.Findings)
	return c, err
}

// FindingOf names a finding of an item by its id.
type FindingOf struct {
	ID      int64 // of the item
	Finding string
	verb.Precondition
}

// AcceptFinding lets a finding stand.
type AcceptFinding struct {
	FindingOf
	Reason string // required; the history shows it
}

// AcceptFinding lets a finding stand: it no longer stops publication, in this version and in later ones that
// have the same fault in the same words. Accepting it again for another reason replaces the reason. It takes
// the scope publish.
func (v *Verbs) AcceptFinding(ctx context.Context, in AcceptFinding) (ItemDetails, error) {
	var p domain.Problems
	domain.LimitAcceptance.Text(&p, "reason", in.Reason)
	if err := p.Err(); err != nil {
		return ItemDetails{}, err
	}
	return v.decide(ctx, in.FindingOf, func(tx *store.Tx, c domain.ContentItem, n int) (domain.ContentItem, error) {
		f := c.Findings[n]
		if f.Action == domain.ActionRedacted {
			return c, domain.Errorf(
				domain.CodeConflict,
				"What this finding is about was redacted, so there is nothing to accept",
			)
		}
		if f.Accepted != nil && f.Accepted.Reason == in.Reason {
			return c, nil
		}
		return item.Accept(ctx, tx, c, n, in.Reason)
	})
}

// WithdrawAcceptance takes the acceptance of a finding back; where there is none, it does nothing. It takes
// the scope publish, and takes nothing off a channel.
func (v *Verbs) WithdrawAcceptance(ctx context.Context, in FindingOf) (ItemDetails, error) {
	return v.decide(ctx, in, func(tx *store.Tx, c domain.ContentItem, n int) (domain.ContentItem, error) {
		if c.Findings[n].Accepted == nil {
			return c, nil
		}
		return item.Withdraw(ctx, tx, c, n)
	})
}

// decide stores a decision about the finding in place n of an item.
func (v *Verbs) decide(
	ctx context.Context, in FindingOf,
	do func(tx *store.Tx, c domain.ContentItem, n int) (domain.ContentItem, error),
) (ItemDetails, error) {
	return changeItem(ctx, v, change[[]domain.Finding]{
		id: in.ID, seen: in.Precondition, scope: domain.ScopePublish,
		prepare: func(c domain.ContentItem) ([]domain.Finding, error) {
			return guard.Identified(c.Body, c.Findings), nil
		},
		apply: func(tx *store.Tx, _ domain.Actor, c domain.ContentItem, findings []domain.Finding) (ItemDetails, error) {
			c.Findings = findings
			n := domain.FindingByID(findings, in.Finding)
			if n < 0 {
				return ItemDetails{}, domain.NotFound("Finding")
			}
			if _, err := do(tx, c, n); err != nil {
				return ItemDetails{}, err
			}
			return v.itemDetails(ctx, tx.Q, c.WorkspaceID, c.ID)
		},
	})
}

// SetSupport replaces what people have said that the text of an item may rest on.
type SetSupport struct {
	ID int64 // of the item
	domain.Support
	verb.Precondition
}

// SetSupport replaces what the text of an item may rest on. The findings that it answers are gone at once;
// what it does not support is found by the next review. It makes no version.
func (v *Verbs) SetSupport(ctx context.Context, in SetSupport) (ItemDetails, error) {
	var p domain.Problems
	domain.LimitFacts.List(&p, "facts", in.Facts)
	domain.LimitFacts.List(&p, "sources", in.Sources)
	domain.LimitLinks.List(&p, "links", in.Links)
	if err := p.Err(); err != nil {
		return ItemDetails{}, err
	}
	return changeItem(ctx, v, change[domain.ContentItem]{
		id: in.ID, seen: in.Precondition, scope: domain.ScopeContent,
		prepare: func(before domain.ContentItem) (domain.ContentItem, error) {
			c := before
			c.Support.Facts, c.Support.Sources, c.Support.Links = in.Facts, in.Sources, in.Links
			return prepared(ctx, v.store.Read(), c, before.Version, earlier(before))
		},
		apply: func(tx *store.Tx, _ domain.Actor, before, c domain.ContentItem) (ItemDetails, error) {
			if !slices.Equal(before.Support.Given(), c.Support.Given()) || len(before.Support.Facts) != len(c.Support.Facts) ||
				len(before.Support.Sources) != len(c.Support.Sources) {
				if _, err := item.SetSupport(ctx, tx, c); err != nil {
					return ItemDetails{}, err
				}
			}
			return v.itemDetails(ctx, tx.Q, c.WorkspaceID, c.ID)
		},
	})
}
