package board

import (
	"context"
	"net/http"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// view is what the page shows.
type view struct {
	ui.Shell
	Filter  query
	Columns []column
	Types   []ui.Choice
	Ages    []ui.Choice
	Total   int
	Empty   bool // there is no item at all, filtered or not
	Example string
	// MostMoved is how many cards may move at once.
	MostMoved int
}

type column struct {
	Status domain.ItemStatus
	Label  string
	Count  int
	Cards  []ui.Card
	Hint   string
	More   string // address of the cards below; empty where there are none
}

// Filtered reports whether something narrows the board.
func (v view) Filtered() bool { return v.Filter.Any() }

// Single reports whether the page shows one column alone.
func (v view) Single() bool { return v.Filter.Column != "" }

// Statuses lists the columns that cards may move to.
func (v view) Statuses() []domain.ItemStatus { return domain.ItemStatuses() }

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	sh, err := p.Shell(w, r, "/board", "Board")
	if err != nil {
		return err
	}
	q := readQuery(r.URL.Query())
	v := view{
		Shell:     sh,
		Filter:    q,
		Types:     typeChoices(q.Type),
		Ages:      ui.AgeChoices(q.Since),
		Example:   p.ExampleCall(r),
		MostMoved: domain.LimitBulkMove.Max,
	}
	cols, err := p.columns(r.Context(), q)
	if err != nil {
		return err
	}
	zone, err := p.Zone(r.Context(), sh)
	if err != nil {
		return err
	}
	for _, c := range cols {
		v.Columns = append(v.Columns, columnOf(c, q, zone))
		v.Total += c.Count
	}
	v.Empty = v.Total == 0 && !v.Filtered() && !v.Single()
	if v.Single() && ui.Partial(r) {
		return p.RenderPart(w, http.StatusOK, "board", "cards", v.Columns[0])
	}
	return p.Render(w, r, http.StatusOK, "board", v)
}

// columns reads the board, or the part of one column that the query asks for.
func (p page) columns(ctx context.Context, q query) ([]content.Column, error) {
	if q.Column == "" {
		return p.Engine.Content.Board(ctx, q.filter(p.Now()))
	}
	c, err := p.Engine.Content.BoardColumn(ctx,
		content.ColumnPage{BoardFilter: q.filter(p.Now()), Status: q.Column, After: q.After})
	return []content.Column{c}, err
}

var columnHints = map[domain.ItemStatus]string{
	domain.ItemGenerated: "Finished texts appear here.",
	domain.ItemReview:    "Texts waiting for review.",
	domain.ItemReady:     "Approved, ready to publish.",
	domain.ItemPublished: "Live in your feed.",
}

func columnOf(c content.Column, q query, zone *time.Location) column {
	col := column{Status: c.Status, Label: c.Status.Label(), Count: c.Count, Hint: columnHints[c.Status]}
	for _, item := range c.Items {
		col.Cards = append(col.Cards, ui.CardOf(item, zone))
	}
	if c.Next != "" {
		q.Column, q.After = c.Status, c.Next
		col.More = "/board?" + q.values().Encode()
	}
	return col
}

// change is a card that has changed, and the card below it.
type change struct {
	ui.Card
	Below int64
}

// changesView is what has become of some cards.
type changesView struct {
	Changes []change
	Counts  map[domain.ItemStatus]int
}

// changes sends the cards that a script asks for as they are now, so that a page need
// not fetch the whole board when one card moves.
func (p page) changes(w http.ResponseWriter, r *http.Request) error {
	ids, err := readIDs(strings.FieldsFunc(r.URL.Query().Get("ids"), func(c rune) bool { return c == ',' }))
	if err != nil {
		return err
	}
	list, counts, err := p.Engine.Content.BoardChanges(r.Context(),
		content.BoardChanges{BoardFilter: readQuery(r.URL.Query()).filter(p.Now()), IDs: ids})
	if err != nil {
		return err
	}
	zone, err := p.Zone(r.Context(), ui.Shell{})
	if err != nil {
		return err
	}
	v := changesView{Counts: map[domain.ItemStatus]int{}}
	for _, s := range domain.ItemStatuses() {
		v.Counts[s] = counts[s]
	}
	for _, c := range list {
		v.Changes = append(v.Changes, change{ui.CardOf(c.Item, zone), c.Below})
	}
	return p.RenderPart(w, http.StatusOK, "board", "changes", v)
}
