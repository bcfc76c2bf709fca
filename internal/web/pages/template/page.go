// Package template is the page of one workflow template: its steps, and the form that plans
// and runs it.
package template

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

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
		Name:  "template",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET /templates/{slug}", Handle: p.show},
			{Pattern: "POST /templates/{slug}", Handle: p.run},
			{Pattern: "POST /templates/{slug}/plan", Handle: p.plan},
		},
	}
}

// view is the form with what is shown beside it.
type view struct {
	ui.Shell
	Template   work.TemplateDetails
	Price      string
	Steps      []step
	Graph      ui.Graph
	Fields     ui.Fields
	Faults     []ui.Fault
	MaxCredits string
	Notify     bool
	Broken     bool // this version cannot read the template
	Plan       *work.Plan
	Started    bool // a run was refused, not a plan
}

// step is a step in the list beside the drawing.
type step struct {
	domain.TemplateStep
	Name, After string
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	for i := range v.Fields {
		if value := q.Get(v.Fields[i].Name); value != "" {
			v.Fields[i].Choose(value)
		}
	}
	return p.Render(w, r, http.StatusOK, "template", v)
}

func (p page) view(w http.ResponseWriter, r *http.Request) (v view, err error) {
	t, err := p.Engine.Work.Template(r.Context(), r.PathValue("slug"))
	if err != nil {
		return v, err
	}
	v = view{Template: t, Broken: t.Inputs == nil, Notify: r.PostForm.Get("notify") != ""}
	v.MaxCredits = r.PostForm.Get("max_credits")
	if v.Shell, err = p.Shell(w, r, "/templates", t.Name); err != nil {
		return v, err
	}
	v.Price = ui.PriceOf(domain.Capability{Credits: t.Credits}, v.Composer)
	for _, s := range t.Steps {
		after := make([]string, len(s.DependsOn))
		for i, key := range s.DependsOn {
			after[i] = ui.Human(key)
		}
		v.Steps = append(v.Steps, step{s, ui.Human(s.Key), strings.Join(after, ", ")})
	}
	if v.Broken {
		return v, nil
	}
	v.Graph = ui.Draw(drawn(t.Steps))
	v.Fields = ui.FieldsOf(t.Inputs)
	for i := range v.Fields {
		v.Fields[i].Path = "inputs." + v.Fields[i].Name
	}
	return v, p.FillChoices(r.Context(), v.Fields)
}

// drawn are the steps as the drawing names them: a box leads to the step's place in the list.
func drawn(steps []domain.TemplateStep) (list []ui.GraphStep) {
	for _, s := range steps {
		g := ui.GraphStep{ID: "step-" + s.Key, Name: ui.Human(s.Key), Kind: s.Capability, Conditional: s.When != ""}
		for _, key := range s.DependsOn {
			g.After = append(g.After, "step-"+key)
		}
		list = append(list, g)
	}
	return list
}

// maxCredits is the limit that was typed; false where it is no number.
func maxCredits(typed string) (*int, bool) {
	if typed == "" {
		return nil, true
	}
	n, err := strconv.Atoi(typed)
	return &n, err == nil
}
