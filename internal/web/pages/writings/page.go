// Package writings is the list of the texts that a person has had written.
package writings

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const (
	path    = "/write/texts"
	perPage = 50
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "writings",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

type view struct {
	ui.Shell
	Search     string
	Texts      []studio.GeneratedText
	Total      int
	Newer      string // address of the page before; "" for none
	Older      string
	Unfiltered bool
}

func (p page) show(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := view{Search: q.Get("q"), Unfiltered: q.Get("q") == ""}
	if v.Shell, err = p.Shell(w, r, "/write", "Your texts"); err != nil {
		return err
	}
	number, err := strconv.Atoi(q.Get("page"))
	if err != nil || number < 1 || number > domain.LimitPage.Max {
		number = 1
	}
	l, err := p.Engine.Studio.Outputs(r.Context(), studio.ListOutputs{
		Search: v.Search, Page: domain.Page{Number: number, Size: perPage},
	})
	if err != nil {
		return err
	}
	v.Texts, v.Total = l.Items, l.Total
	to := func(n int) string {
		return path + "?" + url.Values{"q": {v.Search}, "page": {strconv.Itoa(n)}}.Encode()
	}
	if number > 1 {
		v.Newer = to(number - 1)
	}
	if number*perPage < l.Total {
		v.Older = to(number + 1)
	}
	return p.Render(w, r, http.StatusOK, "writings", v)
}

// remove deletes a text. Items that it was saved as stay.
func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Studio.DeleteOutput(ctx, id)
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The text was deleted."} })
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	return p.Finish(w, r, out)
}
