// Package agent is the form that creates and changes an agent.
package agent

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html
var files embed.FS

const path = "/agents"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "agent",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path + "/new", Handle: p.showNew},
			{Pattern: "POST " + path + "/new", Handle: p.create},
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.save},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
			{Pattern: "POST " + path + "/{id}/test", Handle: p.test},
			{Pattern: "POST " + path + "/{id}/rotate", Handle: p.rotate},
		},
	}
}

// view is the form, and beside it what is known of the agent.
type view struct {
	ui.Shell
	ID      int64 // 0: a new one
	Action  string
	Draft   string
	Form    form
	Custom  bool // it was made in the workspace, so it can be deleted
	Asking  bool // its deletion is being confirmed
	Past    []ui.ExecutionRow
	Said    *domain.AgentReport // what the test of an external agent found
	Secret  string              // the new signing secret, this once
	Rotates bool                // the rotation of the secret is being confirmed
	Refused string              // why this person may not change it; "" where nothing forbids it
}

func pathOf(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

func (p page) showNew(w http.ResponseWriter, r *http.Request) error {
	a := domain.Agent{Type: typeOf(r.URL.Query().Get("type")), IsActive: true}
	f, err := p.formOf(r.Context(), a)
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, a, f)
}

// typeOf is the type of a new agent that the page or its form names.
func typeOf(name string) domain.AgentType {
	if name == string(domain.AgentExternal) {
		return domain.AgentExternal
	}
	return domain.AgentCustom
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	a, err := p.agentOf(r)
	if err != nil {
		return err
	}
	f, err := p.formOf(r.Context(), a)
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, a, f)
}

// agentOf reads the agent of the address.
func (p page) agentOf(r *http.Request) (domain.Agent, error) {
	id, err := ui.PathID(r)
	if err != nil {
		return domain.Agent{}, err
	}
	return p.Engine.Content.Agent(r.Context(), id)
}

func (p page) showForm(w http.ResponseWriter, r *http.Request, status int, a domain.Agent, f form) error {
	return p.showView(w, r, status, a, view{Form: f})
}

// showView shows the form with what else v has.
func (p page) showView(w http.ResponseWriter, r *http.Request, status int, a domain.Agent, v view) (err error) {
	v.ID, v.Action, v.Draft = a.ID, path+"/new", "agents/new"
	v.Custom, v.Asking = a.Type != domain.AgentInternal, r.URL.Query().Has("delete")
	v.Rotates = r.URL.Query().Has("rotate")
	title, scope := "New agent", domain.ScopeWrite
	if v.Form.External && a.ID == 0 {
		v.Draft, title, scope = "agents/new-external", "New external agent", domain.ScopeAdmin
	}
	if a.ID != 0 {
		v.Action, v.Draft, title = pathOf(a.ID), "agents/"+strconv.FormatInt(a.ID, 10), a.Name
		past, err := p.Engine.Work.Executions(r.Context(), work.ListExecutions{
			AgentID: a.ID, Page: domain.Page{Number: 1, Size: 5},
		})
		if err != nil {
			return err
		}
		for _, x := range past.Items {
			v.Past = append(v.Past, ui.RowOf(x, p.Now()))
		}
	}
	if actor, ok := domain.ActorFrom(r.Context()); ok {
		if err := actor.Require(scope); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	if v.Shell, err = p.Shell(w, r, path, title); err != nil {
		return err
	}
	return p.Render(w, r, status, "agent", v)
}

// create creates an agent from the form.
func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	blank := domain.Agent{Type: typeOf(r.PostForm.Get("type"))}
	f, err := p.readForm(r, blank)
	if err != nil {
		return err
	}
	name, edit := f.edit()
	var made content.NewAgent
	out, err := ui.Once(r, func(ctx context.Context) (_ content.NewAgent, err error) {
		if f.invalid() {
			return made, errForm
		}
		made, err = p.Engine.Content.CreateAgent(ctx, content.CreateAgent{Name: name, Type: blank.Type, AgentEdit: edit})
		return made, err
	}, func(n content.NewAgent) ui.Outcome {
		return ui.Outcome{Path: pathOf(n.Agent.ID), Message: "“" + n.Agent.Name + "” was created."}
	})
	if err != nil {
		return p.refuse(w, r, blank, f, err)
	}
	if made.Secret != "" {
		return p.showSecret(w, r, made)
	}
	return p.Finish(w, r, out)
}

// save changes the agent as the form says.
func (p page) save(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	a, err := p.agentOf(r)
	if err != nil {
		return err
	}
	f, err := p.readForm(r, a)
	if err != nil {
		return err
	}
	name, edit := f.edit()
	out, err := ui.Once(r, func(ctx context.Context) (domain.Agent, error) {
		if f.invalid() {
			return domain.Agent{}, errForm
		}
		return p.Engine.Content.EditAgent(ctx, content.EditAgent{
			ID: a.ID, Name: &name, AgentEdit: edit, Precondition: verb.Precondition{IfMatch: f.ETag},
		})
	}, func(a domain.Agent) ui.Outcome {
		return ui.Outcome{Path: pathOf(a.ID), Message: "“" + a.Name + "” was saved."}
	})
	if err != nil {
		return p.refuse(w, r, a, f, err)
	}
	return p.Finish(w, r, out)
}

// errForm says that the form holds what is no number; its fields say where.
var errForm = &domain.Error{Code: domain.CodeValidation, Message: "Enter whole numbers."}

// refuse shows the form again with what the person wrote and what is wrong.
func (p page) refuse(w http.ResponseWriter, r *http.Request, a domain.Agent, f form, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause // the page of the error shows what was written
	}
	f.Problem = "This was not saved. What you wrote is still here. Fix these first:"
	switch {
	case e.Code == domain.CodePreconditionFailed:
		f.Problem = "Someone saved this agent while you were editing. Your changes are still here. " +
			"Save again to put them in place of theirs."
		f.ETag = ui.ETag(a.Revision())
	case e != errForm:
		f.General = f.Fields.Blame(e)
	}
	return p.showForm(w, r, e.Code.Status(), a, f)
}

// remove deletes the agent.
func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Content.DeleteAgent(ctx, verb.ID{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The agent was deleted."} })
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}
