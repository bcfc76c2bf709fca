// Package templateform is the form that creates and changes a workflow template of the
// workspace's own: its inputs, its steps, and beside them what they make.
//
// A posted form is read into a [form], which holds all that was typed, right or wrong, and
// shown again from it. Buttons that add, move or remove a row post the form too, so that all
// of it works without scripts.
package templateform

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

// A template may have any slug, so the form of a new one stands beside them.
const (
	listPath = "/templates"
	newPath  = "/new-template"
)

func editPath(slug string) string { return listPath + "/" + url.PathEscape(slug) + "/edit" }

func showPath(slug string) string { return listPath + "/" + url.PathEscape(slug) }

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "templateform",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + newPath, Handle: p.showNew},
			{Pattern: "POST " + newPath, Handle: p.create},
			{Pattern: "POST " + newPath + "/side", Handle: p.side},
			{Pattern: "POST " + newPath + "/step/{n}", Handle: p.step},
			{Pattern: "GET " + listPath + "/{slug}/edit", Handle: p.show},
			{Pattern: "POST " + listPath + "/{slug}/edit", Handle: p.save},
			{Pattern: "POST " + listPath + "/{slug}/delete", Handle: p.remove},
		},
	}
}

func (p page) showNew(w http.ResponseWriter, r *http.Request) error {
	c, err := p.catalogue(r.Context())
	if err != nil {
		return err
	}
	f := newForm()
	if slug := r.URL.Query().Get("copy"); slug != "" {
		t, err := p.Engine.Work.Template(r.Context(), slug)
		if err != nil {
			return err
		}
		f = copyOf(t.Template, c.find)
	}
	return p.showForm(w, r, f, c)
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	t, err := p.Engine.Work.Template(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	if t.IsBuiltin { // it cannot be changed, and a copy can
		http.Redirect(w, r, newPath+"?copy="+url.QueryEscape(t.Slug), http.StatusSeeOther)
		return nil
	}
	c, err := p.catalogue(r.Context())
	if err != nil {
		return err
	}
	return p.showForm(w, r, formOf(t.Template, c.find), c)
}

// showForm shows a form that nobody has typed in yet.
func (p page) showForm(w http.ResponseWriter, r *http.Request, f form, c catalogue) error {
	v, err := p.viewOf(w, r, f, c, -1)
	if err != nil {
		return err
	}
	v.Side = sideOf(f, c.find)
	return p.Render(w, r, http.StatusOK, "templateform", v)
}

// checked says what is wrong with a form, by the path of the field, and what it would cost.
func (p page) checked(ctx context.Context, f form, c catalogue) (work.Validation, error) {
	out, err := p.Engine.Work.CheckTemplate(ctx, f.template(c.find))
	if err != nil {
		return out, err
	}
	var own domain.Problems
	f.check(&own)
	if wrong := own.Err(); wrong != nil {
		for path, messages := range domain.AsError(wrong).Fields {
			out.Faults[path] = append(out.Faults[path], messages...)
		}
	}
	return out, nil
}

// posted is a form that was sent, with the capabilities that it is about.
type posted struct {
	form
	catalogue
	do string // the button; "": it is to be saved
}

func (p page) posted(r *http.Request, ref string) (in posted, err error) {
	if err := ui.ReadForm(r); err != nil {
		return in, err
	}
	if in.catalogue, err = p.catalogue(r.Context()); err != nil {
		return in, err
	}
	in.form, in.do = readForm(r, ref, in.find), did(r.PostForm)
	nameSteps(in.Steps)
	return in, nil
}

// create creates a template from the form.
func (p page) create(w http.ResponseWriter, r *http.Request) error {
	in, err := p.posted(r, "")
	if err != nil {
		return err
	}
	return p.store(w, r, in, func(ctx context.Context, t domain.Template) (work.TemplateDetails, error) {
		return p.Engine.Work.CreateTemplate(ctx, t)
	}, "created")
}

// save stores the form as the next version of a template.
func (p page) save(w http.ResponseWriter, r *http.Request) error {
	slug := r.PathValue("slug")
	in, err := p.posted(r, slug)
	if err != nil {
		return err
	}
	return p.store(w, r, in, func(ctx context.Context, t domain.Template) (work.TemplateDetails, error) {
		return p.Engine.Work.ReplaceTemplate(ctx, work.ReplaceTemplate{
			Ref: slug, Template: t, Precondition: verb.Precondition{IfMatch: in.ETag},
		})
	}, "saved")
}

// store does what a button of the form asks for, or has a verb store it.
func (p page) store(
	w http.ResponseWriter, r *http.Request, in posted,
	verb func(context.Context, domain.Template) (work.TemplateDetails, error), done string,
) error {
	if in.do != "" {
		return p.again(w, r, in)
	}
	var own domain.Problems
	in.check(&own)
	out, err := ui.Once(r, func(ctx context.Context) (work.TemplateDetails, error) {
		if err := own.Err(); err != nil {
			return work.TemplateDetails{}, err
		}
		return verb(ctx, in.template(in.find))
	}, func(t work.TemplateDetails) ui.Outcome {
		return ui.Outcome{Path: showPath(t.Slug), Message: "“" + t.Name + "” was " + done + "."}
	})
	if err != nil {
		return p.refuse(w, r, in, err)
	}
	return p.Finish(w, r, out)
}

// again shows the form after a button that does not save it.
func (p page) again(w http.ResponseWriter, r *http.Request, in posted) error {
	focus, at, problem := in.change(in.do)
	v, err := p.viewOf(w, r, in.form, in.catalogue, at)
	if err != nil {
		return err
	}
	v.Focus = focus
	result, err := p.checked(r.Context(), in.form, in.catalogue)
	if err != nil {
		return err
	}
	if problem != "" {
		v.Schema.Errors, v.Problem = append(v.Schema.Errors, problem), "The inputs stay JSON."
	}
	if in.do == "check" {
		if len(result.Faults) > 0 {
			v.Problem = "This cannot be saved yet. Fix these first:"
		} else {
			v.Checked = &result
		}
		v.blame(result.Faults)
	}
	v.Side = sideNow(in, result)
	for _, x := range v.controls {
		x.Focus = x.Name == focus
	}
	return p.Render(w, r, http.StatusOK, "templateform", v)
}

// sideNow is what stands beside a form that was typed in.
func sideNow(in posted, result work.Validation) side {
	s := sideOf(in.form, in.find)
	s.Checked, s.Credits = true, result.Credits
	v := layOut(in.form, in.catalogue)
	v.blame(result.Faults)
	s.Faults = v.Faults()
	return s
}

// refuse shows the form again with what the person wrote and what is wrong.
func (p page) refuse(w http.ResponseWriter, r *http.Request, in posted, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause // the page of the error shows what was written
	}
	result, err := p.checked(r.Context(), in.form, in.catalogue)
	if err != nil {
		return err
	}
	var theirs []difference
	if e.Code == domain.CodePreconditionFailed {
		now, err := p.Engine.Work.Template(r.Context(), in.Ref)
		if err != nil {
			return err
		}
		theirs = differences(now.Template, in.template(in.find))
		in.ETag, in.Version = ui.ETag(int64(now.Version)), strconv.Itoa(now.Version)
	}
	v, err := p.viewOf(w, r, in.form, in.catalogue, -1)
	if err != nil {
		return err
	}
	v.Theirs = theirs
	v.Problem = "This was not saved. What you wrote is still here. Fix these first:"
	switch e.Code {
	case domain.CodePreconditionFailed:
		v.Problem = "Someone saved version " + in.Version + " while you were editing. Your changes are still here. " +
			"Save again to put them in place of theirs."
	case domain.CodeValidation:
		v.blame(result.Faults)
	default:
		v.blame(e.Fields)
		if len(e.Fields) == 0 {
			v.General = append(v.General, e.Message)
		}
	}
	v.Side = sideNow(in, result)
	return p.Render(w, r, e.Code.Status(), "templateform", v)
}

