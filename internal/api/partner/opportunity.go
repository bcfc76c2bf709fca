package partner

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// OpportunityAttributes is an opportunity.
type OpportunityAttributes struct {
	Title         string                  `json:"title"`
	Customer      string                  `json:"customer"`
	Website       *string                 `json:"customer_website"`
	Country       *string                 `json:"customer_country" doc:"ISO 3166-1 alpha-2"`
	AWSAccount    *string                 `json:"customer_aws_account_id"`
	Problem       *string                 `json:"business_problem"`
	Type          *domain.OpportunityType `json:"opportunity_type"`
	Stage         domain.Stage            `json:"stage"`
	LostReason    *domain.LostReason      `json:"closed_lost_reason"`
	StageSince    time.Time               `json:"stage_since"`
	Value         *string                 `json:"value" doc:"An exact decimal number, in the decimals of the currency"`
	Currency      *string                 `json:"currency" doc:"ISO 4217"`
	NextStep      *string                 `json:"next_step"`
	NextStepOn    *string                 `json:"next_step_on" doc:"A day"`
	TargetCloseOn *string                 `json:"target_close_date" doc:"A day"`
	ListingID     *string                 `json:"listing_id"`
	Sync
	ReviewStatus *string        `json:"review_status" doc:"AWS's review of it, in AWS's words; Submitted, In review and Rejected let nothing change"`
	Pending      bool           `json:"pending" doc:"A change that was made here waits to be sent to AWS"`
	SyncError    *string        `json:"sync_error" doc:"Why AWS did not take a change, and what to do"`
	Conflict     []DealConflict `json:"conflict" doc:"The fields that were changed here and at AWS. Keep one side with POST …/resolve"`

	Revision  int       `json:"revision" doc:"Raised with each change"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// OpportunityDetailsAttributes is an opportunity with its history.
type OpportunityDetailsAttributes struct {
	OpportunityAttributes
	History []StageChange `json:"history" doc:"Its stages, oldest first"`
}

// StageChange is an entry of an opportunity's history.
type StageChange struct {
	From       *domain.Stage      `json:"from" doc:"null: it was created"`
	To         domain.Stage       `json:"to"`
	Reason     string             `json:"reason"`
	LostReason *domain.LostReason `json:"closed_lost_reason"`
	ActorType  domain.ActorKind   `json:"actor_type"`
	Actor      string             `json:"actor"`
	At         time.Time          `json:"at"`
}

// OpportunityRef names an opportunity in the path.
type OpportunityRef struct {
	ID string `json:"id" in:"path" limit:"record_id" doc:"The opportunity's id: opp_9"`
}

type listOpportunities struct {
	Text      string                 `json:"q,omitempty"          limit:"search"    doc:"Only opportunities with all these words in title, customer or next step"`
	Stage     domain.Stage           `json:"stage,omitempty"                        doc:"Only this stage"`
	ListingID string                 `json:"listing_id,omitempty" limit:"record_id" doc:"Only what sells this listing"`
	Sort      domain.OpportunitySort `json:"sort,omitempty"                         doc:"By default -updated_at. A minus sign turns an order around"`
	ops.Paging
}

type createOpportunity struct {
	Title    string       `json:"title"           limit:"deal_title" doc:"AWS allows 255 characters"`
	Customer string       `json:"customer"        limit:"customer"   doc:"The customer's company; AWS allows 80 characters"`
	Stage    domain.Stage `json:"stage,omitempty"                    doc:"An open stage; Prospect by default"`
	domain.OpportunityEdit
}

type editOpportunity struct {
	OpportunityRef
	Title    *string `json:"title,omitempty"    limit:"deal_title"`
	Customer *string `json:"customer,omitempty" limit:"customer"`
	domain.OpportunityEdit
	ops.Conditional
}

type moveOpportunity struct {
	OpportunityRef
	Stage      domain.Stage      `json:"stage"`
	LostReason domain.LostReason `json:"closed_lost_reason,omitempty"                doc:"For Closed Lost, which needs one"`
	Reason     string            `json:"reason,omitempty"             limit:"reason" doc:"Why, for the history; a deal that has ended is opened again only with one"`
	ops.Conditional
}

type deleteOpportunity struct {
	OpportunityRef
	ops.Conditional
}

var chapterOpportunities = ops.Chapter{
	Name: "Opportunities",
	Description: "Deals that are sold together with AWS, in the stages of AWS Partner Central. Open stages may follow " +
		"each other in any order. Launched follows Committed.",
}

const opportunityPath = "/partners/opportunities"

func sampleOpportunity() partner.OpportunityDetails {
	return partner.OpportunityDetails{
		Opportunity: domain.Opportunity{
			ID: 9, Title: "Shared inbox for 40 agents", Customer: "Norwick GmbH", Country: "DE",
			Type: "Net New Business", Value: domain.Money{Amount: 120005000, Currency: "EUR", Decimals: 2},
			NextStep: "Demo with the support team", NextStepOn: "2026-03-01", CloseOn: "2026-06-30", ListingID: 7,
			Stage: domain.StageQualified, Synced: domain.Synced{Origin: domain.RecordLocal}, Revision: 2,
			StagedAt: wire.SampleTime(), CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(),
		},
		History: []domain.StageChange{{
			ID: 3, OpportunityID: 9, From: domain.StageProspect, To: domain.StageQualified, Reason: "Budget confirmed",
			ActorKind: domain.ActorPerson, Actor: "Ada", At: wire.SampleTime(),
		}},
	}
}

func exampleOpportunity() map[string]any {
	return map[string]any{"id": domain.OpportunityRef(sampleOpportunity().ID)}
}

func opportunityRows(v *partner.Verbs) []ops.Op {
	return []ops.Op{
		listOpportunitiesRow(v), createOpportunityRow(v), getOpportunityRow(v), editOpportunityRow(v),
		moveOpportunityRow(v), resolveOpportunityRow(v), deleteOpportunityRow(v),
	}
}

func listOpportunitiesRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_opportunities",
		Route: ops.Route{Method: http.MethodGet, Path: opportunityPath},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterOpportunities, Summary: "List opportunities", Description: "Without their history.",
			Example: map[string]any{"stage": "Qualified", "sort": "-value"},
		},
		Tool: ops.Tool{Set: toolset},
		Command: ops.Command{
			Noun: "opportunities", Verb: "list", Columns: []string{"id", "stage", "customer", "title", "value", "currency"},
		},
	}, func(ctx context.Context, in listOpportunities) (domain.List[domain.Opportunity], error) {
		return v.Opportunities(ctx, partner.ListOpportunities{
			Text: in.Text, Stage: in.Stage, Listing: in.ListingID, Sort: in.Sort, Page: wire.PageOf(in.Paging),
		})
	}, func(r *ops.Reply, l domain.List[domain.Opportunity]) []Resource[OpportunityAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, func(o domain.Opportunity) Resource[OpportunityAttributes] {
			return opportunityResource(o.ID, opportunityAttributes(o))
		})
	}, domain.List[domain.Opportunity]{Items: []domain.Opportunity{sampleOpportunity().Opportunity}, Total: 1})
}

func createOpportunityRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_opportunity",
		Route:          ops.Route{Method: http.MethodPost, Path: opportunityPath, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterOpportunities, Summary: "Create an opportunity",
			Description: "Only title and customer are required.",
			Errors:      []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"title": sampleOpportunity().Title, "customer": sampleOpportunity().Customer, "value": "12000.50",
				"currency": "EUR", "next_step": sampleOpportunity().NextStep,
			},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "opportunities", Verb: "create"},
	}, func(ctx context.Context, in createOpportunity) (partner.OpportunityDetails, error) {
		return v.CreateOpportunity(ctx, partner.CreateOpportunity{
			Title: in.Title, Customer: in.Customer, Stage: in.Stage, OpportunityEdit: in.OpportunityEdit,
		})
	}, func(r *ops.Reply, d partner.OpportunityDetails) Resource[OpportunityDetailsAttributes] {
		r.Location = ops.Base + opportunityPath + "/" + domain.OpportunityRef(d.ID)
		return viewOpportunity(r, d)
	}, sampleOpportunity())
}

func getOpportunityRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_opportunity",
		Route: ops.Route{Method: http.MethodGet, Path: opportunityPath + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterOpportunities, Summary: "Get an opportunity",
			Description: "An opportunity with its history: when it reached each stage, who moved it and why.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: exampleOpportunity(),
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "opportunities", Verb: "get"},
	}, func(ctx context.Context, in OpportunityRef) (partner.OpportunityDetails, error) {
		id, err := opportunityID(in.ID)
		if err != nil {
			return partner.OpportunityDetails{}, err
		}
		return v.Opportunity(ctx, id)
	}, viewOpportunity, sampleOpportunity())
}

func editOpportunityRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "edit_opportunity",
		Route:          ops.Route{Method: http.MethodPatch, Path: opportunityPath + "/{id}"},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterOpportunities, Summary: "Change an opportunity",
			Description: "Changes the fields that are given. Its stage changes by POST …/stage.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{
				"id": domain.OpportunityRef(sampleOpportunity().ID), "next_step": "Send the offer", "value": "14000.00",
			},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "opportunities", Verb: "edit"},
	}, func(ctx context.Context, in editOpportunity) (partner.OpportunityDetails, error) {
		id, err := opportunityID(in.ID)
		if err != nil {
			return partner.OpportunityDetails{}, err
		}
		return v.EditOpportunity(ctx, partner.EditOpportunity{
			ID: id, Title: in.Title, Customer: in.Customer, OpportunityEdit: in.OpportunityEdit,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewOpportunity, sampleOpportunity())
}

func moveOpportunityRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "move_opportunity",
		Route:          ops.Route{Method: http.MethodPost, Path: opportunityPath + "/{id}/stage"},
		Scope:          domain.ScopeWrite,
		Hints:          ops.Hints{Idempotent: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterOpportunities, Summary: "Move an opportunity to a stage",
			Description: "Closed Lost needs closed_lost_reason. Launched follows Committed, and needs the customer's AWS " +
				"account and a target close date. A deal that has ended is opened again only with a reason.",
			Errors: []domain.Code{domain.CodeNotFound},
			Example: map[string]any{
				"id": domain.OpportunityRef(sampleOpportunity().ID), "stage": "Qualified", "reason": "Budget confirmed",
			},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "opportunities", Verb: "move"},
	}, func(ctx context.Context, in moveOpportunity) (partner.OpportunityDetails, error) {
		id, err := opportunityID(in.ID)
		if err != nil {
			return partner.OpportunityDetails{}, err
		}
		return v.MoveOpportunity(ctx, partner.MoveOpportunity{
			ID: id, Stage: in.Stage, LostReason: in.LostReason, Reason: in.Reason,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewOpportunity, sampleOpportunity())
}

func deleteOpportunityRow(v *partner.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_opportunity",
		Route: ops.Route{Method: http.MethodDelete, Path: opportunityPath + "/{id}", Status: http.StatusNoContent},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterOpportunities, Summary: "Delete an opportunity", Description: "With its history.",
			Errors: []domain.Code{domain.CodeNotFound}, Example: exampleOpportunity(),
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "opportunities", Verb: "delete"},
	}, func(ctx context.Context, in deleteOpportunity) error {
		id, err := opportunityID(in.ID)
		if err != nil {
			return err
		}
		return v.DeleteOpportunity(ctx, target(id, in.Conditional))
	})
}

func opportunityResource[A any](id int64, a A) Resource[A] {
	ref := domain.OpportunityRef(id)
	return Resource[A]{"opportunity", ref, a, wire.Links{Self: ops.Base + opportunityPath + "/" + ref}}
}

func opportunityAttributes(o domain.Opportunity) OpportunityAttributes {
	a := OpportunityAttributes{
		Title: o.Title, Customer: o.Customer, Website: wire.Optional(o.Website), Country: wire.Optional(o.Country),
		AWSAccount: wire.Optional(o.AWSAccount), Problem: wire.Optional(o.Problem), Type: wire.Optional(o.Type),
		Stage: o.Stage, LostReason: wire.Optional(o.LostReason), StageSince: o.StagedAt.UTC(),
		Currency: wire.Optional(o.Value.Currency), NextStep: wire.Optional(o.NextStep),
		NextStepOn: wire.Optional(o.NextStepOn), TargetCloseOn: wire.Optional(o.CloseOn),
		ListingID: wire.Optional(domain.ListingRef(o.ListingID)), Sync: syncOf(o.Synced),
		ReviewStatus: wire.Optional(o.ReviewStatus), Pending: o.Sending == domain.SendingWaits,
		SyncError: wire.Optional(o.SyncError), Conflict: conflictOf(o), Revision: o.Revision,
		CreatedAt: o.CreatedAt.UTC(), UpdatedAt: o.UpdatedAt.UTC(),
	}
	if o.Value.Currency != "" {
		a.Value = wire.Optional(o.Value.String())
	}
	return a
}

func viewOpportunity(r *ops.Reply, d partner.OpportunityDetails) Resource[OpportunityDetailsAttributes] {
	r.Revision = wire.Number(int64(d.Revision))
	return opportunityResource(d.ID, OpportunityDetailsAttributes{
		opportunityAttributes(d.Opportunity),
		wire.Each(d.History, func(c domain.StageChange) StageChange {
			return StageChange{
				wire.Optional(c.From), c.To, c.Reason, wire.Optional(c.LostReason), c.ActorKind, c.Actor, c.At.UTC(),
			}
		}),
	})
}
