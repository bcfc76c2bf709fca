package domain_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
)

// TestWholeNumberAgreesWithArithmetic compares with exact arithmetic.
func TestWholeNumberAgreesWithArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,8})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Skip()
		}
		digits, whole := domain.WholeNumber(json.Number(text))
		switch {
		case whole != exact.IsInt():
			t.Fatalf("%s: whole is %v", text, whole)
		case whole && digits.String() != exact.Num().String():
			t.Fatalf("%s: %s, want %s", text, digits, exact.Num())
		case !whole && digits.String() != text:
			t.Fatalf("%s became %s", text, digits)
		}
	})
}

func TestWholeNumberOfWhatIsFarTooLarge(t *testing.T) {
	for text, want := range map[string]bool{
		"1e999999999999999999999": true, "-1e401": true, "1e-999999999": false, "0e999999999": true, "0.0e-5": true,
		"": false, "-": false, "05": false, "0x10": false, "Inf": false, "1_000": false, " 5": false, "+5": false,
	} {
		digits, whole := domain.WholeNumber(json.Number(text))
		if whole != want || len(digits) > 400 {
			t.Errorf("%q: %.20s %v", text, digits, whole)
		}
	}
}

// TestCharactersAreThoseThatXMLAndPostgreSQLTake compares with the definition of XML 1.0,
// section 2.2, character by character.
func TestCharactersAreThoseThatXMLAndPostgreSQLTake(t *testing.T) {
	for r := rune(0); r < 0x2100; r++ {
		want := r == '\t' || r == '\n' || r == '\r' || r >= ' '
		if got := domain.ValidText("é" + string(r)); got != want {
			t.Errorf("%U: %v", r, got)
		}
	}
	var p domain.Problems
	if p.Characters("settings.topic", "é\x00") || !strings.Contains(p.Err().Error(),
		"The topic field must not have control characters; character 2 is U+0000") {
		t.Error(p.Err())
	}
}

func FuzzValidText(f *testing.F) {
	f.Add("a\x00b")
	f.Add("\xe2\x82")
	f.Add("�\ufeff👋")
	f.Fuzz(func(t *testing.T, s string) {
		want := utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
			return r < ' ' && !strings.ContainsRune("\t\n\r", r)
		})
		var p domain.Problems
		if domain.ValidText(s) != want || p.Characters("x", s) != want || (p.Err() == nil) != want {
			t.Errorf("%q: want %v", s, want)
		}
		if clean := domain.CleanText(s); !domain.ValidText(clean) || want && clean != s {
			t.Errorf("%q becomes %q", s, clean)
		}
	})
}

// TestALineIsOneLine: what a field of one line refuses is what folding takes away and what its
// pattern does not match.
func TestALineIsOneLine(t *testing.T) {
	pattern := regexp.MustCompile(domain.LinePattern)
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"a", "word", " ", "\t", "\n", "\r", "\u0085", "\u2028", "\u2029", "日本"})
		text := strings.Join(rapid.SliceOf(part).Draw(t, "parts"), "")
		var p, folded domain.Problems
		if ok := p.OneLine("title", text); ok != pattern.MatchString(text) || ok != (p.Err() == nil) {
			t.Fatalf("%q: one line is %v: %v", text, ok, p.Err())
		} else if ok && domain.FoldLine(text) != text {
			t.Fatalf("%q became %q", text, domain.FoldLine(text))
		}
		line := domain.FoldLine(text)
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if !folded.OneLine("title", line) || bare(line) != bare(text) {
			t.Fatalf("%q was folded to %q", text, line)
		}
	})
	title := domain.Limit{Unit: domain.Characters, Min: 1, Max: 3, Line: true}
	for text, want := range map[string]string{
		"\n":     "The title field is required",
		"a\n":    "The title field must be one line; character 2 is a line break",
		"é\tb":   "The title field must be one line; character 2 is a tab",
		"abcd\n": "The title field must have at most 3 characters; it has 5",
	} {
		check(t, text, want, func(p *domain.Problems) { title.Text(p, "title", text) })
	}
}
