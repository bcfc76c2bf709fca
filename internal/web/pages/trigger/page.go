// Package trigger is the form that creates and changes a trigger, with what it would do and
// its history.
package trigger

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/expression/rows"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

const path = "/triggers"

// historyLength is how many firings the page shows.
const historyLength = 50

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "trigger",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path + "/new", Handle: p.showNew},
			{Pattern: "POST " + path + "/new", Handle: p.create},
			{Pattern: "POST " + path + "/preview", Handle: p.preview},
			{Pattern: "POST " + path + "/inputs", Handle: p.inputs},
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.save},
			{Pattern: "POST " + path + "/{id}/fire", Handle: p.fire},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

// view is the form, and beside it what the trigger would do and has done.
type view struct {
	ui.Shell
	ID        int64 // 0: a new one
	Action    string
	Templates []ui.Choice // to choose from
	Choosing  bool        // no template is chosen yet
	Form      form
	Preview   previewView
	History   []domain.Firing
	Asking    bool   // its deletion is being confirmed
	Refused   string // why this person may not change it; "" where nothing forbids it
}

// previewView is what the trigger would do.
type previewView struct {
	work.DryRun
	Problem string      // why that is not known
	Cron    string      // that the form has made
	On      bool        // it is an event trigger
	Filter  string      // that the form stands for
	Fields  rows.Fields // of the event
}

func pathOf(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

func (p page) showNew(w http.ResponseWriter, r *http.Request) error {
	slug := r.URL.Query().Get("template")
	if slug == "" {
		return p.showForm(w, r, http.StatusOK, work.TriggerDetails{}, form{})
	}
	t := work.TriggerDetails{Trigger: domain.Trigger{
		Template: slug, Type: domain.TriggerSchedule, Enabled: true, Cron: "0 9 * * 1-5",
	}}
	f, err := p.formOf(r.Context(), t)
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, t, f)
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	t, err := p.triggerOf(r)
	if err != nil {
		return err
	}
	f, err := p.formOf(r.Context(), t)
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, t, f)
}

// triggerOf reads the trigger of the address.
func (p page) triggerOf(r *http.Request) (work.TriggerDetails, error) {
	id, err := ui.PathID(r)
	if err != nil {
		return work.TriggerDetails{}, err
	}
	return p.Engine.Work.Trigger(r.Context(), id)
}

