package api

import (
	"context"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// Board is the whole board.
type Board struct {
	Columns  Columns             `json:"columns"`
	Statuses []domain.ItemStatus `json:"valid_statuses"`
}

// Columns are the board's columns by name.
type Columns struct {
	Generated Column `json:"generated"`
	Review    Column `json:"review"`
	Ready     Column `json:"ready"`
	Published Column `json:"published"`
}

// Column is one column: its newest items and how many there are in all.
type Column struct {
	Label string                        `json:"label"`
	Items []Resource[ContentAttributes] `json:"items"`
	Count int                           `json:"count" doc:"How many there are in all"`
}

// BulkMoved is what became of a bulk move.
type BulkMoved struct {
	Moved   int          `json:"moved" doc:"How many moved"`
	Results []MoveResult `json:"results"`
}

// MoveResult is what became of one item.
type MoveResult struct {
	ID    int64                              `json:"content_id"`
	Moved bool                               `json:"moved"`
	Item  Maybe[Resource[ContentAttributes]] `json:"item"`
	Error Maybe[ErrorBody]                   `json:"error"`
}

type boardFilter struct {
	ExecutionID int64              `json:"execution_id,omitempty" minimum:"1" doc:"Only what this execution made"`
	ContentType domain.ContentType `json:"content_type,omitempty" enum:"text_content,blog_post,email_draft,social_post,product_description" doc:"Only this type"`
	PerColumn   int                `json:"per_column,omitempty" minimum:"1" maximum:"200" default:"50" doc:"Items shown per column; count is always the full count"`
	DateRange
}

type moveContent struct {
	ID     int64             `json:"id" in:"path" minimum:"1" doc:"The content item's id"`
	Status domain.ItemStatus `json:"status" enum:"generated,review,ready,published" doc:"Column to move to"`
	Before int64             `json:"before,omitempty" minimum:"0" doc:"Item to stand in front of; by default on top"`
	Conditional
}

type bulkMove struct {
	IDs    []int64           `json:"content_ids" minItems:"1" maxItems:"100" uniqueItems:"true" doc:"Ids of the items to move"`
	Status domain.ItemStatus `json:"status" enum:"generated,review,ready,published" doc:"Column to move to"`
	Mode   string            `json:"mode,omitempty" enum:"atomic,each" default:"atomic" doc:"atomic: all or none; each: those that can"`
}

func kanbanRows(e *engine.Engine) []Op {
	sampleBoard := []engine.Column{{Stage: domain.ItemGenerated, Items: []domain.ContentItem{sampleCard}, Count: 5}, {Stage: domain.ItemReview, Count: 3}, {Stage: domain.ItemReady, Count: 8}, {Stage: domain.ItemPublished, Count: 12}}
	moving := []domain.Code{domain.CodeNotFound, domain.CodeConflict}
	return []Op{
		op(Op{
			Name: "get_kanban_board", Noun: "kanban", Verb: "get", Method: http.MethodGet, Path: "/content-workflow/kanban", Tag: "Kanban board",
			Summary: "Get Board State", Description: "The four columns with their newest items and full counts.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Default: true, Toolset: "content", Result: sampleBoard,
		}, func(ctx context.Context, in boardFilter) ([]engine.Column, error) {
			span, err := in.span(ctx, e)
			if err != nil {
				return nil, err
			}
			return e.Board(ctx, engine.BoardFilter{ExecutionID: in.ExecutionID, ContentType: in.ContentType, Created: span, PerColumn: in.PerColumn})
		}, viewBoard),
		op(Op{
			Name: "move_content", Noun: "kanban", Verb: "move", Method: http.MethodPost, Path: "/content-workflow/kanban/{id}/status", Tag: "Kanban board",
			Summary: "Move Content", Description: "Moves an item to a column. Ready approves the present version; published publishes it, which blocking findings prevent.",
			Scope: domain.ScopeReview, Repeatable: true, OpenWorld: true, Claims: true, Tags: true, Default: true, Toolset: "content", Errors: moving,
			Example: map[string]any{"id": 101, "status": "review"}, Result: sampleCard,
		}, func(ctx context.Context, in moveContent) (domain.ContentItem, error) {
			return e.Move(ctx, engine.Move{ID: in.ID, To: in.Status, Before: in.Before, Precondition: match(in.Conditional)})
		}, func(r *Reply, i domain.ContentItem) Resource[ContentAttributes] {
			r.Revision = number(i.Revision)
			return card(i)
		}),
		op(Op{
			Name: "bulk_move_content", Noun: "kanban", Verb: "bulk-move", Method: http.MethodPost, Path: "/content-workflow/kanban/bulk-move", Tag: "Kanban board",
			Summary: "Bulk Move", Description: "Moves up to 100 items to a column, all or none unless mode is each.",
			Scope: domain.ScopeReview, Repeatable: true, OpenWorld: true, Claims: true, Default: true, Toolset: "content", Errors: moving,
			Example: map[string]any{"content_ids": []int{101, 102}, "status": "ready"}, Result: []engine.MoveResult{{ID: 101, Item: &sampleCard}},
		}, func(ctx context.Context, in bulkMove) ([]engine.MoveResult, error) {
			return e.BulkMove(ctx, engine.BulkMove{IDs: in.IDs, To: in.Status, Mode: domain.BulkMode(in.Mode)})
		}, viewBulk),
	}
}

func viewBoard(_ *Reply, columns []engine.Column) Board {
	b := Board{Statuses: domain.ItemStatuses()}
	for _, c := range columns {
		col := Column{c.Stage.Label(), each(c.Items, card), c.Count}
		switch c.Stage {
		case domain.ItemGenerated:
			b.Columns.Generated = col
		case domain.ItemReview:
			b.Columns.Review = col
		case domain.ItemReady:
			b.Columns.Ready = col
		case domain.ItemPublished:
			b.Columns.Published = col
		}
	}
	return b
}

func viewBulk(_ *Reply, results []engine.MoveResult) BulkMoved {
	var out BulkMoved
	out.Results = each(results, func(m engine.MoveResult) MoveResult {
		r := MoveResult{ID: m.ID}
		if m.Item != nil {
			item := card(*m.Item)
			r.Moved, r.Item.Value = true, &item
			out.Moved++
		}
		if m.Err != nil {
			r.Error.Value = &ErrorBody{Code: m.Err.Code, Message: m.Err.Message, Details: details(m.Err)}
		}
		return r
	})
	return out
}
