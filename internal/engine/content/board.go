package content

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// The numbers of cards in a column: by default, and the most that is read at once
// where a page asks for what it has shown already.
const (
	cardsPerColumn = 50
	mostCards      = 1000
)

// BoardFilter narrows the board. A zero field does not filter.
type BoardFilter struct {
	ExecutionID int64 // that created the items, or wrote a version of them
	ContentType domain.ContentType
	Created     domain.DateRange
	// Text asks for items whose title or text has every word of it, each at least by
	// its beginning. The best come first: an equal title, then the words in the title.
	Text      string
	PerColumn int // cards per column; 0 means 50
	// Shown is how many cards of a column are wanted instead, at most 1,000, for a page
	// that has shown so many.
	Shown map[domain.ItemStatus]int
}

func (in *BoardFilter) validate() error {
	in.PerColumn = cmp.Or(in.PerColumn, cardsPerColumn)
	var p domain.Problems
	domain.CheckEnum(&p, "content_type", in.ContentType)
	domain.LimitPerColumn.Value(&p, "per_column", in.PerColumn)
	domain.LimitSearch.Text(&p, "q", in.Text)
	return p.Err()
}

func (in *BoardFilter) read(s *store.Search) store.ContentFilter {
	return store.ContentFilter{
		ExecutionID: in.ExecutionID,
		Type:        in.ContentType,
		Span:        in.Created,
		Search:      s,
	}
}

// limit returns how many cards of a column are wanted.
func (in *BoardFilter) limit(s domain.ItemStatus) int {
	return min(max(in.PerColumn, in.Shown[s]), mostCards)
}

// Column is one column of the board: cards without bodies, and its full count.
type Column struct {
	Status domain.ItemStatus
	Items  []domain.ContentItem
	Count  int
	// Next reads the cards below the last one ([ColumnPage]). It is empty where there
	// are none.
	Next string
}

// Board returns the four columns with their topmost cards and full counts.
func (v *Verbs) Board(ctx context.Context, in BoardFilter) ([]Column, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	q, f := v.store.Read(), in.read(v.lookFor(ctx, a.WorkspaceID, in.Text))
	if f.Search != nil {
		return searchBoard(ctx, q, a.WorkspaceID, f, in.limit)
	}
	counts, err := boardCounts(ctx, q, a.WorkspaceID, f)
	if err != nil {
		return nil, err
	}
	columns := make([]Column, 0, len(domain.ItemStatuses()))
	for _, status := range domain.ItemStatuses() {
		c, err := readColumn(ctx, q, a.WorkspaceID, f, status, store.ContentCursor{}, in.limit(status))
		if err != nil {
			return nil, err
		}
		c.Count = counts[status]
		columns = append(columns, c)
	}
	return columns, nil
}

func searchBoard(
	ctx context.Context, q store.Q, workspaceID int64, f store.ContentFilter, limit func(domain.ItemStatus) int,
) ([]Column, error) {
	found, err := q.SearchBoard(ctx, workspaceID, f, limit)
	if err != nil {
		return nil, err
	}
	columns := make([]Column, 0, len(domain.ItemStatuses()))
	for _, s := range domain.ItemStatuses() {
		c := found[s]
		columns = append(columns, Column{Status: s, Items: c.Cards, Count: c.Total, Next: writeCursor(c.Next)})
	}
	return columns, nil
}

// boardCounts returns how many items each column has. The counters know it where
// nothing narrows the board.
func boardCounts(
	ctx context.Context, q store.Q, workspaceID int64, f store.ContentFilter,
) (map[domain.ItemStatus]int, error) {
	if f != (store.ContentFilter{}) {
		return q.ContentCounts(ctx, workspaceID, f)
	}
	counts, err := q.Counts(ctx, workspaceID, store.CounterContent)
	byStatus := map[domain.ItemStatus]int{}
	for s, n := range counts {
		byStatus[domain.ItemStatus(s)] = n
	}
	return byStatus, err
}

func readColumn(
	ctx context.Context, q store.Q, workspaceID int64, f store.ContentFilter,
	status domain.ItemStatus, after store.ContentCursor, limit int,
) (Column, error) {
	f.Status = status
	items, next, err := q.ContentColumn(ctx, workspaceID, f, after, limit)
	return Column{Status: status, Items: items, Next: writeCursor(next)}, err
}

// ColumnPage asks for more cards of a column.
type ColumnPage struct {
	BoardFilter
	Status domain.ItemStatus
	After  string // the column's Next; empty for the topmost cards
}

// BoardColumn returns the cards of one column that come after a place in it. A card
// that moves meanwhile neither repeats others nor hides them.
func (v *Verbs) BoardColumn(ctx context.Context, in ColumnPage) (Column, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return Column{}, err
	}
	var p domain.Problems
	checkStatus(&p, in.Status)
	after, ok := readCursor(in.After)
	if !ok {
		p.Add("after", "This is not a place in a column. Leave it out to start at the top")
	}
	if err := p.Err(); err != nil {
		return Column{}, err
	}
	if err := in.validate(); err != nil {
		return Column{}, err
	}
	q, f := v.store.Read(), in.read(v.lookFor(ctx, a.WorkspaceID, in.Text))
	counts, err := boardCounts(ctx, q, a.WorkspaceID, f)
	if err != nil {
		return Column{}, err
	}
	c, err := readColumn(ctx, q, a.WorkspaceID, f, in.Status, after, in.PerColumn)
	c.Count = counts[in.Status]
	return c, err
}

func writeCursor(c store.ContentCursor) string {
	if c.ID == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%d", c.Rank, c.Place, c.ID))
}

func readCursor(s string) (c store.ContentCursor, ok bool) {
	if s == "" {
		return c, true
	}
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return c, false
	}
	_, err = fmt.Sscanf(string(text), "%d.%d.%d", &c.Rank, &c.Place, &c.ID)
	return c, err == nil && c.ID > 0
}

// BoardChange is where an item stands on the board now.
type BoardChange struct {
	Item  domain.ContentItem
	Below int64 // id of the card below it in its column; 0 for none
}

// BoardChanges asks for what has become of up to 100 items on the board.
type BoardChanges struct {
	BoardFilter
	IDs []int64
}

// BoardChanges returns those of the items that the board shows, from the bottom up, and
// the count of each column. An item that is missing was deleted, or the filter leaves it
// out.
func (v *Verbs) BoardChanges(
	ctx context.Context, in BoardChanges,
) ([]BoardChange, map[domain.ItemStatus]int, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, nil, err
	}
	var p domain.Problems
	domain.LimitBulkMove.Count(&p, "content_ids", len(in.IDs))
	if err := p.Err(); err != nil {
		return nil, nil, err
	}
	if err := in.validate(); err != nil {
		return nil, nil, err
	}
	q, f := v.store.Read(), in.read(v.lookFor(ctx, a.WorkspaceID, in.Text))
	placed, err := q.ContentPlaces(ctx, a.WorkspaceID, in.IDs, f)
	if err != nil {
		return nil, nil, err
	}
	changes := make([]BoardChange, len(placed))
	for i, c := range placed {
		changes[i] = BoardChange{c.ContentItem, c.Below}
	}
	counts, err := boardCounts(ctx, q, a.WorkspaceID, f)
	return changes, counts, err
}

// BoardCounts returns how many items the workspace has in each column. It reads
// the counters, so it costs the same however many items there are.
func (v *Verbs) BoardCounts(ctx context.Context) (map[domain.ItemStatus]int, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	return boardCounts(ctx, v.store.Read(), a.WorkspaceID, store.ContentFilter{})
}
