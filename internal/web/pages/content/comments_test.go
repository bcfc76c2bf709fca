package content_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/webtest"
)

func TestCommentsWithoutAScript(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{
		Title: "First", Body: "One **bold** move.\n\nÖne bold move [with a link](https://x.example) here.",
	}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	post := func(quote, nth, body string) webtest.Response {
		return p.Post(path+"/comments", url.Values{
			"once": {quote + nth + body}, "version": {"1"}, "quote": {quote}, "nth": {nth}, "body": {body},
		})
	}
	list := func() []domain.Comment {
		l := webtest.Must(p.Engine.Content.Comments(p.Context(), content.ListComments{
			ID: c.ID, Page: domain.Page{Number: 1, Size: 50},
		}))(t)
		return l.Items
	}
	for _, x := range []struct{ quote, nth, words string }{
		{"", "", ""},
		{"bold move", "", "bold** move"},
		{"“bold move.”", "1", "bold move"},
		{"bold\nmove", "99", "bold move"},
		{"with a link", "0", "with a link"},
	} {
		for range 2 { // a double click
			r := post(x.quote, x.nth, "About "+x.quote)
			if r.Status != http.StatusSeeOther || !strings.HasPrefix(r.Location, path+"#comment-") {
				t.Fatalf("%q: %d to %q", x.quote, r.Status, r.Location)
			}
		}
		all := list()
		if last := all[len(all)-1]; last.Quote != x.words {
			t.Errorf("%q becomes the passage %q, want %q", x.quote, last.Quote, x.words)
		}
	}
	if n := len(list()); n != 5 {
		t.Errorf("%d comments", n)
	}
	for name, r := range map[string]webtest.Response{
		"words that are not there": post("silver spoon", "", "Keep <this>."),
		"no words":                 post("...", "", "Keep <this>."),
		"too long":                 post("", "", "Keep <this>."+strings.Repeat("x", 5001)),
	} {
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "Keep &lt;this&gt;.") {
			t.Errorf("%s: %d", name, r.Status)
		}
	}
	one := fmt.Sprintf("%s/comments/%d/", path, list()[0].ID)
	for _, step := range []string{"resolve", "reopen", "edit", "delete"} {
		form := url.Values{"once": {step}, "body": {"Other words"}}
		if r := p.Post(one+step, form); r.Status != http.StatusSeeOther && step != "edit" {
			t.Errorf("%s: %d\n%s", step, r.Status, r.Body)
		}
	}
	if n := len(list()); n != 4 {
		t.Errorf("%d comments after one was deleted", n)
	}
	part := p.Get(path+"/comments", "HX-Request", "true").Body
	if strings.Contains(part, "<html") || strings.Count(part, `<li class="comment`) != 4 {
		t.Errorf("a script gets %s", part)
	}
	if r := p.Get(path + "/comments"); r.Location != path+"#comments" {
		t.Errorf("without a script it leads to %q", r.Location)
	}
}

// A comment is text: nothing in it becomes part of the page.
func TestACommentIsTextAndNobodyElsesToEdit(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "Text."}, domain.ItemReview)
	said := webtest.Must(p.Engine.Content.AddComment(p.Context(), content.AddComment{
		ID: c.ID, Body: "<script>alert(1)</script> **bold**",
	}))(t)
	path := fmt.Sprintf("/content/%d", c.ID)
	page := p.Get(path).Body
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt; **bold**") ||
		!strings.Contains(page, "Command line") {
		t.Error("the comment is not shown as text")
	}
	if strings.Contains(page, "comment-edit\"") {
		t.Error("another's comment can be edited")
	}
	r := p.Post(fmt.Sprintf("%s/comments/%d/edit", path, said.ID), url.Values{"body": {"Mine now"}})
	if r.Status != http.StatusForbidden {
		t.Errorf("editing another's: %d", r.Status)
	}
}
