package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"vellocity/internal/board"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// The numbers of cards per column.
const (
	perColumn    = 50
	maxPerColumn = 200
	maxBulk      = 100
)

// Board returns the four columns with their topmost cards and full counts.
func (e *Engine) Board(ctx context.Context, in BoardFilter) ([]Column, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	var p domain.Problems
	oneOf(&p, "content_type", in.ContentType, domain.ContentTypes())
	if in.PerColumn < 0 || in.PerColumn > maxPerColumn {
		p.Add("per_column", "per_column must be between 1 and %d", maxPerColumn)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	if in.PerColumn == 0 {
		in.PerColumn = perColumn
	}
	if in.ExecutionID != 0 {
		return e.boardOf(ctx, a.WorkspaceID, in)
	}
	return e.wholeBoard(ctx, a.WorkspaceID, in)
}

func (e *Engine) wholeBoard(ctx context.Context, workspaceID int64, in BoardFilter) ([]Column, error) {
	q := e.o.Store.Read()
	f := store.ContentFilter{Type: in.ContentType, Span: in.Created}
	var counts map[string]int
	if f == (store.ContentFilter{}) {
		var err error
		if counts, err = q.Counts(ctx, workspaceID, store.CounterContent); err != nil {
			return nil, err
		}
	}
	columns := make([]Column, 0, 4)
	for _, stage := range domain.ItemStatuses() {
		l, err := q.ContentColumn(ctx, workspaceID, stage, f, in.PerColumn)
		if err != nil {
			return nil, err
		}
		if counts != nil {
			l.Total = counts[string(stage)]
		}
		columns = append(columns, Column{Stage: stage, Items: l.Items, Count: l.Total})
	}
	return columns, nil
}

// boardOf is the board of one run's items, of which there are few.
func (e *Engine) boardOf(ctx context.Context, workspaceID int64, in BoardFilter) ([]Column, error) {
	items, err := e.o.Store.Read().ContentOf(ctx, workspaceID, in.ExecutionID)
	if err != nil {
		return nil, err
	}
	columns := make([]Column, 0, 4)
	for _, stage := range domain.ItemStatuses() {
		c := Column{Stage: stage, Items: []domain.ContentItem{}}
		for _, i := range slices.Backward(items) {
			if i.Status != stage || in.ContentType != "" && i.Type != in.ContentType || !within(in.Created, i) {
				continue
			}
			c.Count++
			if len(c.Items) < in.PerColumn {
				c.Items = append(c.Items, i)
			}
		}
		columns = append(columns, c)
	}
	return columns, nil
}

func within(s domain.DateRange, i domain.ContentItem) bool {
	return (s.From.IsZero() || !i.CreatedAt.Before(s.From)) && (s.Until.IsZero() || i.CreatedAt.Before(s.Until))
}

// Move takes an item to a column; what that means for approval and publication
// is told at [board.Move].
func (e *Engine) Move(ctx context.Context, in Move) (domain.ContentItem, error) {
	if err := validStage(in.To); err != nil {
		return domain.ContentItem{}, err
	}
	return change(ctx, e, "", func(tx *store.Tx, a domain.Actor) (domain.ContentItem, error) {
		return e.move(ctx, tx, a, in)
	})
}

func validStage(to domain.ItemStatus) error {
	var p domain.Problems
	if to == "" {
		p.Required("status")
	}
	oneOf(&p, "status", to, domain.ItemStatuses())
	return p.Err()
}

func (e *Engine) move(ctx context.Context, tx *store.Tx, a domain.Actor, in Move) (domain.ContentItem, error) {
	c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return c, err
	}
	if err := a.Require(domain.MoveScope(c.Status, in.To)); err != nil {
		return c, err
	}
	if err := in.check(c.Revision); err != nil {
		return c, err
	}
	w, err := tx.Workspace(ctx, a.WorkspaceID)
	if err != nil {
		return c, err
	}
	from := c.Status
	if c, err = board.Move(ctx, tx, w, c, in.To, in.Before); err != nil || from == in.To {
		return c, err
	}
	return c, e.o.Runner.Wake(ctx, tx, a.WorkspaceID, c.ID)
}

