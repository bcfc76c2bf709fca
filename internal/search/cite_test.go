package search

import (
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/domain"
)

func TestPassagesAreWhereTheySay(t *testing.T) {
	body := "# Frost\r\n\r\n## Beds – früh\n\n  Cover the beds before frost.  \n\nFrost again, 日本 beds."
	start := utf8.RuneCountInString(body[:strings.Index(body, "Cover")])
	p := Passage{Title: "T", Text: "Cover the beds\nbefore frost.", Point: start}
	if quote, ok := verbatim(p, body); !ok || quote != "Cover the beds before frost." {
		t.Errorf("%q, %v", quote, ok)
	}
	if _, ok := verbatim(p, strings.ToUpper(body)); ok {
		t.Error("a text that has changed is cited")
	}
	for _, p := range []Passage{{Point: -1, Text: "xx"}, {Point: 9_999, Text: "x"}, {Text: body + "x"}, {}} {
		if _, ok := verbatim(p, body); ok {
			t.Errorf("%+v", p)
		}
	}
}

// Of named sources each has its best passage first; all are numbered, fit, are exact and do not overlap.
func TestNamedSourcesAreEachQuoted(t *testing.T) {
	long := "# Prices\n\n" + strings.Repeat("Nothing of interest stands in this sentence of the list. ", 400) +
		"\n\n## Refunds – früh\n\nRefunds take five days, 日本 too.\n"
	sources := []domain.Source{
		{ID: 1, Revision: 3, Title: "Prices", Body: long},
		{ID: 2, Revision: 1, Title: "Garden", Body: "Cover the beds before the first frost."},
		{ID: 3, Revision: 1, Title: "Empty"},
	}
	for _, w := range []Wanted{
		{Query: "how long do refunds take", Most: 24, Runes: 24_000}, {Query: "", Most: 4, Runes: 900},
		{Query: "refunds", Most: 1, Runes: 100}, {Query: "?", Most: 24, Runes: 10},
	} {
		list, room := Of(sources, w), w.Runes
		if len(list) > w.Most || w.Most > 1 && w.Runes > 500 && len(list) < 2 {
			t.Errorf("%+v: %d passages", w, len(list))
		}
		for i, c := range list {
			s := sources[c.SourceID-1]
			if c.N != i+1 || string([]rune(s.Body)[c.Start:c.End]) != c.Quote || c.Version != s.Revision || c.Title != s.Title {
				t.Errorf("%+v: %+v", w, c)
			}
			room -= c.End - c.Start
			if Overlaps(list[:i], c) {
				t.Errorf("%+v overlaps", c)
			}
		}
		if room < 0 {
			t.Errorf("%+v: %d too many", w, -room)
		}
	}
	best := Of(sources, Wanted{Query: "refunds", Most: 24, Runes: 24_000})[0]
	if !strings.Contains(best.Quote, "five days") {
		t.Errorf("%q", best.Quote)
	}
}
