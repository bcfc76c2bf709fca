package templateform_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/webtest"
)

// filled are the values of the form of a template as a browser would send them.
func filled(t *testing.T, body string) url.Values {
	t.Helper()
	doc := webtest.Parse(t, "form", body)
	values := url.Values{}
	var walk func(n *html.Node, within bool)
	walk = func(n *html.Node, within bool) {
		name := webtest.Attr(n, "name")
		within = within || n.Data == "form" && webtest.Attr(n, "id") == "template-form"
		if within && name != "" {
			switch n.Data {
			case "input":
				kind := webtest.Attr(n, "type")
				if kind != "checkbox" || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" }) {
					values.Add(name, webtest.Attr(n, "value"))
				}
			case "textarea":
				values.Add(name, strings.ReplaceAll(textOf(n), "\n", "\r\n"))
			case "select":
				values.Add(name, selected(n))
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, within)
		}
	}
	walk(doc, false)
	return values
}

func textOf(n *html.Node) (text string) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		text += c.Data
	}
	return text
}

func selected(n *html.Node) (value string) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Data == "optgroup" {
			if v := selected(c); v != "" {
				value = v
			}
		}
		if slices.ContainsFunc(c.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
			value = webtest.Attr(c, "value")
		}
	}
	return value
}

const blog = "generate-blog-post"

// threeSteps is a form of a template as a person fills it in.
func threeSteps() url.Values {
	return url.Values{
		"name": {"Three steps"}, "description": {"Writes, checks and reviews."}, "category": {"blog"},
		"in-0-name": {"topic"}, "in-0-kind": {"text"}, "in-0-required": {"true"}, "in-0-title": {"Topic"},
		"in-1-name": {"tone"}, "in-1-kind": {"choice"}, "in-1-choices": {"calm\r\nbold"}, "in-1-default": {"calm"},
		"in-rest":  {`{"additionalProperties": false}`},
		"st-0-key": {"post"}, "st-0-capability": {blog}, "st-0-was": {blog}, "st-0-set-topic": {"{{ inputs.topic }}"},
		"st-1-key": {"check"}, "st-1-capability": {"analyze-seo"}, "st-1-was": {"analyze-seo"}, "st-1-after": {"0"},
		"st-1-set-content_id": {"{{ steps.post.items[0].id }}"},
		"st-2-key":            {"review"}, "st-2-capability": {"review-content"}, "st-2-was": {"review-content"},
		"st-2-after": {"0", "1"}, "st-2-set-content_id": {"{{ steps.post.items[0].id }}"},
		"st-2-when": {"steps.check.output.score < 90"},
	}
}

func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func stored(t *testing.T, p *webtest.Person, slug string) work.TemplateDetails {
	t.Helper()
	return webtest.Must(p.Engine.Work.Template(p.Context(), slug))(t)
}

func TestATemplateIsCreatedChangedAndDeleted(t *testing.T) {
	p := webtest.Start(t)
	made := p.Post("/new-template", threeSteps())
	if made.Status != http.StatusSeeOther || made.Location != "/templates/three-steps" {
		t.Fatalf("%d to %q\n%s", made.Status, made.Location, made.Body)
	}
	got := stored(t, p, "three-steps")
	if len(got.Steps) != 3 || got.Steps[2].When == "" ||
		!slices.Equal(got.Steps[2].DependsOn, []string{"post", "check"}) ||
		string(got.Steps[1].Settings) != `{"content_id":"{{ steps.post.items[0].id }}"}` {
		t.Errorf("%+v", got.Steps)
	}
	if f, ok := got.Inputs.Field("tone"); !ok || !slices.Equal(f.Enum, []string{"calm", "bold"}) || f.Required {
		t.Errorf("%s", got.InputSchema)
	}
	if shown := p.Get("/templates/three-steps").Body; !strings.Contains(shown, `href="/templates/three-steps/edit"`) {
		t.Error("its page does not lead to its form")
	}
	form := filled(t, p.Get("/templates/three-steps/edit").Body)
	saved := p.Post("/templates/three-steps/edit", with(form, "name", "Three", "st-1-key", "seo", "slug", "another"))
	if saved.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", saved.Status, saved.Body)
	}
	got = stored(t, p, "three-steps")
	if got.Name != "Three" || got.Steps[2].When != "steps.seo.output.score < 90" || got.Steps[2].DependsOn[1] != "seo" {
		t.Errorf("%+v", got)
	}
	if again := p.Post("/new-template", with(threeSteps(), "slug", "three-steps")); again.Status != http.StatusConflict ||
		!strings.Contains(again.Body, "already exists") || filled(t, again.Body).Get("st-2-when") == "" {
		t.Errorf("a taken slug: %d\n%s", again.Status, again.Body)
	}
	if gone := p.Post("/templates/three-steps/delete", url.Values{}); gone.Location != "/templates" {
		t.Errorf("%d to %q", gone.Status, gone.Location)
	}
	if gone := p.Get("/templates/three-steps/edit").Status; gone != http.StatusNotFound {
		t.Errorf("deleted: %d", gone)
	}
}

