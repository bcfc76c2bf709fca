// Package images is where images are generated: the form of an engine, what is under way, and the
// images that are there.
package images

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/images"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css *.js
var files embed.FS

const (
	// Path is that of the page, and of its form, which takes a file.
	Path    = "/images"
	perPage = 24
	// reload is after how many seconds a browser without scripts asks again.
	reload = 3
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "images",
		Files: files,
		Menu:  ui.Link{Group: ui.Create, Path: Path, Name: "Images", Icon: "image", Keys: "g i"},
		Routes: []ui.Route{
			{Pattern: "GET " + Path, Handle: p.show},
			{Pattern: "POST " + Path, Handle: p.generate, Upload: true},
			{Pattern: "POST " + Path + "/upload", Handle: p.upload, Upload: true},
			{Pattern: "POST " + Path + "/generations/{id}/cancel", Handle: p.cancel},
		},
	}
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r, domain.ImageEngine(r.URL.Query().Get("engine")))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "images", v)
}

// view is the form of an engine, beside what there is.
type view struct {
	ui.Shell
	Engines []images.Engine
	Engine  images.Engine
	Fields  ui.Fields
	Source  bool     // the engine takes a picture to begin with
	Blamed  []string // what is wrong with that picture
	Problem string
	General []string
	Refused string // why this person may not generate; "" where nothing forbids it
	UnderWay,
	Latest *domain.ImageGeneration // the latest one that has ended
	Recent []domain.Image
	Newer  string // address of the page before; "" for none
	Older  string
}

// Faults lists what is wrong with the form, for the summary above it.
func (v view) Faults() []ui.Fault {
	list := v.Fields.Faults()
	for _, m := range v.Blamed {
		list = append(list, ui.Fault{ID: "f-image_src", Label: "Picture to begin with", Message: m})
	}
	for _, m := range v.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}

func (p page) view(w http.ResponseWriter, r *http.Request, engine domain.ImageEngine) (v view, err error) {
	if v.Shell, err = p.Shell(w, r, Path, "Images"); err != nil {
		return v, err
	}
	if v.Engines, err = p.Engine.Images.Engines(r.Context()); err != nil {
		return v, err
	}
	v.Engine = chosen(v.Engines, engine)
	v.Fields, v.Source = fieldsOf(v.Engine)
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeContent); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	return v, p.list(r, &v)
}

// chosen is the engine that was asked for, else the first that is connected, else the first.
func chosen(list []images.Engine, name domain.ImageEngine) images.Engine {
	best := list[0]
	for _, e := range list {
		if e.Name == name {
			return e
		}
		if e.Connected && !best.Connected {
			best = e
		}
	}
	return best
}

// list fills in what is under way, and the images.
func (p page) list(r *http.Request, v *view) error {
	generations, err := p.Engine.Images.Generations(r.Context(), domain.Page{Number: 1, Size: 1})
	if err != nil {
		return err
	}
	if len(generations.Items) > 0 {
		g := generations.Items[0]
		if g.Status.Ended() {
			v.Latest = &g
		} else {
			v.UnderWay, v.Refresh = &g, reload
		}
	}
	number, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || number < 1 || number > domain.LimitPage.Max {
		number = 1
	}
	l, err := p.Engine.Images.RecentImages(r.Context(), domain.Page{Number: number, Size: perPage})
	if err != nil {
		return err
	}
	v.Recent = l.Items
	to := func(n int) string {
		return Path + "?" + url.Values{"engine": {string(v.Engine.Name)}, "page": {strconv.Itoa(n)}}.Encode()
	}
	if number > 1 {
		v.Newer = to(number - 1)
	}
	if number*perPage < l.Total {
		v.Older = to(number + 1)
	}
	return nil
}

// generate asks for images, or shows the form again with what is wrong.
func (p page) generate(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	source, _, err := ui.PostedFile(r, "image_src")
	if err != nil {
		return err
	}
	engine := domain.ImageEngine(r.PostForm.Get("image_generator"))
	in := asked(r.PostForm)
	in.Source = source
	out, err := ui.Once(r, func(ctx context.Context) (domain.ImageGeneration, error) {
		return p.Engine.Images.Generate(ctx, in)
	}, func(domain.ImageGeneration) ui.Outcome {
		return ui.Outcome{Path: Path + "?engine=" + url.QueryEscape(string(engine))}
	})
	if err == nil {
		return p.Finish(w, r, out)
	}
	e := domain.AsError(err)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return err
	}
	v, err := p.view(w, r, engine)
	if err != nil {
		return err
	}
	v.Fields.Post(r.PostForm)
	v.blame(e)
	return p.Render(w, r, e.Code.Status(), "images", v)
}

// blame puts each fault beside its field.
func (v *view) blame(e *domain.Error) {
	v.Problem = "No image was generated. Fix these first:"
	if len(e.Fields) == 0 {
		v.General = []string{e.Message}
		return
	}
	if e.Fields["image_src"] != nil {
		v.Blamed = e.Fields["image_src"]
		rest := map[string][]string{}
		for name, messages := range e.Fields {
			if name != "image_src" {
				rest[name] = messages
			}
		}
		e = &domain.Error{Code: e.Code, Message: e.Message, Fields: rest}
	}
	if len(e.Fields) > 0 {
		v.General = v.Fields.Blame(e)
	}
}

// upload adds a picture of the person's own.
func (p page) upload(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	file, _, err := ui.PostedFile(r, "file")
	if err != nil {
		return err
	}
	in := images.UploadImage{File: file, AltText: r.PostForm.Get("alt_text")}
	out, err := ui.Once(r, func(ctx context.Context) (domain.Image, error) {
		return p.Engine.Images.UploadImage(ctx, in)
	}, func(i domain.Image) ui.Outcome {
		return ui.Outcome{Path: fmt.Sprintf("%s/%d", Path, i.ID), Message: "The image was uploaded."}
	})
	if err != nil {
		return p.Refuse(w, r, Path+"#upload", err)
	}
	return p.Finish(w, r, out)
}

func (p page) cancel(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.ImageGeneration, error) {
		return p.Engine.Images.CancelGeneration(ctx, id)
	}, func(g domain.ImageGeneration) ui.Outcome {
		cost := ui.Plural(g.Charged(), "credit was", "credits were")
		return ui.Outcome{Path: Path, Message: fmt.Sprintf("Cancelled. %s charged.", cost)}
	})
	if err != nil {
		return p.Refuse(w, r, Path, err)
	}
	return p.Finish(w, r, out)
}
