package domain

import "time"

// MovementKind says what a movement of credits was.
type MovementKind string

// The kinds of movement, as the ledger shows them.
const (
	MovementGrant   MovementKind = "grant"
	MovementHold    MovementKind = "hold"
	MovementCapture MovementKind = "capture"
	MovementRelease MovementKind = "release"
)

// Account is one side of the double-entry ledger. Each movement debits one and
// credits another by the same amount, so that the sum over all is always zero.
type Account string

// The accounts of a workspace.
const (
	AccountIssued    Account = "issued"    // what the operator has granted (negative)
	AccountAvailable Account = "available" // free to hold
	AccountHeld      Account = "held"      // promised to running executions
	AccountSpent     Account = "spent"     // captured
)

// Movement is one line of the ledger as a caller sees it.
type Movement struct {
	ID          int64
	At          time.Time
	Kind        MovementKind
	Amount      int
	ExecutionID int64
	Step        string
	Balance     int // available + held, after the movement
}

// Balance is what a workspace has.
type Balance struct {
	Balance       int // available + held
	Held          int
	Available     int
	UsedThisMonth int
}
