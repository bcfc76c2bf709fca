package contents_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

// titles lists the items that a page shows, in their order.
func titles(t *testing.T, p *webtest.Person, path string) string {
	t.Helper()
	r := p.Get(path)
	if r.Status != http.StatusOK {
		t.Fatalf("%s: %d\n%s", path, r.Status, r.Body)
	}
	var list []string
	for n := range webtest.Parse(t, path, r.Body).Descendants() {
		if n.Data == "a" && n.Parent != nil && webtest.Attr(n.Parent, "class") == "item-title" {
			list = append(list, text(n))
		}
	}
	return strings.Join(list, ", ")
}

func text(n *html.Node) string {
	out := ""
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out += d.Data
		}
	}
	return out
}

func TestTheListFiltersAndSorts(t *testing.T) {
	p := webtest.Start(t)
	p.Add(domain.ContentItem{Title: "Banana bread", Body: "Flour.", Type: domain.ContentEmail}, domain.ItemReview)
	p.Add(domain.ContentItem{Title: "apple pie", Body: "Butter.", Assignee: "Ada"}, domain.ItemGenerated)
	p.Add(domain.ContentItem{Title: "Cherry cake", Body: "Butter and flour."}, domain.ItemReview)
	for query, want := range map[string]string{
		"":                        "apple pie, Banana bread, Cherry cake",
		"&q=flour":                "Banana bread, Cherry cake",
		"&status=review":          "Banana bread, Cherry cake",
		"&content_type=blog_post": "apple pie, Cherry cake",
		"&assignee=Ada":           "apple pie",
		"&assignee=nobody":        "",
		"&page=2":                 "",
		"&page=0&status=nowhere":  "apple pie, Banana bread, Cherry cake",
	} {
		if got := titles(t, p, "/contents?sort=title"+query); got != want {
			t.Errorf("%s shows %s, want %s", query, got, want)
		}
	}
	if got := titles(t, p, "/contents?sort=-title"); got != "Cherry cake, Banana bread, apple pie" {
		t.Errorf("backwards it shows %s", got)
	}
	for _, query := range []string{"", "?sort=nonsense", "?sort=-updated_at", "?sort=planned_at"} {
		if got := titles(t, p, "/contents"+query); strings.Count(got, ",") != 2 {
			t.Errorf("%q shows %s", query, got)
		}
	}
	page := p.Get("/contents?sort=title&q=flour").Body
	for _, want := range []string{`aria-sort="ascending"`, `href="/contents?q=flour&amp;sort=-title"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the head lacks %s", want)
		}
	}
}

func TestItemsMoveTogetherFromTheList(t *testing.T) {
	p := webtest.Start(t)
	a := p.Add(domain.ContentItem{Title: "A", Body: "Text."}, domain.ItemGenerated)
	b := p.Add(domain.ContentItem{Title: "B", Body: "Text."}, domain.ItemGenerated)
	seen := func(c domain.ContentItem) string { return fmt.Sprintf("%d %s", c.ID, ui.ETag(c.Revision)) }
	ids := []string{fmt.Sprint(a.ID), fmt.Sprint(b.ID)}
	form := url.Values{"once": {"1"}, "ids": ids, "seen": {seen(a), seen(b)}, "to": {"review"},
		"back": {"/contents?status=generated&q=x"}}
	for range 2 {
		if r := p.Post("/contents/move", form); r.Location != "/contents?q=x&status=generated" {
			t.Fatalf("%d to %q", r.Status, r.Location)
		}
	}
	status := func(id int64) domain.ItemStatus {
		return webtest.Must(p.Engine.Content.Item(p.Context(), id))(t).Status
	}
	if status(a.ID) != domain.ItemReview || status(b.ID) != domain.ItemReview {
		t.Error("they did not move")
	}
	form.Set("once", "2")
	form.Set("to", "ready") // with the state from before the first move
	form.Set("back", "https://elsewhere.example/contents")
	if r := p.Post("/contents/move", form); r.Location != "/contents" || status(b.ID) != domain.ItemReview {
		t.Errorf("stale items: to %q, %s", r.Location, status(b.ID))
	}
	if page := p.Get("/contents").Body; !strings.Contains(page, "Nothing was moved.") {
		t.Error("nobody says why they stayed")
	}
	for name, change := range map[string]url.Values{
		"none": {"ids": nil}, "no column": {"to": {"elsewhere"}}, "no number": {"ids": {"x"}}, "gone": {"ids": {"999"}},
	} {
		bad := url.Values{"ids": ids, "to": {"ready"}}
		for k, v := range change {
			bad[k] = v
		}
		r := p.Post("/contents/move", bad)
		if r.Location != "/contents" || !strings.Contains(p.Get("/contents").Body, "toast bad") {
			t.Errorf("%s: %d to %q", name, r.Status, r.Location)
		}
	}
}

func TestAnItemIsWrittenInTheDashboard(t *testing.T) {
	p := webtest.Start(t)
	form := url.Values{"once": {"1"}, "title": {" Cold brew "}, "body": {"One\r\ntwo."}, "content_type": {"blog_post"},
		"language": {"en"}, "assignee": {"Ada"}, "planned_at": {"2030-01-02"}, "keywords": {"coffee, , ice"},
		"status": {"review"}}
	where := ""
	for range 2 {
		r := p.Post("/contents/new", form)
		if where = r.Location; r.Status != http.StatusSeeOther || where != "/content/1" {
			t.Fatalf("%d to %q\n%s", r.Status, r.Location, r.Body)
		}
	}
	d := webtest.Must(p.Engine.Content.Item(p.Context(), 1))(t)
	if d.Title != "Cold brew" || d.Body != "One\ntwo." || d.Status != domain.ItemReview || d.Assignee != "Ada" ||
		len(d.Keywords) != 2 || d.PlannedAt.Format("2006-01-02") != "2030-01-02" || d.Type != domain.ContentBlog {
		t.Errorf("created %+v", d.ContentItem)
	}
	if page := p.Get(where).Body; !strings.Contains(page, "Written by a person.") {
		t.Error("the item does not say who wrote it")
	}
	for field, change := range map[string]url.Values{
		"n-title":          {"title": {" "}},
		"body":             {"body": {""}},
		"n-slug":           {"slug": {"Not A Slug"}},
		"n-language":       {"language": {"klingon"}},
		"n-planned_at":     {"planned_at": {"tomorrow"}},
		"n-brand_voice_id": {"brand_voice_id": {"999"}},
	} {
		bad := url.Values{"title": {"Mine"}, "body": {"Keep <this>."}}
		for k, v := range change {
			bad[k] = v
		}
		r := p.Post("/contents/new", bad)
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, `<a href="#`+field+`">`) ||
			!strings.Contains(r.Body, "data-refused") || field != "body" && !strings.Contains(r.Body, "Keep &lt;this&gt;.") {
			t.Errorf("%s: %d\n%s", field, r.Status, r.Body)
		}
	}
	taken := url.Values{"title": {"Mine"}, "body": {"Text."}, "slug": {"cold-brew"}}
	if r := p.Post("/contents/new", taken); r.Status != http.StatusConflict || !strings.Contains(r.Body, "cold-brew-2") {
		t.Errorf("a slug that is taken: %d", r.Status)
	}
	if r := p.Post("/content/1/duplicate", url.Values{"once": {"2"}}); r.Location != "/content/2" {
		t.Errorf("the copy is at %q", r.Location)
	}
}
