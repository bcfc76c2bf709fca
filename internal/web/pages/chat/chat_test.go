package chat_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

// answered returns the page of a conversation once its answer has ended.
func answered(t *testing.T, p *webtest.Person, path string) string {
	t.Helper()
	path, _, _ = strings.Cut(path, "#")
	body := ""
	await.True(t, "the answer ends", func() bool {
		body = p.Get(path).Body
		return !strings.Contains(body, `id="stream"`)
	})
	webtest.Parse(t, path, body)
	return body
}

// A person without scripts asks, reads the answer with its sources, edits the question, goes back, and saves.
func TestAChatWithoutAScript(t *testing.T) {
	p := webtest.Start(t)
	item := p.Add(domain.ContentItem{Title: "Beds in winter", Type: domain.ContentBlog,
		Body: "Fleece keeps two degrees <b>. Cover the beds."}, domain.ItemReview)
	if page := p.Get("/chat").Body; !strings.Contains(page, "Ask your texts") ||
		!strings.Contains(page, "No model is connected") {
		t.Errorf("the form of a new conversation: %s", page)
	}
	form := url.Values{"prompt": {"What does fleece keep?"}, "category_id": {"1"}, "once": {"a"}}
	begun, again := p.Post("/chat", form), p.Post("/chat", form)
	if begun.Status != http.StatusSeeOther || !strings.HasPrefix(begun.Location, "/chat/") ||
		begun.Location != again.Location {
		t.Fatalf("%d to %q, then %q\n%s", begun.Status, begun.Location, again.Location, begun.Body)
	}
	page := answered(t, p, begun.Location)
	for _, want := range []string{
		"Fleece keeps two degrees", `class="cite"`, `href="/content/`, "version 1", "Save as item", "Answer again", "0 credits",
		`name="parent" value="0"`, "What does fleece keep?",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "[S1]") || !strings.Contains(page, "/content/"+id(item.ID)) {
		t.Error("a mark is shown as it is, or its source is not linked")
	}
	edited := p.Post(begun.Location, url.Values{"prompt": {"What about beds?"}, "parent": {"0"}})
	page = answered(t, p, edited.Location)
	if !strings.Contains(page, "What about beds?") || !strings.Contains(page, "<span>2/2</span>") {
		t.Error("the edited question has no branch")
	}
	first := between(page, `name="message" value="`, `"`)
	back := p.Post(begun.Location+"/show", url.Values{"message": {first}})
	if page = answered(t, p, back.Location); !strings.Contains(page, "<span>1/2</span>") ||
		!strings.Contains(page, "keep?</div>") {
		t.Error("the first branch is not shown")
	}
	answer := between(page, `name="again" value="`, `"`)
	saved := p.Post(begun.Location+"/save", url.Values{"message": {answer}})
	if !strings.HasPrefix(saved.Location, "/content/") || strings.Contains(p.Get(saved.Location).Body, "[S1]") {
		t.Errorf("saved to %q", saved.Location)
	}
	p.Post(begun.Location+"/title", url.Values{"title": {"Winter beds"}})
	if list := p.Get("/chat?q=winter").Body; !strings.Contains(list, "Winter beds") {
		t.Error("the conversation is not found by its title")
	}
	p.Post(begun.Location+"/delete", nil)
	if r := p.Get(begun.Location); r.Status != http.StatusNotFound {
		t.Errorf("after it was deleted: %d", r.Status)
	}
	if r := p.Post("/chat", url.Values{"prompt": {""}}); r.Status != http.StatusSeeOther ||
		!strings.Contains(p.Get(r.Location).Body, "required") {
		t.Errorf("an empty question: %d to %q", r.Status, r.Location)
	}
}

func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
