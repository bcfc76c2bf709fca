package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vellocity/internal/prose"
)

// mostTerms bounds the words of a query: each costs a look-up.
const mostTerms = 12

// term is a word of a query.
type term struct {
	text string // folded, in lower case
	stem string // in the form of the index
	// begins is for one character of a script without spaces: the index has pairs.
	begins bool
	// unspaced is a part of a word of a script without spaces, which may stand anywhere.
	unspaced bool
}

// termsOf returns the words of a query that say what it is about: words of grammar only where there are no others.
func termsOf(query string) []term {
	all := prose.QueryTerms(fold(query))
	var list, rest []term
	for _, text := range all {
		t := newTerm(text)
		if prose.StopWord(text) || len(text) == 1 && !isDigit(text[0]) {
			rest = append(rest, t)
		} else {
			list = append(list, t)
		}
	}
	if len(list) == 0 {
		list = rest
	}
	return list[:min(len(list), mostTerms)]
}

func newTerm(text string) term {
	t := term{text: text, stem: stem(text), unspaced: prose.Unspaced(text)}
	t.begins = t.unspaced && utf8.RuneCountInString(text) == 1
	return t
}

// indexTerms returns the terms that a text is found by, each once.
func indexTerms(text string) []string {
	list := prose.IndexTerms(fold(text))
	for i, t := range list {
		list[i] = stem(t)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// endings are what stem takes off, longest first, each with how many letters must be left.
var endings = []struct {
	text string
	left int
}{
	{"ations", 3}, {"ation", 3}, {"ungen", 4}, {"ings", 3}, {"ing", 3}, {"ung", 4}, {"ies", 3}, {"ied", 3}, {"ern", 4},
	{"en", 4}, {"em", 4}, {"er", 4}, {"es", 4}, {"ed", 4}, {"ly", 4}, {"e", 4}, {"s", 3}, {"y", 3},
}

// stem takes the most common endings of English, German and French off a folded word, so that its forms are equal. It
// is crude on purpose: what it makes equal differs again when passages are ranked.
func stem(word string) string {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return word
		}
	}
	for range 2 {
		word = shorter(word)
	}
	return word
}

func shorter(word string) string {
	for _, e := range endings {
		s, ok := strings.CutSuffix(word, e.text)
		if n := len(s); !ok || n < e.left || e.text == "s" && s[n-1] == 's' {
			continue
		}
		if n := len(s); len(e.text) > 1 && n > 3 && s[n-1] == s[n-2] && s[n-1] != 's' && s[n-1] != 'l' {
			s = s[:n-1]
		}
		return s
	}
	return word
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// unaccented are the letters that have no decomposition in Unicode, but that people type without their strokes.
var unaccented = strings.NewReplacer("ß", "ss", "ẞ", "ss", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe",
	"ø", "o", "Ø", "o",
	"ł", "l", "Ł", "l", "đ", "d", "Đ", "d", "ı", "i", "İ", "i")

// fold returns a text without the accents of Latin and Greek letters. Marks of other scripts are letters to those who
// read them, so they stay.
func fold(text string) string {
	ascii := true
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	bare := false
	for _, r := range norm.NFD.String(unaccented.Replace(text)) {
		if bare && unicode.Is(unicode.Mn, r) {
			continue
		}
		bare = unicode.In(r, unicode.Latin, unicode.Greek)
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}
