// Package prose measures and parses plain text and Markdown: sentences, words,
// syllables, readability, ranking, key phrases, slugs, whole-word search.
//
// It knows English best. Functions for English only say so, and callers check [English]
// first; the rest works with any script that Go's unicode tables know.
// The package holds no state and imports nothing of ours but markdown.
package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Range is a part of a text in bytes, End exclusive.
type Range struct{ Start, End int }

// In returns the part of text that r covers.
func (r Range) In(text string) string { return text[r.Start:r.End] }

// Points turns byte offsets of one text into offsets in Unicode code points.
type Points struct {
	text  string
	bytes int
	runes int
}

// NewPoints returns a converter for text. It is cheapest for increasing offsets.
func NewPoints(text string) *Points { return &Points{text: text} }

// At returns how many code points come before the byte offset.
func (p *Points) At(offset int) int {
	if offset < p.bytes {
		p.bytes, p.runes = 0, 0
	}
	p.runes += utf8.RuneCountInString(p.text[p.bytes:offset])
	p.bytes = offset
	return p.runes
}

// English reports whether the BCP 47 tag names English; an empty tag does.
func English(language string) bool {
	l := strings.ToLower(language)
	return l == "" || l == "en" || strings.HasPrefix(l, "en-") || strings.HasPrefix(l, "en_")
}

// Capital returns s with its first letter in upper case.
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// Line returns s on one line, with runs of white space as one space.
func Line(s string) string { return strings.Join(strings.Fields(s), " ") }

// Clip shortens s to at most limit characters (code points), at the end of a
// word, and drops trailing punctuation.
func Clip(s string, limit int) string {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	cut := string([]rune(s)[:limit+1])
	if i := strings.LastIndexFunc(cut, unicode.IsSpace); i > 0 {
		cut = cut[:i]
	} else {
		cut = string([]rune(s)[:limit])
	}
	return strings.TrimRightFunc(cut, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:-–—(", r)
	})
}
