// Package sources is the list of what the company knows, the form that adds to it, and the page of one source.
package sources

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css *.js
var files embed.FS

const (
	path    = "/sources"
	perPage = 50
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "sources",
		Files: files,
		Menu:  ui.Link{Group: ui.Manage, Path: path, Name: "Sources", Icon: "archive", Keys: "g o"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "POST " + path, Handle: p.add, Upload: true},
			{Pattern: "GET " + path + "/{id}", Handle: p.one},
			{Pattern: "POST " + path + "/{id}/refresh", Handle: p.refresh},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

type view struct {
	ui.Shell
	Search  string
	Sources []domain.Source
	Total   int
	Newer   string // address of the page before; "" for none
	Older   string
	Add     bool // the form is open
	Form    form
	One     *one // nil: the list
}

// form is what a person has filled in.
type form struct {
	Title, Text, URL string
	Faults           []string
}

// one is the page of a source.
type one struct {
	domain.Source
	Parts []part
}

// part is a passage, which its address can open: #p-52 for the one that starts at the code point 52.
type part struct {
	Start int
	HTML  template.HTML
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	return p.list(w, r, http.StatusOK, form{}, r.URL.Query().Has("new"))
}

func (p page) list(w http.ResponseWriter, r *http.Request, status int, f form, open bool) (err error) {
	q := r.URL.Query()
	v := view{Search: q.Get("q"), Form: f, Add: open}
	if v.Shell, err = p.Shell(w, r, path, "Sources"); err != nil {
		return err
	}
	number, err := strconv.Atoi(q.Get("page"))
	if err != nil || number < 1 || number > domain.LimitPage.Max {
		number = 1
	}
	l, err := p.Engine.Content.Sources(r.Context(), content.ListSources{
		Text: v.Search, Page: domain.Page{Number: number, Size: perPage},
	})
	if err != nil {
		return err
	}
	v.Sources, v.Total = l.Items, l.Total
	to := func(n int) string {
		return path + "?" + url.Values{"q": {v.Search}, "page": {strconv.Itoa(n)}}.Encode()
	}
	if number > 1 {
		v.Newer = to(number - 1)
	}
	if number*perPage < l.Total {
		v.Older = to(number + 1)
	}
	return p.Render(w, r, status, "sources", v)
}

// add creates a source. What a person has typed is there again where it is refused.
func (p page) add(w http.ResponseWriter, r *http.Request) error {
	in, err := read(r)
	if err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.Source, error) {
		return p.Engine.Content.CreateSource(ctx, in)
	}, func(s domain.Source) ui.Outcome {
		return ui.Outcome{Path: address(s.ID), Message: "The source was added."}
	})
	switch e := domain.AsError(err); {
	case err == nil:
		return p.Finish(w, r, out)
	case e.Code != domain.CodeValidation && e.Code != domain.CodeConflict:
		return err
	default:
		f := form{Title: in.Title, Text: in.Text, URL: in.URL}
		for _, name := range []string{"title", "text", "url", "file", "language"} {
			f.Faults = append(f.Faults, e.Fields[name]...)
		}
		if len(f.Faults) == 0 {
			f.Faults = []string{e.Message}
		}
		return p.list(w, r, http.StatusUnprocessableEntity, f, true)
	}
}

// read reads the form, with its file where it has one.
func read(r *http.Request) (in content.CreateSource, err error) {
	if err := ui.ReadForm(r); err != nil {
		return in, err
	}
	in = content.CreateSource{Title: r.PostForm.Get("title"), Text: r.PostForm.Get("text"), URL: r.PostForm.Get("url")}
	data, name, err := ui.PostedFile(r, "file")
	if name != "" {
		in.File = &content.SourceFile{Name: name, Data: data}
	}
	return in, err
}

func address(id int64) string { return path + "/" + strconv.FormatInt(id, 10) }

func (p page) one(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	s, err := p.Engine.Content.Source(r.Context(), id)
	if err != nil {
		return err
	}
	v := view{One: &one{Source: s}}
	if v.Shell, err = p.Shell(w, r, path, s.Title); err != nil {
		return err
	}
	for _, x := range content.SourceParts(s) {
		html := p.Engine.Content.PreviewMarkdown(x.Body)
		v.One.Parts = append(v.One.Parts, part{x.Start, template.HTML(html)}) //nolint:gosec // it is sanitised
	}
	if start, ok := partAt(v.One.Parts, r.URL.Query().Get("at")); ok {
		http.Redirect(w, r, address(id)+"#p-"+strconv.Itoa(start), http.StatusSeeOther) //nolint:gosec // both are numbers
		return nil
	}
	return p.Render(w, r, http.StatusOK, "sources", v)
}

// partAt returns where the passage begins that has a code point, such as that of a citation.
func partAt(parts []part, at string) (start int, ok bool) {
	point, err := strconv.Atoi(at)
	if err != nil {
		return 0, false
	}
	for _, p := range parts {
		if p.Start > point {
			break
		}
		start, ok = p.Start, true
	}
	return start, ok
}

func (p page) refresh(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, func(ctx context.Context, id int64) (ui.Outcome, error) {
		s, err := p.Engine.Content.RefreshSource(ctx, verb.ID{ID: id})
		out := ui.Outcome{Path: address(id), Message: "The source was refreshed."}
		if s.Error != "" {
			out.Message = "The source could not be refreshed. Its text stays."
		}
		return out, err
	})
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, func(ctx context.Context, id int64) (ui.Outcome, error) {
		return ui.Outcome{Path: path, Message: "The source was deleted."}, p.Engine.Content.DeleteSource(ctx, verb.ID{ID: id})
	})
}

func (p page) change(
	w http.ResponseWriter, r *http.Request, do func(ctx context.Context, id int64) (ui.Outcome, error),
) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := do(r.Context(), id)
	if err != nil {
		return p.Refuse(w, r, address(id), err)
	}
	return p.Finish(w, r, out)
}
