package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

func (t *Tx) openAccounts(ctx context.Context, workspaceID int64) error {
	for _, a := range []domain.Account{domain.AccountIssued, domain.AccountAvailable, domain.AccountHeld, domain.AccountSpent} {
		if err := t.db.Exec(ctx, `insert into account (workspace_id, name, balance) values ($1,$2,0)`, workspaceID, string(a)); err != nil {
			return fmt.Errorf("open account: %w", err)
		}
	}
	return nil
}

// CreditTransfer is one movement of the double-entry ledger.
type CreditTransfer struct {
	WorkspaceID int64
	Kind        domain.MovementKind
	Amount      int
	ExecutionID int64
	Step        string
	// Reference makes the movement happen once: a second one with the same
	// reference changes nothing.
	Reference string
}

// sides says which account each kind of movement takes from and gives to.
var sides = map[domain.MovementKind][2]domain.Account{
	domain.MovementGrant:   {domain.AccountIssued, domain.AccountAvailable},
	domain.MovementHold:    {domain.AccountAvailable, domain.AccountHeld},
	domain.MovementCapture: {domain.AccountHeld, domain.AccountSpent},
	domain.MovementRelease: {domain.AccountHeld, domain.AccountAvailable},
}

// TransferCredits books one movement. It takes from one account what it gives to
// another, in this transaction; a hold that the workspace cannot cover is an
// INSUFFICIENT_CREDITS error, and nothing is booked. An amount of 0 is nothing.
func (t *Tx) TransferCredits(ctx context.Context, m CreditTransfer) error {
	if m.Amount == 0 {
		return nil
	}
	side := sides[m.Kind]
	// The accounts are always locked in the order of their names, so that two
	// transactions cannot wait for each other.
	if err := t.db.Exec(ctx, `update account set balance = balance where workspace_id = $1 and name = 'available'`, m.WorkspaceID); err != nil {
		return fmt.Errorf("lock accounts: %w", err)
	}
	balance, err := t.CreditBalance(ctx, m.WorkspaceID)
	if err != nil {
		return err
	}
	if m.Kind == domain.MovementHold && balance.Available < m.Amount {
		return domain.Errorf(domain.CodeInsufficientCredits, "This needs %d credits and the workspace has %d", m.Amount, balance.Available).
			With("required", m.Amount).With("available", balance.Available)
	}
	after := balance.Balance
	switch m.Kind {
	case domain.MovementGrant:
		after += m.Amount
	case domain.MovementCapture:
		after -= m.Amount
	}
	n, err := t.db.ExecCount(ctx, `insert into movement (workspace_id, at, kind, amount, from_account, to_account, execution_id, step, reference, balance_after)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) on conflict (reference) do nothing`,
		m.WorkspaceID, db.Millis(t.now), string(m.Kind), m.Amount, string(side[0]), string(side[1]), m.ExecutionID, m.Step, m.Reference, after)
	if err != nil {
		return fmt.Errorf("book movement: %w", err)
	}
	if n == 0 {
		return nil
	}
	if err := t.db.Exec(ctx, `update account set balance = balance + case when name = $3 then cast($2 as bigint) else -cast($2 as bigint) end
		where workspace_id = $1 and (name = $3 or name = $4)`, m.WorkspaceID, m.Amount, string(side[1]), string(side[0])); err != nil {
		return fmt.Errorf("book movement: %w", err)
	}
	return nil
}

// CreditBalance returns what the workspace has; UsedThisMonth is left to [CreditsUsedSince].
func (q Q) CreditBalance(ctx context.Context, workspaceID int64) (b domain.Balance, err error) {
	err = q.db.One(ctx, []any{&b.Available, &b.Held}, `select a.balance, h.balance from account a join account h
		on h.workspace_id = a.workspace_id and h.name = 'held' where a.workspace_id = $1 and a.name = 'available'`, workspaceID)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return b, fmt.Errorf("read balance: %w", err)
	}
	b.Balance = b.Available + b.Held
	return b, nil
}

// CreditsUsedSince returns the credits captured since a moment.
func (q Q) CreditsUsedSince(ctx context.Context, workspaceID int64, since time.Time) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select coalesce(sum(amount), 0) from movement where workspace_id = $1 and kind = 'capture' and at >= $2`, workspaceID, db.Millis(since))
	if err != nil {
		return 0, fmt.Errorf("read credits used: %w", err)
	}
	return n, nil
}

func scanMovement(row db.Row) (m domain.Movement, err error) {
	err = row.Scan(&m.ID, db.Time(&m.At), &m.Kind, &m.Amount, &m.ExecutionID, &m.Step, &m.Balance)
	return m, err
}

// CreditMovements returns a page of the ledger, newest first.
func (q Q) CreditMovements(ctx context.Context, workspaceID int64, p domain.Page) (l domain.List[domain.Movement], err error) {
	l.Items, err = db.Many(ctx, q.db, scanMovement, `select id, at, kind, amount, execution_id, step, balance_after from movement
		where workspace_id = $1 order by id desc limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read ledger: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from movement where workspace_id = $1`, workspaceID)
	return l, err
}

// CreditLedgerSum returns the sum over all accounts of all workspaces, which is always
// zero, and the sum of each account by name.
func (q Q) CreditLedgerSum(ctx context.Context) (sum int, err error) {
	err = q.db.One(ctx, []any{&sum}, `select coalesce(sum(balance), 0) from account`)
	return sum, err
}
