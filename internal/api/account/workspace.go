package account

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// Profile is the workspace as its members see it.
type Profile struct {
	ID              string      `json:"id" doc:"partner_ and a number"`
	CompanyName     string      `json:"company_name"`
	Plan            domain.Plan `json:"plan"`
	AWSConnected    bool        `json:"aws_account_connected"`
	Slug            string      `json:"slug" doc:"Names the workspace in feed addresses"`
	Timezone        string      `json:"timezone" doc:"IANA time zone that whole days are counted in"`
	BrandVoiceID    *int64      `json:"default_brand_voice_id" doc:"Brand voice used where none is named"`
	NotifyEmails    []string    `json:"notification_emails" doc:"Who gets an e-mail about finished and failed work, beside the members who are notified"`
	CreditsLowAt    *int        `json:"credits_low_at" doc:"Credits are low when fewer than this are available; null: a tenth of the last grant"`
	RequireApproval bool        `json:"require_approval" doc:"Whether an item must be approved before it is published"`
	FeedEnabled     bool        `json:"feed_enabled" doc:"Whether published items are in the public feeds"`
}

type updateProfile struct {
	CompanyName     *string   `json:"company_name,omitempty" limit:"company_name" doc:"Name of the company"`
	Timezone        *string   `json:"timezone,omitempty" limit:"timezone" doc:"IANA time zone, like Europe/Berlin"`
	BrandVoiceID    *int64    `json:"default_brand_voice_id,omitempty" null:"clears" minimum:"0" doc:"Brand voice used where none is named; null or 0 for none"`
	NotifyEmails    *[]string `json:"notification_emails,omitempty" limit:"notification_emails" format:"email" doc:"Who gets an e-mail about finished and failed work, beside the members who are notified"`
	CreditsLowAt    *int      `json:"credits_low_at,omitempty" null:"clears" limit:"credits_low" doc:"Credits are low when fewer than this are available; null or 0 for a tenth of the last grant"`
	RequireApproval *bool     `json:"require_approval,omitempty" doc:"Whether an item must be approved before it is published"`
	FeedEnabled     *bool     `json:"feed_enabled,omitempty" doc:"Whether published items are in the public feeds"`
	ops.Conditional
}

func (in updateProfile) verb() account.UpdateProfile {
	return account.UpdateProfile{
		CompanyName:     in.CompanyName,
		Timezone:        in.Timezone,
		BrandVoiceID:    in.BrandVoiceID,
		NotifyEmails:    in.NotifyEmails,
		CreditsLowAt:    in.CreditsLowAt,
		RequireApproval: in.RequireApproval,
		FeedEnabled:     in.FeedEnabled,
		Precondition:    verb.Precondition{IfMatch: in.Revisions()},
	}
}

var sampleWorkspace = domain.Workspace{
	ID:           123,
	Slug:         "acme",
	Name:         "Acme Corp",
	Plan:         domain.PlanBusiness,
	Timezone:     "Europe/Berlin",
	NotifyEmails: []string{"content@example.com"},
	FeedEnabled:  true,
	AWSConnected: true,
	Revision:     3,
}

func profileRows(v *account.Verbs) []ops.Op {
	chapter := ops.Chapter{Name: "Profile", Description: "The workspace."}
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "get_profile",
			Route: ops.Route{Method: http.MethodGet, Path: "/partners/profile"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Get the profile",
				Description: "Company, plan and settings of the workspace that the key belongs to.",
			},
			Tool:    ops.Tool{Set: "account"},
			Command: ops.Command{Noun: "profile", Verb: "get"},
		}, func(ctx context.Context, _ struct{}) (domain.Workspace, error) {
			return v.Profile(ctx)
		}, viewProfile, sampleWorkspace),
		ops.New(ops.Op{
			Name:    "update_profile",
			Route:   ops.Route{Method: http.MethodPatch, Path: "/partners/profile"},
			Scope:   domain.ScopeAdmin,
			Hints:   ops.Hints{Idempotent: true},
			ETag:    true,
			Further: wire.Further(func(in updateProfile, p *domain.Problems) { in.verb().Check(p) }),
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Change the profile",
				Description: "Changes the fields that are given and leaves the others.",
				Example:     map[string]any{"company_name": "Acme Corp", "timezone": "Europe/Berlin"},
			},
			Tool:    ops.Tool{Set: "account"},
			Command: ops.Command{Noun: "profile", Verb: "update"},
		}, func(ctx context.Context, in updateProfile) (domain.Workspace, error) {
			return v.UpdateProfile(ctx, in.verb())
		}, viewProfile, sampleWorkspace),
	}
}

func viewProfile(r *ops.Reply, w domain.Workspace) Profile {
	r.Revision = wire.Number(w.Revision)
	return Profile{
		ID:              "partner_" + wire.Number(w.ID),
		CompanyName:     w.Name,
		Plan:            w.Plan,
		AWSConnected:    w.AWSConnected,
		Slug:            w.Slug,
		Timezone:        w.Timezone,
		BrandVoiceID:    wire.Optional(w.BrandVoiceID),
		NotifyEmails:    wire.List(w.NotifyEmails),
		CreditsLowAt:    wire.Optional(w.CreditsLowAt),
		RequireApproval: w.RequireApproval,
		FeedEnabled:     w.FeedEnabled,
	}
}
