package content_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

func TestEditing(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "One two three."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	item := func() content.ItemDetails { return webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t) }
	form := url.Values{
		"etag":     {ui.ETag(c.Revision)},
		"title":    {"First"},
		"body":     {"One 2 three.\r\n"},
		"keywords": {" a, b ,,"},
	}

	saved := p.Post(path, form)
	if saved.Status != http.StatusSeeOther || saved.Location != path+"?view=versions&to=2" {
		t.Fatalf("%d to %q", saved.Status, saved.Location)
	}
	if page := p.Get(saved.Location).Body; !strings.Contains(page, "<del>two</del><ins>2</ins>") {
		t.Error("the comparison must show the changed word")
	}
	if d := item(); strings.Contains(d.Body, "\r") || strings.Join(d.Keywords, "|") != "a|b" {
		t.Errorf("stored %q, keywords %q", d.Body, d.Keywords)
	}

	form.Set("body", "Mine is better.")
	stale := p.Post(path, form)
	if stale.Status != http.StatusPreconditionFailed || !strings.Contains(stale.Body, "Mine is better.</textarea>") {
		t.Errorf("a stale edit must come back with the person's text: %d", stale.Status)
	}
	if !strings.Contains(stale.Body, "<ins>Mine is better.") {
		t.Error("a stale edit must show how it differs")
	}

	form.Set("etag", ui.ETag(item().Revision))
	form.Set("title", " ")
	wrong := p.Post(path, form)
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, `<small class="err">`) {
		t.Errorf("an empty title: %d", wrong.Status)
	}

	other := p.Add(domain.ContentItem{Title: "Another", Body: "Four.", Slug: "another"}, domain.ItemReview)
	form.Set("title", "First")
	form.Set("slug", other.Slug)
	taken := p.Post(path, form)
	if taken.Status != http.StatusConflict || !strings.Contains(taken.Body, "Mine is better.</textarea>") {
		t.Errorf("a slug that is taken must come back with the person's text: %d", taken.Status)
	}
	form.Del("slug")

	p.Post(path+"/restore", url.Values{"n": {"1"}})
	if d := item(); d.Version != 3 || !strings.HasPrefix(d.Body, "One two three.") {
		t.Errorf("restored to version %d: %q", d.Version, d.Body)
	}
	p.Post(path+"/approve", nil)
	if d := item(); d.ApprovedVersion != 3 || d.Status != domain.ItemReady {
		t.Errorf("approved %d in %s", d.ApprovedVersion, d.Status)
	}
	p.Post(path+"/move", url.Values{"to": {"published"}})
	if page := p.Get(path).Body; !strings.Contains(page, `href="/feeds/main/items/first"`) {
		t.Error("a published item must link to the feed")
	}
}

// TestOneCountOfWords compares the page with the list of versions: one text has one
// count, which Markdown's signs do not change.
func TestOneCountOfWords(t *testing.T) {
	p := webtest.Start(t)
	body := "## A heading\n\n- one\n- two\n\n> and *three* more"
	c := p.Add(domain.ContentItem{Title: "Words", Body: body}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	for _, where := range []string{path, path + "?view=versions"} {
		if !strings.Contains(p.Get(where).Body, "7 words") {
			t.Errorf("%s counts other words", where)
		}
	}
}

// TestEveryVersionCanBeReached edits an item more often than one page lists.
func TestEveryVersionCanBeReached(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "Often edited", Body: "Text 1."}, domain.ItemReview)
	for n := 2; n <= 60; n++ {
		body := fmt.Sprintf("Text %d.", n)
		edit := content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: &body}}
		webtest.Must(p.Engine.Content.EditItem(p.Context(), edit))(t)
	}
	path := fmt.Sprintf("/content/%d?view=versions", c.ID)
	versions := func(path string) int {
		doc := webtest.Parse(t, path, p.Get(path).Body)
		n := 0
		for li := range doc.Descendants() {
			if webtest.Attr(li, "class") == "by-person" {
				n++
			}
		}
		return n
	}
	if one, two, three := versions(path), versions(path+"&page=2"), versions(path+"&page=3"); one+two+three != 60 {
		t.Errorf("the pages list %d, %d and %d versions of 60", one, two, three)
	}
	if page := p.Get(path + "&to=2").Body; !strings.Contains(page, "<del>1.</del><ins>2.</ins>") {
		t.Error("versions that are not listed must be compared too")
	}
	if page := p.Get(path + "&page=2").Body; !strings.Contains(page, "page=3") || !strings.Contains(page, "Newer") {
		t.Error("the second page must lead to its neighbours")
	}
}

