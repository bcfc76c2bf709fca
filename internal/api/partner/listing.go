package partner

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/ops"
)

// ListingAttributes is a listing in a list.
type ListingAttributes struct {
	Title            string             `json:"title"`
	CatalogType      domain.CatalogType `json:"catalog_type"`
	ShortDescription string             `json:"short_description"`
	OverallScore     int                `json:"overall_score" doc:"0 to 100"`
	Grade            domain.Grade       `json:"grade" doc:"A from 85, B from 70, C from 55, D from 40"`
	Sync
	Conflict  []string  `json:"conflict" doc:"The fields that were changed here and on AWS Marketplace since the last sync; empty where there are none"`
	Revision  int       `json:"revision" doc:"Raised with each change; the number of the newest version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// ListingDetailsAttributes is a listing whole.
type ListingDetailsAttributes struct {
	ListingAttributes
	ListingTexts
	Remote       ops.Maybe[RemoteListing] `json:"remote" doc:"What AWS Marketplace has, where there is a conflict"`
	Push         ops.Maybe[ListingPush]   `json:"push" doc:"The last time that it was sent to AWS"`
	Breakdown    ListingBreakdown         `json:"breakdown" doc:"The score by part; the weights of all parts sum to 100"`
	ContentItems []ListingItem            `json:"content_items" doc:"The content items that were written for it, newest first, up to 50"`
}

// RemoteListing is what AWS Marketplace has of a listing.
type RemoteListing struct {
	Title            string `json:"title"`
	ShortDescription string `json:"short_description"`
	ListingTexts
}

func remoteOf(l domain.Listing) (m ops.Maybe[RemoteListing]) {
	if len(l.Conflict) > 0 {
		m.Value = &RemoteListing{l.Theirs.Title, l.Theirs.ShortDescription, textsOf(l.Theirs)}
	}
	return m
}

// ListingTexts is what buyers read beside the title and the short description.
type ListingTexts struct {
	LongDescription string   `json:"long_description"`
	Highlights      []string `json:"highlights"`
	Keywords        []string `json:"keywords"`
	Categories      []string `json:"categories"`
	LogoURL         string   `json:"logo_url"`
	VideoURL        string   `json:"video_url"`
	Support         string   `json:"support_description"`
}

func textsOf(f domain.ListingFields) ListingTexts {
	return ListingTexts{
		f.LongDescription, wire.List(f.Highlights), wire.List(f.Keywords), wire.List(f.Categories), f.LogoURL, f.VideoURL,
		f.Support,
	}
}

// ListingItem names a content item.
type ListingItem struct {
	ID     int64             `json:"id"`
	Title  string            `json:"title"`
	Status domain.ItemStatus `json:"kanban_status"`
}

// ListingBreakdown is the score of each part.
type ListingBreakdown struct {
	Title       ScorePart `json:"title"`
	Description ScorePart `json:"description"`
	Highlights  ScorePart `json:"highlights"`
	Keywords    ScorePart `json:"keywords"`
	Images      ScorePart `json:"images"`
	Categories  ScorePart `json:"categories"`
	Support     ScorePart `json:"support"`
}

// ScorePart is the score of one part.
type ScorePart struct {
	Points int          `json:"points"`
	Weight int          `json:"weight" doc:"The most points that it can have"`
	Checks []ScoreCheck `json:"checks"`
}

// ScoreCheck is one rule that the listing was held against.
type ScoreCheck struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Points int    `json:"points"`
	Weight int    `json:"weight" doc:"The most points that it can have"`
	Why    string `json:"why" doc:"What was found"`
	Fix    string `json:"fix" doc:"What to do; empty where it passed"`
}

func breakdownOf(s domain.ListingScore) (b ListingBreakdown) {
	parts := map[string]*ScorePart{
		"title": &b.Title, "description": &b.Description, "highlights": &b.Highlights, "keywords": &b.Keywords,
		"images": &b.Images, "categories": &b.Categories, "support": &b.Support,
	}
	for _, p := range parts {
		p.Checks = []ScoreCheck{}
	}
	for _, p := range s.Parts {
		if to := parts[p.Name]; to != nil {
			checks := wire.Each(p.Checks, func(c domain.ScoreCheck) ScoreCheck { return ScoreCheck(c) })
			*to = ScorePart{p.Points, p.Weight, checks}
		}
	}
	return b
}

// ListingRef names a listing in the path.
type ListingRef struct {
	ID string `json:"id" in:"path" limit:"record_id" doc:"The listing's id: lst_7"`
}

type listListings struct {
	Text        string             `json:"q,omitempty"            limit:"search" doc:"Only listings with all these words in title, short description, keywords or categories"`
	CatalogType domain.CatalogType `json:"catalog_type,omitempty"                doc:"Only this type"`
	Grade       domain.Grade       `json:"grade,omitempty"                       doc:"Only this grade"`
	Sort        domain.ListingSort `json:"sort,omitempty"                        doc:"By default -updated_at. A minus sign turns an order around"`
	ops.Paging
}

var chapterListings = ops.Chapter{
	Name: "Listings",
	Description: "Products on AWS Marketplace, with AWS's own limits. Each change is a version, with a score that says " +
		"for each point why it was given or not, and what to do.",
}

const listingPath = "/partners/listings"

func sampleListing() partner.ListingDetails {
	push := samplePush()
	return partner.ListingDetails{
		Listing: domain.Listing{
			ID: 7, CatalogType: domain.CatalogSaaS, Revision: 2,
			ListingFields: domain.ListingFields{
				Title: "Acme Shared Inbox", ShortDescription: "One inbox for the whole support team.",
				LongDescription: "Acme sorts the questions of customers, and shows who answers which.",
				Highlights:      []string{"See at a glance who answers which question"}, Keywords: []string{"shared inbox"},
				Categories: []string{"Customer Support"},
			},
			Synced: domain.Synced{Origin: domain.RecordLocal},
			Score: domain.ListingScore{Overall: 42, Grade: "D", Parts: []domain.ScorePart{{
				Name: "title", Points: 9, Weight: 15, Checks: []domain.ScoreCheck{{
					Name: "title-length", Points: 0, Weight: 6, Why: "The title has 17 characters; 20 to 60 read best.",
					Fix: "Add at least 3 characters.",
				}},
			}}},
			CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(),
		},
		Items: []domain.ContentItem{wire.SampleItem()},
		Push:  &push,
	}
}

func exampleListing() map[string]any {
	return map[string]any{"id": domain.ListingRef(sampleListing().ID)}
}

func listingRows(v *partner.Verbs) []ops.Op {
	return []ops.Op{
		listListingsRow(v), createListingRow(v), syncListingsRow(v), getListingRow(v), editListingRow(v),
		deleteListingRow(v), applyListingRow(v), pushListingRow(v), listingVersionsRow(v), listingVersionRow(v),
	}
}

func listListingsRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_listings",
		Route: ops.Route{Method: http.MethodGet, Path: listingPath},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "List listings", Description: "Without their long texts.",
			Example: map[string]any{"catalog_type": "SAAS", "grade": "D"},
		},
		Tool: ops.Tool{Set: toolset},
		Command: ops.Command{
			Noun: "listings", Verb: "list", Columns: []string{"id", "catalog_type", "grade", "title", "updated_at"},
		},
	}, func(ctx context.Context, in listListings) (domain.List[domain.Listing], error) {
		return v.Listings(ctx, partner.ListListings{
			Text: in.Text, CatalogType: in.CatalogType, Grade: in.Grade, Sort: in.Sort, Page: wire.PageOf(in.Paging),
		})
	}, func(r *ops.Reply, l domain.List[domain.Listing]) []Resource[ListingAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, func(l domain.Listing) Resource[ListingAttributes] {
			return listingResource(l.ID, listingAttributes(l))
		})
	}, domain.List[domain.Listing]{Items: []domain.Listing{sampleListing().Listing}, Total: 1})
}

func getListingRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_listing",
		Route: ops.Route{Method: http.MethodGet, Path: listingPath + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterListings, Summary: "Get a listing",
			Description: "A listing with its texts, its score and what to do about it.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: exampleListing(),
		},
		Tool:    ops.Tool{Set: toolset, Whole: true},
		Command: ops.Command{Noun: "listings", Verb: "get"},
	}, func(ctx context.Context, in ListingRef) (partner.ListingDetails, error) {
		id, err := listingID(in.ID)
		if err != nil {
			return partner.ListingDetails{}, err
		}
		return v.Listing(ctx, id)
	}, viewListing, sampleListing())
}

func listingResource[A any](id int64, a A) Resource[A] {
	ref := domain.ListingRef(id)
	return Resource[A]{"listing", ref, a, wire.Links{Self: ops.Base + listingPath + "/" + ref}}
}

func listingAttributes(l domain.Listing) ListingAttributes {
	return ListingAttributes{
		Title: l.Title, CatalogType: l.CatalogType, ShortDescription: l.ShortDescription, OverallScore: l.Score.Overall,
		Grade: l.Score.Grade, Sync: syncOf(l.Synced), Conflict: wire.List(l.Conflict), Revision: l.Revision,
		CreatedAt: l.CreatedAt.UTC(), UpdatedAt: l.UpdatedAt.UTC(),
	}
}

func viewListing(r *ops.Reply, d partner.ListingDetails) Resource[ListingDetailsAttributes] {
	r.Revision = wire.Number(int64(d.Revision))
	return listingResource(d.ID, ListingDetailsAttributes{
		ListingAttributes: listingAttributes(d.Listing), ListingTexts: textsOf(d.ListingFields), Remote: remoteOf(d.Listing),
		Breakdown: breakdownOf(d.Score), Push: pushOf(d.Push),
		ContentItems: wire.Each(d.Items, func(c domain.ContentItem) ListingItem {
			return ListingItem{c.ID, c.Title, c.Status}
		}),
	})
}
