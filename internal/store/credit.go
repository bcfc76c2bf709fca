package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

func (t *Tx) openAccounts(ctx context.Context, workspaceID int64) error {
	for _, a := range []domain.Account{
		domain.AccountIssued, domain.AccountAvailable, domain.AccountHeld, domain.AccountSpent,
	} {
		err := t.db.Exec(ctx, `insert into account (workspace_id, name, balance) values ($1,$2,0)`, workspaceID, string(a))
		if err != nil {
			return fmt.Errorf("open account: %w", err)
		}
	}
	return nil
}

// CreditTransfer is one movement of the double-entry ledger.
type CreditTransfer struct {
	WorkspaceID int64
	Kind        domain.MovementKind
	Amount      int // credits
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

// The sets of a movement's columns.
const (
	movementRead db.Set = 1 << iota
	movementBook
)

// movementRow is a movement with what callers do not see of it.
type movementRow struct {
	domain.Movement
	workspaceID int64
	from, to    domain.Account
	reference   string
}

var movementTable = db.NewTable("movement", func(m *movementRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &m.ID, In: movementRead},
		{Name: "workspace_id", Field: &m.workspaceID, In: movementBook},
		{Name: "at", Field: db.Time(&m.At), In: movementRead | movementBook},
		{Name: "kind", Field: db.Text(&m.Kind), In: movementRead | movementBook},
		{Name: "amount", Field: &m.Amount, In: movementRead | movementBook},
		{Name: "from_account", Field: db.Text(&m.from), In: movementBook},
		{Name: "to_account", Field: db.Text(&m.to), In: movementBook},
		{Name: "execution_id", Field: &m.ExecutionID, In: movementRead | movementBook},
		{Name: "step", Field: &m.Step, In: movementRead | movementBook},
		{Name: "reference", Field: &m.reference, In: movementBook},
		{Name: "balance_after", Field: &m.Balance, In: movementRead | movementBook},
	}
})

var (
	movementColumns = movementTable.Columns(movementRead)
	bookMovement    = movementTable.Write(movementBook,
		`insert into movement ({columns}) values ({values}) on conflict (reference) do nothing`)
)

// TransferCredits books one movement. It takes from one account what it gives to
// another, in this transaction; a hold that the workspace cannot cover is an
// INSUFFICIENT_CREDITS error, and nothing is booked. An amount of 0 is nothing.
func (t *Tx) TransferCredits(ctx context.Context, c CreditTransfer) error {
	if c.Amount == 0 {
		return nil
	}
	// The accounts are always locked in the order of their names, so that two
	// transactions cannot wait for each other.
	err := t.db.Exec(ctx, `update account set balance = balance where workspace_id = $1 and name = $2`,
		c.WorkspaceID, string(domain.AccountAvailable))
	if err != nil {
		return fmt.Errorf("lock accounts: %w", err)
	}
	level, err := t.creditLevel(ctx, c.WorkspaceID)
	if err != nil {
		return err
	}
	balance := level.Balance
	if c.Kind == domain.MovementHold && balance.Available < c.Amount {
		return domain.Errorf(domain.CodeInsufficientCredits,
			"This needs %d credits and the workspace has %d", c.Amount, balance.Available).
			With("required", c.Amount).With("available", balance.Available)
	}
	side := sides[c.Kind]
	row := movementRow{
		Movement: domain.Movement{
			At: t.now, Kind: c.Kind, Amount: c.Amount, ExecutionID: c.ExecutionID, Step: c.Step,
			Balance: balanceAfter(balance.Balance, c),
		},
		workspaceID: c.WorkspaceID,
		from:        side[0],
		to:          side[1],
		reference:   c.Reference,
	}
	n, err := bookMovement.Exec(ctx, t.db, &row)
	if err != nil {
		return fmt.Errorf("book movement: %w", err)
	}
	if n == 0 {
		return nil
	}
	if err := t.moveCredits(ctx, c.WorkspaceID, side[0], side[1], c.Amount); err != nil {
		return err
	}
	return t.noteLevel(ctx, c, level)
}

// creditLevel is a balance with what decides whether it is low.
type creditLevel struct {
	domain.Balance
	set       int // the level that the workspace has set; 0: none
	lastGrant int
	low       bool // it was low after the last movement
}

func (t *Tx) creditLevel(ctx context.Context, workspaceID int64) (l creditLevel, err error) {
	err = t.db.One(ctx, []any{&l.Available, &l.Held, &l.lastGrant, &l.low, &l.set},
		`select a.balance, h.balance, a.last_grant, a.low, w.credits_low_at from account a
		join account h on h.workspace_id = a.workspace_id and h.name = $3
		join workspace w on w.id = a.workspace_id
		where a.workspace_id = $1 and a.name = $2`,
		workspaceID, string(domain.AccountAvailable), string(domain.AccountHeld))
	if noRow(err) != nil {
		return l, fmt.Errorf("read balance: %w", err)
	}
	l.Balance.Balance = l.Available + l.Held
	return l, nil
}

