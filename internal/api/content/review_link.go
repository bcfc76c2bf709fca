package content

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
)

// ReviewLinkAttributes is a review link without its secret, which is stored only as a hash.
type ReviewLinkAttributes struct {
	ContentID int64                  `json:"content_id"`
	Version   int                    `json:"version"    doc:"The version that it shows"`
	Note      string                 `json:"note"       doc:"For the reviewer"`
	CreatedBy string                 `json:"created_by"`
	CreatedAt time.Time              `json:"created_at"`
	ExpiresAt time.Time              `json:"expires_at"`
	RevokedAt *time.Time             `json:"revoked_at"`
	Decision  *domain.ReviewDecision `json:"decision"   doc:"Null: none yet"`
	DecidedBy *string                `json:"decided_by" doc:"The name that the reviewer gave"`
	DecidedAt *time.Time             `json:"decided_at"`
	Reason    *string                `json:"reason"     doc:"Why, in the reviewer's words"`
}

// ReviewLinkMeta has the address of a review link, this once.
type ReviewLinkMeta struct {
	URL     *string `json:"url"     doc:"The address of the page, only its path where the server does not know its own; null when the response is replayed"`
	Warning string  `json:"warning"`
}

type listReviewLinks struct {
	ContentID
	ops.Paging
}

type createReviewLink struct {
	ContentID
	Days int    `json:"expires_in_days,omitempty" limit:"review_days" default:"7" doc:"After how many days it stops working"`
	Note string `json:"note,omitempty"            limit:"reason"                  doc:"What the reviewer should know"`
}

type reviewLinkID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The review link's id"`
}

const (
	linkShownOnce = "Copy the address now: it is shown only once. Everyone who has it can see and decide " +
		"about this version."
	linkNotShownAgain = "The address was shown when the link was created and cannot be shown again."
	noSecrets         = "a secret must not pass through a model"
)

var sampleReviewLink = domain.ReviewLink{
	ID:        5,
	ContentID: sampleItem.ID,
	Version:   1,
	Note:      "Please check the prices.",
	CreatedBy: "Ada",
	CreatedAt: wire.SampleTime(),
	ExpiresAt: wire.SampleTime().AddDate(0, 0, 7),
}

func reviewLinkRows(v *content.Verbs) []ops.Op {
	const of = items + "/review-links"
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "list_review_links",
			Route: ops.Route{Method: http.MethodGet, Path: of},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapterContent,
				Summary:     "List review links",
				Description: "The links with which people without an account review the item, newest first, old ones included.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     exampleID,
			},
			Tool: ops.Tool{Set: "content"},
			Command: ops.Command{
				Noun: "content", Verb: "review-links",
				Columns: []string{"id", "version", "created_by", "expires_at", "decision", "decided_by"},
			},
		}, func(ctx context.Context, in listReviewLinks) (domain.List[domain.ReviewLink], error) {
			return v.ReviewLinks(ctx, content.ListReviewLinks{ID: in.ID, Page: wire.PageOf(in.Paging)})
		}, func(r *ops.Reply, l domain.List[domain.ReviewLink]) []wire.Resource[ReviewLinkAttributes] {
			r.Total = l.Total
			return wire.Each(l.Items, reviewLink)
		}, domain.List[domain.ReviewLink]{Items: []domain.ReviewLink{sampleReviewLink}, Total: 1}),
		ops.NewRedacted(ops.Op{
			Name:           "create_review_link",
			Route:          ops.Route{Method: http.MethodPost, Path: of, Status: http.StatusCreated},
			Scope:          domain.ScopeReview,
			IdempotencyKey: true,
			Docs: ops.Docs{
				Chapter: chapterContent,
				Summary: "Create a review link",
				Description: "Creates a page on which somebody without an account sees the current version and its findings, " +
					"comments, and approves or rejects it once. Its address is in meta.url, once. The link may do what its " +
					"creator may at that moment, and shows nothing else of the workspace.",
				Meta:    ReviewLinkMeta{},
				Errors:  []domain.Code{domain.CodeNotFound},
				Example: map[string]any{"id": sampleItem.ID, "expires_in_days": 7, "note": sampleReviewLink.Note},
			},
			Tool:    ops.Tool{None: noSecrets},
			Command: ops.Command{Noun: "content", Verb: "create-review-link"},
		}, func(ctx context.Context, in createReviewLink) (content.NewReviewLink, error) {
			return v.CreateReviewLink(ctx, content.CreateReviewLink{ID: in.ID, Days: in.Days, Note: in.Note})
		}, viewNewReviewLink, func(l content.NewReviewLink) content.NewReviewLink {
			return content.NewReviewLink{Link: l.Link}
		}, content.NewReviewLink{
			Link: sampleReviewLink, Secret: "x",
			URL: "https://content.example.com" + content.ReviewPath("0000000000000000000000000000000000000000000"),
		}),
		ops.NewEmpty(ops.Op{
			Name:  "revoke_review_link",
			Route: ops.Route{Method: http.MethodDelete, Path: "/content-workflow/review-links/{id}"},
			Scope: domain.ScopeReview,
			Hints: ops.Hints{Destructive: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapterContent,
				Summary:     "Revoke a review link",
				Description: "The page stops working at once. What was decided and said with the link stays.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     map[string]any{"id": sampleReviewLink.ID},
			},
			Tool:    ops.Tool{Set: "content"},
			Command: ops.Command{Noun: "review-links", Verb: "revoke"},
		}, func(ctx context.Context, in reviewLinkID) error { return v.RevokeReviewLink(ctx, in.ID) }),
	}
}

func viewNewReviewLink(r *ops.Reply, l content.NewReviewLink) wire.Resource[ReviewLinkAttributes] {
	r.Meta = ReviewLinkMeta{wire.Optional(l.URL), linkShownOnce}
	if l.Secret == "" {
		r.Meta = ReviewLinkMeta{nil, linkNotShownAgain}
	}
	r.Location = wire.Path("/content-workflow/review-links", l.Link.ID)
	return reviewLink(l.Link)
}

func reviewLink(l domain.ReviewLink) wire.Resource[ReviewLinkAttributes] {
	return wire.Resource[ReviewLinkAttributes]{Type: "review_link", ID: l.ID, Attributes: ReviewLinkAttributes{
		ContentID: l.ContentID,
		Version:   l.Version,
		Note:      l.Note,
		CreatedBy: l.CreatedBy,
		CreatedAt: l.CreatedAt.UTC(),
		ExpiresAt: l.ExpiresAt.UTC(),
		RevokedAt: wire.Time(l.RevokedAt),
		Decision:  wire.Optional(l.Decision),
		DecidedBy: wire.Optional(l.DecidedBy),
		DecidedAt: wire.Time(l.DecidedAt),
		Reason:    wire.Optional(l.Reason),
	}}
}
