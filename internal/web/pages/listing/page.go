// Package listing is the page of a listing: its texts, its score and what to do about it, what was written for it, and
// its history.
package listing

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const path = "/listings"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "listing",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.edit},
			{Pattern: "POST " + path + "/{id}/apply", Handle: p.apply},
			{Pattern: "POST " + path + "/{id}/push", Handle: p.push},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

// versions is how many versions the history shows.
const versions = 50

type view struct {
	ui.Shell
	partner.ListingDetails
	Ref      string
	ETag     string // of the form
	Now      string // the ETag of the listing as it is
	AWS      *pushView
	Faults   []string
	Parts    []part
	Trend    *ui.Chart // nil: there is one version
	Versions []domain.ListingVersion
	More     int // versions that are not shown
}

// part is the score of one part, with its name as people read it.
type part struct {
	Label string
	domain.ScorePart
}

func address(id int64) string { return path + "/" + domain.ListingRef(id) }

func listingID(r *http.Request) (int64, error) {
	id, ok := domain.ListingID(r.PathValue("id"))
	if !ok {
		return 0, domain.NotFound("Listing")
	}
	return id, nil
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	id, err := listingID(r)
	if err != nil {
		return err
	}
	d, err := p.Engine.Partner.Listing(r.Context(), id)
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, view{ListingDetails: d})
}

func (p page) render(w http.ResponseWriter, r *http.Request, status int, v view) (err error) {
	if v.Shell, err = p.Shell(w, r, path, v.ListingFields.Title); err != nil {
		return err
	}
	v.Ref = domain.ListingRef(v.ID)
	if v.ETag == "" {
		v.ETag = ui.ETag(int64(v.Revision))
	}
	v.Now = ui.ETag(int64(v.Revision))
	if v.AWS, err = p.pushing(r.Context(), v.ListingDetails); err != nil {
		return err
	}
	for _, s := range v.Score.Parts {
		v.Parts = append(v.Parts, part{ui.Human(s.Name), s})
	}
	l, err := p.Engine.Partner.ListingVersions(r.Context(), partner.ListingVersions{
		ID: v.ID, Page: domain.Page{Number: 1, Size: versions},
	})
	if err != nil {
		return err
	}
	v.Versions, v.More = l.Items, l.Total-len(l.Items)
	if len(l.Items) > 1 {
		v.Trend = trend(l.Items)
	}
	return p.Render(w, r, status, "listing", v)
}

// trend is the score of each version, oldest first.
func trend(newestFirst []domain.ListingVersion) *ui.Chart {
	c := ui.Chart{ID: "trend", Title: "Score by version", Line: true, Series: []ui.Series{{Name: "points"}}}
	for _, v := range slices.Backward(newestFirst) {
		c.Labels = append(c.Labels, "Version "+strconv.Itoa(v.N))
		c.Series[0].Values = append(c.Series[0].Values, int64(v.Overall))
	}
	first, last := newestFirst[len(newestFirst)-1], newestFirst[0]
	c.Description = "The score went from " + strconv.Itoa(first.Overall) + " to " + strconv.Itoa(last.Overall) + "."
	return &c
}

// edit stores the form. What a person has typed is there again where it is refused.
func (p page) edit(w http.ResponseWriter, r *http.Request) error {
	id, err := listingID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := read(r)
	in.ID = id
	out, err := ui.Once(r, func(ctx context.Context) (partner.ListingDetails, error) {
		return p.Engine.Partner.EditListing(ctx, in)
	}, func(d partner.ListingDetails) ui.Outcome {
		message := "The listing was saved. Its score is " + strconv.Itoa(d.Score.Overall) + "."
		return ui.Outcome{Path: address(d.ID), Message: message}
	})
	e := domain.AsError(err)
	if err == nil {
		return p.Finish(w, r, out)
	}
	if e.Code != domain.CodeValidation && e.Code != domain.CodePreconditionFailed {
		return err
	}
	d, err := p.Engine.Partner.Listing(r.Context(), id)
	if err != nil {
		return err
	}
	d.Title = *in.Title
	in.Apply(&d.ListingFields)
	v := view{ListingDetails: d, Faults: ui.FaultsOf(e), ETag: r.PostForm.Get("etag")}
	if e.Code == domain.CodePreconditionFailed {
		v.ETag = "" // a person who saves again has seen that somebody else has saved
		v.Faults = []string{"Somebody else saved this listing meanwhile. Compare its history, then save again to replace it."}
	}
	return p.render(w, r, http.StatusUnprocessableEntity, v)
}

// read reads the form of a listing.
func read(r *http.Request) partner.EditListing {
	text := func(name string) *string {
		s := strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n")
		return &s
	}
	lines := func(name string) *[]string {
		list := []string{}
		for line := range strings.Lines(*text(name)) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
		return &list
	}
	return partner.EditListing{
		Title: text("title"), Reason: *text("reason"), Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
		ListingEdit: domain.ListingEdit{
			ShortDescription: text("short_description"), LongDescription: text("long_description"),
			Highlights: lines("highlights"), Keywords: lines("keywords"), Categories: lines("categories"),
			LogoURL: text("logo_url"), VideoURL: text("video_url"), Support: text("support_description"),
		},
	}
}

// apply puts the text of an item into the listing.
func (p page) apply(w http.ResponseWriter, r *http.Request) error {
	id, err := listingID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	item, _ := strconv.ParseInt(r.PostForm.Get("content_id"), 10, 64) // what is no number names no item
	out, err := ui.Once(r, func(ctx context.Context) (partner.ListingDetails, error) {
		return p.Engine.Partner.ApplyToListing(ctx, partner.ApplyToListing{
			ID: id, ContentID: item, Field: domain.ListingText(r.PostForm.Get("field")),
		})
	}, func(d partner.ListingDetails) ui.Outcome {
		return ui.Outcome{Path: address(d.ID), Message: "The text was applied as version " + strconv.Itoa(d.Revision) + "."}
	})
	if err != nil {
		return p.Refuse(w, r, address(id), err)
	}
	return p.Finish(w, r, out)
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := listingID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	if err := p.Engine.Partner.DeleteListing(r.Context(), verb.ID{ID: id}); err != nil {
		return p.Refuse(w, r, address(id), err)
	}
	return p.Finish(w, r, ui.Outcome{Path: path, Message: "The listing was deleted."})
}