// side shows what stands beside the form as it is now.
func (p page) side(w http.ResponseWriter, r *http.Request) error {
	in, err := p.posted(r, "")
	if err != nil {
		return err
	}
	in.Ref = r.PostForm.Get("ref")
	if in.Ref != "" {
		in.Slug = in.Ref
	}
	result, err := p.checked(r.Context(), in.form, in.catalogue)
	if err != nil {
		return err
	}
	return p.RenderPart(w, http.StatusOK, "templateform", "side", sideNow(in, result))
}

// step shows the settings of one step, whose capability was just chosen.
func (p page) step(w http.ResponseWriter, r *http.Request) error {
	in, err := p.posted(r, "")
	if err != nil {
		return err
	}
	i, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || i < 0 || i >= len(in.Steps) {
		return domain.NotFound("Step")
	}
	return p.RenderPart(w, http.StatusOK, "templateform", "settings", viewOfStep(in.form, i, in.catalogue))
}

// remove deletes the template.
func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	slug := r.PathValue("slug")
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Work.DeleteTemplate(ctx, work.DeleteTemplate{Ref: slug})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: listPath, Message: "The template was deleted."} })
	if err != nil {
		return p.Refuse(w, r, editPath(slug), err)
	}
	return p.Finish(w, r, out)
}
