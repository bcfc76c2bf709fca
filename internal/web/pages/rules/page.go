// Package rules is Board > Rules: which items of executions move on by themselves, with a form
// whose condition is made of rows or written as text, and what it would have moved.
package rules

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const path = "/rules"

func pathOf(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "rules",
		Files: files,
		Menu:  ui.Link{Group: ui.Manage, Path: path, Name: "Rules", Icon: "filter", Keys: "g u"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.list},
			{Pattern: "GET " + path + "/new", Handle: p.blank},
			{Pattern: "POST " + path + "/new", Handle: p.create},
			{Pattern: "POST " + path + "/preview", Handle: p.preview},
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.save},
			{Pattern: "POST " + path + "/{id}/switch", Handle: p.toggle},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

// view is what the page shows: the list, or a form.
type view struct {
	ui.Shell
	Rules    []domain.BoardRule
	Form     *form // nil: the list
	Preview  previewView
	Asking   bool   // the deletion is being confirmed
	Refused  string // why this person may not change rules; "" where nothing forbids it
	Approval bool   // the workspace requires one before it publishes
}

// previewView is what the rule of a form would have moved.
type previewView struct {
	When    string // the condition that the form stands for
	Items   []content.TriedItem
	Moves   int
	Problem string // why that is not known
}

func refused(r *http.Request) string {
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeWrite); err != nil {
			return domain.AsError(err).Message
		}
	}
	return ""
}

func (p page) list(w http.ResponseWriter, r *http.Request) (err error) {
	v := view{Refused: refused(r)}
	if v.Rules, err = p.Engine.Content.BoardRules(r.Context()); err != nil {
		return err
	}
	if v.Shell, err = p.Shell(w, r, path, "Rules"); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "rules", v)
}

func (p page) showForm(w http.ResponseWriter, r *http.Request, status int, f form) (err error) {
	v := view{Form: &f, Asking: r.URL.Query().Has("delete"), Refused: refused(r)}
	title := "New rule"
	if f.ID != 0 {
		title = f.Stored
	}
	if v.Preview, err = p.previewOf(r.Context(), f); err != nil {
		return err
	}
	ws, err := p.Engine.Account.Profile(r.Context())
	if err != nil {
		return err
	}
	v.Approval = ws.RequireApproval
	if v.Shell, err = p.Shell(w, r, path, title); err != nil {
		return err
	}
	return p.Render(w, r, status, "rules", v)
}

func (p page) blank(w http.ResponseWriter, r *http.Request) error {
	return p.showForm(w, r, http.StatusOK, formOf(domain.BoardRule{
		MoveTo: domain.ItemReady, Enabled: true, When: "scores.seo >= 80 and findings.warning == 0",
	}))
}

// stored returns the rule in the address.
func (p page) stored(r *http.Request) (domain.BoardRule, error) {
	id, err := ui.PathID(r)
	if err != nil {
		return domain.BoardRule{}, err
	}
	return p.Engine.Content.BoardRule(r.Context(), id)
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	b, err := p.stored(r)
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, formOf(b))
}

// previewOf says what the rule of a form would have moved.
func (p page) previewOf(ctx context.Context, f form) (previewView, error) {
	v := previewView{When: f.Condition.Value()}
	switch faults := f.Condition.Faults(); {
	case !f.Condition.Valid():
		v.Problem = faults[0].Message
	case v.When == "":
		v.Problem = "Write a condition to see which of the last items it would have moved."
	}
	if v.Problem != "" {
		return v, nil
	}
	items, err := p.Engine.Content.TryBoardRule(ctx, content.TryBoardRule{When: v.When, MoveTo: f.moveTo()})
	if domain.CodeOf(err) == domain.CodeValidation {
		v.Problem = domain.AsError(err).Message
		return v, nil
	}
	v.Items = items
	for _, t := range items {
		if t.Moves {
			v.Moves++
		}
	}
	return v, err
}

// preview shows what the form would do as it is now.
func (p page) preview(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := formOf(domain.BoardRule{})
	f.post(r.PostForm)
	v, err := p.previewOf(r.Context(), f)
	if err != nil {
		return err
	}
	return p.RenderPart(w, http.StatusOK, "rules", "preview", v)
}

func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := formOf(domain.BoardRule{})
	f.post(r.PostForm)
	if r.PostForm.Has("try") {
		f.Condition.Change(r.PostForm.Get("try"))
		return p.showForm(w, r, http.StatusOK, f)
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.BoardRule, error) {
		e, err := f.edit()
		if err != nil {
			return domain.BoardRule{}, err
		}
		return p.Engine.Content.CreateBoardRule(ctx, e)
	}, func(b domain.BoardRule) ui.Outcome {
		return ui.Outcome{Path: path, Message: "“" + b.Name + "” was created."}
	})
	if err != nil {
		return p.refuse(w, r, f, err)
	}
	return p.Finish(w, r, out)
}

func (p page) save(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	b, err := p.stored(r)
	if err != nil {
		return err
	}
	f := formOf(b)
	f.post(r.PostForm)
	if r.PostForm.Has("try") {
		f.Condition.Change(r.PostForm.Get("try"))
		return p.showForm(w, r, http.StatusOK, f)
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.BoardRule, error) {
		e, err := f.edit()
		if err != nil {
			return b, err
		}
		return p.Engine.Content.EditBoardRule(ctx, content.EditBoardRule{
			ID: b.ID, BoardRuleEdit: e, Precondition: verb.Precondition{IfMatch: f.ETag},
		})
	}, func(b domain.BoardRule) ui.Outcome {
		return ui.Outcome{Path: path, Message: "“" + b.Name + "” was saved."}
	})
	if domain.CodeOf(err) == domain.CodePreconditionFailed {
		f.ETag = ui.ETag(b.Revision())
	}
	if err != nil {
		return p.refuse(w, r, f, err)
	}
	return p.Finish(w, r, out)
}

// refuse shows the form again with what the person wrote and what is wrong.
func (p page) refuse(w http.ResponseWriter, r *http.Request, f form, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause
	}
	f.Problem = "This was not saved. What you wrote is still here. Fix these first:"
	if e.Code == domain.CodePreconditionFailed {
		f.Problem = "Someone saved this rule while you were editing. Your changes are still here. " +
			"Save again to put them in place of theirs."
		return p.showForm(w, r, e.Code.Status(), f)
	}
	f.blame(e)
	return p.showForm(w, r, e.Code.Status(), f)
}

// toggle switches a rule on or off.
func (p page) toggle(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	on := r.PostForm.Get("enabled") == "true"
	out, err := ui.Once(r, func(ctx context.Context) (domain.BoardRule, error) {
		return p.Engine.Content.EditBoardRule(ctx, content.EditBoardRule{
			ID: id, BoardRuleEdit: content.BoardRuleEdit{Enabled: &on},
		})
	}, func(b domain.BoardRule) ui.Outcome {
		state := "off"
		if b.Enabled {
			state = "on"
		}
		return ui.Outcome{Path: path, Message: "“" + b.Name + "” is " + state + "."}
	})
	if err != nil {
		return p.Refuse(w, r, path, err)
	}
	return p.Finish(w, r, out)
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Content.DeleteBoardRule(ctx, verb.ID{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The rule was deleted."} })
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}
