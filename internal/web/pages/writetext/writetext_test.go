package writetext_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/await"
	"vellocity/internal/web/webtest"
)

var faq = url.Values{
	"v-title": {"Returns"}, "v-description": {"How long do I have? 30 days.\r\nWho pays for the parcel? We do."},
}

// written returns the page of a text once it has ended.
func written(t *testing.T, p *webtest.Person, path string) string {
	t.Helper()
	path, _, _ = strings.Cut(path, "#")
	body := ""
	await.True(t, "the text ends", func() bool {
		body = p.Get(path).Body
		return !strings.Contains(body, `id="stream"`)
	})
	webtest.Parse(t, path, body)
	return body
}

// A person without scripts fills in a template, reads the text, and saves it as an item, once.
func TestATextIsWrittenAndSavedWithoutAScript(t *testing.T) {
	p := webtest.Start(t)
	begun := p.Post("/write/templates/faq_generator", faq)
	if begun.Status != http.StatusSeeOther || !strings.HasPrefix(begun.Location, "/write/texts/") {
		t.Fatalf("%d to %q\n%s", begun.Status, begun.Location, begun.Body)
	}
	page := written(t, p, begun.Location)
	for _, want := range []string{"30 days.", `value="Returns"`, "Write again", "Save as item", "0 credits"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	path, _, _ := strings.Cut(begun.Location, "#")
	first, again := p.Post(path+"/save", url.Values{"result": {"1"}}), p.Post(path+"/save", url.Values{"result": {"1"}})
	if first.Status != http.StatusSeeOther || first.Location != again.Location {
		t.Errorf("saved to %q, then %q", first.Location, again.Location)
	}
	if !strings.Contains(p.Get(first.Location).Body, "Who pays for the parcel?") ||
		!strings.Contains(p.Get(path).Body, "Open the item") {
		t.Error("the item is not the text, or the page does not lead to it")
	}
	if list := p.Get("/write/texts?q=returns").Body; !strings.Contains(list, path) {
		t.Error("the text is not in the list")
	}
	if r := p.Post(path+"/delete", nil); r.Location != "/write/texts" || p.Get(path).Status != http.StatusNotFound {
		t.Errorf("deleting leads to %q", r.Location)
	}
}

func TestAPromptIsWritten(t *testing.T) {
	p := webtest.Start(t)
	begun := p.Post("/write/prompt", url.Values{"prompt": {"Write a blog post outline about tea"}, "language": {"en"}})
	if page := written(t, p, begun.Location); !strings.Contains(page, "Write a blog post outline about tea</textarea>") {
		t.Errorf("%d to %q\n%s", begun.Status, begun.Location, page)
	}
}

// Faults stand at their fields, and what was written stays.
func TestFaultsOfATextStandAtTheirFields(t *testing.T) {
	p := webtest.Start(t)
	r := p.Post("/write/templates/faq_generator", url.Values{"v-title": {"Kept words"}, "maximum_length": {"many"}})
	for _, want := range []string{`href="#f-v-description"`, `href="#f-maximum_length"`, `value="Kept words"`, "<details class=\"meta\" open"} {
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, want) {
			t.Errorf("%d, and the page lacks %q", r.Status, want)
		}
	}
	r = p.Get("/write/templates/blog_intros")
	if !strings.Contains(r.Body, "This template needs a model") || strings.Contains(r.Body, `id="write"`) {
		t.Error("a template that needs a model must say so")
	}
	for _, path := range []string{"/write/templates/none", "/write/texts/99", "/write/own/faq_generator", "/write/own/none"} {
		if r := p.Get(path); r.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.Status)
		}
	}
}

