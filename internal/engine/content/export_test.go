package content_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
)

func TestEveryExportSaysWhatWroteTheText(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), `Quotes " and <tags>`, "# Body\n\n<script>alert(1)</script> text")
		for format, want := range map[domain.ExportFormat][]string{
			domain.ExportMarkdown: {"ai: true", "ai-generated; provider=scripted; model=scripted-1", `title: "Quotes \" and`},
			domain.ExportHTML: {`<meta name="ai-generated" content="true">`, "provider=scripted",
				"Quotes &#34; and &lt;tags&gt;"},
			domain.ExportJSON: {`"ai": true`, `"generator": "ai-generated; provider=scripted; model=scripted-1"`},
		} {
			x, err := k.Content.ExportItem(k.Ctx(), content.ExportItem{ID: c.ID, Format: format})
			must(k, err)
			for _, w := range want {
				if !strings.Contains(string(x.Body), w) {
					t.Errorf("%s lacks %s:\n%s", format, w, x.Body)
				}
			}
			script := strings.Contains(string(x.Body), "<script")
			if format == domain.ExportJSON && !json.Valid(x.Body) || format == domain.ExportHTML && script {
				t.Errorf("%s is\n%s", format, x.Body)
			}
		}
		_, err := k.Content.ExportItem(k.Ctx(), content.ExportItem{ID: c.ID, Format: "pdf"})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Error(err)
		}
	})
}

// What stands in an attribute of the HTML export reads back as it was written.
func TestAttributesOfTheHTMLExportAreEscaped(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for _, text := range []string{
			`C:\temp`, "no\u00a0break", `a "quote" and 'another'`, "<b>&amp;</b>",
			"javascript:alert(1)", "日本 🙂",
		} {
			c := k.Item(k.Ctx(), "An item", "Text.")
			edit := domain.ItemEdit{Title: &text, MetaDescription: &text}
			must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: edit})))
			x, err := k.Content.ExportItem(k.Ctx(), content.ExportItem{ID: c.ID, Format: domain.ExportHTML})
			must(k, err)
			title, description := headOf(k, x.Body)
			if description != text {
				t.Errorf("the description %q reads %q", text, description)
			}
			if title != text {
				t.Errorf("the title %q reads %q", text, title)
			}
		}
	})
}

// headOf returns the title and the description of a page.
func headOf(k *enginetest.Kit, page []byte) (title, description string) {
	k.T.Helper()
	doc, err := html.Parse(strings.NewReader(string(page)))
	must(k, err)
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "title" && n.FirstChild != nil {
			title = n.FirstChild.Data
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		if n.Data == "meta" && attributes["name"] == "description" {
			description = attributes["content"]
		}
	}
	return title, description
}

func TestTheJSONExportHasAssigneeAndDates(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		who, when := "Kim", time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
		edit := domain.ItemEdit{Assignee: &who, PlannedAt: &when}
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: edit})))
		x, err := k.Content.ExportItem(k.Ctx(), content.ExportItem{ID: c.ID, Format: domain.ExportJSON})
		must(k, err)
		var out map[string]any
		must(k, json.Unmarshal(x.Body, &out))
		if out["assignee"] != who || out["planned_at"] != "2027-03-01T09:00:00Z" || out["published_at"] != nil {
			t.Errorf("%s", x.Body)
		}
	})
}

// The meta title is the title of the exported page, and the title its heading.
func TestExportsHaveTheirTitles(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		meta := "For search"
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{MetaTitle: &meta}})))
		for format, want := range map[domain.ExportFormat][]string{
			domain.ExportHTML:     {"<title>For search</title>", "<h1>An item</h1>"},
			domain.ExportMarkdown: {`meta_title: "For search"`, `title: "An item"`},
		} {
			x, err := k.Content.ExportItem(k.Ctx(), content.ExportItem{ID: c.ID, Format: format})
			must(k, err)
			for _, w := range want {
				if !strings.Contains(string(x.Body), w) {
					t.Errorf("%s lacks %s:\n%s", format, w, x.Body)
				}
			}
		}
	})
}
