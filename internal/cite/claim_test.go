package cite

import (
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/domain"
)

// Marks become claims and leave no trace, in prose and in the strings of JSON; those that do not hold are no claims.
func TestMarksBecomeClaims(t *testing.T) {
	for _, c := range []struct{ text, left, claims string }{
		{"Fleece keeps 2 degrees [S1].", "Fleece keeps 2 degrees.", "1:Fleece keeps 2 degrees"},
		{"Fleece keeps 2 degrees [S1, S9]. Yes [S9].", "Fleece keeps 2 degrees. Yes.", "1:Fleece keeps 2 degrees"},
		{"This is what we know of it. Snow melts by noon anyway [S1].", "This is what we know of it. Snow melts by noon anyway.", ""},
		{`{"text":"Fleece \"keeps\" 2 degrees [S1].","points":["Rain in May [S2]"]}`,
			`{"text":"Fleece \"keeps\" 2 degrees.","points":["Rain in May"]}`, `1:Fleece "keeps" 2 degrees|2:Rain in May`},
		{"[S1] alone, a[1], [link](x)", " alone, a[1], [link](x)", ""},
		{"", "", ""},
	} {
		list, left := Claims(c.text, beds)
		var got []string
		for _, one := range list {
			got = append(got, string(rune('0'+one.N))+":"+one.Sentence)
		}
		if left != c.left || strings.Join(got, "|") != c.claims {
			t.Errorf("%q: %q, %q", c.text, left, got)
		}
		if json.Valid([]byte(c.text)) != json.Valid([]byte(left)) {
			t.Errorf("%q is no longer JSON", left)
		}
	}
}

// A claim is found where its sentence stands by now, edited or not, and is gone with it.
func TestClaimsAreLocatedInTheFinalText(t *testing.T) {
	claims := []Claim{
		{"Fleece keeps 2 degrees", 1}, {"Cover the beds before the first hard frost of the year", 1}, {"In May it rains", 2},
		{"Fleece keeps 2 degrees", 1}, {"Gone by now it seems", 1}, {"Fleece keeps 2 degrees", 7},
	}
	text := "## Über\n\nFrüh: **Fleece** keeps 2 degrees.\n\n" +
		"Cover all beds before the first hard frost of the year! In May, rain."
	for _, c := range Locate(text, claims, beds) {
		if got := strings.TrimSpace(string([]rune(text)[c.TextStart:c.TextEnd])); got != c.Sentence {
			t.Errorf("%+v is at %q", c, got)
		}
		p := beds[c.N-1]
		if quote := string([]rune(p.Quote)[c.Start-p.Start : c.End-p.Start]); quote != c.Quote {
			t.Errorf("%+v quotes %q", c, quote)
		}
	}
	if got := Locate("Fleece keeps 2 degrees. And more.", claims, beds); len(got) != 1 || got[0].N != 1 {
		t.Errorf("%+v", got)
	}
	// The sentence is still there, and says something else: it no longer rests on the passage.
	quoted := []Claim{{"It says “Cover the beds before the first frost” here", 1}}
	if got := Locate("It says “Cover the beds after the first frost” here.", quoted, beds); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// FuzzClaims: a text loses nothing but marks, and claims are sentences of it.
func FuzzClaims(f *testing.F) {
	f.Add("Fleece keeps 2 degrees [S1, S9] [S2].")
	f.Add(`{"a":["x [S1]"]}`)
	f.Add(`[{"a":"\u005bS1]"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		list, left := Claims(text, beds)
		if strings.Contains(left, "[S1]") && !strings.Contains(anyMark.ReplaceAllString(text, ""), "[S1]") {
			t.Fatalf("%q keeps a mark: %q", text, left)
		}
		if json.Valid([]byte(text)) && !json.Valid([]byte(left)) {
			t.Fatalf("%q is no longer JSON: %q", text, left)
		}
		for _, c := range Locate(left, list, append([]domain.Citation{}, beds...)) {
			if c.TextStart < 0 || c.TextEnd > len([]rune(left)) || c.TextStart > c.TextEnd {
				t.Fatalf("%q: %+v", left, c)
			}
		}
	})
}
