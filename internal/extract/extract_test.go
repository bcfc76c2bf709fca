package extract_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"vellocity/internal/extract"
)

// word returns a Word document of files.
func word(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func body(inner string) string {
	return `<w:document xmlns:w="w" xmlns:r="r"><w:body>` + inner + `</w:body></w:document>`
}

func p(properties, text string) string {
	return "<w:p><w:pPr>" + properties + "</w:pPr><w:r><w:t>" + text + "</w:t></w:r></w:p>"
}

const styles = `<w:styles xmlns:w="w"><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
	<w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style></w:styles>`

func sample(t testing.TB) []byte {
	return word(t, map[string]string{
		"word/styles.xml": styles,
		"word/_rels/document.xml.rels": `<Relationships><Relationship Id="rId1" TargetMode="External"
			Target="https://example.com/a (b)"/></Relationships>`,
		"word/document.xml": body(
			p(`<w:pStyle w:val="berschrift1"/>`, "Returns &amp; refunds") +
				p("", "Thirty <![CDATA[*days*]]>.") +
				p(`<w:pStyle w:val="berschrift2"/>`, "Steps") +
				p(`<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>`, "Pack") +
				p(`<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>`, "Seal") +
				`<w:p><w:r><w:t>See </w:t></w:r><w:hyperlink r:id="rId1"><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>` +
				`<w:tbl><w:tr><w:tc>` + p("", "Plan") + `</w:tc><w:tc>` + p("", "Price") + `</w:tc></w:tr><w:tr><w:tc>` +
				p("", "Starter") + `</w:tc><w:tc>` + p("", "19 | 20") + `</w:tc></w:tr></w:tbl>` + p("", "# no heading")),
	})
}

func TestAWordDocumentBecomesMarkdown(t *testing.T) {
	d, err := extract.File("x.docx", sample(t))
	want := `Thirty \*days\*.

## Steps

- Pack
  - Seal

See [here](https://example.com/a%20%28b%29)


| Plan | Price |
|---|---|
| Starter | 19 \| 20 |

\# no heading`
	if err != nil || d.Title != "Returns & refunds" || d.Body != want {
		t.Errorf("%v: %q\n%s", err, d.Title, d.Body)
	}
}

func TestFilesAreRead(t *testing.T) {
	page := `<html lang="de"><head><title>Über uns</title></head><body><nav><a href="/x">Menu</a></nav>` +
		`<article><h1>Über uns</h1>` +
		strings.Repeat("<p>Wir bauen Kassen für kleine Läden, seit vielen Jahren und mit großer Freude.</p>", 5) +
		`<table><tr><th>A</th></tr><tr><td>1</td></tr></table><p>Mehr <a href="/mehr">hier</a>.</p></article></body></html>`
	for name, c := range map[string]struct {
		file, data, title, body string
	}{
		"markdown":  {"a.md", "# Title #\r\n\r\nText.", "Title", "Text."},
		"no title":  {"our_first-note.md", "Text.", "our first note", "Text."},
		"text":      {`C:\docs\a.txt`, "# not a title", "a", "# not a title"},
		"latin 1":   {"a.txt", "Gr\xfc\xdfe", "a", "Grüße"},
		"utf 16":    {"a.txt", "\xff\xfeH\x00i\x00", "a", "Hi"},
		"mark":      {"a.txt", "\ufeffHi\x07", "a", "Hi"},
		"html":      {"a.html", page, "Über uns", "Kassen für kleine Läden"},
		"html link": {"a.HTM", page, "Über uns", "[hier]"},
		"bare html": {"a.html", "<p>Only <b>this</b>.</p>", "a", "Only **this**."},
	} {
		d, err := extract.File(c.file, []byte(c.data))
		if err != nil || d.Title != c.title || !strings.Contains(d.Body, c.body) || strings.Contains(d.Body, "Menu") {
			t.Errorf("%s: %v %q\n%s", name, err, d.Title, d.Body)
		}
	}
}

func TestWhatCannotBeReadSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		data []byte
		want string
	}{
		"empty":      {"a.md", []byte(" \n"), "is empty"},
		"pdf":        {"a.bin", []byte("%PDF-1.7 x"), "is a PDF"},
		"binary":     {"a.exe", []byte("MZ\x00\x01"), "is of a kind that is not read"},
		"large":      {"a.md", make([]byte, extract.MaxFile+1), "has 20971521 bytes"},
		"long":       {"a.md", bytes.Repeat([]byte("a "), 2<<20), "has more than 2097152 bytes of text"},
		"no word":    {"a.docx", word(t, map[string]string{"a": "b"}), "is no Word document"},
		"torn":       {"a.docx", sample(t)[:300], "is a damaged Word document"},
		"no text":    {"a.docx", word(t, map[string]string{"word/document.xml": body("")}), "has no text"},
		"bad xml":    {"a.docx", word(t, map[string]string{"word/document.xml": "<a"}), "is a damaged Word document"},
		"tags":       {"a.html", bytes.Repeat([]byte("<b>"), 60_000), "has 60000 tags"},
		"blank html": {"a.html", []byte("<p> </p>"), "has no text"},
		"deep": {"a.docx", word(t, map[string]string{"word/document.xml": strings.Repeat("<a>", 10_000)}),
			"nests its parts too deeply"},
		"bomb": {"a.docx", word(t, map[string]string{"word/document.xml": body(strings.Repeat(" ", 60<<20))}),
			"too large when it is unpacked"},
		"bomb of styles": {"a.docx", word(t, map[string]string{"word/document.xml": body(""), "word/styles.xml": strings.Repeat("<a/>", 20<<20)}),
			"too large when it is unpacked"},
		"bomb of text": {"a.docx", word(t, map[string]string{"word/document.xml": body(p("", strings.Repeat("word", 10<<20)))}),
			"too large when it is unpacked"},
	} {
		_, err := extract.File(c.file, c.data)
		var u extract.Unreadable
		if !errors.As(err, &u) || !strings.Contains(u.Why, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := map[string]string{"word/document.xml": body(p("", "x"))}
	for i := range 1000 {
		many[fmt.Sprint(i)] = ""
	}
	if _, err := extract.File("a.docx", word(t, many)); err == nil || !strings.Contains(err.Error(), "1001 parts") {
		t.Errorf("many parts: %v", err)
	}
}

// Pages that were written to be slow are read or refused, each in a time that a loaded machine keeps.
func TestHostilePagesEnd(t *testing.T) {
	for name, page := range map[string]string{
		"open tags": strings.Repeat("<div>", 40_000), "links": strings.Repeat(`<a href="x">y`, 40_000),
		"paragraphs": strings.Repeat("<p>word, word", 40_000), "tables": strings.Repeat("<table><tr><td>", 13_000),
		"breaks": strings.Repeat("<br>", 45_000), "stars": strings.Repeat("*_`", 300_000), "attribute": `<p class="` + strings.Repeat("a ", 500_000) + `">x</p>`,
		"lists": strings.Repeat("<ul><li>", 20_000), "script": `<script type="application/ld+json">` + strings.Repeat(`{"a":`, 100_000),
		"text": strings.Repeat("word ", 400_000), "quotes": strings.Repeat("<blockquote>", 400) + "x", "bold": strings.Repeat("<b>a", 20_000),
		"comma": strings.Repeat("<p>,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,</p>", 20_000),
	} {
		began := time.Now()
		_, err := extract.HTML([]byte(page), "https://example.com/a", "text/html; charset=utf-8")
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s takes %v (%v)", name, took, err)
		}
		t.Logf("%s: %v %v", name, time.Since(began).Round(time.Millisecond), err)
	}
}

