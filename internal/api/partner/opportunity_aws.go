package partner

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// DealConflict is a field of an opportunity that was changed here and at AWS.
type DealConflict struct {
	Field string `json:"field" doc:"Its name here. value has the currency with it, and stage the closed_lost_reason"`
	Local string `json:"local" doc:"What is here; empty: nothing"`
	AWS   string `json:"aws" doc:"What AWS has; empty: nothing"`
}

// SkippedDeal is an opportunity in Partner Central that could not be imported.
type SkippedDeal struct {
	RemoteID string `json:"remote_id"`
	Reason   string `json:"reason"`
}

type resolveOpportunity struct {
	OpportunityRef
	Keep domain.DealSides `json:"keep" doc:"local sends to AWS what is here; aws takes what AWS has"`
	ops.Conditional
}

func conflictOf(o domain.Opportunity) []DealConflict {
	ours := o.Deal()
	return wire.Each(o.Conflict, func(c domain.DealConflict) DealConflict {
		return DealConflict{c.Field, ours[c.Field], c.AWS}
	})
}

func skippedOf(d domain.DealSync) []SkippedDeal {
	return wire.Each(d.SkippedIDs(), func(id string) SkippedDeal { return SkippedDeal{id, d.Skipped[id]} })
}

func resolveOpportunityRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "resolve_opportunity",
		Route:          ops.Route{Method: http.MethodPost, Path: opportunityPath + "/{id}/resolve"},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterOpportunities, Summary: "Resolve a conflict with AWS",
			Description: "For all fields in conflict. To keep some of each side, edit the fields instead: what is entered is " +
				"sent to AWS.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": domain.OpportunityRef(sampleOpportunity().ID), "keep": "aws"},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "opportunities", Verb: "resolve"},
	}, func(ctx context.Context, in resolveOpportunity) (partner.OpportunityDetails, error) {
		id, err := opportunityID(in.ID)
		if err != nil {
			return partner.OpportunityDetails{}, err
		}
		return v.ResolveOpportunity(ctx, partner.ResolveOpportunity{
			ID: id, Keep: in.Keep, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewOpportunity, sampleOpportunity())
}
