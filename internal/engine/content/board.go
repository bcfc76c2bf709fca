package content

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// cardsPerColumn is how many cards a column shows by default.
const cardsPerColumn = 50

// BoardFilter narrows the board. A zero field does not filter.
type BoardFilter struct {
	ExecutionID int64
	ContentType domain.ContentType
	Created     domain.DateRange
	PerColumn   int // cards per column; 0 means 50
}

// Column is one column of the board: its topmost cards, without bodies, and its
// full count.
type Column struct {
	Status domain.ItemStatus
	Items  []domain.ContentItem
	Count  int
}

// Board returns the four columns with their topmost cards and full counts.
func (v *Verbs) Board(ctx context.Context, in BoardFilter) ([]Column, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	in.PerColumn = cmp.Or(in.PerColumn, cardsPerColumn)
	var p domain.Problems
	domain.CheckEnum(&p, "content_type", in.ContentType)
	domain.LimitPerColumn.Value(&p, "per_column", in.PerColumn)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if in.ExecutionID != 0 {
		return v.executionBoard(ctx, a.WorkspaceID, in)
	}
	return v.wholeBoard(ctx, a.WorkspaceID, in)
}

func (v *Verbs) wholeBoard(ctx context.Context, workspaceID int64, in BoardFilter) ([]Column, error) {
	q := v.store.Read()
	f := store.ContentFilter{Type: in.ContentType, Span: in.Created}
	var counts map[string]int
	if f == (store.ContentFilter{}) {
		var err error
		if counts, err = q.Counts(ctx, workspaceID, store.CounterContent); err != nil {
			return nil, err
		}
	}
	columns := make([]Column, 0, len(domain.ItemStatuses()))
	for _, status := range domain.ItemStatuses() {
		l, err := q.ContentColumn(ctx, workspaceID, status, f, in.PerColumn)
		if err != nil {
			return nil, err
		}
		if counts != nil {
			l.Total = counts[string(status)]
		}
		columns = append(columns, Column{Status: status, Items: l.Items, Count: l.Total})
	}
	return columns, nil
}

