package capability

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

// run starts an execution, or shows the form again with what is wrong.
func (p page) run(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	v, err := p.view(w, r)
	if err != nil {
		return err
	}
	v.Fields.Post(r.PostForm)
	if err := p.ListChosen(r.Context(), v.Fields); err != nil {
		return err
	}
	settings, valid := v.Fields.Settings()
	v.Call = p.callOf(r, v.Capability.Slug, settings)
	if !valid {
		return p.showAgain(w, r, http.StatusUnprocessableEntity, v, nil)
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	out, err := ui.Once(r, func(ctx context.Context) (work.Started, error) {
		return p.Engine.Work.Execute(ctx, work.Execute{
			Capability: v.Capability.Slug,
			AgentID:    agentID(r),
			Settings:   raw,
			Priority:   domain.Priority(r.PostForm.Get("priority")),
			Notify:     notify(r),
		})
	}, func(st work.Started) ui.Outcome {
		return ui.Outcome{Path: ui.ExecutionPath(st.Execution.ID), Message: "Execution started."}
	})
	if err != nil {
		e := domain.AsError(err)
		if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
			return err
		}
		return p.showAgain(w, r, e.Code.Status(), v, v.Fields.Blame(e))
	}
	return p.Finish(w, r, out)
}

// agentID is the chosen agent; 0 leaves the choice to the engine.
func agentID(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PostForm.Get("agent_id"), 10, 64) // not a number: none chosen
	return id
}

// showAgain shows the form with a summary of what is wrong; each line links to its
// field.
func (p page) showAgain(w http.ResponseWriter, r *http.Request, status int, v view, general []string) error {
	for _, f := range v.Fields {
		for _, m := range f.Errors {
			v.Errors = append(v.Errors, fieldError{f.ID(), f.Label, m})
		}
	}
	for _, m := range general {
		v.Errors = append(v.Errors, fieldError{Message: m})
	}
	return p.Render(w, r, status, "capability", v)
}

// call writes the API call that the form would make as it is now.
func (p page) call(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	c, err := p.Engine.Work.Capability(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	fields := ui.FieldsOf(c.Schema)
	fields.Post(r.PostForm)
	settings, _ := fields.Settings()
	return p.RenderPart(w, http.StatusOK, "capability", "call", p.callOf(r, c.Slug, settings))
}

// executeBody is what the form posts to the API.
type executeBody struct {
	Settings map[string]any `json:"settings"`
	AgentID  int64          `json:"agent_id,omitempty"`
	Priority string         `json:"priority,omitempty"`
	Notify   bool           `json:"notify_on_complete,omitempty"`
}

func (p page) callOf(r *http.Request, slug string, settings map[string]any) ui.Call {
	body := executeBody{Settings: settings, AgentID: agentID(r), Notify: notify(r)}
	if priority := r.PostForm.Get("priority"); priority != string(domain.PriorityNormal) {
		body.Priority = priority
	}
	return ui.CallTo(ui.ExecuteURL(p.Origin(r), slug), body)
}
