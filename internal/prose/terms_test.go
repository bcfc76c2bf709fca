package prose_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"vellocity/internal/prose"
)

// finds reports whether an index of text answers the query, as the store looks.
func finds(text, query string) bool {
	index := prose.IndexTerms(text)
	terms := prose.QueryTerms(query)
	for _, term := range terms {
		if !slices.ContainsFunc(index, func(s string) bool { return strings.HasPrefix(s, term) }) {
			return false
		}
	}
	return len(terms) > 0
}

func TestTermsFindATextHoweverItIsWritten(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        bool
	}{
		{"290 words about our pricing", "pricing 290", true},
		{"Pricing", "pric", true},
		{"Pricing", "ricing", false},
		{"Die größte Stadt", "GRÖSSTE", true},
		{"DIE GRÖSSE", "größe", true},
		{"Die Größe", "grosse", false},
		{"Un cafe\u0301 noir", "café", true},
		{"Un café noir", "CAFE\u0301", true},
		{"ΟΔΟΣ", "οδός", false},
		{"ΟΔΥΣΣΕΥΣ", "οδυσσευς", true},
		{"İstanbul", "istanbul", true},
		{"ｆｕｌｌ ｗｉｄｔｈ", "full width", true},
		{"ﬁnal", "final", true},
		{"co\u00adoperate", "cooperate", true},
		{"東京都の天気", "天気", true},
		{"東京都の天気", "京都", true},
		{"東京都の天気", "気", true},
		{"東京都の天気", "天京", false},
		{"iPhone修理の方法", "修理 iphone", true},
		{"サーバー", "ｻｰﾊﾞｰ", true},
		{"การเขียนบทความ", "บทความ", true},
		{"한국어로 쓰기", "한국어", true},
		{"हिन्दी में लिखना", "हिन्दी", true},
		{"كتابة المقالات", "المقالات", true},
		{"Don’t stop", "don't", true},
		{"snake_case and C:\\temp", "temp case", true},
		{"A 🎉 for you", "🎉", true},
		{"5 € a month", "€", true},
		{"Anything", "!!!", false},
		{"Anything", "  ", false},
	} {
		if got := finds(c.text, c.query); got != c.want {
			t.Errorf("%q in %q: %v (%q, %q)", c.query, c.text, got, prose.QueryTerms(c.query), prose.IndexTerms(c.text))
		}
	}
}

// Every stretch of words of a text finds it, decomposed and in capitals too, and no term
// has a sign that means something to a database.
func TestEveryPartOfATextFindsIt(t *testing.T) {
	letters := []rune("abcXYZäßÉçiİıσΣς東京都のカーบทကहि한 0129.-_'\"\\*:()&|! 🎉")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom(letters), 0, 60, -1).Draw(t, "text")
		words := strings.Fields(text)
		for i, w := range words {
			if len(prose.QueryTerms(w)) == 0 {
				continue
			}
			if !finds(text, w) || !finds(text, norm.NFD.String(w)) || !finds(norm.NFD.String(text), w) {
				t.Errorf("%q does not find %q", w, text)
			}
			if up := strings.ToUpper(w); !strings.ContainsAny(up, "İIıi") && !finds(text, up) {
				t.Errorf("%q does not find %q", up, text)
			}
			if !finds(text, strings.Join(words[:i+1], " ")) {
				t.Errorf("the first %d words do not find %q", i+1, text)
			}
		}
		for _, term := range prose.IndexTerms(text) {
			if term == "" || strings.ContainsAny(term, " '\"\\*:()&|!_-.") || !utf8.ValidString(term) {
				t.Errorf("%q has the term %q", text, term)
			}
		}
	})
}

func TestTermsAreBounded(t *testing.T) {
	var b strings.Builder
	for r := rune(0x4E00); b.Len() < 600_000; r = 0x4E00 + (r-0x4E00+7919)%20_000 {
		b.WriteRune(r)
	}
	size := 0
	for _, term := range prose.IndexTerms(b.String() + strings.Repeat("x", 5000)) {
		size += len(term) + 1
	}
	if size > 500_100 {
		t.Errorf("%d bytes of terms", size)
	}
	if !finds("A "+strings.Repeat("long", 100)+" word", strings.Repeat("long", 90)) {
		t.Error("a long word is found by its beginning")
	}
	if list := prose.IndexTerms("\xff\xfe broken \xc3"); !slices.Contains(list, "broken") {
		t.Errorf("broken bytes leave %q", list)
	}
}

func BenchmarkIndexTerms(b *testing.B) {
	text := strings.Repeat("Begin with one mailbox and give every message an owner, größer als 290 Café. ", 80)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		prose.IndexTerms(text)
	}
}
