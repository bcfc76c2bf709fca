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

type createContent struct {
	Title           string             `json:"title"                      limit:"title"`
	Body            string             `json:"body"                       limit:"body"             doc:"The whole text in Markdown"`
	ContentType     domain.ContentType `json:"content_type,omitempty"                                                                                                               default:"text_content"`
	Status          domain.ItemStatus  `json:"status,omitempty"                                    doc:"The column that it is put into"                                             default:"generated"    enum:"generated,review"`
	Language        string             `json:"language,omitempty"         limit:"language"         doc:"BCP 47"`
	Channel         string             `json:"channel,omitempty"          limit:"channel"          doc:"The network of a social post"`
	MetaTitle       string             `json:"meta_title,omitempty"       limit:"meta_title"`
	MetaDescription string             `json:"meta_description,omitempty" limit:"meta_description"`
	Slug            string             `json:"slug,omitempty"             limit:"item_slug"        doc:"Name in addresses, unique in the workspace; by default made from the title"`
	Keywords        []string           `json:"keywords,omitempty"         limit:"keywords"`
	BrandVoiceID    int64              `json:"brand_voice_id,omitempty"                            doc:"By default the workspace's"                                                                                                minimum:"1"`
	Assignee        string             `json:"assignee,omitempty"         limit:"assignee"         doc:"Who is responsible for it"`
	PlannedAt       time.Time          `json:"planned_at,omitempty"                                doc:"When it is meant to be published"`
}

func createRows(v *content.Verbs) []ops.Op { return []ops.Op{createRow(v), duplicateRow(v)} }

func createRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_content_item",
		Route:          ops.Route{Method: http.MethodPost, Path: "/content-workflow/content", Status: http.StatusCreated},
		Scope:          domain.ScopeContent,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Create a content item",
			Description: "Puts a text that you wrote on the board, without an execution, and checks it with the guardrails. " +
				"Its engine has the kind person. It costs no credits.",
			Errors: []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"title":        "How we cut our cloud bill",
				"body":         "## Start with what is idle\n\nMost of the bill is for machines that nobody uses.",
				"content_type": "blog_post",
				"language":     "en",
				"keywords":     []string{"cloud cost"},
			},
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "content", Verb: "create"},
	}, func(ctx context.Context, in createContent) (content.ItemDetails, error) {
		return v.CreateItem(ctx, content.CreateItem{
			Title:           in.Title,
			Body:            in.Body,
			ContentType:     in.ContentType,
			Status:          in.Status,
			Language:        in.Language,
			Channel:         in.Channel,
			MetaTitle:       in.MetaTitle,
			MetaDescription: in.MetaDescription,
			Slug:            in.Slug,
			Keywords:        in.Keywords,
			BrandVoiceID:    in.BrandVoiceID,
			Assignee:        in.Assignee,
			PlannedAt:       in.PlannedAt,
		})
	}, viewNewItem, sampleItem)
}

func duplicateRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "duplicate_content_item",
		Route:          ops.Route{Method: http.MethodPost, Path: items + "/duplicate", Status: http.StatusCreated},
		Scope:          domain.ScopeContent,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Duplicate a content item",
			Description: "Creates a copy of the current text in the column generated, with its fields and what it may " +
				"rest on, " +
				"but without dates, assignee, approvals, accepted findings and publications.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: exampleID,
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "content", Verb: "duplicate"},
	}, func(ctx context.Context, in changeContent) (content.ItemDetails, error) {
		return v.DuplicateItem(ctx, in.target())
	}, viewNewItem, sampleItem)
}

// viewNewItem is [viewItem] of an item that was just created.
func viewNewItem(r *ops.Reply, d content.ItemDetails) wire.Resource[ContentDetailsAttributes] {
	r.Location = wire.Path("/content-workflow/content", d.ID)
	return viewItem(r, d)
}
