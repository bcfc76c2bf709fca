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

// ListingPush is a sending of a listing's texts to AWS Marketplace.
type ListingPush struct {
	ID          int64             `json:"id"`
	ListingID   string            `json:"listing_id"`
	Intent      domain.PushIntent `json:"intent"`
	Status      domain.PushStatus `json:"status"`
	Fields      []string          `json:"fields" doc:"The fields that are sent: those that differed from AWS"`
	Error       string            `json:"error" doc:"Why it failed, or what it waits for; empty where it does neither"`
	Faults      []PushFault       `json:"faults" doc:"What AWS says against single fields"`
	RequestedBy string            `json:"requested_by"`
	CreatedAt   time.Time         `json:"created_at"`
	EndedAt     *time.Time        `json:"ended_at"`
}

// PushFault is what AWS says against a field.
type PushFault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

type pushListing struct {
	ListingRef
	Intent domain.PushIntent `json:"intent,omitempty" doc:"validate, the default, lets AWS check the texts and changes nothing; apply lets it show them to buyers where the check succeeds"`
	ops.Conditional
}

func viewPush(p domain.ListingPush) ListingPush {
	out := ListingPush{
		ID: p.ID, ListingID: domain.ListingRef(p.ListingID), Intent: p.Intent, Status: p.Status, Fields: wire.List(p.Fields),
		Error: p.Error, Faults: []PushFault{}, RequestedBy: p.RequestedBy, CreatedAt: p.CreatedAt.UTC(),
		EndedAt: wire.Time(p.EndedAt),
	}
	for _, f := range p.Fields {
		if said := p.Faults[f]; said != "" {
			out.Faults = append(out.Faults, PushFault{f, said})
		}
	}
	return out
}

func pushOf(p *domain.ListingPush) (m ops.Maybe[ListingPush]) {
	if p != nil {
		v := viewPush(*p)
		m.Value = &v
	}
	return m
}

func samplePush() domain.ListingPush {
	return domain.ListingPush{
		ID: 3, ListingID: 7, Intent: domain.PushValidate, Status: domain.PushQueued, Fields: []string{"short_description"},
		RequestedBy: "Ada", CreatedAt: wire.SampleTime(),
	}
}

func pushListingRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "push_listing",
		Route:          ops.Route{Method: http.MethodPost, Path: listingPath + "/{id}/push", Status: http.StatusAccepted},
		Scope:          domain.ScopeReview,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "Send a listing to AWS",
			Description: "Sends what differs from AWS Marketplace, in the background: AWS checks the texts, and with the " +
				"intent apply shows them to buyers afterwards. push of the listing says how it goes. The listing must be one " +
				"that a sync has found, without a conflict, and only one push of it runs at a time. To validate takes the scope " +
				"write, to apply the scope publish.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": domain.ListingRef(sampleListing().ID), "intent": "validate"},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "listings", Verb: "push"},
	}, func(ctx context.Context, in pushListing) (domain.ListingPush, error) {
		id, err := listingID(in.ID)
		if err != nil {
			return domain.ListingPush{}, err
		}
		return v.PushListing(ctx, partner.PushListing{
			ID: id, Intent: in.Intent, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, func(r *ops.Reply, p domain.ListingPush) ListingPush {
		r.Location = ops.Base + listingPath + "/" + domain.ListingRef(p.ListingID)
		return viewPush(p)
	}, samplePush())
}
