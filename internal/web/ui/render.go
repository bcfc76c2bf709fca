package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"vellocity/internal/prose"
)

//go:embed html
var htmlFiles embed.FS

// builtPage holds the parsed templates of a page.
type builtPage struct{ *template.Template }

// loadPages parses the templates of each page on top of the layout and the shared
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
		t, err := template.Must(base.Clone()).ParseFS(p.Files, "*.html")
		if err != nil {
			return nil, fmt.Errorf("parse page %s: %w", p.Name, err)
		}
		if t.Lookup("main") == nil {
			return nil, fmt.Errorf("page %s: its templates do not define \"main\"", p.Name)
		}
		if len(p.Routes) == 0 {
			return nil, fmt.Errorf("page %s has no route", p.Name)
		}
		pages[p.Name] = &builtPage{t}
	}
	return pages, nil
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
	part := "layout"
	if Partial(r) && s.pages[page].Lookup("live") != nil {
		part = "live"
	}
	return s.RenderPart(w, status, page, part, data)
}

// RenderPart writes one template of a page.
func (s *Site) RenderPart(w http.ResponseWriter, status int, page, part string, data any) error {
	var b bytes.Buffer
	if err := s.pages[page].ExecuteTemplate(&b, part, data); err != nil {
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