// With a model, several texts stand apart, each with its findings, and a text that hangs can be stopped.
func TestSeveralTextsAndStopping(t *testing.T) {
	m := aitest.NewServer(func(c aitest.Call) aitest.Reply {
		if strings.Contains(string(c.Body), "halfway") {
			return aitest.Text("Half ", "a text").Faulty(aitest.Hang, 1)
		}
		return aitest.Text("Rain saves 37% of ", "the time.")
	})
	t.Cleanup(m.Close)
	p := webtest.StartWith(t, map[string]string{"openai-base-url": m.URL() + "/v1"})
	begun := p.Post("/write/templates/blog_intros",
		url.Values{"v-title": {"Rain"}, "v-description": {"It rains."}, "number_of_results": {"2"}})
	page := written(t, p, begun.Location)
	doc := webtest.Parse(t, "text", page)
	if webtest.Count(doc, "article", "wt-one") != 2 || webtest.Count(doc, "mark", "find") < 2 ||
		!strings.Contains(page, "Unsupported numbers") {
		t.Errorf("%d to %q\n%s", begun.Status, begun.Location, page)
	}
	begun = p.Post("/write/prompt", url.Values{"prompt": {"halfway"}})
	path, _, _ := strings.Cut(begun.Location, "#")
	await.True(t, "the text begins", func() bool { return strings.Contains(p.Get(path).Body, "Half") })
	if r := p.Post(path+"/stop", nil); r.Status != http.StatusSeeOther {
		t.Errorf("stop: %d", r.Status)
	}
	for _, want := range []string{"It was stopped before its end.", "Half"} {
		if page := written(t, p, path); !strings.Contains(page, want) {
			t.Errorf("a stopped text has no %q:\n%s", want, page)
		}
	}
	stream := p.Get(path + "/stream")
	if !strings.Contains(stream.Body, `data: {"text":"Half "}`) || strings.Count(stream.Body, "[DONE]") != 1 {
		t.Errorf("the stream of a stopped text: %q", stream.Body)
	}
}

// A template of one's own is made, marked, changed and deleted in the browser.
func TestOwnTemplatesInTheBrowser(t *testing.T) {
	p := webtest.Start(t)
	form := url.Values{
		"title": {"Launch note"}, "category": {"company"}, "content_type": {"text_content"},
		"f1-name": {"once"}, "f1-title": {"News"}, "f1-type": {"long_text"}, "f1-required": {"true"},
		"f2-name": {""}, "f2-type": {"text"}, "prompt": {"Write a note.\r\n\r\n{{onc}}"},
	}
	r := p.Post("/write/own/new", form)
	for _, want := range []string{`href="#f-prompt"`, `href="#f-f1-name"`, `value="Launch note"`} {
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, want) {
			t.Fatalf("%d, and the page lacks %q\n%s", r.Status, want, r.Body)
		}
	}
	more := url.Values{"more": {"1"}}
	for name, v := range form {
		more[name] = v
	}
	if r := p.Post("/write/own/new", more); r.Status != http.StatusOK || !strings.Contains(r.Body, `name="f3-name"`) {
		t.Errorf("another field: %d", r.Status)
	}
	form.Set("prompt", "Write a note.\r\n\r\n{{once}}")
	if r = p.Post("/write/own/new", form); r.Location != "/write/templates/launch_note" {
		t.Fatalf("%d to %q\n%s", r.Status, r.Location, r.Body)
	}
	page := p.Get("/write/own/launch_note").Body
	form.Set("etag", regexp.MustCompile(`name="etag" value="&#34;(\d+)`).FindStringSubmatch(page)[1])
	form.Set("etag", `"`+form.Get("etag")+`"`)
	form.Set("title", "Another note")
	if r = p.Post("/write/own/launch_note", form); r.Location != "/write/templates/launch_note" {
		t.Errorf("save: %d to %q", r.Status, r.Location)
	}
	if r = p.Post("/write/own/launch_note", form); r.Status != http.StatusPreconditionFailed {
		t.Errorf("an old version: %d", r.Status)
	}
	id := regexp.MustCompile(`id="t(10\d\d)"`).FindStringSubmatch(p.Get("/write").Body)[1]
	if r = p.Post("/write/favorites", url.Values{"template": {id}, "favorite": {"true"}}); r.Location != "/write#t"+id {
		t.Errorf("a favorite: %d to %q", r.Status, r.Location)
	}
	if !strings.Contains(p.Get("/write").Body, `id="g-favorites"`) {
		t.Error("the favorites are not shown")
	}
	if r = p.Post("/write/own/launch_note/delete", nil); r.Location != "/write" {
		t.Errorf("delete: %d", r.Status)
	}
	if p.Get("/write/templates/launch_note").Status != http.StatusNotFound {
		t.Error("the template is still there")
	}
}
