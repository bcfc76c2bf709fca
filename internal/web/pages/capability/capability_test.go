package capability_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

func TestAnExecutionFromTheForm(t *testing.T) {
	p := webtest.Start(t)
	path := "/capabilities/generate-blog-post"
	wrong := p.Post(path, url.Values{"topic": {""}, "word_count": {"9"}})
	doc := webtest.Parse(t, path, wrong.Body)
	if wrong.Status != http.StatusUnprocessableEntity || webtest.Count(doc, "div", "errors") != 1 ||
		!strings.Contains(wrong.Body, `href="#f-topic"`) || !strings.Contains(wrong.Body, `href="#f-word_count"`) {
		t.Errorf("a wrong form: %d\n%s", wrong.Status, wrong.Body)
	}
	right := p.Post(path, url.Values{"topic": {"Cloud"}, "priority": {"high"}})
	if right.Status != http.StatusSeeOther || right.Location != "/executions/1" {
		t.Fatalf("%d to %q", right.Status, right.Location)
	}
	if again := p.Get(path + "?from=1").Body; !strings.Contains(again, `value="Cloud"`) {
		t.Error("a past execution's inputs must be filled in")
	}
	call := p.Post(path+"/call", url.Values{"topic": {"It's"}}).Body
	for _, want := range []string{
		`&#34;topic&#34;: &#34;It&#39;\&#39;&#39;s&#34;`, "await fetch(", "requests.post(",
		"/api/v1/content-workflow/capabilities/generate-blog-post/execute",
	} {
		if !strings.Contains(call, want) {
			t.Errorf("the API request lacks %q in\n%s", want, call)
		}
	}
	review := p.Post("/capabilities/review-content/call", url.Values{"ask_person": {"true"}}).Body
	if !strings.Contains(review, "&#34;ask_person&#34;: True") {
		t.Errorf("Python writes true differently:\n%s", review)
	}
}

// TestADoubleClickStartsOneExecution posts one form several times at once, then the same
// form with another topic, and a new form with the old one.
func TestADoubleClickStartsOneExecution(t *testing.T) {
	p := webtest.Start(t)
	path := "/capabilities/generate-blog-post"
	post := func(once, topic string) string {
		return p.Post(path, url.Values{"once": {once}, "topic": {topic}, "priority": {"high"}}).Location
	}
	var clicks sync.WaitGroup
	for range 5 {
		clicks.Go(func() {
			if to := post("a", "Cloud"); to != "/executions/1" {
				t.Errorf("a click leads to %q", to)
			}
		})
	}
	clicks.Wait()
	if to := post("a", "Rain"); to != "/executions/2" {
		t.Errorf("another topic leads to %q", to)
	}
	if to := post("b", "Cloud"); to != "/executions/3" {
		t.Errorf("a new form leads to %q", to)
	}
	form := p.Get(path).Body
	for _, want := range []string{`name="once"`, `data-draft="run/generate-blog-post"`, "data-keep"} {
		if !strings.Contains(form, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
}

// TestLongWordsAreNoFault runs briefs of one long word, without a model.
func TestLongWordsAreNoFault(t *testing.T) {
	p := webtest.Start(t)
	for _, word := range []string{strings.Repeat("x", 200), strings.Repeat("ü", 200), strings.Repeat("日", 200),
		strings.Repeat("x-", 100), "Donau" + strings.Repeat("dampfschiff", 17)} {
		for _, brief := range []map[string]any{
			{"topic": word},
			{"topic": "A topic", "key_points": []string{word, "Start small."}},
			{"topic": word, "key_points": []string{word}},
		} {
			settings := string(webtest.Must(json.Marshal(brief))(t))
			if x := p.Run("generate-blog-post", settings); x.Status != domain.ExecutionCompleted {
				t.Errorf("%.40s…: %s, %s", settings, x.Status, x.Error)
			}
		}
	}
}

// TestWhatNeedsAModelSaysSo: without one, there is a reason in place of the button.
func TestWhatNeedsAModelSaysSo(t *testing.T) {
	p := webtest.Start(t)
	page := p.Get("/capabilities/translate-content").Body
	if strings.Contains(page, `id="run"`) || !strings.Contains(page, "Only a model can do this, and none is connected.") ||
		strings.Contains(page, "Composed from your inputs") {
		t.Errorf("%s", page)
	}
	if page := p.Get("/capabilities/campaign-kit").Body; !strings.Contains(page, `id="run"`) ||
		!strings.Contains(page, "Composed from your inputs") {
		t.Errorf("%s", page)
	}
}
