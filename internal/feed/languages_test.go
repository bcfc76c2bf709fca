package feed_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/webtest"
)

// rss is what a feed reader sees of an entry.
type rss struct {
	Items []struct {
		Title    string `xml:"title"`
		Language string `xml:"http://purl.org/dc/elements/1.1/ language"`
		Content  string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
	} `xml:"channel>item"`
}

// jsonFeed is the same in JSON.
type jsonFeed struct {
	Items []struct {
		Title    string `json:"title"`
		URL      string `json:"url"`
		Summary  string `json:"summary"`
		HTML     string `json:"content_html"`
		Language string `json:"language"`
	} `json:"items"`
}

// A post in any language goes through edit, review, export, publication and the feeds as its author wrote it.
func TestPostsInManyLanguagesReachReaders(t *testing.T) {
	p := webtest.Start(t)
	files, err := filepath.Glob("testdata/posts/*.md")
	webtest.No(t, err)
	if len(files) < 20 {
		t.Fatalf("%d languages", len(files))
	}
	titles := map[string]string{}
	for _, name := range files {
		lang := strings.TrimSuffix(filepath.Base(name), ".md")
		t.Run(lang, func(t *testing.T) {
			text, err := os.ReadFile(name)
			webtest.No(t, err)
			title, body, _ := strings.Cut(string(text), "\n\n")
			titles[title] = lang
			id := edited(t, p, title, body, lang)
			published(t, p, id)
			d := webtest.Must(p.Engine.Content.Item(p.Context(), id))(t)
			exported(t, p, d, body, lang)
			shown(t, p.Get("/feeds/"+p.Workspace.Slug+"/items/"+url.PathEscape(d.Slug)).Body, title, lang)
			if strings.ContainsAny(d.Preview, "|*`") || strings.Contains(d.Preview, "[^1]") ||
				strings.Contains(d.Preview, "{#") {
				t.Errorf("the card shows Markdown: %s", d.Preview)
			}
		})
	}
	feeds(t, p, titles)
}

// edited creates an item as a person writes it, and checks that it reads back as it was written.
func edited(t *testing.T, p *webtest.Person, title, body, lang string) int64 {
	t.Helper()
	c := p.Add(domain.ContentItem{Title: "Draft", Body: "Text."}, domain.ItemReview)
	d, err := p.Engine.Content.EditItem(p.Context(), content.EditItem{
		ID: c.ID, ItemEdit: domain.ItemEdit{Title: &title, Body: &body, Language: &lang},
	})
	webtest.No(t, err)
	if d.Title != title || d.Body != body || d.Language != lang {
		t.Errorf("read back as %q, %q, %s", d.Title, d.Body, d.Language)
	}
	return c.ID
}

// published reviews an item and publishes it: nothing may block it.
func published(t *testing.T, p *webtest.Person, id int64) {
	t.Helper()
	p.Run("review-content", fmt.Sprintf(`{"content_id":%d,"threshold":0}`, id))
	d := webtest.Must(p.Engine.Content.Item(p.Context(), id))(t)
	for _, f := range d.Findings {
		if f.Severity != domain.SeverityInfo {
			t.Errorf("a false finding: %s %s %+v", f.Guardrail, f.Message, f.Matches)
		}
	}
	if _, err := p.Engine.Content.Move(p.Context(), content.Move{ID: id, To: domain.ItemPublished}); err != nil {
		t.Fatal(err)
	}
}

func exported(t *testing.T, p *webtest.Person, d content.ItemDetails, body, lang string) {
	t.Helper()
	export := func(f domain.ExportFormat) string {
		x, err := p.Engine.Content.ExportItem(p.Context(), content.ExportItem{ID: d.ID, Format: f})
		webtest.No(t, err)
		return string(x.Body)
	}
	if md := export(domain.ExportMarkdown); !strings.HasSuffix(md, "---\n\n"+body+"\n") {
		t.Errorf("exported as %s", md)
	}
	if page := export(domain.ExportHTML); !strings.Contains(page, `<html lang="`+lang+`" dir="`+direction(lang)+`">`) {
		t.Errorf("the HTML has another language: %.100s", page)
	}
	var item struct{ Title, Body string }
	webtest.No(t, json.Unmarshal([]byte(export(domain.ExportJSON)), &item))
	if item.Title != d.Title || item.Body != body {
		t.Errorf("the JSON has %q, %q", item.Title, item.Body)
	}
}

var rtl = []string{"ar", "fa", "he", "ur"}

func direction(lang string) string {
	if slices.Contains(rtl, lang) {
		return "rtl"
	}
	return "ltr"
}

// shown checks what readers get of the post.
func shown(t *testing.T, page, title, lang string) {
	t.Helper()
	for _, want := range []string{
		`<html lang="` + lang + `" dir="` + direction(lang) + `">`, title, `<h2 id="part">`, `href="#part"`,
		`src="https://images.acme.test/` + lang + `/queue.png"`, `href="/notes?lang=` + lang + `&amp;x=1">`,
		`<code class="language-yaml">`, `<th align="right">`, `<code>row[0]</code>`, `<ol start="3">`,
		`<input type="checkbox" disabled="" checked="">`, "<details><summary>", "<br>", `<li id="fn:1">`, "👩‍👩‍👧",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s:\n%s", want, page)
		}
	}
}

func feeds(t *testing.T, p *webtest.Person, titles map[string]string) {
	t.Helper()
	base := "/feeds/" + p.Workspace.Slug
	var r rss
	webtest.No(t, xml.Unmarshal([]byte(p.Get(base+"/rss.xml").Body), &r))
	var j jsonFeed
	webtest.No(t, json.Unmarshal([]byte(p.Get(base+"/feed.json").Body), &j))
	if len(r.Items) != len(titles) || len(j.Items) != len(titles) {
		t.Fatalf("%d and %d of %d items", len(r.Items), len(j.Items), len(titles))
	}
	for i, item := range j.Items {
		lang := titles[item.Title]
		if lang == "" || item.Language != lang || r.Items[i].Language != lang || r.Items[i].Content != item.HTML {
			t.Errorf("%s: %+v", lang, item)
		}
		if slices.Contains(rtl, lang) != strings.HasPrefix(item.HTML, `<div lang="`+lang+`" dir="rtl">`) {
			t.Errorf("%s: the direction is missing: %.100s", lang, item.HTML)
		}
		if !strings.Contains(item.HTML, `href="`+item.URL+`#part"`) || strings.Contains(item.HTML, `href="/`) {
			t.Errorf("%s: a link is relative: %s", lang, item.HTML)
		}
		if u, err := url.Parse(item.URL); err != nil || u.String() != item.URL || strings.ContainsAny(item.Summary, "|*`") {
			t.Errorf("%s: at %s: %s", lang, item.URL, item.Summary)
		}
	}
}
