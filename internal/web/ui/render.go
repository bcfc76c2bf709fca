package ui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"vellocity/internal/prose"
)

//go:embed html
var htmlFiles embed.FS

// builtPage parses the templates of a page when it is first shown: there are dozens of
// pages, and a start waits for none of them.
type builtPage struct {
	templates func() (*template.Template, error)
}

// loadPages prepares the templates of each page, on top of the layout and the shared
// parts.
func loadPages(list []Page, a *assets, now func() time.Time) (map[string]*builtPage, error) {
	base, err := template.New("base").Funcs(funcs(a, now)).ParseFS(htmlFiles, "html/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	pages := map[string]*builtPage{}
	for _, p := range list {
		if p.Name == "" || pages[p.Name] != nil {
			return nil, fmt.Errorf("there are two pages named %q", p.Name)
		}
		if len(p.Routes) == 0 {
			return nil, fmt.Errorf("page %s has no route", p.Name)
		}
		pages[p.Name] = &builtPage{sync.OnceValues(func() (*template.Template, error) { return parsePage(base, p) })}
	}
	return pages, nil
}

func parsePage(base *template.Template, p Page) (*template.Template, error) {
	own, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the layout: %w", err)
	}
	if own, err = own.ParseFS(p.Files, "*.html"); err != nil {
		return nil, fmt.Errorf("parse page %s: %w", p.Name, err)
	}
	if own.Lookup("main") == nil {
		return nil, fmt.Errorf("page %s: its templates do not define \"main\"", p.Name)
	}
	return own, nil
}

// Check parses the templates of every page. It returns the faults of all of them.
func (s *Site) Check() error {
	var all []error
	for _, p := range s.pages {
		_, err := p.templates()
		all = append(all, err)
	}
	return errors.Join(all...)
}

// partOf returns the files of a folder of ui's own templates.
func partOf(dir string) fs.FS {
	files, err := fs.Sub(htmlFiles, "html/"+dir)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return files
}

// Partial reports whether a script asks for only the live part of a page.
func Partial(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// Render writes a page, or its live part where the request is [Partial]. Neither is
// cached, because both show one workspace's data at one moment.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, page string, data any) error {
	t, err := s.pages[page].templates()
	if err != nil {
		return err
	}
	part := "layout"
	if Partial(r) && t.Lookup("live") != nil {
		part = "live"
	}
	return s.RenderPart(w, status, page, part, data)
}

// RenderPart writes one template of a page.
func (s *Site) RenderPart(w http.ResponseWriter, status int, page, part string, data any) error {
	t, err := s.pages[page].templates()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, data); err != nil {
		return fmt.Errorf("render %s of page %s: %w", part, page, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "HX-Request")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that has gone away is not our error
	return nil
}

// funcs are what templates may call.
func funcs(a *assets, now func() time.Time) template.FuncMap {
	return template.FuncMap{
		"asset":  a.url,
		"icon":   func(name string) template.HTML { return symbol(a, "i", "", name) },
		"glyph":  func(name any) template.HTML { return symbol(a, "g", "g-", fmt.Sprint(name)) },
		"once":   onceHTML,
		"ago":    func(t time.Time) template.HTML { return agoHTML(t, now()) },
		"clock":  clockHTML,
		"day":    func(t time.Time) template.HTML { return dayHTML(t, now()) },
		"num":    Digits,
		"plural": Plural,
		"join":   strings.Join,
		"human":  Human,
		"pretty": PrettyJSON,

		"language": prose.LanguageName,
	}
}

// symbol shows an icon of the sprite.
func symbol(a *assets, class, prefix, name string) template.HTML {
	name = prefix + template.HTMLEscapeString(name)
	if prefix != "" {
		class += " " + name
	}
	use := `<use href="` + a.url("icons.svg") + "#" + name + `"/>`
	return template.HTML(`<svg class="` + class + `" aria-hidden="true">` + use + `</svg>`) //nolint:gosec // our own names
}
