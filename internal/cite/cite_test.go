package cite

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/domain"
)

var beds = []domain.Citation{
	{N: 1, ContentID: 7, Version: 2, Start: 10, End: 72, Title: "Beds", Quote: "Cover the beds before the first frost. Fleece keeps 2 degrees."},
	{N: 2, ContentID: 8, Version: 1, Start: 0, End: 30, Title: "Regen", Quote: "Im Mai fällt der meiste Regen."},
}

// Whatever pieces an answer comes in, the same marks are left.
func TestMarksThatDoNotHoldAreDropped(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Fleece keeps 2 degrees [S1].", "Fleece keeps 2 degrees [S1]."},
		{"Fleece keeps 2 degrees [S1, S2].", "Fleece keeps 2 degrees [S1]."},
		{"Fleece keeps 2 degrees [S3]. Yes", "Fleece keeps 2 degrees. Yes"},
		{"Fleece keeps 2 degrees.[S1][S9]", "Fleece keeps 2 degrees.[S1]"},
		{"This is what we know of it. Snow melts by noon anyway [S1].", "This is what we know of it. Snow melts by noon anyway."},
		{"It says “Cover the beds before the first frost” [S1].", "It says “Cover the beds before the first frost” [S1]."},
		{"It says “Cover the beds after the first frost” [S1].", "It says “Cover the beds after the first frost”."},
		{"Most of the rain comes in May of every year [S2].", "Most of the rain comes in May of every year [S2]."},
		{"Yes [S1].", "Yes [S1]."},
		{"a[i] and [S] and [Sx] and [link](https://example.com) [", "a[i] and [S] and [Sx] and [link](https://example.com) ["},
		{"ends in spaces   ", "ends in spaces   "},
		{"ends in [S", "ends in [S"},
	} {
		for n := range 30 {
			r := rand.New(rand.NewPCG(uint64(n), 1))
			m := Marks{Sources: beds}
			var got strings.Builder
			for rest := c.text; rest != ""; {
				size := min(len(rest), 1+r.IntN(6))
				got.WriteString(m.Write(rest[:size]))
				rest = rest[size:]
			}
			got.WriteString(m.End())
			if got.String() != c.want {
				t.Fatalf("%q in pieces: %q, want %q", c.text, got.String(), c.want)
			}
		}
	}
}

// FuzzMarks: nothing but marks and the spaces before them is ever lost, however the text is cut.
func FuzzMarks(f *testing.F) {
	f.Add("Fleece keeps 2 degrees [S1, S9] [S2].", uint8(3))
	f.Add(" [ [S [S1 [[S1]] \n [S12][S1]", uint8(1))
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		m, whole := Marks{Sources: beds}, Marks{Sources: beds}
		var got string
		for rest := text; rest != ""; {
			n := min(len(rest), int(size)+1)
			got += m.Write(rest[:n])
			rest = rest[n:]
		}
		got += m.End()
		if want := whole.Write(text) + whole.End(); got != want {
			t.Fatalf("in pieces %q, whole %q", got, want)
		}
		left := func(s string) string {
			return strings.Map(func(r rune) rune {
				if strings.ContainsRune(" []S,;\n\t\f\r", r) {
					return -1
				}
				return r
			}, number.ReplaceAllString(s, ""))
		}
		if left(text) != left(got) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

// A citation is where it says: its quote stands at its place of the passage, and in it.
func TestCitationsAreNarrowedToWhatTheyRestOn(t *testing.T) {
	got := Cite("Fleece keeps 2 degrees [S1]. In May it rains [S2]. Unknown [S5].", beds)
	if len(got) != 2 || got[0].Quote != "Fleece keeps 2 degrees." || got[0].Start != 49 || got[0].End != 72 ||
		got[1] != beds[1] {
		t.Errorf("%+v", got)
	}
	both := Cite("Cover the beds before frost [S1]. Fleece keeps 2 degrees [S1].", beds)
	if len(both) != 1 || both[0] != beds[0] {
		t.Errorf("two sentences of one source: %+v", both)
	}
	for _, c := range append(got, both...) {
		if c.End-c.Start != utf8.RuneCountInString(c.Quote) {
			t.Errorf("%+v", c)
		}
	}
}
