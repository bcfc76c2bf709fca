package content_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

// ask asks for a suggestion as the editor's script does, and returns its page once it has ended.
func ask(t *testing.T, p *webtest.Person, item int64, form url.Values) (path string, shown webtest.Response) {
	t.Helper()
	base := fmt.Sprintf("/content/%d/rewrite", item)
	r := p.Post(base, form, "Accept", "application/json")
	var begun struct{ ID int64 }
	if err := json.Unmarshal([]byte(r.Body), &begun); err != nil || r.Status != http.StatusOK {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	path = fmt.Sprintf("%s/%d", base, begun.ID)
	passage := string([]rune(form.Get("body"))[:14])
	await.True(t, "the suggestion ends", func() bool {
		shown = p.Post(path, url.Values{"passage": {passage}})
		return shown.Status == http.StatusOK
	})
	return path, shown
}

// The editor gets a suggestion for its text as it stands there, marked against the passage, with findings; the item
// stays as it is.
func TestASuggestionIsComparedAndChecked(t *testing.T) {
	m := aitest.NewServer(aitest.Always(aitest.Text("Rain <b>saves</b> ", "37%.")))
	t.Cleanup(m.Close)
	p := webtest.StartWith(t, map[string]string{"openai-base-url": m.URL() + "/v1"})
	c := p.Add(domain.ContentItem{Title: "Rain", Body: "It rains."}, domain.ItemReview)
	form := url.Values{"body": {"Rain is water. It falls."}, "start": {"0"}, "end": {"14"}, "action": {"rewrite"}}
	_, shown := ask(t, p, c.ID, form)
	for _, want := range []string{
		"<del>", "<ins>", `data-suggestion="Rain &lt;b&gt;saves&lt;/b&gt; 37%."`, "Unsupported numbers", "1 credit",
	} {
		if !strings.Contains(shown.Body, want) {
			t.Errorf("no %q in %s", want, shown.Body)
		}
	}
	if page := p.Get(fmt.Sprintf("/content/%d?view=edit", c.ID)).Body; !strings.Contains(page, "It rains.</textarea>") ||
		!strings.Contains(page, `data-action="tone"`) {
		t.Errorf("the item has changed, or nothing offers a tone:\n%s", page)
	}
}

// Without a model, the editor offers what rules can do, and says why nothing else.
func TestWithoutAModelTheEditorOffersToShorten(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "Rain", Body: "It rains."}, domain.ItemReview)
	page := p.Get(fmt.Sprintf("/content/%d?view=edit", c.ID)).Body
	webtest.Parse(t, "the editor", page)
	if strings.Count(page, "data-action=") != 1 || !strings.Contains(page, `data-action="shorten"`) {
		t.Error("it offers something else than to shorten")
	}
	form := url.Values{"body": {"Rain is water. It falls."}, "start": {"0"}, "end": {"24"}, "action": {"shorten"}}
	if _, shown := ask(t, p, c.ID, form); !strings.Contains(shown.Body, "No findings in the suggestion") {
		t.Error(shown.Body)
	}
	form.Set("action", "expand")
	r := p.Post(fmt.Sprintf("/content/%d/rewrite", c.ID), form, "Accept", "application/json")
	if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "connect a model") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}
