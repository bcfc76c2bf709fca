package guard

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/markdown/markdowntest"
	"vellocity/internal/proptest"
	"vellocity/internal/prose"
)

// personal are pieces of texts that are, or look like, personal data and addresses with a password.
var personal = []string{
	"jane@acme.io", "<jane@acme.io>", "a.b+c@x.co.uk", "git@github.com:a/b", "@", "user@", "logo@2x.png", "+49 30 1234567", "(555) 123-4567",
	"030 12345678", "Tel. ", "call ", "0123456789", "555-123-4567", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111",
	"3782 822463 10005", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "8.8.4.4", "1.2.3.4.5", "v91.198.174.192", "91.198.174.192:80",
	"2001:4860:4860::8888", "::1", "std::vec::new", "12:30:45", "https://app:s3cr3tW0rd@db.test/x", "ftp://a:b@c", "https://a.test/x?y=1",
	"2026-11-28", "1,250", "37 %", "\n", "\n\n", " ", ",", ".", "/", "-", "(", ")", "é", "ſ", "\u212a", "x", "A", "7", "₿", "e\u0301",
}

// A window leaves out nothing that the whole text has.
func TestWindowsMissNothing(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, text string) {
		for _, d := range detectors() {
			if d.window == nil {
				continue // looked for by its gate
			}
			keep := func(list []prose.Range) []prose.Range {
				return slices.DeleteFunc(list, func(r prose.Range) bool {
					return !wholeWords(text, r) || partOfNumber(text, r) || !d.valid(text, r)
				})
			}
			want := keep(locations(d.pattern.whole.get(), text))
			got := keep(locationsIn(d.pattern, text, d.window(text, numbersIn(text))))
			if !slices.Equal(got, want) {
				t.Errorf("%s in %q: %v, want %v", d.what, text, got, want)
			}
		}
		for _, p := range secretPatterns {
			if p.what != accessInAddress {
				continue
			}
			want, got := locations(p.pattern.whole.get(), text), locationsIn(p.pattern, text, tokens("://", ":", "@")(text, nil))
			if !slices.Equal(got, want) {
				t.Errorf("%s in %q: %v, want %v", p.what, text, got, want)
			}
		}
	}
	proptest.Check(t, func(t *rapid.T) {
		check(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(personal), 0, 12).Draw(t, "pieces"), ""))
	})
	proptest.Check(t, func(t *rapid.T) {
		check(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(personal), 0, 12).Draw(t, "words"), " "))
	})
	for _, u := range markdowntest.Units() {
		check(t, strings.Repeat(u, 50))
	}
}
