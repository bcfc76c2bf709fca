package template

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

// plan shows what an execution would do, below the form as it was filled in.
func (p page) plan(w http.ResponseWriter, r *http.Request) error {
	v, in, err := p.posted(w, r)
	if err != nil {
		return err
	}
	if len(v.Faults) > 0 {
		return p.Render(w, r, http.StatusUnprocessableEntity, "template", v)
	}
	plan, err := p.Engine.Work.PlanTemplate(r.Context(), in)
	if err != nil {
		return p.refused(w, r, v, err)
	}
	if !plan.Valid() {
		return p.refused(w, r, v, &domain.Error{Code: domain.CodeValidation, Fields: plan.Faults})
	}
	if v.Plan = &plan; v.MaxCredits == "" {
		v.MaxCredits = strconv.Itoa(plan.Held)
	}
	return p.Render(w, r, http.StatusOK, "template", v)
}

// run starts an execution, or shows the form again with what is wrong.
func (p page) run(w http.ResponseWriter, r *http.Request) error {
	v, in, err := p.posted(w, r)
	if err != nil {
		return err
	}
	v.Started = true
	if len(v.Faults) > 0 {
		return p.Render(w, r, http.StatusUnprocessableEntity, "template", v)
	}
	out, err := ui.Once(r, func(ctx context.Context) (work.Started, error) {
		return p.Engine.Work.ExecuteTemplate(ctx, in)
	}, func(st work.Started) ui.Outcome {
		return ui.Outcome{Path: ui.ExecutionPath(st.Execution.ID), Message: "Execution started."}
	})
	if err != nil {
		return p.refused(w, r, v, err)
	}
	return p.Finish(w, r, out)
}

// posted reads the form. What cannot be read is in the faults of the view.
func (p page) posted(w http.ResponseWriter, r *http.Request) (v view, in work.ExecuteTemplate, err error) {
	if err := ui.ReadForm(r); err != nil {
		return v, in, err
	}
	if v, err = p.view(w, r); err != nil {
		return v, in, err
	}
	v.Fields.Post(r.PostForm)
	if err := p.ListChosen(r.Context(), v.Fields); err != nil {
		return v, in, err
	}
	inputs, valid := v.Fields.Settings()
	if !valid {
		v.Faults = v.Fields.Faults()
	}
	most, ok := maxCredits(v.MaxCredits)
	if !ok {
		v.Faults = append(v.Faults, ui.Fault{ID: "f-max_credits", Label: "Credit limit", Message: "Enter a whole number."})
	}
	raw, err := json.Marshal(inputs)
	if err != nil {
		return v, in, fmt.Errorf("write the inputs: %w", err)
	}
	return v, work.ExecuteTemplate{Template: v.Template.Slug, Inputs: raw, Notify: v.Notify, MaxCredits: most}, nil
}

// refused shows the form again with a summary of what is wrong.
func (p page) refused(w http.ResponseWriter, r *http.Request, v view, err error) error {
	e := domain.AsError(err)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return err
	}
	general := v.Fields.Blame(e)
	v.Faults = v.Fields.Faults()
	for _, m := range general {
		v.Faults = append(v.Faults, ui.Fault{Message: m})
	}
	return p.Render(w, r, e.Code.Status(), "template", v)
}
