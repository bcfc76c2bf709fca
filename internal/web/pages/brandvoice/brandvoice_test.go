package brandvoice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/webtest"
)

// formOf returns what a browser would post of the form that goes to action.
func formOf(t *testing.T, body, action string) url.Values {
	t.Helper()
	form, inside := url.Values{}, false
	for n := range webtest.Parse(t, action, body).Descendants() {
		if n.Data == "form" {
			inside = webtest.Attr(n, "action") == action
		}
		name := webtest.Attr(n, "name")
		if !inside || name == "" {
			continue
		}
		has := func(key string) bool {
			for _, a := range n.Attr {
				if a.Key == key {
					return true
				}
			}
			return false
		}
		switch n.Data {
		case "input":
			if kind := webtest.Attr(n, "type"); kind != "checkbox" && kind != "radio" || has("checked") {
				form.Add(name, webtest.Attr(n, "value"))
			}
		case "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			form.Add(name, text)
		case "select":
			for o := range n.Descendants() {
				for _, a := range o.Attr {
					if o.Data == "option" && a.Key == "selected" {
						form.Add(name, webtest.Attr(o, "value"))
					}
				}
			}
		}
	}
	return form
}

// TestABrandVoiceIsWrittenInTheForm creates, changes and deletes a brand voice without a
// script.
func TestABrandVoiceIsWrittenInTheForm(t *testing.T) {
	p := webtest.Start(t)
	form := formOf(t, p.Get("/brand-voices/new").Body, "/brand-voices/new")
	if form.Get("reading_level") != "general" || len(form["use"]) != 3 {
		t.Errorf("a new form has %v", form)
	}
	form.Set("name", "Launch")
	form["tone"] = []string{"warm"}
	form.Set("tone_more", "dry, Warm")
	form.Set("do", "Say it first\r\n\r\n Say it short ")
	form["use"], form["instead_of"] = []string{"customers", "", "e-mail"}, []string{"users", "", "mail"}
	form["sample_texts"] = []string{"", "We fix it.\r\nThen we explain."}
	form.Set("language", "de-AT")
	form.Set("is_default", "true")

	more := form
	more.Set("more", "1")
	r := p.Post("/brand-voices/new", more)
	if r.Status != http.StatusOK || len(formOf(t, r.Body, "/brand-voices/new")["use"]) != 8 ||
		!strings.Contains(r.Body, "data-refused") || !strings.Contains(r.Body, `value="dry, Warm"`) {
		t.Errorf("more rows: %d", r.Status)
	}
	form.Del("more")
	r = p.Post("/brand-voices/new", form)
	if r.Status != http.StatusSeeOther || r.Location != "/brand-voices/3" {
		t.Fatalf("%d to %q\n%s", r.Status, r.Location, r.Body)
	}
	v := webtest.Must(p.Engine.Content.BrandVoice(p.Context(), 3))(t)
	if strings.Join(v.Tone, ",") != "warm,dry" || len(v.Do) != 2 || v.Do[1] != "Say it short" ||
		len(v.PreferredTerms) != 2 || v.PreferredTerms[1].InsteadOf != "mail" || len(v.SampleTexts) != 1 ||
		v.Language != "de-AT" ||
		!v.IsDefault {
		t.Errorf("stored %+v", v)
	}
	again := p.Post("/brand-voices/new", form) // a double click
	if again.Location != "/brand-voices/3" {
		t.Errorf("sent twice: %d to %q", again.Status, again.Location)
	}

	same := p.Post("/brand-voices/3", formOf(t, p.Get("/brand-voices/3").Body, "/brand-voices/3"))
	if v := webtest.Must(p.Engine.Content.BrandVoice(p.Context(), 3))(t); same.Status != http.StatusSeeOther ||
		v.Version != 1 {
		t.Errorf("saving what is stored: %d, version %d", same.Status, v.Version)
	}
	form = formOf(t, p.Get("/brand-voices/3").Body, "/brand-voices/3")
	form.Set("banned_terms", "synergy")
	p.Post("/brand-voices/3", form)
	if page := p.Get("/brand-voices/3").Body; !strings.Contains(page, "Version 2</b>") ||
		!strings.Contains(page, "Changed banned terms") || !strings.Contains(page, "Owner</span>") {
		t.Error("the page does not say who changed what")
	}
	form.Set("banned_terms", "leverage")
	stale := p.Post("/brand-voices/3", form)
	if stale.Status != http.StatusPreconditionFailed || !strings.Contains(stale.Body, "Someone saved a newer version") ||
		!strings.Contains(stale.Body, "leverage") {
		t.Errorf("a form of an old version: %d", stale.Status)
	}
	if r := p.Post("/brand-voices/3", formOf(t, stale.Body, "/brand-voices/3")); r.Status != http.StatusSeeOther {
		t.Errorf("saved again: %d", r.Status)
	}

	form = formOf(t, p.Get("/brand-voices/3?delete=1").Body, "/brand-voices/3/delete")
	if r := p.Post("/brand-voices/3/delete", form); r.Status != http.StatusConflict ||
		!strings.Contains(r.Body, "workspace&#39;s default") {
		t.Errorf("the default: %d", r.Status)
	}
	edit := content.EditBrandVoice{ID: 1, BrandVoiceEdit: domain.BrandVoiceEdit{IsDefault: new(true)}}
	webtest.Must(p.Engine.Content.EditBrandVoice(p.Context(), edit))(t)
	if r := p.Post("/brand-voices/3/delete", url.Values{"once": {"x"}}); r.Location != "/brand-voices" {
		t.Errorf("deleted: %d to %q", r.Status, r.Location)
	}
	if r := p.Get("/brand-voices/3"); r.Status != http.StatusNotFound {
		t.Errorf("a deleted one: %d", r.Status)
	}
}

// TestFaultsStandAtTheirFields posts a form with a fault of each kind.
func TestFaultsStandAtTheirFields(t *testing.T) {
	p := webtest.Start(t)
	form := url.Values{
		"name": {" "}, "tone": {"warm"}, "language": {"klingonese"}, "do": {strings.Repeat("x", 400)},
		"use": {"", "customers"}, "instead_of": {"", "Customers"}, "sample_texts": {strings.Repeat("y", 6000), "Kept."},
	}
	r := p.Post("/brand-voices/new", form)
	doc := webtest.Parse(t, "refused", r.Body)
	invalid := map[string]bool{}
	for n := range doc.Descendants() {
		if webtest.Attr(n, "aria-invalid") == "true" {
			invalid[webtest.Attr(n, "name")] = true
		}
	}
	if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "data-refused") {
		t.Errorf("refused with %d", r.Status)
	}
	for _, name := range []string{"name", "language", "do", "use", "sample_texts"} {
		if !invalid[name] {
			t.Errorf("%s is not marked", name)
		}
	}
	for _, kept := range []string{"Kept.", `value="Customers"`, `href="#f-name"`, `href="#terms"`, `href="#f-sample-1"`} {
		if !strings.Contains(r.Body, kept) {
			t.Errorf("the form lacks %s", kept)
		}
	}
}
