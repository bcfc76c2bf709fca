// Package agents is the list of agents, with what each can run and its limits.
package agents

import (
	"embed"
	"maps"
	"net/http"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

//go:embed *.html
var files embed.FS

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "agents",
		Files: files,
		Menu: ui.Link{
			Group: ui.Create,
			Path:  "/agents",
			Name:  "Agents",
			Icon:  "bot",
			Keys:  "g a",
		},
		Routes: []ui.Route{{Pattern: "GET /agents", Handle: p.show}},
	}
}

type view struct {
	ui.Shell
	Agents []row
}

type row struct {
	domain.Agent
	Writer     string
	BrandVoice string // its own; empty for none
	Policies   []policy
}

type policy struct{ Guardrail, Action string }

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	sh, err := p.Shell(w, r, "/agents", "Agents")
	if err != nil {
		return err
	}
	list, err := p.Engine.Content.Agents(
		r.Context(),
		content.ListAgents{Page: domain.Page{Number: 1, Size: domain.MostAgents}},
	)
	if err != nil {
		return err
	}
	voices, err := p.Engine.Content.BrandVoices(r.Context(), domain.Page{Number: 1, Size: domain.MostBrandVoices})
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, v := range voices.Items {
		names[v.ID] = v.Name
	}
	v := view{Shell: sh}
	for _, a := range list.Items {
		x := rowOf(a)
		x.BrandVoice = names[a.BrandVoiceID]
		v.Agents = append(v.Agents, x)
	}
	return p.Render(w, r, http.StatusOK, "agents", v)
}

func rowOf(a domain.Agent) row {
	x := row{Agent: a, Writer: "The default model"}
	if a.Provider != "" {
		x.Writer = a.Provider + " " + a.Model
	}
	if a.Type == domain.AgentExternal {
		x.Writer = a.External.URL
	}
	for _, g := range slices.Sorted(maps.Keys(a.GuardrailPolicy)) {
		x.Policies = append(x.Policies, policy{ui.Human(g), a.GuardrailPolicy[g]})
	}
	return x
}