func TestFeedsAreRead(t *testing.T) {
	rss := `<rss version="2.0"><channel><title>News &amp; more</title><language>en</language>
		<item><title>One</title><link>https://example.com/1</link><guid>g1</guid>
			<description>&lt;p&gt;First &lt;b&gt;text&lt;/b&gt;.&lt;/p&gt;</description></item>
		<item><title>No text</title><guid>g2</guid></item>
		<item><link>https://example.com/3</link><description>Third.</description></item></channel></rss>`
	atom := `<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>i</id><title>T</title>
		<content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry></feed>`
	for text, want := range map[string]string{
		rss:  "News & more: g1 One First **text**.; https://example.com/3 Third. Third.; ",
		atom: "A: i T x; ",
		`{"version":"https://jsonfeed.org/version/1","title":"J","items":[{"id":"1","content_text":"y"}]}`: "J: 1 y y; ",
	} {
		f, err := extract.ReadFeed([]byte(text), 10)
		got := f.Title + ": "
		for _, e := range f.Entries {
			got += e.Key + " " + e.Title + " " + e.Body + "; "
		}
		if err != nil || got != want || !extract.IsFeed([]byte(text)) {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
	if f, err := extract.ReadFeed([]byte(rss), 1); err != nil || len(f.Entries) != 1 {
		t.Errorf("at most one: %+v, %v", f, err)
	}
	if _, err := extract.ReadFeed([]byte("<html></html>"), 1); err == nil || extract.IsFeed([]byte("<html></html>")) {
		t.Errorf("a page is a feed: %v", err)
	}
}

func FuzzFile(f *testing.F) {
	f.Add("a.docx", sample(f))
	f.Add("a.html", []byte("<article><p>x</p></article>"))
	f.Add("a.md", []byte("# a"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		d, err := extract.File(name, data)
		if err == nil && strings.TrimSpace(d.Body) == "" || strings.ContainsAny(d.Title, "\n\r\x00") {
			t.Errorf("%q: %+v", name, d)
		}
	})
}

// The XML of a Word document is written around what the fuzzer finds.
func FuzzWord(f *testing.F) {
	f.Add(p("", "x"))
	f.Add("<w:tbl><w:tr><w:tc>")
	f.Fuzz(func(t *testing.T, xml string) {
		_, _ = extract.File("a.docx", word(t, map[string]string{"word/document.xml": body(xml), "word/styles.xml": styles}))
	})
}
