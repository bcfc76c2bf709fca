package account

import (
	"context"
	"crypto/rand"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Credits returns the workspace's balance. The month is the calendar month in the
// workspace's time zone.
func (v *Verbs) Credits(ctx context.Context) (domain.Balance, error) {
	w, err := v.Profile(ctx)
	if err != nil {
		return domain.Balance{}, err
	}
	q := v.store.Read()
	b, err := q.CreditBalance(ctx, w.ID)
	if err != nil {
		return b, err
	}
	now := v.store.Now().In(w.Location())
	month := domain.StartOfDay(now.Year(), now.Month(), 1, w.Location())
	b.UsedThisMonth, err = q.CreditsUsedSince(ctx, w.ID, month)
	return b, err
}

// Ledger returns a page of the movements of credits, newest first.
func (v *Verbs) Ledger(ctx context.Context, p domain.Page) (domain.List[domain.Movement], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Movement]{}, err
	}
	return v.store.Read().CreditMovements(ctx, a.WorkspaceID, p)
}

// GrantCredits adds credits to a workspace.
type GrantCredits struct {
	Amount int
	Note   string
}

// GrantCredits is for the operator: it adds credits to the workspace and returns
// the new balance.
func (v *Verbs) GrantCredits(ctx context.Context, in GrantCredits) (domain.Balance, error) {
	if err := verb.Operator(ctx); err != nil {
		return domain.Balance{}, err
	}
	var p domain.Problems
	domain.LimitGrant.Value(&p, "amount", in.Amount)
	domain.LimitGrantNote.Text(&p, "note", in.Note)
	if err := p.Err(); err != nil {
		return domain.Balance{}, err
	}
	_, err := verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (domain.Balance, error) {
		return domain.Balance{}, grant(ctx, tx, a.WorkspaceID, in)
	})
	if err != nil {
		return domain.Balance{}, err
	}
	return v.Credits(ctx)
}

func grant(ctx context.Context, tx *store.Tx, workspaceID int64, in GrantCredits) error {
	err := tx.TransferCredits(ctx, store.CreditTransfer{
		WorkspaceID: workspaceID,
		Kind:        domain.MovementGrant,
		Amount:      in.Amount,
		Step:        in.Note,
		Reference:   fmt.Sprintf("w%d:grant:%s", workspaceID, rand.Text()),
	})
	if err != nil {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: workspaceID},
		domain.CreditsGranted{Amount: in.Amount, Note: in.Note})
}
