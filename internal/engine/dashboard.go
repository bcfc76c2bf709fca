package engine

import (
	"context"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// BoardCounts returns how many items the workspace has in each column. It reads
// the counters, so it costs the same however many items there are.
func (e *Engine) BoardCounts(ctx context.Context) (map[domain.ItemStatus]int, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	counts, err := e.o.Store.Read().Counts(ctx, a.WorkspaceID, store.CounterContent)
	byStatus := map[domain.ItemStatus]int{}
	for s, n := range counts {
		byStatus[domain.ItemStatus(s)] = n
	}
	return byStatus, err
}

// The numbers of items that a search returns.
const (
	foundItems    = 20
	maxFoundItems = 100
)

// SearchItems asks for items whose title holds every word of Text. An empty Text
// asks for the newest items.
type SearchItems struct {
	Text  string
	Limit int // 20 by default, at most 100
}

// SearchItems returns cards, without bodies: an item whose whole title is the
// text first, then the newest ones.
func (e *Engine) SearchItems(ctx context.Context, in SearchItems) ([]domain.ContentItem, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	if in.Limit == 0 {
		in.Limit = foundItems
	}
	var p domain.Problems
	if in.Limit < 1 {
		p.Small("limit", 1)
	}
	if in.Limit > maxFoundItems {
		p.Large("limit", maxFoundItems)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	return e.o.Store.Read().SearchContent(ctx, a.WorkspaceID, strings.Fields(in.Text), in.Limit)
}

// Version returns version n of an item, with its text.
func (e *Engine) Version(ctx context.Context, itemID int64, n int) (domain.ContentVersion, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.ContentVersion{}, err
	}
	q := e.o.Store.Read()
	if _, err := q.Content(ctx, a.WorkspaceID, itemID); err != nil {
		return domain.ContentVersion{}, err
	}
	return q.ContentVersion(ctx, itemID, n)
}

// ExecutionEvents returns what the event log has of an execution up to now,
// oldest first. [Engine.WatchExecution] follows what comes later.
func (e *Engine) ExecutionEvents(ctx context.Context, id int64) ([]domain.Event, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	q := e.o.Store.Read()
	if _, err := q.Execution(ctx, a.WorkspaceID, id); err != nil {
		return nil, err
	}
	return q.ExecutionEvents(ctx, a.WorkspaceID, id, store.Cursor{})
}
