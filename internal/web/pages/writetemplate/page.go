// Package writetemplate is the form that creates and changes a writer template of the workspace's own.
package writetemplate

import (
	"context"
	"embed"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const path = "/write/own"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "writetemplate",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path + "/new", Handle: p.showNew},
			{Pattern: "POST " + path + "/new", Handle: p.create},
			{Pattern: "GET " + path + "/{slug}", Handle: p.show},
			{Pattern: "POST " + path + "/{slug}", Handle: p.save},
			{Pattern: "POST " + path + "/{slug}/delete", Handle: p.remove},
		},
	}
}

type view struct {
	ui.Shell
	Slug    string // "": a new one
	Action  string
	Form    form
	Refused string // why this person may not change it; "" where nothing forbids it
}

func (p page) render(w http.ResponseWriter, r *http.Request, status int, slug string, f form) (err error) {
	v := view{Slug: slug, Action: path + "/new", Form: f}
	title := "New writer template"
	if slug != "" {
		v.Action, title = path+"/"+slug, f.value("title")
	}
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeWrite); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	if v.Shell, err = p.Shell(w, r, "/write", title); err != nil {
		return err
	}
	return p.Render(w, r, status, "writetemplate", v)
}

// showNew is an empty form; with from, a copy of another template, such as one that ships with Vellocity.
func (p page) showNew(w http.ResponseWriter, r *http.Request) error {
	t := domain.WriterTemplate{Category: domain.WriterOther, ContentType: domain.ContentText}
	if from := r.URL.Query().Get("from"); from != "" {
		found, err := p.Engine.Studio.WriterTemplate(r.Context(), from)
		if err != nil {
			return err
		}
		t = found.WriterTemplate
		t.Title += " (copy)"
	}
	return p.render(w, r, http.StatusOK, "", formOf(t))
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	t, err := p.Engine.Studio.WriterTemplate(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	if t.IsBuiltin {
		return domain.NotFound("Template")
	}
	return p.render(w, r, http.StatusOK, t.Slug, formOf(t.WriterTemplate))
}

func (p page) create(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if f.More {
		return p.render(w, r, http.StatusOK, "", f)
	}
	out, err := ui.Once(r, func(ctx context.Context) (studio.WriterTemplate, error) {
		return p.Engine.Studio.CreateWriterTemplate(ctx, f.template())
	}, done("was created."))
	return p.finish(w, r, "", f, out, err)
}

func (p page) save(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	slug := r.PathValue("slug")
	if f.More {
		return p.render(w, r, http.StatusOK, slug, f)
	}
	out, err := ui.Once(r, func(ctx context.Context) (studio.WriterTemplate, error) {
		return p.Engine.Studio.ReplaceWriterTemplate(ctx, studio.ReplaceWriterTemplate{
			Ref: slug, Template: f.template(), Precondition: verb.Precondition{IfMatch: f.ETag},
		})
	}, done("was saved."))
	return p.finish(w, r, slug, f, out, err)
}

// done leads to the template as people use it.
func done(what string) func(studio.WriterTemplate) ui.Outcome {
	return func(t studio.WriterTemplate) ui.Outcome {
		return ui.Outcome{Path: "/write/templates/" + t.Slug, Message: "“" + t.Title + "” " + what}
	}
}

func (p page) finish(w http.ResponseWriter, r *http.Request, slug string, f form, out ui.Outcome, cause error) error {
	if cause == nil {
		return p.Finish(w, r, out)
	}
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause
	}
	f.blame(e)
	if e.Code == domain.CodePreconditionFailed {
		now, err := p.Engine.Studio.WriterTemplate(r.Context(), slug)
		if err != nil {
			return err
		}
		f.Problem, f.General = "Someone saved a newer version while you were editing. Your changes are still here; "+
			"save again to put yours in its place.", nil
		f.ETag = ui.ETag(int64(now.Version))
	}
	return p.render(w, r, e.Code.Status(), slug, f)
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	slug := r.PathValue("slug")
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Studio.DeleteWriterTemplate(ctx, studio.DeleteWriterTemplate{Ref: slug})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: "/write", Message: "The template was deleted."} })
	if err != nil {
		return p.Refuse(w, r, path+"/"+slug, err)
	}
	return p.Finish(w, r, out)
}
