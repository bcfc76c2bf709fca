// Package capability is the form that runs a capability.
package capability

import (
	"embed"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "capability",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET /capabilities/{slug}", Handle: p.show},
			{Pattern: "POST /capabilities/{slug}", Handle: p.run},
			{Pattern: "POST /capabilities/{slug}/call", Handle: p.call},
		},
	}
}

// view is the form with what is shown beside it.
type view struct {
	ui.Shell
	Capability work.CapabilityDetails
	Price      string
	Writes     bool // it generates text
	Credits    domain.Balance
	Fields     ui.Fields
	Agents     []ui.Choice
	Priorities []ui.Choice
	Errors     []fieldError
	Call       ui.Call
	Past       []ui.ExecutionRow
	Refused    string // why this person may not run it; "" where nothing forbids it
	From       int64  // the execution whose inputs are filled in; 0: none
	Notify     bool   // when it is complete
}

// fieldError is one line of the summary above the form.
type fieldError struct {
	ID, Label, Message string // ID and Label are empty where it belongs to no field
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
	if err := p.fillFromExecution(r, &v); err != nil {
		return err
	}
	if err := p.ListChosen(r.Context(), v.Fields); err != nil {
		return err
	}
	settings, _ := v.Fields.Settings()
	v.Call = p.callOf(r, v.Capability.Slug, settings)
	return p.Render(w, r, http.StatusOK, "capability", v)
}

// fillFromExecution fills in the inputs of a past execution.
func (p page) fillFromExecution(r *http.Request, v *view) error {
	id, err := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	if err != nil {
		return nil //nolint:nilerr // not a number: nothing to start from
	}
	d, err := p.Engine.Work.Execution(r.Context(), id)
	if err != nil {
		return err
	}
	v.From = id
	v.Fields.Fill(d.Settings)
	return nil
}

func (p page) view(w http.ResponseWriter, r *http.Request) (v view, err error) {
	ctx := r.Context()
	c, err := p.Engine.Work.Capability(ctx, r.PathValue("slug"))
	if err != nil {
		return v, err
	}
	v = view{Capability: c, Writes: c.NeedsModel && len(c.Effects) > 0, Notify: notify(r)}
	if v.Shell, err = p.Shell(w, r, "/capabilities", c.Name); err != nil {
		return v, err
	}
	if v.Fields, err = p.fields(r, c); err != nil {
		return v, err
	}
	if v.Credits, err = p.Engine.Account.Credits(ctx); err != nil {
		return v, err
	}
	agents, err := p.Engine.Content.Agents(ctx, content.ListAgents{
		ActiveOnly: true,
		Page:       domain.Page{Number: 1, Size: domain.MostAgents},
	})
	if err != nil {
		return v, err
	}
	v.Agents = agentChoices(agents.Items, c.Slug, r.PostForm.Get("agent_id"))
	v.Priorities = ui.PriorityChoices(r.PostForm.Get("priority"))[1:]
	past, err := p.Engine.Work.Executions(ctx, work.ListExecutions{
		Capability: c.Slug,
		Page:       domain.Page{Number: 1, Size: 5},
	})
	if err != nil {
		return v, err
	}
	for _, x := range past.Items {
		v.Past = append(v.Past, ui.RowOf(x, p.Now()))
	}
	if actor, ok := domain.ActorFrom(ctx); ok {
		if err := actor.RequireAll(domain.EffectScopes(c.Effects)); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	if len(c.MissingExtensions) > 0 {
		v.Refused = "Only a model can do this, and none is connected"
	}
	v.Price = ui.PriceOf(c.Capability, v.Composer)
	return v, nil
}

func (p page) fields(r *http.Request, c work.CapabilityDetails) (ui.Fields, error) {
	fields := ui.FieldsOf(c.Schema)
	return fields, p.FillChoices(r.Context(), fields)
}

func agentChoices(agents []domain.Agent, slug, on string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "Choose automatically", On: on == ""}}
	for _, a := range agents {
		if id := strconv.FormatInt(a.ID, 10); a.Can(slug) {
			list = append(list, ui.Choice{Value: id, Label: a.Name, On: id == on})
		}
	}
	return list
}

// notify reports whether the person wants to be notified of the end.
func notify(r *http.Request) bool { return r.PostForm.Get("notify") != "" }
