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

type createListing struct {
	Title       string             `json:"title"        limit:"listing_title" doc:"AWS allows 72 characters; 20 to 60 read best"`
	CatalogType domain.CatalogType `json:"catalog_type"                       doc:"What is sold; it stays. PROF are professional services, which are local only"`
	domain.ListingEdit
}

type editListing struct {
	ListingRef
	Title *string `json:"title,omitempty" limit:"listing_title"`
	domain.ListingEdit
	Reason string `json:"reason,omitempty" limit:"reason" doc:"Why, for the history"`
	ops.Conditional
}

type changeListing struct {
	ListingRef
	ops.Conditional
}

type applyListing struct {
	ListingRef
	ContentID int64              `json:"content_id" minimum:"1" doc:"The content item; its present version must be approved"`
	Field     domain.ListingText `json:"field,omitempty"        doc:"The text that it replaces; long_description by default"`
	ops.Conditional
}

// ListingVersionAttributes is a version of a listing in a list.
type ListingVersionAttributes struct {
	N            int              `json:"n" doc:"Counts from 1"`
	AuthorType   domain.ActorKind `json:"author_type"`
	Author       string           `json:"author"`
	Reason       string           `json:"reason"`
	Changed      []string         `json:"changed" doc:"The fields that differ from the version before"`
	ContentID    *int64           `json:"content_id" doc:"The content item whose text was applied"`
	OverallScore int              `json:"overall_score"`
	Grade        domain.Grade     `json:"grade"`
	CreatedAt    time.Time        `json:"created_at"`
}

// ListingVersionDetails is a version of a listing with its texts.
type ListingVersionDetails struct {
	ListingVersionAttributes
	Title            string `json:"title"`
	ShortDescription string `json:"short_description"`
	ListingTexts
}

type listVersions struct {
	ListingRef
	ops.Paging
}

type versionRef struct {
	ListingRef
	N int `json:"n" in:"path" minimum:"1" doc:"The version's number"`
}

func createListingRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_listing",
		Route:          ops.Route{Method: http.MethodPost, Path: listingPath, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "Create a listing",
			Description: "Only title and catalog_type are required; the score says what is missing.",
			Errors:      []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"title": sampleListing().Title, "catalog_type": "SAAS", "short_description": sampleListing().ShortDescription,
				"keywords": sampleListing().Keywords,
			},
		},
		Tool:    ops.Tool{Set: toolset, Whole: true},
		Command: ops.Command{Noun: "listings", Verb: "create"},
	}, func(ctx context.Context, in createListing) (partner.ListingDetails, error) {
		return v.CreateListing(ctx, partner.CreateListing{
			Title: in.Title, CatalogType: in.CatalogType, ListingEdit: in.ListingEdit,
		})
	}, func(r *ops.Reply, d partner.ListingDetails) Resource[ListingDetailsAttributes] {
		r.Location = ops.Base + listingPath + "/" + domain.ListingRef(d.ID)
		return viewListing(r, d)
	}, sampleListing())
}

func editListingRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "edit_listing",
		Route:          ops.Route{Method: http.MethodPatch, Path: listingPath + "/{id}"},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "Change a listing",
			Description: "Changes the fields that are given, as a new version with its score.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{
				"id": domain.ListingRef(sampleListing().ID), "short_description": "One inbox for the support team.",
			},
		},
		Tool:    ops.Tool{Set: toolset, Whole: true},
		Command: ops.Command{Noun: "listings", Verb: "edit"},
	}, func(ctx context.Context, in editListing) (partner.ListingDetails, error) {
		id, err := listingID(in.ID)
		if err != nil {
			return partner.ListingDetails{}, err
		}
		return v.EditListing(ctx, partner.EditListing{
			ID: id, Title: in.Title, ListingEdit: in.ListingEdit, Reason: in.Reason,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewListing, sampleListing())
}

func deleteListingRow(v *partner.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_listing",
		Route: ops.Route{Method: http.MethodDelete, Path: listingPath + "/{id}", Status: http.StatusNoContent},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "Delete a listing",
			Description: "Content items and opportunities stay, and no longer name it.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: exampleListing(),
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "listings", Verb: "delete"},
	}, func(ctx context.Context, in changeListing) error {
		id, err := listingID(in.ID)
		if err != nil {
			return err
		}
		return v.DeleteListing(ctx, target(id, in.Conditional))
	})
}

func applyListingRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "apply_to_listing",
		Route:          ops.Route{Method: http.MethodPost, Path: listingPath + "/{id}/apply"},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "Apply a text to a listing",
			Description: "Puts the text of an approved content item into the listing, as plain text, as a new version.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{
				"id": domain.ListingRef(sampleListing().ID), "content_id": wire.SampleItem().ID, "field": "long_description",
			},
		},
		Tool:    ops.Tool{Set: toolset, Whole: true},
		Command: ops.Command{Noun: "listings", Verb: "apply"},
	}, func(ctx context.Context, in applyListing) (partner.ListingDetails, error) {
		id, err := listingID(in.ID)
		if err != nil {
			return partner.ListingDetails{}, err
		}
		return v.ApplyToListing(ctx, partner.ApplyToListing{
			ID: id, ContentID: in.ContentID, Field: in.Field, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewListing, sampleListing())
}

func syncListingsRow(v *partner.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:           "sync_listings",
		Route:          ops.Route{Method: http.MethodPost, Path: listingPath + "/sync", Status: http.StatusNoContent},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "Sync listings with AWS",
			Description: "Asks for a sync with the connected AWS account, which runs in the background: new and changed " +
				"products become listings. What was changed here and there is a conflict, and stays as it is here. Without a " +
				"connection it is refused with 409; listings work without one.",
			Errors: []domain.Code{domain.CodeConflict},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "listings", Verb: "sync"},
	}, func(ctx context.Context, _ struct{}) error { return v.SyncListings(ctx) })
}

func sampleVersion() domain.ListingVersion {
	return domain.ListingVersion{
		ListingID: 7, N: 2, AuthorKind: domain.ActorPerson, Author: "Ada", Reason: "Buyers asked",
		Changed: []string{"short_description"}, Overall: 42, Grade: "D", CreatedAt: wire.SampleTime(),
		ListingFields: sampleListing().ListingFields,
	}
}

func listingVersionsRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_listing_versions",
		Route: ops.Route{Method: http.MethodGet, Path: listingPath + "/{id}/versions"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "List the versions of a listing",
			Description: "Newest first: who changed which fields, and how the score developed.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: exampleListing(),
		},
		Tool: ops.Tool{Set: toolset},
		Command: ops.Command{
			Noun: "listings", Verb: "versions", Columns: []string{"n", "author", "grade", "overall_score", "created_at"},
		},
	}, func(ctx context.Context, in listVersions) (domain.List[domain.ListingVersion], error) {
		id, err := listingID(in.ID)
		if err != nil {
			return domain.List[domain.ListingVersion]{}, err
		}
		return v.ListingVersions(ctx, partner.ListingVersions{ID: id, Page: wire.PageOf(in.Paging)})
	}, func(r *ops.Reply, l domain.List[domain.ListingVersion]) []ListingVersionAttributes {
		r.Total = l.Total
		return wire.Each(l.Items, versionAttributes)
	}, domain.List[domain.ListingVersion]{Items: []domain.ListingVersion{sampleVersion()}, Total: 1})
}

func listingVersionRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_listing_version",
		Route: ops.Route{Method: http.MethodGet, Path: listingPath + "/{id}/versions/{n}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "Get a version of a listing", Description: "The texts as they were then.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"id": domain.ListingRef(sampleListing().ID), "n": 2},
		},
		Tool:    ops.Tool{Set: toolset, Whole: true},
		Command: ops.Command{Noun: "listings", Verb: "version"},
	}, func(ctx context.Context, in versionRef) (domain.ListingVersion, error) {
		id, err := listingID(in.ID)
		if err != nil {
			return domain.ListingVersion{}, err
		}
		return v.ListingVersion(ctx, partner.ListingVersion{ID: id, N: in.N})
	}, func(_ *ops.Reply, v domain.ListingVersion) ListingVersionDetails {
		return ListingVersionDetails{versionAttributes(v), v.Title, v.ShortDescription, textsOf(v.ListingFields)}
	}, sampleVersion())
}

func versionAttributes(v domain.ListingVersion) ListingVersionAttributes {
	return ListingVersionAttributes{
		N: v.N, AuthorType: v.AuthorKind, Author: v.Author, Reason: v.Reason, Changed: wire.List(v.Changed),
		ContentID: wire.Optional(v.ContentID), OverallScore: v.Overall, Grade: v.Grade, CreatedAt: v.CreatedAt.UTC(),
	}
}
