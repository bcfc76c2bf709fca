// Package board is the board: four columns of items that move by mouse, touch,
// keys and menu.
package board

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

// The numbers of cards in a column: at first, and after "show more".
const (
	shortColumn = 50
	longColumn  = 200
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "board",
		Files: files,
		Menu: ui.Link{
			Group:   ui.Manage,
			Path:    "/board",
			Name:    "Board",
			Icon:    "square-kanban",
			Keys:    "g b",
			Phone:   "Board",
			Count:   p.inReview,
			Counted: "in review",
		},
		Routes: []ui.Route{
			{Pattern: "GET /board", Handle: p.show},
			{Pattern: "POST /board/move", Handle: p.move},
		},
	}
}

// inReview counts the items that wait for a person.
func (p page) inReview(ctx context.Context) (int, error) {
	counts, err := p.Engine.Content.BoardCounts(ctx)
	return counts[domain.ItemReview], err
}

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
}

type column struct {
	Status domain.ItemStatus
	Label  string
	Count  int
	Cards  []ui.Card
	More   int // cards that the column has beyond those shown
	Hint   string
	Here   string // address of the board with longer columns
}

// query is what the address says about the board.
type query struct {
	Type      string
	Since     string // days
	Text      string
	Execution int64
	Long      bool
}

// Any reports whether something narrows the board.
func (q query) Any() bool {
	return q.Type != "" || q.Since != "" || q.Text != "" || q.Execution != 0
}

func readQuery(v url.Values) query {
	q := query{Text: strings.TrimSpace(v.Get("q")), Long: v.Get("long") != ""}
	if t := v.Get("type"); domain.ContentType(t).Valid() {
		q.Type = t
	}
	if _, err := strconv.Atoi(v.Get("since")); err == nil {
		q.Since = v.Get("since")
	}
	q.Execution, _ = strconv.ParseInt(v.Get("execution"), 10, 64) // not a number: no filter
	return q
}

func (q query) filter(now time.Time) content.BoardFilter {
	f := content.BoardFilter{
		ContentType: domain.ContentType(q.Type),
		ExecutionID: q.Execution,
		PerColumn:   shortColumn,
	}
	if q.Long {
		f.PerColumn = longColumn
	}
	if days, err := strconv.Atoi(q.Since); err == nil && days > 0 {
		f.Created.From = now.AddDate(0, 0, -days)
	}
	return f
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	sh, err := p.Shell(w, r, "/board", "Board")
	if err != nil {
		return err
	}
	q := readQuery(r.URL.Query())
	cols, err := p.Engine.Content.Board(r.Context(), q.filter(p.Now()))
	if err != nil {
		return err
	}
	v := view{
		Shell:   sh,
		Filter:  q,
		Types:   typeChoices(q.Type),
		Ages:    ui.AgeChoices(q.Since),
		Example: p.ExampleCall(r),
	}
	long := r.URL.Query()
	long.Set("long", "1")
	for _, c := range cols {
		col := columnOf(c, q.Text)
		col.Here = "/board?" + long.Encode()
		v.Columns = append(v.Columns, col)
		v.Total += c.Count
	}
	v.Empty = v.Total == 0 && !q.Any()
	return p.Render(w, r, http.StatusOK, "board", v)
}

var columnHints = map[domain.ItemStatus]string{
	domain.ItemGenerated: "Finished texts appear here.",
	domain.ItemReview:    "Texts waiting for review.",
	domain.ItemReady:     "Approved, ready to publish.",
	domain.ItemPublished: "Live in your feed.",
}

func columnOf(c content.Column, text string) column {
	col := column{Status: c.Status, Label: c.Status.Label(), Count: c.Count, Hint: columnHints[c.Status]}
	text = strings.ToLower(text)
	for _, item := range c.Items {
		if text == "" || strings.Contains(strings.ToLower(item.Title+" "+item.Preview), text) {
			col.Cards = append(col.Cards, ui.CardOf(item))
		}
	}
	col.More = c.Count - len(c.Items)
	return col
}

func typeChoices(on string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "All types", On: on == ""}}
	for _, t := range domain.ContentTypes() {
		list = append(list, ui.Choice{Value: string(t), Label: ui.Human(string(t)), On: on == string(t)})
	}
	return list
}
