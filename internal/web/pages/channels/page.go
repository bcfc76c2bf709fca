// Package channels is Settings > Channels: where the workspace publishes, with a form for
// each kind, and a check whether it works.
package channels

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/extension/wire"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const (
	path = "/settings/channels"
	// newPath stands apart, since below path there are ids.
	newPath = "/settings/new-channel/"
)

func pathOf(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "channels",
		Files: files,
		Menu:  ui.Link{Group: ui.Connect, Path: path, Name: "Channels", Icon: "rss", Keys: "g h"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.list},
			{Pattern: "GET " + newPath + "{kind}", Handle: p.blank},
			{Pattern: "POST " + newPath + "{kind}", Handle: p.create},
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.save},
			{Pattern: "POST " + path + "/{id}/check", Handle: p.check},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

// view is what the page shows: the list, or a form.
type view struct {
	ui.Shell
	Rows   []row
	Kinds  []wire.Kind
	Form   *form   // nil: the list
	New    *secret // a generated secret, shown this once
	Asking bool    // the deletion is being confirmed
}

type row struct {
	domain.Channel
	KindName, Address string
}

type secret struct{ Name, Secret string }

func (p page) kind(slug string) (wire.Kind, error) {
	for _, k := range p.Engine.Content.ChannelKinds() {
		if string(k.Slug) == slug {
			return k, nil
		}
	}
	return wire.Kind{}, domain.NotFound("Kind of channels")
}

func (p page) list(w http.ResponseWriter, r *http.Request) error {
	return p.showList(w, r, nil)
}

func (p page) showList(w http.ResponseWriter, r *http.Request, fresh *secret) error {
	list, err := p.Engine.Content.Channels(r.Context())
	if err != nil {
		return err
	}
	v := view{Kinds: p.Engine.Content.ChannelKinds(), New: fresh}
	for _, c := range list {
		x := row{Channel: c, KindName: string(c.Kind)}
		if k, err := p.kind(string(c.Kind)); err == nil {
			x.KindName = k.Name
			_, x.Address = k.Address(c.Settings)
		}
		v.Rows = append(v.Rows, x)
	}
	if v.Shell, err = p.Shell(w, r, path, "Channels"); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "channels", v)
}

func (p page) showForm(w http.ResponseWriter, r *http.Request, status int, f form) (err error) {
	v := view{Form: &f, Asking: r.URL.Query().Has("delete")}
	title := "New channel"
	if f.ID != 0 {
		title = f.Name
	}
	if v.Shell, err = p.Shell(w, r, path, title); err != nil {
		return err
	}
	return p.Render(w, r, status, "channels", v)
}

func (p page) blank(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Engine.Content.Channels(r.Context()); err != nil { // who may not create one sees no form
		return err
	}
	k, err := p.kind(r.PathValue("kind"))
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, formOf(k, domain.Channel{Kind: k.Slug, ContentTypes: k.Types, Enabled: true}))
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	f, err := p.stored(r)
	if err != nil {
		return err
	}
	return p.showForm(w, r, http.StatusOK, f)
}

// stored returns the form of the channel in the address, as it is stored.
func (p page) stored(r *http.Request) (form, error) {
	id, err := ui.PathID(r)
	if err != nil {
		return form{}, err
	}
	c, err := p.Engine.Content.Channel(r.Context(), id)
	if err != nil {
		return form{}, err
	}
	k, err := p.kind(string(c.Kind))
	return formOf(k, c), err
}

func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	k, err := p.kind(r.PathValue("kind"))
	if err != nil {
		return err
	}
	f := formOf(k, domain.Channel{Kind: k.Slug})
	f.post(r.PostForm)
	var made content.NewChannel
	out, err := ui.Once(r, func(ctx context.Context) (_ content.NewChannel, err error) {
		made, err = p.Engine.Content.CreateChannel(ctx, content.CreateChannel{Kind: k.Slug, ChannelEdit: f.edit()})
		return made, err
	}, func(c content.NewChannel) ui.Outcome {
		return ui.Outcome{
			Path: pathOf(c.Channel.ID), Message: "“" + c.Channel.Name + "” was created. Check whether it works.",
		}
	})
	if err != nil {
		return p.refuse(w, r, f, err)
	}
	if made.Secret != "" {
		return p.showList(w, r, &secret{made.Channel.Name, made.Secret.Reveal()})
	}
	return p.Finish(w, r, out)
}

func (p page) save(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f, err := p.stored(r)
	if err != nil {
		return err
	}
	f.post(r.PostForm)
	out, err := ui.Once(r, func(ctx context.Context) (domain.Channel, error) {
		return p.Engine.Content.EditChannel(ctx, content.EditChannel{
			ID: f.ID, ChannelEdit: f.edit(), Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
		})
	}, func(c domain.Channel) ui.Outcome {
		return ui.Outcome{Path: pathOf(c.ID), Message: "“" + c.Name + "” was saved."}
	})
	if err != nil {
		return p.refuse(w, r, f, err)
	}
	return p.Finish(w, r, out)
}

// refuse shows the form again with what the person wrote and what is wrong. The secret is
// typed again.
func (p page) refuse(w http.ResponseWriter, r *http.Request, f form, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause
	}
	f.Problem = "This was not saved. Fix these first:"
	f.blame(e)
	return p.showForm(w, r, e.Code.Status(), f)
}

// check asks the channel, and shows what it said.
func (p page) check(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f, err := p.stored(r)
	if err != nil {
		return err
	}
	said, err := p.Engine.Content.CheckChannel(r.Context(), f.ID)
	if err != nil {
		return p.Refuse(w, r, pathOf(f.ID), err)
	}
	if f, err = p.stored(r); err != nil {
		return err
	}
	f.Said = &said
	return p.showForm(w, r, http.StatusOK, f)
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
		return struct{}{}, p.Engine.Content.DeleteChannel(ctx, verb.ID{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The channel was deleted."} })
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}
