package ui_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

// TestAPageWhosePartsDoNotMatchIsRefused builds sites that must not start.
func TestAPageWhosePartsDoNotMatchIsRefused(t *testing.T) {
	p := webtest.Start(t)
	handle := func(http.ResponseWriter, *http.Request) error { return nil }
	page := func(change func(*ui.Page)) ui.Mount {
		return func(*ui.Site) ui.Page {
			x := ui.Page{
				Name:   "triggers",
				Files:  fstest.MapFS{"page.html": {Data: []byte(`{{define "main"}}{{end}}`)}},
				Menu:   ui.Link{Group: ui.Manage, Path: "/triggers", Name: "Triggers", Icon: "bot", Keys: "g t"},
				Routes: []ui.Route{{Pattern: "GET /triggers", Handle: handle}},
			}
			if change != nil {
				change(&x)
			}
			return x
		}
	}
	build := func(mounts ...ui.Mount) error {
		s, err := ui.New(ui.Options{
			Engine:  p.Engine,
			Session: func(*http.Request) (domain.Actor, error) { return domain.Actor{}, nil },
			SignIn:  func(http.ResponseWriter, *http.Request) (string, error) { return "", nil },
			SignOut: func(http.ResponseWriter, *http.Request) error { return nil },
		}, mounts...)
		if err != nil {
			return err
		}
		defer s.Close()
		return s.Check()
	}
	if err := build(page(nil)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		mounts     []ui.Mount
	}{
		{"twice", "two pages named", []ui.Mount{page(nil), page(nil)}},
		{"no name", "two pages named", []ui.Mount{page(func(x *ui.Page) { x.Name = "" })}},
		{"no template", "parse page triggers", []ui.Mount{page(func(x *ui.Page) { x.Files = fstest.MapFS{} })}},
		{"no main", `do not define "main"`, []ui.Mount{page(func(x *ui.Page) {
			x.Files = fstest.MapFS{"page.html": {Data: []byte(`{{define "other"}}{{end}}`)}}
		})}},
		{"no route", "has no route", []ui.Mount{page(func(x *ui.Page) { x.Routes = nil })}},
		{"an address twice", "both serve", []ui.Mount{page(nil), page(func(x *ui.Page) {
			x.Name, x.Menu = "other", ui.Link{}
		})}},
		{"the menu leads nowhere", "which it does not serve", []ui.Mount{page(func(x *ui.Page) {
			x.Menu.Path = "/elsewhere"
		})}},
		{"no such group", "no group", []ui.Mount{page(func(x *ui.Page) { x.Menu.Group = "Other" })}},
		{"no such icon", "no icon", []ui.Mount{page(func(x *ui.Page) { x.Menu.Icon = "none" })}},
		{"a shortcut twice", "share the shortcut", []ui.Mount{page(nil), page(func(x *ui.Page) {
			x.Name, x.Menu.Path, x.Routes = "other", "/other", []ui.Route{{Pattern: "GET /other", Handle: handle}}
		})}},
	} {
		if err := build(c.mounts...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestTheSearchFindsWhatLiesBeyondTheBoard(t *testing.T) {
	p := webtest.Start(t)
	p.Add(domain.ContentItem{Title: "The very first one", Body: "Text."}, domain.ItemGenerated)
	for range 210 {
		p.Add(domain.ContentItem{Title: "Another", Body: "Text."}, domain.ItemGenerated)
	}
	r := p.Get("/find?q=first+VERY", "Accept", "application/json")
	want := `[{"id":1,"title":"The very first one","path":"/content/1","where":"Generated"}]`
	if strings.TrimSpace(r.Body) != want {
		t.Errorf("found %s", r.Body)
	}
	form := p.Get("/capabilities/review-content?content_id=1").Body
	if !strings.Contains(form, `<option value="1" selected>The very first one (Generated)</option>`) {
		t.Error("a chosen item that is not listed must be added to the list")
	}
	if !strings.Contains(form, `data-find="f-content_id"`) {
		t.Error("a form that does not list all items must offer a search")
	}
}