// TestHostileTextsDoNothing puts markup into everything that a page shows.
func TestHostileTextsDoNothing(t *testing.T) {
	p := webtest.Start(t)
	for _, evil := range []string{
		`<script>alert(1)</script>`,
		`<img src=x onerror=alert(1)>`,
		`[x](javascript:alert(1))`,
		`"><svg onload=alert(1)>`,
		`<a href="data:text/html,x">x</a>`,
		`</textarea><script>alert(1)</script>`,
		"![x](https://elsewhere.example/p.png)",
	} {
		c := p.Add(domain.ContentItem{
			Title:     evil,
			Body:      evil + "\n\nmore " + evil,
			MetaTitle: evil,
			Assignee:  evil,
			Keywords:  []string{evil},
			Findings: []domain.Finding{{Guardrail: evil, Severity: domain.SeverityWarning, Message: evil,
				Matches: []domain.Match{{Start: 0, End: 9, Text: evil}}}},
			NeedsInput: []domain.Need{{What: evil, Reason: evil}},
		}, domain.ItemReview)
		item := fmt.Sprintf("/content/%d", c.ID)
		for _, path := range []string{"/board", item, item + "?view=edit", item + "?view=versions"} {
			checkHarmless(t, p, path, evil)
		}
	}
	preview := p.Post("/preview", url.Values{"body": {"<script>x</script>\n\n*hi*"}}).Body
	if strings.Contains(preview, "<script") || !strings.Contains(preview, "<em>hi</em>") {
		t.Errorf("preview: %q", preview)
	}
}

func checkHarmless(t *testing.T, p *webtest.Person, path, evil string) {
	t.Helper()
	doc := webtest.Parse(t, path, p.Get(path).Body)
	for n := range doc.Descendants() {
		src := webtest.Attr(n, "src") + webtest.Attr(n, "href")
		if strings.HasPrefix(src, "javascript:") || strings.HasPrefix(src, "data:") ||
			n.Data == "img" && strings.Contains(src, "elsewhere") {
			t.Errorf("%s: %q became <%s %s>", path, evil, n.Data, src)
		}
	}
}

// A finding is accepted on the page with a reason, and withdrawn again.
func TestAcceptingAFinding(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "Text."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	p.Post(path, url.Values{"title": {"First"}, "body": {"The key is AKIAIOSFODNN7EXAMPLE."}})
	item := func() content.ItemDetails { return webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t) }
	finding := path + "/findings/" + item().Findings[0].ID
	if page := p.Get(path).Body; !strings.Contains(page, `action="`+finding+`/accept"`) ||
		!strings.Contains(page, "Fix blocking issues") {
		t.Fatal("the page must offer to accept the finding")
	}
	p.Post(finding+"/accept", url.Values{"reason": {" "}})
	if !domain.Blocking(item().Findings) {
		t.Error("accepted without a reason")
	}
	p.Post(finding+"/accept", url.Values{"reason": {"It is AWS’s <own> example"}})
	page := p.Get(path).Body
	for _, want := range []string{"accepted this", "It is AWS’s &lt;own&gt; example", finding + `/withdraw"`, "Ready for approval"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s on the page", want)
		}
	}
	if history := p.Get(path + "?view=history").Body; !strings.Contains(
		history,
		"accepted a finding: It is AWS’s &lt;own&gt; example",
	) {
		t.Error("the history must say who accepted it, and why")
	}
	p.Post(finding+"/withdraw", nil)
	if !domain.Blocking(item().Findings) {
		t.Error("not withdrawn")
	}
}
