package ui_test

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/proptest"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

func at(text, quote string) domain.Finding {
	start := len([]rune(text[:strings.Index(text, quote)]))
	match := domain.Match{Start: start, End: start + len([]rune(quote)), Text: quote}
	return domain.Finding{Severity: domain.SeverityWarning, Matches: []domain.Match{match}}
}

// markedText returns the text of each mark, in order.
func markedText(t *testing.T, src string) []string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(src))
	webtest.No(t, err)
	var out []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "mark" {
			out = append(out, n.FirstChild.Data)
		}
	}
	return out
}

func TestMarked(t *testing.T) {
	render := webtest.Start(t).Engine.Content.RenderMarkdown
	for _, c := range []struct{ md, quote, want string }{
		{"Über uns ist es *gut* gesagt.", "es *gut* gesagt", "es|gut|gesagt"},
		{"## A heading here\n\nText.", "## A heading", "A heading"},
		{"- one\n- two", "- one\n- two", "one|two"},
		{"41 of 160 agreed", "41 of", "41 of"},
		{"1. one\n2. two", "1. one", "one"},
		{"first\n\nsecond", "first\n\nsecond", "first|second"},
		{"a **bold** word", "**bold**", "bold"},
		{"a & b < c", "& b <", "& b <"},
		{"See https://example.com/a now", "https://example.com/a", "https://example.com/a"},
		{"See https://example.com/a_b_c*d* now", "example.com", "https://example.com/a_b_c"},
		{"See <https://example.com/a> now", "example.com", "https://example.com/a"},
		{"See www.example.com/a now", "example", "www.example.com/a"},
		{"Write to me@example.com now", "me@example.com", "me@example.com"},
		{"With a [link](https://example.com) here", "https://example.com", "link"},
		{"With a [*fine* link](https://example.com) here", "example.com", "link"},
		{"With `code` here", "`code`", "code"},
		{"| a | b |\n|---|---|\n| one | two |", "one | two", "one|two"},
	} {
		got := string(ui.Marked(c.md, []domain.Finding{at(c.md, c.quote)}, render))
		if text := strings.Join(markedText(t, got), "|"); text != c.want {
			t.Errorf("%q in %q marks %q, want %q\n%s", c.quote, c.md, text, c.want, got)
		}
		if strings.ContainsFunc(got, ui.IsMark) {
			t.Errorf("%q leaves a planted character: %q", c.md, got)
		}
	}
	link := "See [the page](https://example.com/secret-thing) now"
	got := string(ui.Marked(link, []domain.Finding{at(link, "secret")}, render))
	if !strings.Contains(got, `href="https://example.com/secret-thing"`) {
		t.Errorf("a finding within an address must leave the address alone: %s", got)
	}
}

// TestAnImageThatIsNotShownIsNamed renders images of our own, of other sites and
// without an address.
func TestAnImageThatIsNotShownIsNamed(t *testing.T) {
	render := webtest.Start(t).Engine.Content.RenderMarkdown
	for md, want := range map[string]string{
		"![a chart](https://e.example/i.png)": `>Image not shown: a chart</span>`,
		"![](https://e.example/i.png)":        `>Image not shown: no description</span>`,
		"![a chart](//e.example/i.png)":       `>Image not shown: a chart</span>`,
		"![own](/media/1.png)":                `<img src="/media/1.png" alt="own"`,
	} {
		if got := string(ui.Marked(md, nil, render)); !strings.Contains(got, want) {
			t.Errorf("%s: %s", md, got)
		}
	}
}

// TestMarksInAnyMarkdown tries marks at any two places of texts with every kind of
// sign: whatever a finding points at, readers see what they see without it.
func TestMarksInAnyMarkdown(t *testing.T) {
	render := webtest.Start(t).Engine.Content.RenderMarkdown
	parts := []string{"word ", "Über ", "[a link](https://example.com/a?b=c&d=e)", "[x](/in \"title\")",
		"https://example.com/x_y",
		"www.example.com", "<https://example.com/z>", "me@example.com ", "**bold** ", "*it* ", "`code` ", "~~gone~~ ",
		"&amp; ",
		"![alt](/i.png)", "![far](https://e.example/i.png)", "[ref][r]", "<b>raw</b>", "\n", "\n\n", "\n- item ", "\n1. one ",
		"\n> quote ",
		"\n## Heading ", "\n```go\nx := 1\n```\n", "\n\n[r]: https://example.com/ref\n\n",
		"\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n",
		"\\*", "[^1]", "- [ ] task ", "  \n", "\n---\n"}
	tag := regexp.MustCompile(`</?mark[^>]*>`)
	rapid.Check(t, func(t *rapid.T) {
		md := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 12).Draw(t, "md"), "")
		n := len([]rune(md))
		var findings []domain.Finding
		for range rapid.IntRange(1, 3).Draw(t, "findings") {
			start := rapid.IntRange(0, n).Draw(t, "start")
			end := rapid.IntRange(start, n+2).Draw(t, "end")
			findings = append(findings, domain.Finding{Matches: []domain.Match{{Start: start, End: end, Text: "x"}}})
		}
		got := tag.ReplaceAllString(string(ui.Marked(md, findings, render)), "")
		if want := string(ui.Marked(md, nil, render)); got != want {
			t.Fatalf("%q:\n%q, want\n%q", md, got, want)
		}
	})
}

// TestMarksChangeOnlyMarks takes the marks out again and compares with the text
// rendered without any.
func TestMarksChangeOnlyMarks(t *testing.T) {
	render := webtest.Start(t).Engine.Content.RenderMarkdown
	strip := strings.NewReplacer("</mark>", "").Replace
	proptest.Check(t, func(t *rapid.T) {
		md := rapid.StringMatching(`([a-zé]{1,4}[ .\n]{1,2}){1,30}`).Draw(t, "md")
		n := len([]rune(md))
		start := rapid.IntRange(0, n).Draw(t, "start")
		end := rapid.IntRange(start, n+3).Draw(t, "end")
		finding := domain.Finding{Matches: []domain.Match{{Start: start, End: end, Text: "x"}}}
		got := string(ui.Marked(md, []domain.Finding{finding}, render))
		for strings.Contains(got, "<mark") {
			i := strings.Index(got, "<mark")
			got = got[:i] + got[i+strings.Index(got[i:], ">")+1:]
		}
		// A mark at the end of a line may keep a space there, which shows nowhere.
		words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
		if want := render(md); words(strip(got)) != words(want) {
			t.Fatalf("%q: %q, want %q", md, strip(got), want)
		}
	})
}
