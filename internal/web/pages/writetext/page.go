// Package writetext is where a text is written: the form of a template, or a prompt, beside the text as it grows.
package writetext

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/sse"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

const (
	path   = "/write/templates/{slug}"
	prompt = "/write/prompt"
	texts  = "/write/texts/"
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "writetext",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path, Handle: p.write},
			{Pattern: "GET " + prompt, Handle: p.show},
			{Pattern: "POST " + prompt, Handle: p.write},
			{Pattern: "GET " + texts + "{id}", Handle: p.result},
			{Pattern: "GET " + texts + "{id}/stream", Handle: p.stream},
			{Pattern: "POST " + texts + "{id}/stop", Handle: p.stop},
			{Pattern: "POST " + texts + "{id}/save", Handle: p.save},
		},
	}
}

// show is the form of a template or a prompt; with from, filled in as an earlier text was asked for.
func (p page) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r, r.PathValue("slug"))
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "writetext", v)
}

// write begins a text, or shows the form again with what is wrong.
func (p page) write(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	v, err := p.view(w, r, r.PathValue("slug"))
	if err != nil {
		return err
	}
	v.Fields.Post(r.PostForm)
	v.Options.Post(r.PostForm)
	fill, unread := v.asked()
	out, err := ui.Once(r, func(ctx context.Context) (int64, error) {
		if v.Template == nil {
			return p.Engine.Studio.GenerateOutput(ctx, fill.GenerateOutput)
		}
		return p.Engine.Studio.WriteText(ctx, fill)
	}, func(id int64) ui.Outcome { return ui.Outcome{Path: pathOf(id)} })
	if err == nil {
		return p.Finish(w, r, out)
	}
	e := domain.AsError(err)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return err
	}
	v.blame(e, unread)
	return p.Render(w, r, e.Code.Status(), "writetext", v)
}

func pathOf(id int64) string { return texts + strconv.FormatInt(id, 10) }

// firstLook is how long the page waits for a text, which is short or composed by rules. It makes a browser without
// scripts a reader of the text, too: a text that nobody reads is stopped.
const firstLook = 300 * time.Millisecond

// reload is after how many seconds a browser without scripts asks again.
const reload = 3

// result is the form as a text was asked for, beside the text.
func (p page) result(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := p.look(r.Context(), id); err != nil {
		return err
	}
	m, err := p.Engine.Studio.GeneratedText(r.Context(), id)
	if err != nil {
		return err
	}
	asked, err := p.Engine.Studio.Request(r.Context(), id)
	if err != nil {
		return err
	}
	v, err := p.view(w, r, m.Template)
	if domain.CodeOf(err) == domain.CodeNotFound { // the template was deleted
		v, err = p.view(w, r, "")
		v.Gone = m.Template
	}
	if err != nil {
		return err
	}
	v.fill(asked)
	if v.Text, err = p.textOf(r.Context(), m); err != nil {
		return err
	}
	if v.Text.Running {
		v.Refresh = reload
	}
	return p.Render(w, r, http.StatusOK, "writetext", v)
}

// look reads a text for a moment, or to its end.
func (p page) look(ctx context.Context, id int64) error {
	ctx, done := context.WithTimeout(ctx, firstLook)
	defer done()
	seq, err := p.Engine.Studio.ReadGeneratedText(ctx, id, 0)
	if err != nil {
		return err
	}
	for _, err := range seq {
		if err != nil {
			break // why it failed is read with the text
		}
	}
	return nil
}

// piece is a part of the text for the browser.
type piece struct {
	Text string `json:"text"`
}

// stream sends the text as it grows.
func (p page) stream(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	ctx, cancel := p.Stream(r)
	defer cancel()
	after, _ := strconv.Atoi(r.Header.Get("Last-Event-ID")) // none: from its beginning
	seq, err := p.Engine.Studio.ReadGeneratedText(ctx, id, max(0, after))
	if err != nil {
		return err
	}
	out := sse.Start(r.Context(), w, sse.Options{})
	defer out.Close()
	for part, err := range seq {
		if err != nil {
			return nil // the page reads why
		}
		if ui.Send(out, strconv.Itoa(part.End()), "text", piece{part.Text}) != nil {
			return nil
		}
	}
	return nil
}

// stop ends the writing of a text.
func (p page) stop(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	if _, err := p.Engine.Studio.StopOutput(r.Context(), id); err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Back(w, r, pathOf(id), "")
}

// save puts a result on the board.
func (p page) save(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.PostForm.Get("result")) // no number: the first
	out, err := ui.Once(r, func(ctx context.Context) (studio.SavedText, error) {
		return p.Engine.Studio.SaveText(ctx, studio.SaveText{ID: id, Result: n})
	}, func(s studio.SavedText) ui.Outcome {
		return ui.Outcome{Path: "/content/" + strconv.FormatInt(s.ContentID, 10), Message: "The text is on the board."}
	})
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}
