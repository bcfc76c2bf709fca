package content

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
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

// Column is one column: its newest items and how many there are in total.
type Column struct {
	Label string      `json:"label"`
	Items []wire.Item `json:"items"`
	Count int         `json:"count" doc:"How many there are in total"`
}

// BulkMoved is the outcome of a bulk move.
type BulkMoved struct {
	Moved   int          `json:"moved" doc:"How many moved"`
	Results []MoveResult `json:"results"`
}

// MoveResult is the outcome for one item.
type MoveResult struct {
	ID    int64                    `json:"content_id"`
	Moved bool                     `json:"moved"`
	Item  ops.Maybe[wire.Item]     `json:"item"`
	Error ops.Maybe[ops.ErrorBody] `json:"error"`
}

type boardFilter struct {
	ExecutionID int64              `json:"execution_id,omitempty" minimum:"1" doc:"Only what this execution wrote"`
	ContentType domain.ContentType `json:"content_type,omitempty" doc:"Only this type"`
	Text        string             `json:"q,omitempty" limit:"search" doc:"Only items with all these words, or words that begin so, in title or text; best first"`
	PerColumn   int                `json:"per_column,omitempty" limit:"per_column" default:"50" doc:"Items shown per column; count is always the full count"`
	wire.DateRange
}

type moveContent struct {
	ID     int64             `json:"id" in:"path" minimum:"1" doc:"The content item's id"`
	Status domain.ItemStatus `json:"status" doc:"Column to move to"`
	Before int64             `json:"before,omitempty" minimum:"0" doc:"Item to stand in front of; by default on top"`
	Reason string            `json:"reason,omitempty" limit:"reason" doc:"Why, for the history, such as what to change in a text that is sent back"`
	ops.Conditional
}

type bulkMove struct {
	IDs    []int64           `json:"content_ids" limit:"bulk_move" uniqueItems:"true" doc:"Ids of the items to move"`
	Status domain.ItemStatus `json:"status" doc:"Column to move to"`
	Mode   domain.BulkMode   `json:"mode,omitempty" default:"atomic" doc:"atomic: all or none; each: those that can"`
}

var (
	sampleBoard = []content.Column{
		{Status: domain.ItemGenerated, Items: []domain.ContentItem{wire.SampleItem()}, Count: 5},
		{Status: domain.ItemReview, Count: 3},
		{Status: domain.ItemReady, Count: 8},
		{Status: domain.ItemPublished, Count: 12},
	}
	sampleCard  = wire.SampleItem()
	sampleMoves = []content.MoveResult{{ID: sampleCard.ID, Item: &sampleCard}}
)

