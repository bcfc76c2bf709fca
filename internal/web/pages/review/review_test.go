package review_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/webtest"
)

// link creates a review link in the dashboard and returns the path of its page.
func link(t *testing.T, p *webtest.Person, id int64) string {
	t.Helper()
	form := url.Values{"once": {fmt.Sprint("link", id)}, "days": {"7"}, "note": {"Please <check>"}}
	r := p.Post(fmt.Sprintf("/content/%d/review-links", id), form)
	found := regexp.MustCompile(`value="http://[^/"]+(/review/[\w-]{40,})"`).FindStringSubmatch(r.Body)
	if r.Status != http.StatusOK || found == nil {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	again := p.Post(fmt.Sprintf("/content/%d/review-links", id), form)
	if again.Status != http.StatusSeeOther || strings.Contains(p.Get(fmt.Sprintf("/content/%d", id)).Body, found[1]) {
		t.Error("the link is shown twice")
	}
	return found[1]
}

func TestAReviewerNeedsNoAccount(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(
		domain.ContentItem{Title: "First <b>", Body: "One **two** three. ![x](https://elsewhere.example/x.png)"},
		domain.ItemReview,
	)
	other := p.Add(domain.ContentItem{Title: "Zanzibar", Body: "Quokka."}, domain.ItemReview)
	at := link(t, p, c.ID)
	out := p.SignedOut()
	page := out.Get(at)
	webtest.Parse(t, at, page.Body)
	for name, want := range map[string]string{
		"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive", "Cache-Control": "no-store",
		"Set-Cookie": "",
	} {
		if got := page.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "First &lt;b&gt;") ||
		!strings.Contains(page.Body, "<strong>two</strong>") || !strings.Contains(page.Body, "Please &lt;check&gt;") {
		t.Errorf("%d\n%s", page.Status, page.Body)
	}
	for _, leak := range []string{"Zanzibar", "/board", "<img", "/content/", other.Title} {
		if strings.Contains(page.Body, leak) {
			t.Errorf("the page shows %s", leak)
		}
	}
	null := []string{"Origin", "null"} // as browsers send it with no-referrer, over plain HTTP
	comment := url.Values{"name": {"Jane"}, "comment": {"Who is <two>?"}}
	if r := out.Post(at+"/comments", comment, null...); r.Location != at+"#your-comments" {
		t.Errorf("commenting: %d to %q", r.Status, r.Location)
	}
	for field, form := range map[string]url.Values{
		"name":   {"decision": {"approved"}},
		"reason": {"decision": {"rejected"}, "name": {"Jane <3"}},
	} {
		r := out.Post(at, form, null...)
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "The "+field+" field is required") {
			t.Errorf("without %s: %d\n%s", field, r.Status, r.Body)
		}
		if field == "reason" && !strings.Contains(r.Body, "Jane &lt;3") {
			t.Error("what was written is lost")
		}
	}
	approve := url.Values{"decision": {"approved"}, "name": {"Jane"}}
	for range 2 {
		if r := out.Post(at, approve, null...); r.Location != at+"#decision" || r.Header.Get("Set-Cookie") != "" {
			t.Errorf("approving: %d to %q", r.Status, r.Location)
		}
	}
	if page := out.Get(at).Body; !strings.Contains(page, "Jane approved version 1") ||
		!strings.Contains(page, "Who is &lt;two&gt;?") {
		t.Error("the page does not show what was decided and said")
	}
	d := webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t)
	if d.Status != domain.ItemReady || d.ApprovedVersion != 1 {
		t.Errorf("the item is %s", d.Status)
	}
	mine := p.Get(fmt.Sprintf("/content/%d?view=history", c.ID)).Body
	if !strings.Contains(mine, "Reviewer (Jane)") {
		t.Error("the history does not say who decided")
	}
	if mine := p.Get(fmt.Sprintf("/content/%d", c.ID)).Body; !strings.Contains(mine, "Review link") ||
		strings.Contains(mine, at) {
		t.Error("the item's page must show the comment and its kind, and no address")
	}
}

func TestALinkEndsWhenItIsRevoked(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "Text."}, domain.ItemReview)
	at := link(t, p, c.ID)
	links := webtest.Must(p.Engine.Content.ReviewLinks(p.Context(), content.ListReviewLinks{
		ID: c.ID, Page: domain.Page{Number: 1, Size: 5},
	}))(t)
	r := p.Post(fmt.Sprintf("/content/%d/review-links/%d/revoke", c.ID, links.Items[0].ID), url.Values{"once": {"1"}})
	if r.Status != http.StatusSeeOther {
		t.Fatal(r.Status)
	}
	out := p.SignedOut()
	for _, path := range []string{at, "/review/none", "/review/" + strings.Repeat("x", 5000)} {
		r := out.Get(path)
		if r.Status != http.StatusNotFound || !strings.Contains(r.Body, "This review link does not work.") ||
			r.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%.40s: %d", path, r.Status)
		}
	}
	if r := out.Post(at, url.Values{"decision": {"approved"}, "name": {"Jane"}}); r.Status != http.StatusNotFound {
		t.Errorf("approving: %d", r.Status)
	}
	last := 0
	for range 40 {
		last = out.Get("/review/none").Status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the 40th wrong link gets %d", last)
	}
	p.Post(fmt.Sprintf("/content/%d/review-links", c.ID), url.Values{"days": {"many"}})
}