// Every template that ships with Vellocity opens as a copy and is saved as the same template.
func TestCopiesSayTheSame(t *testing.T) {
	p := webtest.Start(t)
	list := webtest.Must(p.Engine.Work.Templates(p.Context(), work.ListTemplates{}))(t)
	if to := p.Get("/templates/" + list[0].Slug + "/edit").Location; to != "/new-template?copy="+list[0].Slug {
		t.Errorf("one that ships leads to %q", to)
	}
	for _, b := range list {
		page := p.Get("/new-template?copy=" + b.Slug)
		form := filled(t, page.Body)
		made := p.Post("/new-template", form)
		if made.Status != http.StatusSeeOther {
			t.Errorf("%s: %d\n%s", b.Slug, made.Status, made.Body)
			continue
		}
		got := stored(t, p, form.Get("slug"))
		if form.Has("schema") || !same(t, got.InputSchema, b.InputSchema) {
			t.Errorf("%s: its inputs are not shown in rows, or became\n%s", b.Slug, got.InputSchema)
		}
		for i, s := range got.Steps {
			want := b.Steps[i]
			if s.Key != want.Key || s.When != want.When || s.Capability != want.Capability ||
				!same(t, s.Settings, want.Settings) || !slices.Equal(sorted(s.DependsOn), sorted(want.DependsOn)) {
				t.Errorf("%s: step %s\n%+v\nbecame\n%+v", b.Slug, s.Key, want, s)
			}
			if rest := form.Get(fmt.Sprintf("st-%d-rest", i)); rest != "" {
				t.Errorf("%s: step %s has settings without a field: %s", b.Slug, s.Key, rest)
			}
		}
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func same(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	var x, y any
	webtest.No(t, json.Unmarshal(a, &x))
	webtest.No(t, json.Unmarshal(b, &y))
	return reflect.DeepEqual(x, y)
}

// Each fault of the verb, and of the form itself, is shown at its field and in the summary
// with a link to it, and all that was typed is still there.
func TestEveryFaultStandsAtItsField(t *testing.T) {
	p := webtest.Start(t)
	for _, c := range []struct {
		name, id string // of the field at fault
		set      []string
	}{
		{"no name", "f-name", []string{"name", " ", "slug", "x"}},
		{"a slug with a space", "f-slug", []string{"slug", "a b"}},
		{"no category", "f-category", []string{"category", "x"}},
		{"an input without a name", "f-in-0-name", []string{"in-0-name", ""}},
		{"an input twice", "f-in-1-name", []string{"in-1-name", "topic"}},
		{"a choice without choices", "f-in-1-choices", []string{"in-1-choices", "", "in-1-default", ""}},
		{"a default that is no choice", "f-in-1-default", []string{"in-1-default", "loud"}},
		{"a default that is no number", "f-in-1-default", []string{"in-1-kind", "number", "in-1-default", "x"}},
		{"rules that are no JSON", "f-in-1-more", []string{"in-1-more", "{"}},
		{"rules that are no schema", "f-in-rest", []string{"in-1-more", `{"minLength": "x"}`}},
		{"no capability", "f-st-1-capability", []string{"st-1-capability", ""}},
		{"an unknown capability", "f-st-1-capability", []string{"st-1-capability", "nothing", "st-1-was", "nothing"}},
		{"a key twice", "f-st-1-key", []string{"st-1-key", "post"}},
		{"a key with a space", "f-st-1-key", []string{"st-1-key", "a b"}},
		{"a setting of another type", "f-st-0-set-word_count", []string{"st-0-set-word_count", "many"}},
		{"a missing setting", "f-st-0-set-topic", []string{"st-0-set-topic", ""}},
		{"an input that is not there", "f-st-0-set-topic", []string{"st-0-set-topic", "{{ inputs.topics }}"}},
		{"an expression that is none", "f-st-0-set-topic", []string{"st-0-set-topic", "{{ inputs. }}"}},
		{"a step that it does not wait for", "f-st-1-set-content_id", []string{"st-1-after", "7"}},
		{"a circle", "f-st-0-after", []string{"st-0-after", "2"}},
		{"a condition in braces", "f-st-2-when", []string{"st-2-when", "{{ true }}"}},
		{"a setting that does not exist", "f-st-1-rest", []string{"st-1-rest", `{"colour": 1}`}},
		{"settings that are no JSON", "f-st-1-rest", []string{"st-1-rest", `{"colour"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sent := with(threeSteps(), c.set...)
			got := p.Post("/new-template", sent)
			if got.Status != http.StatusUnprocessableEntity {
				t.Fatalf("%d to %q", got.Status, got.Location)
			}
			doc := webtest.Parse(t, c.name, got.Body)
			if webtest.Count(doc, "div", "errors") != 1 || !strings.Contains(got.Body, `href="#`+c.id+`"`) {
				t.Errorf("the summary has no link to %s", c.id)
			}
			if !strings.Contains(got.Body, `id="`+c.id+`-error"`) &&
				!strings.Contains(got.Body, `id="`+c.id+`" tabindex="-1" aria-invalid`) {
				t.Errorf("nothing is said at %s", c.id)
			}
			back := filled(t, got.Body)
			for name := range sent {
				if strings.HasSuffix(name, "-was") || name == "st-1-after" || name == "category" {
					continue
				}
				rest := back.Get("st-1-rest") // what the step's capability has no field for
				want := strings.TrimSpace(sent.Get(name))
				if back.Get(name) != want && !(strings.HasPrefix(name, "st-1-set") && strings.Contains(rest, want)) {
					t.Errorf("%s was %q and became %q", name, want, back.Get(name))
				}
			}
		})
	}
	all := p.Post("/new-template", with(threeSteps(), "name", "", "slug", "a b", "st-0-key", "A",
		"st-2-when", "{{ x }}", "in-0-name", ""))
	for _, id := range []string{"f-name", "f-slug", "f-st-0-key", "f-st-2-when", "f-in-0-name"} {
		if !strings.Contains(all.Body, `href="#`+id+`"`) {
			t.Errorf("all at once: nothing about %s", id)
		}
	}
}

// Buttons add, move and remove rows without a script, and lose nothing.
func TestRowsAreAddedMovedAndRemoved(t *testing.T) {
	p := webtest.Start(t)
	press := func(form url.Values, do string) url.Values {
		t.Helper()
		form.Set("do", do)
		r := p.Post("/new-template", form)
		if r.Status != http.StatusOK {
			t.Fatalf("%s: %d\n%s", do, r.Status, r.Body)
		}
		return filled(t, r.Body)
	}
	f := press(threeSteps(), "step-up:2")
	if f.Get("st-1-key") != "review" || !slices.Equal(f["st-1-after"], []string{"0", "2"}) || f.Get("st-1-when") == "" {
		t.Errorf("up: %v", f)
	}
	f = press(f, "step-down:1")
	if f.Get("st-2-key") != "review" || !slices.Equal(f["st-2-after"], []string{"0", "1"}) {
		t.Errorf("down again: %v", f)
	}
	f = press(f, "step-remove:1")
	if f.Has("st-2-key") || f.Get("st-1-key") != "review" || !slices.Equal(f["st-1-after"], []string{"0"}) {
		t.Errorf("removed: %v", f)
	}
	f = press(f, "step-add")
	f.Set("st-2-capability", "analyze-seo")
	f = press(f, "step-show:2")
	if f.Get("st-2-key") != "analyze-seo" || !f.Has("st-2-set-content_id") {
		t.Errorf("a new step: %v", f)
	}
	f.Set("st-2-set-content_id", "7")
	f.Set("st-2-capability", blog)
	f = press(f, "update")
	if !strings.Contains(f.Get("st-2-rest"), `"content_id": 7`) || !f.Has("st-2-set-topic") {
		t.Errorf("another capability: %v", f)
	}
	f = press(f, "input-add")
	f.Set("in-2-name", "words")
	f = press(f, "input-up:2")
	f = press(f, "input-remove:0")
	if f.Get("in-0-name") != "words" || f.Get("in-1-name") != "tone" || f.Has("in-2-name") {
		t.Errorf("inputs: %v", f)
	}
	f = press(f, "as-json")
	if !strings.Contains(f.Get("schema"), `"tone"`) || f.Has("in-0-name") {
		t.Errorf("as JSON: %v", f)
	}
	f = press(f, "as-rows")
	if f.Get("in-1-choices") != "calm\r\nbold" {
		t.Errorf("as rows: %v", f)
	}
	for range 25 {
		f = press(f, "step-add")
	}
	if f.Has("st-20-key") || !f.Has("st-19-key") {
		t.Error("a template has 20 steps at most")
	}
}

// A schema that rows cannot show stays JSON, in the same form.
func TestAnOwnSchemaStaysJSON(t *testing.T) {
	p := webtest.Start(t)
	schema := json.RawMessage(`{"type":"object","properties":{"topic":true},"anyOf":[{"required":["topic"]}]}`)
	_, err := p.Engine.Work.CreateTemplate(p.Context(), domain.Template{
		Slug: "own", Name: "Own", Category: domain.TemplateOther, InputSchema: schema,
		Steps: []domain.TemplateStep{{Key: "a", Capability: blog, Settings: json.RawMessage(`{"topic":"x"}`)}},
	})
	webtest.No(t, err)
	form := filled(t, p.Get("/templates/own/edit").Body)
	if !form.Has("schema") {
		t.Fatal("it is shown in rows")
	}
	rows := p.Post("/templates/own/edit", with(form, "do", "as-rows"))
	if rows.Status != http.StatusOK || !strings.Contains(rows.Body, "Rows cannot show this schema") {
		t.Errorf("%d\n%s", rows.Status, rows.Body)
	}
	form = filled(t, rows.Body)
	if saved := p.Post("/templates/own/edit", form); saved.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", saved.Status, saved.Body)
	}
	if got := stored(t, p, "own"); !same(t, got.InputSchema, schema) {
		t.Errorf("%s", got.InputSchema)
	}
	form = filled(t, p.Get("/templates/own/edit").Body)
	wrong := p.Post("/templates/own/edit", with(form, "schema", "{"))
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, `href="#f-schema"`) ||
		filled(t, wrong.Body).Get("schema") != "{" {
		t.Errorf("%d\n%s", wrong.Status, wrong.Body)
	}
}

// Someone else saved first: theirs is shown beside what was typed, and nothing is lost.
func TestSomeoneElseSavedFirst(t *testing.T) {
	p := webtest.Start(t)
	p.Post("/new-template", threeSteps())
	mine := filled(t, p.Get("/templates/three-steps/edit").Body)
	theirs := filled(t, p.Get("/templates/three-steps/edit").Body)
	p.Post("/templates/three-steps/edit", with(theirs, "name", "Theirs", "st-0-set-audience", "founders"))
	got := p.Post("/templates/three-steps/edit", with(mine, "name", "Mine"))
	if got.Status != http.StatusPreconditionFailed || !strings.Contains(got.Body, "Theirs") ||
		!strings.Contains(got.Body, "founders") || !strings.Contains(got.Body, "Step post, audience") {
		t.Fatalf("%d\n%s", got.Status, got.Body)
	}
	back := filled(t, got.Body)
	if back.Get("name") != "Mine" {
		t.Errorf("the name became %q", back.Get("name"))
	}
	if saved := p.Post("/templates/three-steps/edit", back); saved.Status != http.StatusSeeOther {
		t.Errorf("%d\n%s", saved.Status, saved.Body)
	}
	if name := stored(t, p, "three-steps").Name; name != "Mine" {
		t.Errorf("stored: %q", name)
	}
}

// What stands beside the form follows it: the faults, the drawing, and the names.
func TestTheSideFollowsTheForm(t *testing.T) {
	p := webtest.Start(t)
	side := p.Post("/new-template/side", with(threeSteps(), "st-1-set-content_id", "{{ steps.pots.items[0].id }}")).Body
	for _, want := range []string{
		"1 thing to fix", `href="#f-st-1-set-content_id"`, "{{ inputs.tone }}", "{{ steps.post.items[0].id }}",
		"{{ steps.check.output.score }}", `href="#st-2" class="if"`,
	} {
		if !strings.Contains(side, want) {
			t.Errorf("no %q in\n%s", want, side)
		}
	}
	settings := p.Post("/new-template/step/1", with(threeSteps(), "st-1-capability", blog)).Body
	if !strings.Contains(settings, `name="st-1-set-topic"`) || strings.Contains(settings, "<form") {
		t.Errorf("%s", settings)
	}
	if far := p.Post("/new-template/step/9", threeSteps()).Status; far != http.StatusNotFound {
		t.Errorf("no such step: %d", far)
	}
	checked := p.Post("/new-template", with(threeSteps(), "do", "check"))
	if checked.Status != http.StatusOK || !strings.Contains(checked.Body, "Nothing is wrong.") {
		t.Errorf("%d\n%s", checked.Status, checked.Body)
	}
}

func BenchmarkAFormOfTwentySteps(b *testing.B) {
	p := webtest.Start(b)
	form := threeSteps()
	for i := 3; i < 20; i++ {
		at := fmt.Sprintf("st-%d-", i)
		form.Set(at+"key", fmt.Sprintf("k%d", i))
		form.Set(at+"capability", blog)
		form.Set(at+"was", blog)
		form.Set(at+"set-topic", "{{ inputs.topic }}")
		form.Set(at+"after", "0")
	}
	if r := p.Post("/new-template", form); r.Status != http.StatusSeeOther {
		b.Fatalf("%d\n%s", r.Status, r.Body)
	}
	for b.Loop() {
		p.Get("/templates/three-steps/edit")
	}
}
