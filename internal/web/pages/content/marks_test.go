package content_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/proptest"
	"vellocity/internal/web/pages/content"
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
		{"Über uns ist es *gut* gesagt.", "es *gut* gesagt", "es |gut| gesagt"},
		{"## A heading here\n\nText.", "## A heading", "A heading"},
		{"- one\n- two", "- one\n- two", "one|two"},
		{"41 of 160 agreed", "41 of", "41 of"},
		{"1. one\n2. two", "1. one", "one"},
		{"first\n\nsecond", "first\n\nsecond", "first|second"},
		{"a **bold** word", "**bold**", "bold"},
		{"a & b < c", "& b <", "& b <"},
	} {
		got := string(content.Marked(c.md, []domain.Finding{at(c.md, c.quote)}, render))
		if text := strings.Join(markedText(t, got), "|"); text != c.want {
			t.Errorf("%q in %q marks %q, want %q\n%s", c.quote, c.md, text, c.want, got)
		}
		if strings.ContainsFunc(got, content.IsMark) {
			t.Errorf("%q leaves a planted character: %q", c.md, got)
		}
	}
	link := "See [the page](https://example.com/secret-thing) now"
	got := string(content.Marked(link, []domain.Finding{at(link, "secret")}, render))
	if !strings.Contains(got, `href="https://example.com/secret-thing"`) {
		t.Errorf("a finding within an address must leave the address alone: %s", got)
	}
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
		got := string(content.Marked(md, []domain.Finding{finding}, render))
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
