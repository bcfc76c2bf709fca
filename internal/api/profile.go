package api

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// Profile is the workspace as its members see it.
type Profile struct {
	ID              string      `json:"id" doc:"partner_ and a number"`
	CompanyName     string      `json:"company_name"`
	Plan            domain.Plan `json:"plan" enum:"starter,business,enterprise"`
	AWSConnected    bool        `json:"aws_account_connected"`
	Slug            string      `json:"slug" doc:"Names the workspace in feed addresses"`
	Timezone        string      `json:"timezone" doc:"IANA time zone that whole days are counted in"`
	VoiceID         *int64      `json:"default_brand_voice_id" doc:"Brand voice used where none is named"`
	NotifyEmails    []string    `json:"notification_emails"`
	RequireApproval bool        `json:"require_approval" doc:"Whether publishing takes an approval first"`
	FeedEnabled     bool        `json:"feed_enabled" doc:"Whether published items are in the public feeds"`
}

type updateProfile struct {
	CompanyName     *string   `json:"company_name,omitempty" minLength:"1" maxLength:"200" doc:"Name of the company"`
	Timezone        *string   `json:"timezone,omitempty" minLength:"1" maxLength:"64" doc:"IANA time zone, like Europe/Berlin"`
	VoiceID         *int64    `json:"default_brand_voice_id,omitempty" minimum:"0" doc:"Brand voice used where none is named; 0 for none"`
	NotifyEmails    *[]string `json:"notification_emails,omitempty" maxItems:"20" format:"email" doc:"Who is told about finished and failed work"`
	RequireApproval *bool     `json:"require_approval,omitempty" doc:"Whether publishing takes an approval first"`
	FeedEnabled     *bool     `json:"feed_enabled,omitempty" doc:"Whether published items are in the public feeds"`
	Conditional
}

// Credits is what the workspace has to spend.
type Credits struct {
	Balance       int `json:"balance" doc:"Available and held together"`
	Held          int `json:"held" doc:"Promised to running executions"`
	Available     int `json:"available" doc:"Free to spend"`
	UsedThisMonth int `json:"used_this_month" doc:"Spent since the first of the month"`
}

// MovementAttributes is one line of the ledger.
type MovementAttributes struct {
	ID          int64               `json:"id"`
	At          time.Time           `json:"at"`
	Kind        domain.MovementKind `json:"kind" enum:"grant,hold,capture,release"`
	Amount      int                 `json:"amount" doc:"Credits moved"`
	ExecutionID *int64              `json:"execution_id" doc:"The execution it was for"`
	Step        *string             `json:"step" doc:"The step it paid for"`
	Balance     int                 `json:"balance_after" doc:"Available and held, after the movement"`
}

type page struct{ Paging }

func profileRows(e *engine.Engine) []Op {
	return []Op{
		op(Op{
			Name: "get_profile", Noun: "profile", Verb: "get", Method: http.MethodGet, Path: "/partners/profile", Tag: "Profile",
			Summary: "Get the profile", Description: "Company, plan and settings of the workspace that the key belongs to.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Toolset: "account", Result: sampleWorkspace,
		}, func(ctx context.Context, _ struct{}) (domain.Workspace, error) { return e.Profile(ctx) }, viewProfile),
		op(Op{
			Name: "update_profile", Noun: "profile", Verb: "update", Method: http.MethodPatch, Path: "/partners/profile", Tag: "Profile",
			Summary: "Change the profile", Description: "Changes the fields that are given and leaves the others.",
			Scope: domain.ScopeAdmin, Repeatable: true, Tags: true, Toolset: "account",
			Example: map[string]any{"company_name": "Acme Corp", "timezone": "Europe/Berlin"}, Result: sampleWorkspace,
		}, func(ctx context.Context, in updateProfile) (domain.Workspace, error) {
			return e.UpdateProfile(ctx, engine.UpdateProfile{CompanyName: in.CompanyName, Timezone: in.Timezone, VoiceID: in.VoiceID, NotifyEmails: in.NotifyEmails,
				RequireApproval: in.RequireApproval, FeedEnabled: in.FeedEnabled, Precondition: match(in.Conditional)})
		}, viewProfile),
		op(Op{
			Name: "get_credits", Noun: "credits", Verb: "get", Method: http.MethodGet, Path: "/credits", Tag: "Credits",
			Summary: "Get the credit balance", Description: "What the workspace can spend, and what it has spent this month.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Toolset: "account",
			Result: domain.Balance{Balance: 9995, Held: 5, Available: 9990, UsedThisMonth: 5},
		}, func(ctx context.Context, _ struct{}) (domain.Balance, error) { return e.Credits(ctx) },
			func(_ *Reply, b domain.Balance) Credits { return Credits(b) }),
		op(Op{
			Name: "list_credit_movements", Noun: "credits", Verb: "ledger", Method: http.MethodGet, Path: "/credits/ledger", Tag: "Credits",
			Summary: "List credit movements", Description: "Every grant, hold, capture and release, newest first.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Toolset: "account", Columns: []string{"id", "at", "kind", "amount", "execution_id", "step", "balance_after"},
			Result: domain.List[domain.Movement]{Total: 1, Items: []domain.Movement{{ID: 4, At: sampleTime, Kind: domain.MovementHold, Amount: 5, ExecutionID: 789, Balance: 10000}}},
		}, func(ctx context.Context, in page) (domain.List[domain.Movement], error) {
			return e.Ledger(ctx, in.page())
		}, func(r *Reply, l domain.List[domain.Movement]) []MovementAttributes {
			r.Total = l.Total
			return each(l.Items, func(m domain.Movement) MovementAttributes {
				return MovementAttributes{m.ID, utc(m.At), m.Kind, m.Amount, some(m.ExecutionID), some(m.Step), m.Balance}
			})
		}),
	}
}

func match(m Conditional) engine.Precondition {
	return engine.Precondition{IfMatch: conditions(m.IfMatch)}
}

func viewProfile(r *Reply, w domain.Workspace) Profile {
	r.Revision = number(w.Revision)
	return Profile{"partner_" + number(w.ID), w.Name, w.Plan, w.AWSConnected, w.Slug, w.Timezone, some(w.BrandVoiceID), list(w.NotifyEmails), w.RequireApproval, w.FeedEnabled}
}