func kanbanRows(v *content.Verbs, profile wire.Profile) []ops.Op {
	chapter := ops.Chapter{
		Name:        "Kanban board",
		Description: "Where content moves from generated to published.",
	}
	moving := []domain.Code{domain.CodeNotFound, domain.CodeConflict}
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "get_kanban_board",
			Route: ops.Route{Method: http.MethodGet, Path: "/content-workflow/kanban"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Get Board State",
				Description: "The four columns with their newest items and full counts.",
			},
			Tool:    boardTool(),
			Command: ops.Command{Noun: "kanban", Verb: "get"},
		}, func(ctx context.Context, in boardFilter) ([]content.Column, error) {
			span, err := in.Read(ctx, profile)
			if err != nil {
				return nil, err
			}
			return v.Board(ctx, content.BoardFilter{
				ExecutionID: in.ExecutionID,
				ContentType: in.ContentType,
				Created:     span,
				Text:        in.Text,
				PerColumn:   in.PerColumn,
			})
		}, viewBoard, sampleBoard),
		ops.New(ops.Op{
			Name:           "move_content",
			Route:          ops.Route{Method: http.MethodPost, Path: "/content-workflow/kanban/{id}/status"},
			Scope:          domain.ScopeReview,
			Hints:          ops.Hints{Idempotent: true, OpenWorld: true},
			IdempotencyKey: true,
			ETag:           true,
			Docs: ops.Docs{
				Chapter: chapter,
				Summary: "Move Content",
				Description: "Moves an item to a column. Ready approves the current version; published publishes it, on the " +
					"feed and on every enabled channel that takes its content type, which blocking findings prevent.",
				Errors:  moving,
				Example: map[string]any{"id": sampleCard.ID, "status": "review"},
			},
			Tool:    moveTool(),
			Command: ops.Command{Noun: "kanban", Verb: "move"},
		}, func(ctx context.Context, in moveContent) (domain.ContentItem, error) {
			return v.Move(ctx, content.Move{
				ID:           in.ID,
				To:           in.Status,
				Before:       in.Before,
				Reason:       in.Reason,
				Precondition: verb.Precondition{IfMatch: in.Revisions()},
			})
		}, func(r *ops.Reply, i domain.ContentItem) wire.Item {
			r.Revision = wire.Number(i.Revision)
			return wire.ItemOf(i)
		}, sampleCard),
		ops.New(ops.Op{
			Name:           "bulk_move_content",
			Route:          ops.Route{Method: http.MethodPost, Path: "/content-workflow/kanban/bulk-move"},
			Scope:          domain.ScopeReview,
			Hints:          ops.Hints{Idempotent: true, OpenWorld: true},
			IdempotencyKey: true,
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Bulk Move",
				Description: "Moves up to 100 items to a column, all or none unless mode is each.",
				Errors:      moving,
				Example:     map[string]any{"content_ids": []int{101, 102}, "status": "ready"},
			},
			Tool:    ops.Tool{Set: "content", Listed: true, Brief: []string{"title", "kanban_status"}},
			Command: ops.Command{Noun: "kanban", Verb: "bulk-move"},
		}, func(ctx context.Context, in bulkMove) ([]content.MoveResult, error) {
			return v.BulkMove(ctx, content.BulkMove{IDs: in.IDs, To: in.Status, Mode: in.Mode})
		}, viewBulk, sampleMoves),
	}
}

// boardTool shows a model less of each item: the whole board would be its whole context.
func boardTool() ops.Tool {
	return ops.Tool{
		Set:    "content",
		Listed: true,
		Description: "Lists content items by column: generated, review, ready, published. Shows the 10 newest of each, " +
			"or per_column, with full counts. Read a text with get_content_item.",
		Defaults: map[string]any{"per_column": 10},
		Brief:    []string{"title", "content_type", "channel", "word_count", "assignee", "planned_at", "updated_at"},
		Resources: []ops.Resource{
			{
				URI:         "vellocity://kanban",
				Name:        "kanban",
				Description: "The board",
				Changed:     boardChanged("vellocity://kanban"),
			},
			{
				URI:         "vellocity://kanban/{status}",
				Name:        "kanban-column",
				Description: "One column: generated, review, ready or published",
				Member:      "columns",
				Changed:     boardChanged(columnURIs()...),
			},
		},
	}
}

// boardChanged returns the addresses when an event is about a content item.
func boardChanged(uris ...string) func(domain.Event) []string {
	return func(e domain.Event) []string {
		if e.ContentID == 0 {
			return nil
		}
		return uris
	}
}

func columnURIs() (all []string) {
	for _, s := range domain.ItemStatuses() {
		all = append(all, "vellocity://kanban/"+string(s))
	}
	return all
}

func moveTool() ops.Tool {
	return ops.Tool{
		Set:    "content",
		Listed: true,
		Description: "Moves one content item to a column: review, ready (which approves it), published (which " +
			"publishes it), or back. Blocking findings prevent published. Use this rather than publish_content " +
			"or review_content for a plain move. id is the content item's id.",
	}
}

func viewBoard(_ *ops.Reply, columns []content.Column) Board {
	b := Board{Statuses: domain.ItemStatuses()}
	for _, c := range columns {
		col := Column{c.Status.Label(), wire.Each(c.Items, wire.ItemOf), c.Count}
		switch c.Status {
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

func viewBulk(_ *ops.Reply, results []content.MoveResult) BulkMoved {
	var out BulkMoved
	out.Results = wire.Each(results, func(m content.MoveResult) MoveResult {
		r := MoveResult{ID: m.ID}
		if m.Item != nil {
			item := wire.ItemOf(*m.Item)
			r.Moved, r.Item.Value = true, &item
			out.Moved++
		}
		if m.Err != nil {
			body := ops.ErrorOf(m.Err, "")
			r.Error.Value = &body
		}
		return r
	})
	return out
}
