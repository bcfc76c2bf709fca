package account

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
)

// Workspace is what only the operator may change.
type Workspace struct {
	Plan        domain.Plan `json:"plan"`
	CompanyName string      `json:"company_name"`
	Slug        string      `json:"slug"`
	Timezone    string      `json:"timezone"`
}

// NewWorkspace is a workspace that was just created.
type NewWorkspace struct {
	Workspace
	Key string `json:"key" doc:"The secret of its owner's key, shown only once"`
}

type createWorkspace struct {
	Slug        string      `json:"slug" limit:"workspace_slug" doc:"Name in the feed's address, unique here"`
	CompanyName string      `json:"company_name" limit:"company_name" doc:"Name of the company"`
	Plan        domain.Plan `json:"plan,omitempty" doc:"By default enterprise"`
	Timezone    string      `json:"timezone,omitempty" limit:"timezone" doc:"IANA time zone; by default UTC"`
}

type setWorkspace struct {
	Plan        *domain.Plan `json:"plan,omitempty" doc:"The workspace's plan"`
	CompanyName *string      `json:"company_name,omitempty" limit:"company_name" doc:"Name of the company"`
	Slug        *string      `json:"slug,omitempty" limit:"workspace_slug" doc:"Name in the feed's address"`
	Timezone    *string      `json:"timezone,omitempty" limit:"timezone" doc:"IANA time zone, like Europe/Berlin"`
}

type grantCredits struct {
	Amount int    `json:"amount" limit:"grant" doc:"How many credits to add"`
	Note   string `json:"note,omitempty" limit:"grant_note" doc:"What the ledger says about it"`
}

func (in createWorkspace) verb() account.CreateWorkspace {
	return account.CreateWorkspace{Slug: in.Slug, CompanyName: in.CompanyName, Plan: in.Plan, Timezone: in.Timezone}
}

func (in setWorkspace) verb() account.SetWorkspace {
	return account.SetWorkspace{Plan: in.Plan, CompanyName: in.CompanyName, Slug: in.Slug, Timezone: in.Timezone}
}

func viewWorkspace(_ *ops.Reply, w domain.Workspace) Workspace {
	return Workspace{w.Plan, w.Name, w.Slug, w.Timezone}
}

// Operators is the chapter of the operations for the operator alone.
var Operators = ops.Chapter{Name: "Operator", Description: "For the command line on the server itself."}

// OperatorRows returns the rows that only the operator may call. They are served by the
// control socket, and are in no document.
func OperatorRows(v *account.Verbs) []ops.Op {
	return []ops.Op{
		ops.New(ops.Op{
			Name:    "create_workspace",
			Route:   ops.Route{Method: http.MethodPost, Path: "/operator/workspaces", Root: true, Status: http.StatusCreated},
			Scope:   domain.ScopeOperator,
			Further: wire.Further(func(in createWorkspace, p *domain.Problems) { in.verb().Check(p) }),
			Docs: ops.Docs{
				Chapter:     Operators,
				Summary:     "Create a further workspace",
				Description: "Creates a workspace that shares nothing with the others, with a key of its owner's.",
				Example:     map[string]any{"slug": "acme", "company_name": "Acme Corp"},
			},
		}, func(ctx context.Context, in createWorkspace) (account.FirstStart, error) {
			return v.CreateWorkspace(ctx, in.verb())
		}, func(_ *ops.Reply, f account.FirstStart) NewWorkspace {
			return NewWorkspace{viewWorkspace(nil, f.Workspace), f.Key.Secret}
		}, account.FirstStart{Workspace: sampleWorkspace}),
		ops.New(ops.Op{
			Name:    "set_workspace",
			Route:   ops.Route{Method: http.MethodPost, Path: "/operator/workspace", Root: true},
			Scope:   domain.ScopeOperator,
			Hints:   ops.Hints{Idempotent: true},
			Further: wire.Further(func(in setWorkspace, p *domain.Problems) { in.verb().Check(p) }),
			Docs: ops.Docs{
				Chapter:     Operators,
				Summary:     "Change the workspace",
				Description: "Changes the workspace's plan, name, feed address or time zone.",
			},
		}, func(ctx context.Context, in setWorkspace) (domain.Workspace, error) {
			return v.SetWorkspace(ctx, in.verb())
		}, viewWorkspace, sampleWorkspace),
		ops.New(ops.Op{
			Name:  "grant_credits",
			Route: ops.Route{Method: http.MethodPost, Path: "/operator/credits", Root: true},
			Scope: domain.ScopeOperator,
			Docs: ops.Docs{
				Chapter:     Operators,
				Summary:     "Grant credits",
				Description: "Adds credits to the workspace.",
				Example:     map[string]any{"amount": 5000, "note": "November"},
			},
		}, func(ctx context.Context, in grantCredits) (domain.Balance, error) {
			return v.GrantCredits(ctx, account.GrantCredits{Amount: in.Amount, Note: in.Note})
		}, viewCredits, sampleBalance),
	}
}