// ApproveItem approves the present version of an item and moves it to ready. A
// published item that was edited since stays published as it was; its present
// version may then be published.
func (e *Engine) ApproveItem(ctx context.Context, in ID) (ItemDetails, error) {
	return change(ctx, e, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (ItemDetails, error) {
		c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return ItemDetails{}, err
		}
		if c.Status == domain.ItemPublished && c.ApprovedVersion == c.Version {
			return ItemDetails{}, domain.Errorf(domain.CodeConflict, "The present version of this item has been approved already")
		}
		if c.Status == domain.ItemGenerated && !a.May(domain.ScopeContent) && !a.May(domain.ScopePublish) {
			return ItemDetails{}, a.Require(domain.ScopeContent)
		}
		if err := in.check(c.Revision); err != nil {
			return ItemDetails{}, err
		}
		if c.Status == domain.ItemPublished {
			c, err = board.Approve(ctx, tx, c)
		} else {
			c, err = board.Move(ctx, tx, domain.Workspace{ID: a.WorkspaceID}, c, domain.ItemReady, 0)
		}
		if err != nil {
			return ItemDetails{}, err
		}
		if err := e.o.Runner.Wake(ctx, tx, a.WorkspaceID, c.ID); err != nil {
			return ItemDetails{}, err
		}
		return itemDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
	})
}

// BulkMove takes up to 100 items to a column. In the mode "atomic" an id that is
// not there, or an item that may not move, moves nothing; in the mode "each"
// every item is on its own. The answer has a result per id, in their order.
func (e *Engine) BulkMove(ctx context.Context, in BulkMove) ([]MoveResult, error) {
	if in.Mode == "" {
		in.Mode = "atomic"
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	return change(ctx, e, "", func(tx *store.Tx, a domain.Actor) ([]MoveResult, error) {
		missing, err := tx.MissingContent(ctx, a.WorkspaceID, in.IDs)
		if err != nil {
			return nil, err
		}
		if in.Mode == "atomic" && len(missing) > 0 {
			return nil, domain.Errorf(domain.CodeNotFound, "%d of the items are not there, so nothing was moved", len(missing)).With("missing", missing)
		}
		return e.moveAll(ctx, tx, a, in)
	})
}

func (in BulkMove) validate() error {
	var p domain.Problems
	switch {
	case len(in.IDs) == 0:
		p.Required("content_ids")
	case len(in.IDs) > maxBulk:
		p.Add("content_ids", "At most %d items can be moved at once", maxBulk)
	}
	seen := map[int64]bool{}
	for i, id := range in.IDs {
		if seen[id] {
			p.Add(fmt.Sprintf("content_ids.%d", i), "The item %d is named twice", id)
		}
		seen[id] = true
	}
	if in.To == "" {
		p.Required("status")
	}
	oneOf(&p, "status", in.To, domain.ItemStatuses())
	oneOf(&p, "mode", in.Mode, []string{"atomic", "each"})
	return p.Err()
}

func (e *Engine) moveAll(ctx context.Context, tx *store.Tx, a domain.Actor, in BulkMove) ([]MoveResult, error) {
	// Rows are locked in the order of their ids, so that two bulk moves cannot
	// wait for each other.
	order := slices.Sorted(slices.Values(in.IDs))
	byID := map[int64]MoveResult{}
	for _, id := range order {
		item, err := e.move(ctx, tx, a, Move{ID: id, To: in.To})
		var refused *domain.Error
		switch {
		case err == nil:
			item.Body = ""
			byID[id] = MoveResult{ID: id, Item: &item}
		case in.Mode == "each" && errors.As(err, &refused) && refused.Code != domain.CodeServer && refused.Code != domain.CodeUnavailable:
			byID[id] = MoveResult{ID: id, Err: refused}
		case errors.As(err, &refused):
			return nil, refused.With("content_id", id)
		default:
			return nil, err
		}
	}
	results := make([]MoveResult, len(in.IDs))
	for i, id := range in.IDs {
		results[i] = byID[id]
	}
	return results, nil
}
