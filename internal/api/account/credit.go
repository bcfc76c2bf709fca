package account

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
)

// Credits is what the workspace has to spend.
type Credits struct {
	Balance       int `json:"balance" doc:"Available and held together"`
	Held          int `json:"held" doc:"Reserved for running executions"`
	Available     int `json:"available" doc:"Free to spend"`
	UsedThisMonth int `json:"used_this_month" doc:"Spent since the first of the month"`
}

// MovementAttributes is one line of the ledger.
type MovementAttributes struct {
	ID          int64               `json:"id"`
	At          time.Time           `json:"at"`
	Kind        domain.MovementKind `json:"kind"`
	Amount      int                 `json:"amount" doc:"Credits moved"`
	ExecutionID *int64              `json:"execution_id" doc:"The execution it was for"`
	Step        *string             `json:"step" doc:"The step it paid for"`
	Balance     int                 `json:"balance_after" doc:"Available and held, after the movement"`
}

var (
	sampleBalance  = domain.Balance{Balance: 9995, Held: 5, Available: 9990, UsedThisMonth: 5}
	sampleMovement = domain.Movement{
		ID:          4,
		At:          sampleTime,
		Kind:        domain.MovementHold,
		Amount:      5,
		ExecutionID: 789,
		Balance:     10000,
	}
)

func creditRows(v *account.Verbs) []ops.Op {
	chapter := ops.Chapter{Name: "Credits", Description: "What work costs."}
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "get_credits",
			Route: ops.Route{Method: http.MethodGet, Path: "/credits"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Get the credit balance",
				Description: "What the workspace can spend, and what it has spent this month.",
			},
			Tool:    ops.Tool{Set: "account"},
			Command: ops.Command{Noun: "credits", Verb: "get"},
		}, func(ctx context.Context, _ struct{}) (domain.Balance, error) {
			return v.Credits(ctx)
		}, viewCredits, sampleBalance),
		ops.New(ops.Op{
			Name:  "list_credit_movements",
			Route: ops.Route{Method: http.MethodGet, Path: "/credits/ledger"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "List credit movements",
				Description: "Every grant, hold, capture and release, newest first.",
			},
			Tool: ops.Tool{Set: "account"},
			Command: ops.Command{
				Noun:    "credits",
				Verb:    "ledger",
				Columns: []string{"id", "at", "kind", "amount", "execution_id", "step", "balance_after"},
			},
		}, func(ctx context.Context, in wire.Page) (domain.List[domain.Movement], error) {
			return v.Ledger(ctx, wire.PageOf(in.Paging))
		}, func(r *ops.Reply, l domain.List[domain.Movement]) []MovementAttributes {
			r.Total = l.Total
			return wire.Each(l.Items, movement)
		}, domain.List[domain.Movement]{Items: []domain.Movement{sampleMovement}, Total: 1}),
	}
}

func viewCredits(_ *ops.Reply, b domain.Balance) Credits { return Credits(b) }

func movement(m domain.Movement) MovementAttributes {
	return MovementAttributes{
		ID:          m.ID,
		At:          m.At.UTC(),
		Kind:        m.Kind,
		Amount:      m.Amount,
		ExecutionID: wire.Optional(m.ExecutionID),
		Step:        wire.Optional(m.Step),
		Balance:     m.Balance,
	}
}
