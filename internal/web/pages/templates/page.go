// Package templates is the gallery of workflow templates, with suggestions for a use case.
package templates

import (
	"embed"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "templates",
		Files: files,
		Menu:  ui.Link{Group: ui.Create, Path: "/templates", Name: "Templates", Icon: "list-ordered", Keys: "g t"},
		Routes: []ui.Route{
			{Pattern: "GET /templates", Handle: p.show},
			{Pattern: "POST /templates", Handle: p.suggest}, // it may ask a model, so it is no GET
		},
	}
}

type view struct {
	ui.Shell
	Groups    []group
	UseCase   string
	Error     string // what is wrong with the use case
	Asked     bool
	Suggested work.Suggestions
	ByModel   bool
}

type group struct {
	Label string
	List  []row
}

type row struct {
	work.TemplateDetails
	Price string
}

func (p page) view(w http.ResponseWriter, r *http.Request) (v view, err error) {
	if v.Shell, err = p.Shell(w, r, "/templates", "Templates"); err != nil {
		return v, err
	}
	groups, err := p.Engine.Work.GroupedTemplates(r.Context())
	if err != nil {
		return v, err
	}
	for _, g := range groups {
		out := group{Label: g.Category.Label()}
		for _, t := range g.Templates {
			out.List = append(out.List, row{t, ui.PriceOf(domain.Capability{Credits: t.Credits}, v.Composer)})
		}
		v.Groups = append(v.Groups, out)
	}
	return v, nil
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "templates", v)
}

// suggest shows the templates that fit a use case, above all of them.
func (p page) suggest(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	v.UseCase = r.PostForm.Get("use_case")
	v.Suggested, err = p.Engine.Work.SuggestTemplates(r.Context(), v.UseCase)
	if domain.CodeOf(err) == domain.CodeValidation {
		v.Error = domain.AsError(err).Message
		return p.Render(w, r, http.StatusUnprocessableEntity, "templates", v)
	}
	if err != nil {
		return err
	}
	v.Asked, v.ByModel = true, v.Suggested.Method == work.SuggestedByModel
	return p.Render(w, r, http.StatusOK, "templates", v)
}
