package template_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/web/webtest"
)

func TestATemplateIsFoundPlannedAndRun(t *testing.T) {
	p := webtest.Start(t)
	gallery := p.Get("/templates")
	if gallery.Status != http.StatusOK || !strings.Contains(gallery.Body, `href="/templates/blog-and-social"`) {
		t.Fatalf("%d\n%s", gallery.Status, gallery.Body)
	}
	suggested := p.Post("/templates", url.Values{"use_case": {"a blog post and social posts"}})
	if suggested.Status != http.StatusOK || !strings.Contains(suggested.Body, "Found by comparing words") ||
		!strings.Contains(suggested.Body, `value="a blog post and social posts"`) {
		t.Errorf("%d\n%s", suggested.Status, suggested.Body)
	}
	if empty := p.Post("/templates", url.Values{}); empty.Status != http.StatusUnprocessableEntity ||
		!strings.Contains(empty.Body, "f-use_case-error") {
		t.Errorf("nothing asked: %d", empty.Status)
	}

	path := "/templates/blog-and-social"
	shown := p.Get(path)
	doc := webtest.Parse(t, path, shown.Body)
	if webtest.Count(doc, "rect", "") < 2 || !strings.Contains(shown.Body, `href="#step-social-posts"`) {
		t.Errorf("no drawing:\n%s", shown.Body)
	}
	wrong := p.Post(
		path+"/plan",
		url.Values{"topic": {""}, "facts": {"Our 6 people answer in 2 hours."}, "max_credits": {"x"}},
	)
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, `href="#f-topic"`) &&
		!strings.Contains(
			wrong.Body,
			`href="#f-max_credits"`,
		) || !strings.Contains(wrong.Body, "Our 6 people answer in 2 hours.") {
		t.Errorf("a wrong plan: %d\n%s", wrong.Status, wrong.Body)
	}
	wrong = p.Post(path+"/plan", url.Values{"topic": {""}})
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, `href="#f-topic"`) {
		t.Errorf("a plan without a topic: %d\n%s", wrong.Status, wrong.Body)
	}
	planned := p.Post(path+"/plan", url.Values{"topic": {"Cloud"}})
	if planned.Status != http.StatusOK || !strings.Contains(planned.Body, `id="plan"`) ||
		!strings.Contains(planned.Body, `value="Cloud"`) || !strings.Contains(planned.Body, "It costs no credits") ||
		!strings.Contains(planned.Body, "Guardrails: Secrets") {
		t.Errorf("a plan: %d\n%s", planned.Status, planned.Body)
	}
	if none := p.Get("/executions/1").Status; none != http.StatusNotFound {
		t.Errorf("a plan has started an execution: %d", none)
	}
	run := p.Post(path, url.Values{"topic": {"Cloud"}, "max_credits": {"0"}})
	if run.Status != http.StatusSeeOther || run.Location != "/executions/1" {
		t.Errorf("%d to %q\n%s", run.Status, run.Location, run.Body)
	}
	if gone := p.Get("/templates/nothing").Status; gone != http.StatusNotFound {
		t.Errorf("no such template: %d", gone)
	}
}
