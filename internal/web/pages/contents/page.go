// Package contents is the list of content items, with search, filters and orders, and
// the form that writes one by hand.
package contents

import (
	"embed"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css *.js
var files embed.FS

const (
	path    = "/contents"
	newPath = "/contents/new"
	perPage = 50
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "contents",
		Files: files,
		Menu:  ui.Link{Group: ui.Manage, Path: path, Name: "Content", Icon: "list", Keys: "g c"},
		Routes: []ui.Route{
			{Pattern: "GET /contents", Handle: p.show},
			{Pattern: "POST /contents/move", Handle: p.move},
			{Pattern: "GET /contents/new", Handle: p.ask},
			{Pattern: "POST /contents/new", Handle: p.create},
		},
	}
}

// view is what the page shows: the list, or the form of a new item.
type view struct {
	ui.Shell
	Filter   query
	Statuses []ui.Choice
	Types    []ui.Choice
	Heads    []head
	Rows     []ui.Card
	Total    int
	From     int // position of the first row shown, from 1
	Until    int
	Newer    string
	Older    string
	Example  string
	// MostMoved is how many items may move at once.
	MostMoved int

	Form *form // of a new item; nil: the list
}

// Columns lists the columns of the board that items may move to.
func (v view) Columns() []domain.ItemStatus { return domain.ItemStatuses() }

// head is the head of a column of the table. Sort is what aria-sort says of it; Href is
// empty where the column has no order.
type head struct {
	Label, Href, Sort string
	Wide              bool // it is left out on a phone
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	sh, err := p.Shell(w, r, path, "Content")
	if err != nil {
		return err
	}
	q := readQuery(r.URL.Query())
	list, err := p.Engine.Content.ListItems(r.Context(), q.list())
	if err != nil {
		return err
	}
	v := view{
		Shell:     sh,
		Filter:    q,
		Statuses:  statusChoices(q.Status),
		Types:     typeChoices(q.Type, "All types"),
		Heads:     headsOf(q),
		Total:     list.Total,
		Example:   p.ExampleCall(r),
		MostMoved: domain.LimitBulkMove.Max,
	}
	for _, c := range list.Items {
		v.Rows = append(v.Rows, ui.CardOf(c))
	}
	if len(v.Rows) > 0 {
		v.From = (q.Page-1)*perPage + 1
		v.Until = v.From + len(v.Rows) - 1
	}
	if q.Page > 1 {
		v.Newer = q.href(func(q *query) { q.Page-- })
	}
	if v.Until < v.Total && len(v.Rows) > 0 {
		v.Older = q.href(func(q *query) { q.Page++ })
	}
	return p.Render(w, r, http.StatusOK, "contents", v)
}

func statusChoices(on string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "All columns", On: on == ""}}
	for _, s := range domain.ItemStatuses() {
		list = append(list, ui.Choice{Value: string(s), Label: s.Label(), On: on == string(s)})
	}
	return list
}

// typeChoices are the content types, with a choice for none unless its label is empty.
func typeChoices(on, none string) []ui.Choice {
	var list []ui.Choice
	if none != "" {
		list = append(list, ui.Choice{Value: "", Label: none, On: on == ""})
	}
	for _, t := range domain.ContentTypes() {
		list = append(list, ui.Choice{Value: string(t), Label: ui.Human(string(t)), On: on == string(t)})
	}
	return list
}
