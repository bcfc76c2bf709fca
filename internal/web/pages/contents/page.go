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
	zone, err := p.Zone(r.Context(), sh)
	if err != nil {
		return err
	}
	for _, c := range list.Items {
		v.Rows = append(v.Rows, ui.CardOf(c, zone))
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
