package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
)

func TestEditing(t *testing.T) {
	h := newHouse(t, 0)
	c := h.add(t, domain.ContentItem{Title: "First", Body: "One two three."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	form := url.Values{"etag": {etag(c.Revision)}, "title": {"First"}, "body": {"One 2 three.\r\n"}, "keywords": {" a, b ,,"}}

	saved := h.do(http.MethodPost, path, form.Encode())
	if saved.Code != http.StatusSeeOther || saved.Header().Get("Location") != path+"?view=versions&to=2" {
		t.Fatalf("%d to %q", saved.Code, saved.Header().Get("Location"))
	}
	page := h.get(saved.Header().Get("Location")).Body.String()
	if !strings.Contains(page, "<del>two</del><ins>2</ins>") {
		t.Error("the comparison must show the changed word")
	}
	if d := must(h.engine.Item(h.ctx, c.ID))(t); strings.Contains(d.Body, "\r") || strings.Join(d.Keywords, "|") != "a|b" {
		t.Errorf("stored %q, keywords %q", d.Body, d.Keywords)
	}

	form.Set("body", "Mine is better.")
	stale := h.do(http.MethodPost, path, form.Encode())
	if stale.Code != http.StatusPreconditionFailed || !strings.Contains(stale.Body.String(), "Mine is better.</textarea>") {
		t.Errorf("a stale edit must come back with the person's text: %d", stale.Code)
	}
	if !strings.Contains(stale.Body.String(), "<ins>Mine is better.") {
		t.Error("a stale edit must show how it differs")
	}

	form.Set("etag", etag(must(h.engine.Item(h.ctx, c.ID))(t).Revision))
	form.Set("title", " ")
	if wrong := h.do(http.MethodPost, path, form.Encode()); wrong.Code != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body.String(), "title cannot be empty") {
		t.Errorf("an empty title: %d", wrong.Code)
	}

	h.do(http.MethodPost, path+"/restore", "n=1")
	if d := must(h.engine.Item(h.ctx, c.ID))(t); d.Version != 3 || !strings.HasPrefix(d.Body, "One two three.") {
		t.Errorf("restored to version %d: %q", d.Version, d.Body)
	}
	h.do(http.MethodPost, path+"/approve", "")
	if d := must(h.engine.Item(h.ctx, c.ID))(t); d.ApprovedVersion != 3 || d.Status != domain.ItemReady {
		t.Errorf("approved %d in %s", d.ApprovedVersion, d.Status)
	}
	h.do(http.MethodPost, path+"/move", "to=published")
	if page := h.get(path).Body.String(); !strings.Contains(page, `href="/feeds/main/items/first"`) {
		t.Error("a published item must link to the feed")
	}
}

// TestHostileTextsDoNothing puts markup into everything that a page shows.
func TestHostileTextsDoNothing(t *testing.T) {
	h := newHouse(t, 0)
	for _, evil := range []string{`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `[x](javascript:alert(1))`, `"><svg onload=alert(1)>`, `<a href="data:text/html,x">x</a>`, `</textarea><script>alert(1)</script>`, "![x](https://elsewhere.example/p.png)"} {
		c := h.add(t, domain.ContentItem{Title: evil, Body: evil + "\n\nmore " + evil, MetaTitle: evil, Slug: "", Assignee: evil, Keywords: []string{evil},
			Findings:   []domain.Finding{{Guardrail: evil, Severity: domain.SeverityWarning, Message: evil, Matches: []domain.Match{{Start: 0, End: 9, Text: evil}}}},
			NeedsInput: []domain.Need{{What: evil, Reason: evil}}}, domain.ItemReview)
		for _, path := range []string{"/board", fmt.Sprintf("/content/%d", c.ID), fmt.Sprintf("/content/%d?view=edit", c.ID), fmt.Sprintf("/content/%d?view=versions", c.ID)} {
			body := h.get(path).Body.String()
			doc := parse(t, path, body)
			for n := range doc.Descendants() {
				if src := attr(n, "src") + attr(n, "href"); strings.HasPrefix(src, "javascript:") || strings.HasPrefix(src, "data:") || n.Data == "img" && strings.Contains(src, "elsewhere") {
					t.Errorf("%s: %q became <%s %s>", path, evil, n.Data, src)
				}
			}
		}
	}
	preview := h.do(http.MethodPost, "/preview", url.Values{"body": {"<script>x</script>\n\n*hi*"}}.Encode()).Body.String()
	if strings.Contains(preview, "<script") || !strings.Contains(preview, "<em>hi</em>") {
		t.Errorf("preview: %q", preview)
	}
}

// TestTheNextStep follows an item from its first finding to the feed and on.
func TestTheNextStep(t *testing.T) {
	item := func(stage domain.ItemStatus, version, approved, published int) itemFacts {
		f := itemFacts{card: card{ID: 1, Stage: stage}, Version: version, Approved: approved, Published: published}
		if published > 0 {
			f.Feed = "/feeds/main/items/x"
		}
		return f
	}
	blocked := item(domain.ItemReview, 1, 0, 0)
	blocked.Blocking = true
	one := []findingView{{N: 1}}
	for _, c := range []struct {
		name     string
		item     itemFacts
		findings []findingView
		strict   bool
		button   string
	}{
		{"blocked", blocked, one, false, "Mend it"},
		{"found something", item(domain.ItemGenerated, 1, 0, 0), one, false, "Mend it"},
		{"clean", item(domain.ItemGenerated, 1, 0, 0), nil, false, "Approve"},
		{"approved, and in review again", item(domain.ItemReview, 2, 2, 0), nil, false, "Approve"},
		{"approved as it is", item(domain.ItemReady, 2, 2, 0), one, false, "Publish"},
		{"published", item(domain.ItemPublished, 2, 2, 2), nil, false, "See it in the feed"},
		{"edited since", item(domain.ItemPublished, 3, 2, 2), nil, false, "Publish version 3"},
		{"edited since, to be approved", item(domain.ItemPublished, 3, 2, 2), nil, true, "Approve"},
		{"edited since and approved", item(domain.ItemPublished, 3, 3, 2), nil, true, "Publish version 3"},
	} {
		if got := nextFor(c.item, c.findings, c.strict).Button; got != c.button {
			t.Errorf("%s: %q, want %q", c.name, got, c.button)
		}
	}
}
