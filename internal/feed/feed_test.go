package feed

import (
	"encoding/xml"
	"html"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
)

const base = "https://example.com/feeds/main"

func item(change func(i *content.FeedItem)) content.FeedItem {
	i := content.FeedItem{
		Snapshot: domain.Snapshot{
			Title: "A title", Slug: "a-title", Summary: "A summary", Language: "en", Keywords: []string{"one"},
		},
		Identity:    "urn:uuid:1",
		HTML:        "<p>Text.</p>\n",
		PublishedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		UpdatedAt:   time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
	}
	change(&i)
	return i
}

func TestOwnLinksAreFollowed(t *testing.T) {
	const mark = ` rel="nofollow noreferrer"`
	for href, own := range map[string]bool{
		"https://example.com":            true,
		"https://example.com/a?b=1":      true,
		"https://example.com#part":       true,
		"https://example.com.evil.test/": false,
		"https://other.test/":            false,
		"http://example.com/":            false,
	} {
		in := `<p><a href="` + href + `"` + mark + `>a</a> <a href="https://other.test"` + mark + `>b</a></p>`
		want := in
		if own {
			want = strings.Replace(in, mark, "", 1)
		}
		if got := ownLinks(in, base); got != want {
			t.Errorf("%s: %s, want %s", href, got, want)
		}
	}
}

func TestLinksAreAbsoluteOutsideOfThePage(t *testing.T) {
	for in, want := range map[string]string{
		`<a href="/a">`:                   `<a href="https://example.com/a">`,
		`<a href="img/x.png">`:            `<a href="https://example.com/feeds/main/items/img/x.png">`,
		`<a href="#part">`:                `<a href="https://example.com/feeds/main/items/a-title#part">`,
		`<a href="?a=1&amp;b=2">`:         `<a href="https://example.com/feeds/main/items/a-title?a=1&amp;b=2">`,
		`<img src="../x.png" alt="">`:     `<img src="https://example.com/feeds/main/x.png" alt="">`,
		`<a href="//cdn.test/a">`:         `<a href="https://cdn.test/a">`,
		`<a href="https://x.test/ä">`:     `<a href="https://x.test/ä">`,
		`<a href="mailto:a@b.test">`:      `<a href="mailto:a@b.test">`,
		`<p>href=&#34;/a&#34;</p>`:        `<p>href=&#34;/a&#34;</p>`,
		`<a href="/a">b</a><img src="/c"`: `<a href="https://example.com/a">b</a><img src="https://example.com/c"`,
		`<a href="/a`:                     `<a href="/a`,
	} {
		if got := absolute(in, base+"/items/a-title"); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}

// Text without attributes is left alone, and what is absolute stays so.
func FuzzAbsolute(f *testing.F) {
	f.Add(`<a href="/a" title="x">b</a>`)
	f.Add(`<a href="%zz">`)
	f.Fuzz(func(t *testing.T, text string) {
		once := absolute(text, base+"/items/a")
		if again := absolute(once, base+"/items/a"); again != once {
			t.Errorf("%q became %q and then %q", text, once, again)
		}
	})
}

// Readers unescape a description once as XML and once as HTML.
func TestADescriptionIsHTML(t *testing.T) {
	const summary = "Use `<script>alert(1)</script>` when a < b &amp; c"
	feed := content.Feed{Items: []content.FeedItem{item(func(i *content.FeedItem) { i.Summary = summary })}}
	raw, err := xml.Marshal(rssOf(feed, base))
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Channel struct {
			Item struct {
				Description string `xml:"description"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	if err := xml.Unmarshal(raw, &read); err != nil {
		t.Fatal(err)
	}
	text := read.Channel.Item.Description
	if strings.Contains(text, "<") || html.UnescapeString(text) != summary {
		t.Errorf("a reader gets the HTML %s", text)
	}
}

func TestFeedsAreWholeForReaders(t *testing.T) {
	arabic := item(func(i *content.FeedItem) { i.Slug, i.Language, i.Identity = "مقال", "ar", "urn:uuid:2" })
	english := item(func(*content.FeedItem) {})
	w := domain.Workspace{Name: "Main"}
	raw, err := xml.Marshal(rssOf(content.Feed{Workspace: w, Items: []content.FeedItem{arabic, english}}, base))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, want := range []string{
		`<guid isPermaLink="false">urn:uuid:2</guid>`, "<link>" + base + "</link>",
		"<link>" + base + "/items/%D9%85%D9%82%D8%A7%D9%84</link>", "<dc:language>ar</dc:language>",
		"<pubDate>Fri, 02 Jan 2026 03:04:05 +0000</pubDate>", "<atom:updated>2026-02-03T04:05:06Z</atom:updated>",
		`dir=&#34;rtl&#34;`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("without %s: %s", want, text)
		}
	}
	if strings.Contains(text, "<language>") {
		t.Error("a feed of two languages names one")
	}
	e := entry(base, arabic)
	if e.ID != "urn:uuid:2" || e.Language != "ar" || !e.Modified.Equal(arabic.UpdatedAt) || e.Tags[0] != "one" ||
		strings.ContainsFunc(e.URL, func(r rune) bool { return r > 127 }) {
		t.Errorf("entry %+v", e)
	}
}

func TestAPageHasItsTitles(t *testing.T) {
	var b strings.Builder
	page := pageOf(base, item(func(i *content.FeedItem) { i.MetaTitle, i.Language = "For search", "he" }))
	if err := itemPage.Execute(&b, page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<title>For search</title>", "<h1>A title</h1>", `<html lang="he" dir="rtl">`,
		`<meta name="description" content="A summary">`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("without %s: %s", want, b.String())
		}
	}
	own := pageOf(base, item(func(i *content.FeedItem) { i.HTML = "<h1>Its own</h1>" }))
	if own.Heading != "" || own.MetaTitle != "A title" {
		t.Errorf("page %+v", own)
	}
}

func TestDirections(t *testing.T) {
	for tag, want := range map[string]string{
		"ar": "rtl", "ar-EG": "rtl", "HE": "rtl", "fa": "rtl", "ur-PK": "rtl", "az-Arab": "rtl", "ku-Arab-IQ": "rtl",
		"en": "ltr", "": "ltr", "ar-Latn": "ltr", "de-DE": "ltr", "ja": "ltr",
	} {
		if got := domain.Direction(tag); got != want {
			t.Errorf("%s runs %s", tag, got)
		}
	}
}
