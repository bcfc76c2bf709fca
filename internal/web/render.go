package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

// pages holds the parsed templates of every page.
type pages struct {
	byName map[string]*template.Template
}

// loadPages parses each folder of pages/ on top of the layout and the shared
// parts. The folder parts is no page.
func loadPages(a *assets, now func() time.Time) (*pages, error) {
	base, err := template.New("base").Funcs(funcs(a, now)).ParseFS(pageFiles, "pages/*.html", "pages/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: parse layout: %w", err)
	}
	dirs, err := fs.ReadDir(pageFiles, "pages")
	if err != nil {
		return nil, fmt.Errorf("web: list pages: %w", err)
	}
	p := &pages{byName: map[string]*template.Template{}}
	for _, d := range dirs {
		if !d.IsDir() || d.Name() == "parts" {
			continue
		}
		t, err := template.Must(base.Clone()).ParseFS(pageFiles, "pages/"+d.Name()+"/*.html")
		if err != nil {
			return nil, fmt.Errorf("web: parse page %s: %w", d.Name(), err)
		}
		if t.Lookup("main") == nil {
			return nil, fmt.Errorf("web: page %s defines no \"main\"", d.Name())
		}
		p.byName[d.Name()] = t
	}
	return p, nil
}

// render answers with a page, or with only its live part where a script asks for
// it. Neither may be cached, since both show one workspace's data at one moment.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, page string, data any) error {
	part := "layout"
	if r.Header.Get("HX-Request") == "true" && s.pages.byName[page].Lookup("live") != nil {
		part = "live"
	}
	return s.renderPart(w, status, page, part, data)
}

func (s *Site) renderPart(w http.ResponseWriter, status int, page, part string, data any) error {
	var b bytes.Buffer
	if err := s.pages.byName[page].ExecuteTemplate(&b, part, data); err != nil {
		return fmt.Errorf("render %s of page %s: %w", part, page, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "HX-Request")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader that went away is no fault of ours
	return nil
}

// funcs are what templates may call.
func funcs(a *assets, now func() time.Time) template.FuncMap {
	return template.FuncMap{
		"asset":  a.url,
		"icon":   func(name string) template.HTML { return symbol(a, "i", "", name) },
		"glyph":  func(name any) template.HTML { return symbol(a, "g", "g-", fmt.Sprint(name)) },
		"ago":    func(t time.Time) template.HTML { return agoHTML(t, now()) },
		"clock":  clockHTML,
		"num":    groupDigits,
		"plural": plural,
		"join":   strings.Join,
		"human":  human,
		"pretty": prettyJSON,
	}
}

// symbol shows a picture of the sprite.
func symbol(a *assets, class, prefix, name string) template.HTML {
	name = prefix + template.HTMLEscapeString(name)
	if prefix != "" {
		class += " " + name
	}
	return template.HTML(`<svg class="` + class + `" aria-hidden="true"><use href="` + a.url("icons.svg") + "#" + name + `"/></svg>`) //nolint:gosec // names of our own sprite
}
