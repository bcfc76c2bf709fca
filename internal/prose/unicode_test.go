package prose_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"vellocity/internal/proptest"
	"vellocity/internal/prose"
)

// TestWordsOfEveryKind: F8, A14.
func TestWordsOfEveryKind(t *testing.T) {
	for text, want := range map[string]string{
		"snake_case and _x":                      "snake_case|and|_x",
		"see https://example.com/a-b?c=d, now":   "see|https://example.com/a-b?c=d|now",
		"(https://a.test/x).":                    "https://a.test/x",
		"Donau\u00addampf\u00adschiff fährt":     "Donau\u00addampf\u00adschiff|fährt",
		"می\u200cخواهم":                          "می\u200cخواهم",
		"❤️ ☕️ 👩‍👩‍👧":                            "",
		"I ❤️ tea":                               "I|tea",
		"हिन्दी में लिखना":                       "हिन्दी|में|लिखना",
		"ที่":                                    "ที่",
		"first\u2011reply re-re-read -a a- a--b": "first\u2011reply|re-re-read|a|a|a|b",
		"データ３つ":                                  "デ|ー|タ|３|つ",
		"cafe\u0301 e\u0301te\u0301":             "cafe\u0301|e\u0301te\u0301",
		"٤٥٪ ١٬٢٠٠":                              "٤٥|١٬٢٠٠",
		"5:30 a:b":                               "5|30|a|b",
	} {
		if got := strings.Join(prose.Words(text), "|"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if n := prose.CountWords(strings.Repeat("ພາສາລາວ", 300)); n < 300 || n > 900 {
		t.Errorf("2,100 letters of Lao are %d words", n)
	}
	if n := prose.CountWords(strings.Repeat("हिन्दी ", 440)); n != 440 {
		t.Errorf("440 words of Hindi are %d", n)
	}
}

// TestSlugsKeepVowelSigns: A13.
func TestSlugsKeepVowelSigns(t *testing.T) {
	for in, want := range map[string]string{
		"हिन्दी में लेख": "हिन्दी-में-लेख", "বাংলা ভাষায়": "বাংলা-ভাষায়", "தமிழ் மொழி": "தமிழ்-மொழி",
		"می\u200cخواهم کتاب": "میخواهم-کتاب", "A\u00ad\u0300": "a", "Donau\u00addampfer": "donaudampfer", "日本語のブログ": "日本語のブログ",
	} {
		got := prose.Slug(in, 80)
		if got != norm.NFC.String(want) || !prose.IsSlug(got) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestEverySlugIsASlug(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "title")
		n := rapid.IntRange(1, 90).Draw(t, "limit")
		if slug := prose.Slug(s, n); slug != "" && (!prose.IsSlug(slug) || utf8.RuneCountInString(slug) > n) {
			t.Errorf("%q makes %q, which is none", s, slug)
		}
	})
}

// TestTheSameWordsHoweverTheyAreWritten: normal forms and invisible signs change no count.
func TestTheSameWordsHoweverTheyAreWritten(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`([a-zA-ZéàüñÅ0-9]{1,6}[ .,'\n\-]{1,2}){0,12}`).Draw(t, "text")
		n := prose.CountWords(s)
		if m := prose.CountWords(norm.NFD.String(s)); m != n {
			t.Errorf("%q: %d words, decomposed %d", s, n, m)
		}
		last := 0
		for _, r := range prose.WordRanges(s) {
			if r.Start < last || r.End <= r.Start || !utf8.ValidString(r.In(s)) {
				t.Fatalf("%v in %q", r, s)
			}
			last = r.End
		}
	})
}

// TestASCIIWordsFollowTheSameRules compares the quick way for ASCII with the library's rules: a mark at the
// end of a stretch changes nothing but the way.
func TestASCIIWordsFollowTheSameRules(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-c1-3_.,;:'"()\-/]{0,14}`).Draw(t, "text")
		a, b := strings.Join(prose.Words(s), "|"), strings.Join(prose.Words(s+"…"), "|")
		if a != b {
			t.Errorf("%q: %q, by the rules %q", s, a, b)
		}
	})
}

// TestFindKnowsWaysOfWriting: A16, A17.
func TestFindKnowsWaysOfWriting(t *testing.T) {
	for _, c := range []struct{ text, term, want string }{
		{"The CAFE\u0301 opens", "café", "CAFE\u0301"},
		{"a kubernetes\u00a0operator", "kubernetes operator", "kubernetes\u00a0operator"},
		{"die GRÖSSE", "größe", "GRÖSSE"},
		{"हिन्दीवाला", "हिन्दी", ""},
		{"one\n\ntwo", "one two", ""},
		{"one\ntwo", "one two", "one\ntwo"},
		{"ｆｕｌｌ width", "full", "ｆｕｌｌ"},
		{"a\u200bb\u00adc", "abc", "a\u200bb\u00adc"},
	} {
		var got []string
		for _, r := range prose.Find(c.text, c.term) {
			got = append(got, r.In(c.text))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("Find(%q, %q) = %q, want %q", c.text, c.term, got, c.want)
		}
	}
}

// TestPlainReadsAsReadersRead: A18, A7 as far as words go.
func TestPlainReadsAsReadersRead(t *testing.T) {
	for md, want := range map[string]string{
		"a\\_b &amp; c &#39;d&#39;":                 "a_b & c 'd'",
		"| a | b |\n|---|---|\n| c | d |":           "a\n\nb\n\nc\n\nd",
		"One<br>two":                                "One two",
		"<p>A sentence.</p>":                        "A sentence.",
		"<div>\n<!-- no -->yes <b>this</b>\n</div>": "yes  this",
		"<script>\nno()\n</script>":                 "",
		"AT&T &unknown; &amp":                       "AT&T &unknown; &amp",
		"![alt](x.png) `code` <https://a.test>":     "alt code https://a.test",
		"```\nno\n```\nyes":                         "yes",
	} {
		if got := prose.Plain(md); got != want {
			t.Errorf("%q: %q, want %q", md, got, want)
		}
	}
}
