// Package listings is the list of listings, and the form that creates one.
package listings

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/web/ui"
)

//go:embed *.html
var files embed.FS

const (
	path    = "/listings"
	perPage = 50
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "listings",
		Files: files,
		Menu:  ui.Link{Group: ui.Manage, Path: path, Name: "Listings", Icon: "tag", Keys: "g l"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path, Handle: p.create},
		},
	}
}

type view struct {
	ui.Shell
	Search   string
	Types    []ui.Choice
	Grades   []ui.Choice
	Filtered bool
	Listings []row
	Newer    string // address of the page before; "" for none
	Older    string
	Add      bool // the form is open
	Title    string
	Kinds    []ui.Choice
	Faults   []string
	AWS      domain.AWSConnection // zero: there is none
}

type row struct {
	domain.Listing
	Ref string
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	return p.list(w, r, http.StatusOK, view{Add: r.URL.Query().Has("new")})
}

func (p page) list(w http.ResponseWriter, r *http.Request, status int, v view) (err error) {
	q := r.URL.Query()
	if v.Shell, err = p.Shell(w, r, path, "Listings"); err != nil {
		return err
	}
	if v.AWS, err = p.Engine.Partner.AWSConnection(r.Context()); err != nil {
		return err
	}
	v.Search = q.Get("q")
	v.Types = choices("All types", q.Get("type"), domain.CatalogSaaS.Values())
	v.Grades = choices("All grades", q.Get("grade"), domain.Grade("").Values())
	v.Kinds = choices("", r.PostForm.Get("catalog_type"), domain.CatalogSaaS.Values())[1:]
	v.Filtered = v.Search != "" || q.Get("type") != "" || q.Get("grade") != ""
	number, err := strconv.Atoi(q.Get("page"))
	if err != nil || number < 1 || number > domain.LimitPage.Max {
		number = 1
	}
	l, err := p.Engine.Partner.Listings(r.Context(), partner.ListListings{
		Text: v.Search, CatalogType: domain.CatalogType(q.Get("type")), Grade: domain.Grade(q.Get("grade")),
		Page: domain.Page{Number: number, Size: perPage},
	})
	if err != nil {
		return err
	}
	for _, x := range l.Items {
		v.Listings = append(v.Listings, row{x, domain.ListingRef(x.ID)})
	}
	to := func(n int) string {
		return path + "?" + url.Values{
			"q": {v.Search}, "type": {q.Get("type")}, "grade": {q.Get("grade")}, "page": {strconv.Itoa(n)},
		}.Encode()
	}
	if number > 1 {
		v.Newer = to(number - 1)
	}
	if number*perPage < l.Total {
		v.Older = to(number + 1)
	}
	return p.Render(w, r, status, "listings", v)
}

// choices are the options of a field whose values are named as people read them.
func choices(all, on string, values []string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: all, On: on == ""}}
	for _, v := range values {
		label := domain.CatalogType(v).Label()
		if label == "" {
			label = v
		}
		list = append(list, ui.Choice{Value: v, Label: label, On: v == on})
	}
	return list
}

// create creates a listing. What a person has typed is there again where it is refused.
func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := partner.CreateListing{
		Title: r.PostForm.Get("title"), CatalogType: domain.CatalogType(r.PostForm.Get("catalog_type")),
	}
	out, err := ui.Once(r, func(ctx context.Context) (partner.ListingDetails, error) {
		return p.Engine.Partner.CreateListing(ctx, in)
	}, func(d partner.ListingDetails) ui.Outcome {
		return ui.Outcome{Path: path + "/" + domain.ListingRef(d.ID), Message: "The listing was created."}
	})
	switch e := domain.AsError(err); {
	case err == nil:
		return p.Finish(w, r, out)
	case e.Code == domain.CodeValidation || e.Code == domain.CodeConflict:
		return p.list(w, r, http.StatusUnprocessableEntity, view{Add: true, Title: in.Title, Faults: ui.FaultsOf(e)})
	}
	return err
}