// noteLevel appends credits.low where a movement has brought the available credits
// below the workspace's level, once until they have risen again.
func (t *Tx) noteLevel(ctx context.Context, c CreditTransfer, was creditLevel) error {
	now := was
	switch c.Kind {
	case domain.MovementGrant:
		now.Available, now.lastGrant = was.Available+c.Amount, c.Amount
	case domain.MovementHold:
		now.Available = was.Available - c.Amount
	case domain.MovementRelease:
		now.Available = was.Available + c.Amount
	}
	level := domain.CreditsLowLevel(now.set, now.lastGrant)
	granted := c.Kind == domain.MovementGrant
	switch {
	case was.low:
		now.low = !domain.CreditsRisen(now.Available, level, granted)
	case !granted:
		now.low = now.Available < level
	}
	if now.low == was.low && !granted {
		return nil
	}
	err := t.db.Exec(ctx, `update account set low = $3, last_grant = $4 where workspace_id = $1 and name = $2`,
		c.WorkspaceID, string(domain.AccountAvailable), now.low, now.lastGrant)
	if err != nil {
		return fmt.Errorf("note the level of credits: %w", err)
	}
	if !now.low || was.low {
		return nil
	}
	return t.AppendEvent(ctx, domain.Subject{WorkspaceID: c.WorkspaceID},
		domain.CreditsLow{Available: now.Available, Level: level})
}

// balanceAfter is the sum of what is available and what is held, after a transfer.
func balanceAfter(before int, c CreditTransfer) int {
	switch c.Kind {
	case domain.MovementGrant:
		return before + c.Amount
	case domain.MovementCapture:
		return before - c.Amount
	}
	return before
}

func (t *Tx) moveCredits(ctx context.Context, workspaceID int64, from, to domain.Account, amount int) error {
	err := t.db.Exec(ctx, `update account
		set balance = balance + case when name = $3 then cast($2 as bigint) else -cast($2 as bigint) end
		where workspace_id = $1 and (name = $3 or name = $4)`, workspaceID, amount, string(to), string(from))
	if err != nil {
		return fmt.Errorf("book movement: %w", err)
	}
	return nil
}

// CreditBalance returns what the workspace has; UsedThisMonth is left to
// [Q.CreditsUsedSince].
func (q Q) CreditBalance(ctx context.Context, workspaceID int64) (b domain.Balance, err error) {
	err = q.db.One(ctx, []any{&b.Available, &b.Held}, `select a.balance, h.balance from account a
		join account h on h.workspace_id = a.workspace_id and h.name = $3
		where a.workspace_id = $1 and a.name = $2`,
		workspaceID, string(domain.AccountAvailable), string(domain.AccountHeld))
	if noRow(err) != nil {
		return b, fmt.Errorf("read balance: %w", err)
	}
	b.Balance = b.Available + b.Held
	return b, nil
}

// captured is the condition for the movements that are spent credits.
var captured = `kind = ` + quote(domain.MovementCapture)

// CreditsUsedSince returns the credits captured since a moment.
func (q Q) CreditsUsedSince(ctx context.Context, workspaceID int64, since time.Time) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select coalesce(sum(amount), 0) from movement
		where workspace_id = $1 and `+captured+` and at >= $2`, workspaceID, db.Millis(since))
	if err != nil {
		return 0, fmt.Errorf("read credits used: %w", err)
	}
	return n, nil
}

// CreditMovements returns a page of the ledger, newest first.
func (q Q) CreditMovements(
	ctx context.Context, workspaceID int64, p domain.Page,
) (l domain.List[domain.Movement], err error) {
	scan := movementTable.Scan(movementRead)
	l.Items, err = db.Many(ctx, q.db,
		func(row db.Row) (domain.Movement, error) { m, err := scan(row); return m.Movement, err },
		`select `+movementColumns+` from movement
		where workspace_id = $1 order by id desc limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read ledger: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from movement where workspace_id = $1`, workspaceID)
	return l, err
}

// CreditLedgerSum returns the sum over all accounts of all workspaces, which is
// always zero unless the ledger is broken.
func (q Q) CreditLedgerSum(ctx context.Context) (sum int, err error) {
	err = q.db.One(ctx, []any{&sum}, `select coalesce(sum(balance), 0) from account`)
	return sum, err
}
