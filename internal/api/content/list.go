package content

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
)

type listContent struct {
	Text        string             `json:"q,omitempty" limit:"search" doc:"Only items with all these words, or words that begin so, in title or text"`
	Status      domain.ItemStatus  `json:"status,omitempty" doc:"Only this column"`
	ContentType domain.ContentType `json:"content_type,omitempty" doc:"Only this type"`
	Assignee    string             `json:"assignee,omitempty" limit:"assignee" doc:"Only items of this assignee"`
	ExecutionID int64              `json:"execution_id,omitempty" minimum:"1" doc:"Only what this execution wrote"`
	Sort        domain.ItemSort    `json:"sort,omitempty" doc:"By default relevance with q, else newest. A minus sign turns an order around"`
	wire.DateRange
	ops.Paging
}

func listRows(v *content.Verbs, profile wire.Profile) []ops.Op {
	return []ops.Op{ops.New(ops.Op{
		Name:  "list_content",
		Route: ops.Route{Method: http.MethodGet, Path: "/content-workflow/content"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "List content items",
			Description: "The items of all columns, without their texts. Relevance puts an equal title first.",
			Example:     map[string]any{"q": "cloud cost", "status": "review"},
		},
		Tool: ops.Tool{Set: "content", Listed: true},
		Command: ops.Command{
			Noun:    "content",
			Verb:    "list",
			Columns: []string{"id", "title", "content_type", "kanban_status", "updated_at"},
		},
	}, func(ctx context.Context, in listContent) (domain.List[domain.ContentItem], error) {
		span, err := in.Read(ctx, profile)
		if err != nil {
			return domain.List[domain.ContentItem]{}, err
		}
		return v.ListItems(ctx, content.ListItems{
			Text:        in.Text,
			Status:      in.Status,
			ContentType: in.ContentType,
			Assignee:    in.Assignee,
			ExecutionID: in.ExecutionID,
			Created:     span,
			Sort:        in.Sort,
			Page:        wire.PageOf(in.Paging),
		})
	}, func(r *ops.Reply, l domain.List[domain.ContentItem]) []wire.Item {
		r.Total = l.Total
		return wire.Each(l.Items, wire.ItemOf)
	}, domain.List[domain.ContentItem]{Items: []domain.ContentItem{wire.SampleItem()}, Total: 1})}
}