func (p page) showForm(
	w http.ResponseWriter, r *http.Request, status int, t work.TriggerDetails, f form,
) (err error) {
	v := view{ID: t.ID, Action: path + "/new", Form: f, Asking: r.URL.Query().Has("delete")}
	title := "New trigger"
	if t.ID != 0 {
		v.Action, title = pathOf(t.ID), t.Name
		l, err := p.Engine.Work.Firings(r.Context(), t.ID, domain.Page{Number: 1, Size: historyLength})
		if err != nil {
			return err
		}
		v.History = l.Items
	}
	list, err := p.Engine.Work.Templates(r.Context(), work.ListTemplates{})
	if err != nil {
		return err
	}
	for _, t := range list {
		v.Templates = append(v.Templates, ui.Choice{Value: t.Slug, Label: t.Name, On: t.Slug == f.Template})
	}
	if v.Choosing = f.Template == ""; !v.Choosing {
		if v.Preview, err = p.previewOf(r.Context(), f); err != nil {
			return err
		}
	}
	if actor, ok := domain.ActorFrom(r.Context()); ok {
		if err := actor.Require(domain.ScopeWrite); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	if v.Shell, err = p.Shell(w, r, path, title); err != nil {
		return err
	}
	return p.Render(w, r, status, "trigger", v)
}

// previewOf says what the trigger of a form would do.
func (p page) previewOf(ctx context.Context, f form) (previewView, error) {
	in := f.trigger()
	v := previewView{On: in.Type == domain.TriggerEvent, Filter: f.Filter.Value(), Fields: f.Filter.Fields}
	if in.Schedule != nil {
		v.Cron = in.Schedule.Cron
	}
	if v.On && in.Event.Name == "" {
		v.Problem = "Choose an event to see which of the last ones would have fired it."
		return v, nil
	}
	if v.On && !f.Filter.Valid() {
		v.Problem = f.Filter.Faults()[0].Message
		return v, nil
	}
	in.Template, in.Inputs = nil, nil // what is missing there says the form when it is sent
	out, err := p.Engine.Work.DryRunTrigger(ctx, in)
	if domain.CodeOf(err) == domain.CodeValidation {
		v.Problem = domain.AsError(err).Message
		return v, nil
	}
	v.DryRun = out
	return v, err
}

// preview shows what the form would do as it is now.
func (p page) preview(w http.ResponseWriter, r *http.Request) error {
	f, err := p.readForm(r, work.TriggerDetails{})
	if err != nil {
		return err
	}
	v, err := p.previewOf(r.Context(), f)
	if err != nil {
		return err
	}
	return p.RenderPart(w, http.StatusOK, "trigger", "preview", v)
}

// inputs shows the inputs of the template that was just chosen.
func (p page) inputs(w http.ResponseWriter, r *http.Request) error {
	f, err := p.readForm(r, work.TriggerDetails{})
	if err != nil {
		return err
	}
	return p.RenderPart(w, http.StatusOK, "trigger", "inputs", f)
}

// create creates a trigger from the form.
func (p page) create(w http.ResponseWriter, r *http.Request) error {
	f, err := p.readForm(r, work.TriggerDetails{})
	if err != nil {
		return err
	}
	if r.PostForm.Has("try") {
		f.Filter.Change(r.PostForm.Get("try"))
		return p.showForm(w, r, http.StatusOK, work.TriggerDetails{}, f)
	}
	out, err := ui.Once(r, func(ctx context.Context) (work.TriggerDetails, error) {
		if !f.valid {
			return work.TriggerDetails{}, errForm
		}
		return p.Engine.Work.CreateTrigger(ctx, f.trigger())
	}, func(t work.TriggerDetails) ui.Outcome {
		return ui.Outcome{Path: pathOf(t.ID), Message: "“" + t.Name + "” was created."}
	})
	if err != nil {
		return p.refuse(w, r, work.TriggerDetails{}, f, err)
	}
	return p.Finish(w, r, out)
}

// save changes the trigger as the form says.
func (p page) save(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	t, err := p.triggerOf(r)
	if err != nil {
		return err
	}
	f, err := p.readForm(r, t)
	if err != nil {
		return err
	}
	if r.PostForm.Has("try") {
		f.Filter.Change(r.PostForm.Get("try"))
		return p.showForm(w, r, http.StatusOK, t, f)
	}
	out, err := ui.Once(r, func(ctx context.Context) (work.TriggerDetails, error) {
		if !f.valid {
			return work.TriggerDetails{}, errForm
		}
		return p.Engine.Work.EditTrigger(ctx, work.EditTrigger{
			ID: t.ID, TriggerEdit: f.trigger().TriggerEdit, Precondition: verb.Precondition{IfMatch: f.ETag},
		})
	}, func(t work.TriggerDetails) ui.Outcome {
		return ui.Outcome{Path: pathOf(t.ID), Message: "“" + t.Name + "” was saved."}
	})
	if err != nil {
		return p.refuse(w, r, t, f, err)
	}
	return p.Finish(w, r, out)
}

// errForm says that a field of the form does not hold its type; the fields say which.
var errForm = &domain.Error{Code: domain.CodeValidation, Message: "Fix the fields that are marked."}

// refuse shows the form again with what the person wrote and what is wrong.
func (p page) refuse(w http.ResponseWriter, r *http.Request, t work.TriggerDetails, f form, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause
	}
	f.Problem = "This was not saved. What you wrote is still here. Fix these first:"
	switch {
	case e.Code == domain.CodePreconditionFailed:
		f.Problem = "Someone saved this trigger while you were editing. Your changes are still here. " +
			"Save again to put them in place of theirs."
		f.ETag = ui.ETag(t.Revision())
	case e != errForm:
		f.blame(e)
	}
	return p.showForm(w, r, e.Code.Status(), t, f)
}

// fire fires the trigger once.
func (p page) fire(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.Firing, error) {
		return p.Engine.Work.FireTrigger(ctx, work.FireTrigger{ID: id})
	}, func(f domain.Firing) ui.Outcome {
		if f.Outcome == domain.FiringFired {
			return ui.Outcome{Path: ui.ExecutionPath(f.ExecutionID), Message: "Execution started."}
		}
		return ui.Outcome{Path: pathOf(id), Message: f.Reason}
	})
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}

// remove deletes the trigger.
func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Work.DeleteTrigger(ctx, verb.ID{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The trigger was deleted."} })
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}