// executionBoard is the board of the items of one execution, which are few.
func (v *Verbs) executionBoard(ctx context.Context, workspaceID int64, in BoardFilter) ([]Column, error) {
	items, err := v.store.Read().ContentOf(ctx, workspaceID, in.ExecutionID)
	if err != nil {
		return nil, err
	}
	columns := make([]Column, 0, len(domain.ItemStatuses()))
	for _, status := range domain.ItemStatuses() {
		c := Column{Status: status, Items: []domain.ContentItem{}}
		for _, i := range slices.Backward(items) {
			if i.Status != status || !in.includes(i) {
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

// includes reports whether the filter shows an item of its execution.
func (in BoardFilter) includes(i domain.ContentItem) bool {
	from, until := in.Created.From, in.Created.Until
	return (in.ContentType == "" || i.Type == in.ContentType) &&
		(from.IsZero() || !i.CreatedAt.Before(from)) &&
		(until.IsZero() || i.CreatedAt.Before(until))
}

// BoardCounts returns how many items the workspace has in each column. It reads
// the counters, so it costs the same however many items there are.
func (v *Verbs) BoardCounts(ctx context.Context) (map[domain.ItemStatus]int, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	counts, err := v.store.Read().Counts(ctx, a.WorkspaceID, store.CounterContent)
	byStatus := map[domain.ItemStatus]int{}
	for s, n := range counts {
		byStatus[domain.ItemStatus(s)] = n
	}
	return byStatus, err
}

// Move takes one item to a column.
type Move struct {
	ID int64
	To domain.ItemStatus
	// Before is the id of the card to stand before, [item.Top] or [item.Bottom].
	Before int64
	verb.Precondition
}

// Move takes an item to a column; see [item.Move] for what that means for approval
// and publication. The scope depends on the columns ([domain.MoveScope]).
func (v *Verbs) Move(ctx context.Context, in Move) (domain.ContentItem, error) {
	var p domain.Problems
	checkStatus(&p, in.To)
	if err := p.Err(); err != nil {
		return domain.ContentItem{}, err
	}
	texts, err := v.renderAhead(ctx, in.To, in.ID)
	if err != nil {
		return domain.ContentItem{}, err
	}
	return verb.Change(ctx, v.store, verb.AnyScope, func(tx *store.Tx, a domain.Actor) (domain.ContentItem, error) {
		return v.move(ctx, tx, a, in, texts)
	})
}

func checkStatus(p *domain.Problems, to domain.ItemStatus) {
	if to == "" {
		p.Required("status")
	}
	domain.CheckEnum(p, "status", to)
}

func (v *Verbs) move(
	ctx context.Context, tx *store.Tx, a domain.Actor, in Move, texts rendered,
) (domain.ContentItem, error) {
	c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return c, err
	}
	if err := a.Require(domain.MoveScope(c.Status, in.To)); err != nil {
		return c, err
	}
	if err := in.CheckRevision(c.Revision); err != nil {
		return c, err
	}
	from := c.Status
	if c, err = item.Move(ctx, tx, c, in.To, in.Before); err != nil {
		return c, err
	}
	if html, ok := texts[c.Body]; ok {
		if err := item.SaveHTML(ctx, tx, c, html); err != nil {
			return c, err
		}
	}
	if from == in.To {
		return c, nil
	}
	return c, v.runner.Wake(ctx, tx, a.WorkspaceID, c.ID)
}

// ApproveItem approves the present version of an item and moves it to ready. A
// published item that was edited since stays published as it was; its present
// version may then be published.
func (v *Verbs) ApproveItem(ctx context.Context, in verb.ID) (ItemDetails, error) {
	return verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (ItemDetails, error) {
		c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return ItemDetails{}, err
		}
		if c.Status == domain.ItemPublished && c.ApprovedVersion == c.Version {
			return ItemDetails{}, domain.Errorf(domain.CodeConflict,
				"The present version of this item has already been approved")
		}
		if c.Status == domain.ItemGenerated && !a.May(domain.ScopeContent) && !a.May(domain.ScopePublish) {
			return ItemDetails{}, a.Require(domain.ScopeContent)
		}
		if err := in.CheckRevision(c.Revision); err != nil {
			return ItemDetails{}, err
		}
		if c.Status == domain.ItemPublished {
			c, err = item.Approve(ctx, tx, c)
		} else {
			c, err = item.Move(ctx, tx, c, domain.ItemReady, item.Top)
		}
		if err != nil {
			return ItemDetails{}, err
		}
		if err := v.runner.Wake(ctx, tx, a.WorkspaceID, c.ID); err != nil {
			return ItemDetails{}, err
		}
		return itemDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
	})
}

// BulkMove takes many items to a column. The default mode is [domain.BulkAtomic].
type BulkMove struct {
	IDs  []int64
	To   domain.ItemStatus
	Mode domain.BulkMode
}

// MoveResult is the result for one item of a bulk move: the item, without its body,
// or the error.
type MoveResult struct {
	ID   int64
	Item *domain.ContentItem
	Err  *domain.Error
}

// BulkMove takes up to 100 items to a column. In the mode atomic, an id that does
// not exist or an item that may not move moves nothing; in the mode each, every
// item stands alone. The results come in the order of the ids.
func (v *Verbs) BulkMove(ctx context.Context, in BulkMove) ([]MoveResult, error) {
	in.Mode = cmp.Or(in.Mode, domain.BulkAtomic)
	if err := in.validate(); err != nil {
		return nil, err
	}
	texts, err := v.renderAhead(ctx, in.To, in.IDs...)
	if err != nil {
		return nil, err
	}
	return verb.Change(ctx, v.store, verb.AnyScope, func(tx *store.Tx, a domain.Actor) ([]MoveResult, error) {
		missing, err := tx.MissingContent(ctx, a.WorkspaceID, in.IDs)
		if err != nil {
			return nil, err
		}
		if in.Mode == domain.BulkAtomic && len(missing) > 0 {
			return nil, domain.Errorf(domain.CodeNotFound,
				"%d of the items do not exist, so nothing was moved", len(missing)).With("missing", missing)
		}
		return v.moveAll(ctx, tx, a, in, texts)
	})
}

func (in BulkMove) validate() error {
	var p domain.Problems
	domain.LimitBulkMove.Count(&p, "content_ids", len(in.IDs))
	seen := map[int64]bool{}
	for i, id := range in.IDs {
		if seen[id] {
			p.Twice(verb.Path("content_ids", i), strconv.FormatInt(id, 10))
		}
		seen[id] = true
	}
	checkStatus(&p, in.To)
	domain.CheckEnum(&p, "mode", in.Mode)
	return p.Err()
}

func (v *Verbs) moveAll(
	ctx context.Context, tx *store.Tx, a domain.Actor, in BulkMove, texts rendered,
) ([]MoveResult, error) {
	// Rows are locked in the order of their ids, so that two bulk moves cannot
	// wait for each other.
	order := slices.Sorted(slices.Values(in.IDs))
	byID := map[int64]MoveResult{}
	for _, id := range order {
		moved, err := v.move(ctx, tx, a, Move{ID: id, To: in.To}, texts)
		var refused *domain.Error
		switch {
		case err == nil:
			moved.Body = ""
			byID[id] = MoveResult{ID: id, Item: &moved}
		case in.Mode == domain.BulkEach && errors.As(err, &refused) && refused.Refusal():
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
