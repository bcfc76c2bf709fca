// Package triggers is the list of triggers: what starts templates, when next, and what came
// of the last firing.
package triggers

import (
	"context"
	"embed"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

//go:embed *.html
var files embed.FS

const path = "/triggers"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "triggers",
		Files: files,
		Menu: ui.Link{
			Group: ui.Create,
			Path:  path,
			Name:  "Triggers",
			Icon:  "clock",
			Keys:  "g r",
		},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path + "/{id}/toggle", Handle: p.toggle},
		},
	}
}

type view struct {
	ui.Shell
	Rows    []row
	Refused string // why this person may not change them; "" where nothing forbids it
}

// row is a trigger with the newest entry of its history.
type row struct {
	work.TriggerDetails
	When string
	Last *domain.Firing // nil: none
	Tone string         // of the last outcome
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	sh, err := p.Shell(w, r, path, "Triggers")
	if err != nil {
		return err
	}
	list, err := p.Engine.Work.Triggers(r.Context(), domain.Page{Number: 1, Size: domain.MostTriggers})
	if err != nil {
		return err
	}
	v := view{Shell: sh}
	if actor, ok := domain.ActorFrom(r.Context()); ok {
		if err := actor.Require(domain.ScopeWrite); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	ids := make([]int64, len(list.Items))
	for i, t := range list.Items {
		ids[i] = t.ID
	}
	last, err := p.Engine.Work.LastFirings(r.Context(), ids)
	if err != nil {
		return err
	}
	for _, t := range list.Items {
		x := row{TriggerDetails: t, When: t.Sentence + " (" + t.Timezone + ")"}
		if t.Type == domain.TriggerEvent {
			x.When = "After " + string(t.Event)
		}
		if f, ok := last[t.ID]; ok {
			x.Last = &f
		}
		v.Rows = append(v.Rows, x)
	}
	return p.Render(w, r, http.StatusOK, "triggers", v)
}

// toggle switches a trigger.
func (p page) toggle(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	on := r.PostForm.Get("enabled") == "true"
	out, err := ui.Once(r, func(ctx context.Context) (work.TriggerDetails, error) {
		return p.Engine.Work.ToggleTrigger(ctx, work.ToggleTrigger{ID: id, Enabled: &on})
	}, func(t work.TriggerDetails) ui.Outcome {
		message := "“" + t.Name + "” is off."
		if t.Enabled {
			message = "“" + t.Name + "” is on."
		}
		return ui.Outcome{Path: path, Message: message}
	})
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	return p.Finish(w, r, out)
}
