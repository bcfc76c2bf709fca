package seo_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vellocity/internal/seo"
)

// text reads one of the test texts.
func text(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// nine returns nine texts on one topic with equally good fields.
func nine(t testing.TB) map[string]seo.Input {
	fields := seo.Input{
		Title: "How a shared inbox helps a small team", MetaTitle: "How a shared inbox helps a small team",
		MetaDescription: "A shared inbox shows a small team who answers which message. Here is how to start with one and what to watch.",
		Slug:            "shared-inbox-small-team", Keywords: []string{"shared inbox"},
	}
	good := text(t, "good")
	var bare, twice []string
	for i, block := range strings.Split(good, "\n\n") {
		if !strings.HasPrefix(block, "## ") {
			bare = append(bare, block)
		}
		twice = append(twice, block)
		if i%3 == 2 {
			twice = append(twice, block)
		}
	}
	bodies := map[string]string{
		"good": good, "no headings": strings.Join(bare, "\n\n"), "long-winded": text(t, "longwinded"),
		"repetitive": strings.Join(twice, "\n\n"),
		"thin":       "A shared inbox helps. It shows who answers what.\n\n## A shared inbox\n\nPick one mailbox and [start here with the guide](https://example.com/guide). Then wait a week.",
		"stuffed": strings.NewReplacer(". ", " with a shared inbox. ", ", ", ", the shared inbox, ", " we ", " our shared inbox ").
			Replace(good),
		"nonsense": "## A shared inbox\n\nSee [the guide to moving](https://example.com/move).\n\n" +
			strings.Repeat("The shared blue inbox sings to a table of rain and wool every quiet morning. ", 18),
		"unreadable": "## A shared inbox\n\n" + strings.ReplaceAll(
			strings.ReplaceAll(text(t, "longwinded")[45:], ". ", ", notwithstanding organisational interdependencies, "),
			" that ",
			" notwithstanding institutional interoperability considerations ",
		),
	}
	out := map[string]seo.Input{}
	for name, body := range bodies {
		in := fields
		in.Body, in.Language = body, "en"
		out[name] = in
	}
	out["foreign"] = seo.Input{
		Title: "Wie ein gemeinsames Postfach kleinen Teams hilft", MetaTitle: "Wie ein gemeinsames Postfach kleinen Teams hilft",
		MetaDescription: "Ein gemeinsames Postfach zeigt einem kleinen Team, wer welche Nachricht beantwortet. So fängt man an, und darauf achtet man.",
		Slug:            "gemeinsames-postfach-team", Keywords: []string{"gemeinsames Postfach"}, Body: text(t, "german"),
	}
	return out
}

// TestTheOrderIsAnEditors has nine texts on one topic with equally good fields; what no editor would print
// is not saved by them.
func TestTheOrderIsAnEditors(t *testing.T) {
	score := map[string]int{}
	for name, in := range nine(t) {
		r := seo.Analyze(in)
		score[name] = r.Score
		t.Logf("%-12s %3d %s %v", name, r.Score, r.Grade, r.Limits)
	}
	for _, pair := range [][2]string{
		{"good", "no headings"}, {"no headings", "long-winded"}, {"foreign", "long-winded"}, {"long-winded", "unreadable"},
		{"unreadable", "thin"}, {"thin", "stuffed"}, {"thin", "nonsense"}, {"unreadable", "repetitive"}, {"repetitive", "nonsense"},
	} {
		if score[pair[0]] <= score[pair[1]] {
			t.Errorf("%s has %d, %s has %d", pair[0], score[pair[0]], pair[1], score[pair[1]])
		}
	}
	for name, most := range map[string]int{"thin": 40, "stuffed": 40, "nonsense": 40, "repetitive": 40, "unreadable": 60} {
		if score[name] > most {
			t.Errorf("%s has %d, at most %d", name, score[name], most)
		}
	}
	if score["good"] < 85 || score["foreign"] < 75 {
		t.Errorf("good %d, foreign %d", score["good"], score["foreign"])
	}
}

// TestTheLanguageIsSaid where it was not given, or was not that of the text; no English formula is applied.
func TestTheLanguageIsSaid(t *testing.T) {
	for given, said := range map[string]string{
		"": "No language was given; the text reads as German", "en": "The language given is en, but the text reads as German",
		"de": "", "de-AT": "",
	} {
		r := seo.Analyze(seo.Input{Body: text(t, "german"), Language: given})
		c := check(t, r, "readability")
		if c.Applicable || !strings.HasPrefix(r.Language, "de") || !strings.Contains(c.Found, said) ||
			said == "" && strings.Contains(c.Found, "German") {
			t.Errorf("%q: %s %+v", given, r.Language, c)
		}
		if len(r.Phrases) > 0 {
			t.Errorf("%q: %v", given, r.Phrases)
		}
	}
}

// TestAdviceNamesThePlace: a sentence, a heading or a paragraph.
func TestAdviceNamesThePlace(t *testing.T) {
	texts := nine(t)
	for _, c := range []struct{ text, check, names string }{
		{"long-winded", "readability", "“With regard to"}, {"long-winded", "paragraphs", "“When a team that"}, {"no headings", "headings", "“"},
		{"stuffed", "keyword-density", "“"}, {"nonsense", "repetition", "“The shared blue inbox"},
	} {
		if got := check(t, seo.Analyze(texts[c.text]), c.check); !strings.Contains(got.Fix, c.names) {
			t.Errorf("%s, %s: %+v", c.text, c.check, got)
		}
	}
}
