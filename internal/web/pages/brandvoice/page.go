// Package brandvoice is the form that creates and changes a brand voice, with its versions.
package brandvoice

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

const path = "/brand-voices"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "brandvoice",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path + "/new", Handle: p.showNew},
			{Pattern: "POST " + path + "/new", Handle: p.create},
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.save},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

// view is the form, and beside it what is known of the brand voice.
type view struct {
	ui.Shell
	ID       int64 // 0: a new one
	Action   string
	Draft    string
	Form     form
	Versions []version
	Checked  []checkedSample
	Asking   bool             // its deletion is being confirmed
	Blockers []domain.Blocker // why it could not be deleted
	Refused  string           // why this person may not change it; "" where nothing forbids it
}

func pathOf(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

func (p page) showNew(w http.ResponseWriter, r *http.Request) error {
	return p.showForm(w, r, http.StatusOK, 0, formOf(domain.BrandVoice{ReadingLevel: domain.ReadingGeneral}))
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	voice, err := p.Engine.Content.BrandVoice(r.Context(), id)
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, id, formOf(voice))
}

func (p page) showForm(w http.ResponseWriter, r *http.Request, status int, id int64, f form) error {
	v, err := p.view(w, r, id, f)
	if err != nil {
		return err
	}
	return p.Render(w, r, status, "brandvoice", v)
}

func (p page) view(w http.ResponseWriter, r *http.Request, id int64, f form) (v view, err error) {
	v = view{ID: id, Action: path + "/new", Draft: "brand-voices/new", Form: f, Asking: r.URL.Query().Has("delete")}
	title := "New brand voice"
	if id != 0 {
		v.Action, v.Draft, title = pathOf(id), "brand-voices/"+strconv.FormatInt(id, 10), f.Title
		if v.Versions, v.Checked, err = p.versions(r.Context(), id); err != nil {
			return v, err
		}
	}
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeWrite); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	v.Shell, err = p.Shell(w, r, path, title)
	return v, err
}

// create creates a brand voice from the form.
func (p page) create(w http.ResponseWriter, r *http.Request) error {
	f, more, err := readForm(r)
	if err != nil {
		return err
	}
	if more {
		return p.showForm(w, r, http.StatusOK, 0, f)
	}
	name, edit := f.edit()
	out, err := ui.Once(r, func(ctx context.Context) (domain.BrandVoice, error) {
		return p.Engine.Content.CreateBrandVoice(ctx, content.CreateBrandVoice{Name: name, BrandVoiceEdit: edit})
	}, func(v domain.BrandVoice) ui.Outcome {
		return ui.Outcome{Path: pathOf(v.ID), Message: "“" + v.Name + "” was created."}
	})
	if err != nil {
		return p.refuse(w, r, 0, f, err)
	}
	return p.Finish(w, r, out)
}

// save makes a version from the form.
func (p page) save(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	f, more, err := readForm(r)
	if err != nil {
		return err
	}
	if more {
		return p.showForm(w, r, http.StatusOK, id, f)
	}
	name, edit := f.edit()
	out, err := ui.Once(r, func(ctx context.Context) (domain.BrandVoice, error) {
		return p.Engine.Content.EditBrandVoice(ctx, content.EditBrandVoice{
			ID: id, Name: &name, BrandVoiceEdit: edit, Precondition: verb.Precondition{IfMatch: f.ETag},
		})
	}, func(v domain.BrandVoice) ui.Outcome {
		message := "Saved as version " + strconv.Itoa(v.Version) + ". What was written before keeps its own."
		if v.Version == f.Version {
			message = "Saved."
		}
		return ui.Outcome{Path: pathOf(id), Message: message}
	})
	if err != nil {
		return p.refuse(w, r, id, f, err)
	}
	return p.Finish(w, r, out)
}

// refuse shows the form again with what the person wrote and what is wrong.
func (p page) refuse(w http.ResponseWriter, r *http.Request, id int64, f form, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause // the page of the error shows what was written
	}
	f.blame(e)
	if e.Code == domain.CodePreconditionFailed {
		now, err := p.Engine.Content.BrandVoice(r.Context(), id)
		if err != nil {
			return err
		}
		f.Problem = "Someone saved a newer version while you were editing. Your changes are still here. " +
			"The versions say what changed; save again to put yours in its place."
		f.ETag, f.Version, f.General = ui.ETag(now.Revision()), now.Version, nil
	}
	return p.showForm(w, r, e.Code.Status(), id, f)
}

// remove deletes the brand voice, or says what still uses it.
func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Content.DeleteBrandVoice(ctx, verb.ID{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The brand voice was deleted."} })
	blockers := domain.BlockersOf(err)
	if len(blockers) == 0 {
		if err != nil {
			return p.Refuse(w, r, pathOf(id), err)
		}
		return p.Finish(w, r, out)
	}
	voice, err := p.Engine.Content.BrandVoice(r.Context(), id)
	if err != nil {
		return err
	}
	v, err := p.view(w, r, id, formOf(voice))
	if err != nil {
		return err
	}
	v.Blockers = blockers
	return p.Render(w, r, http.StatusConflict, "brandvoice", v)
}
