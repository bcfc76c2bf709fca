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

// Move takes one item to a column.
type Move struct {
	ID int64
	To domain.ItemStatus
	// Before is the id of the card to stand before, [item.Top] or [item.Bottom].
	Before int64
	Reason string // for the history, such as why a text is sent back; may be empty
	verb.Precondition
}

// Move takes an item to a column; see [item.Move] for what that means for approval
// and publication. The scope depends on the columns ([domain.MoveScope]).
func (v *Verbs) Move(ctx context.Context, in Move) (domain.ContentItem, error) {
	var p domain.Problems
	checkStatus(&p, in.To)
	domain.LimitReason.Text(&p, "reason", in.Reason)
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
	if err := checkBefore(ctx, tx, c, in.Before); err != nil {
		return c, err
	}
	from := c.Status
	if c, err = item.Move(ctx, tx, c, in.To, in.Before, in.Reason); err != nil {
		return c, err
	}
	if html, ok := texts[c.ID]; ok {
		if err := item.SaveHTML(ctx, tx, c, html); err != nil {
			return c, err
		}
	}
	if from == in.To {
		return c, nil
	}
	return c, v.runner.Wake(ctx, tx, a.WorkspaceID, c.ID)
}

// checkBefore returns a fault unless the card to stand before exists and is another one. A
// card that has left the column is none: it may have been moved a moment ago.
func checkBefore(ctx context.Context, tx *store.Tx, c domain.ContentItem, before int64) error {
	if before <= 0 { // one of the places
		return nil
	}
	var p domain.Problems
	if before == c.ID {
		p.Format("before", "the id of another content item")
		return p.Err()
	}
	missing, err := tx.MissingContent(ctx, c.WorkspaceID, []int64{before})
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		p.Missing("before", "content item", before)
	}
	return p.Err()
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
			c, err = item.Move(ctx, tx, c, domain.ItemReady, item.Top, "")
		}
		if err != nil {
			return ItemDetails{}, err
		}
		if err := v.runner.Wake(ctx, tx, a.WorkspaceID, c.ID); err != nil {
			return ItemDetails{}, err
		}
		return v.itemDetails(ctx, tx.Q, a.WorkspaceID, in.ID)
	})
}

// BulkMove takes many items to a column. The default mode is [domain.BulkAtomic].
type BulkMove struct {
	IDs  []int64
	To   domain.ItemStatus
	Mode domain.BulkMode
	// Before is as in [Move]. In the column the items stand in the order of IDs.
	Before int64
	// IfMatch has the ETags that items must have to be moved, by id.
	IfMatch map[int64]string
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
	if seen[in.Before] {
		p.Add("before", "Item %d moves too. Name one that stays", in.Before)
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
	if err := tx.LockContents(ctx, a.WorkspaceID, in.IDs); err != nil {
		return nil, err
	}
	order := slices.Clone(in.IDs)
	if in.Before == item.Top {
		slices.Reverse(order) // the last one that goes to the top stands on top
	}
	byID := map[int64]MoveResult{}
	for _, id := range order {
		moved, err := v.move(ctx, tx, a, Move{
			ID:           id,
			To:           in.To,
			Before:       in.Before,
			Precondition: verb.Precondition{IfMatch: in.IfMatch[id]},
		}, texts)
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
