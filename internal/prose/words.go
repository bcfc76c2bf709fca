package prose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Words returns the words of text as written: sequences of letters and digits, with
// apostrophes, hyphens and full stops allowed between two of them (don't, first-reply,
// 3.5). In scripts without spaces each character is a word.
func Words(text string) []string {
	ranges := WordRanges(text)
	words := make([]string, len(ranges))
	for i, r := range ranges {
		words[i] = r.In(text)
	}
	return words
}

// CountWords returns the number of words of text.
func CountWords(text string) int { return len(WordRanges(text)) }

// WordRanges returns the ranges of the words of text.
func WordRanges(text string) []Range {
	var out []Range
	start := -1
	end := func(at int) {
		if start >= 0 {
			out = append(out, Range{start, at})
			start = -1
		}
	}
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case unspaced(r):
			end(at)
			out = append(out, Range{at, at + size})
		case wordRune(r):
			if start < 0 {
				start = at
			}
		case start >= 0 && joins(text, at, r, size):
		default:
			end(at)
		}
		at += size
	}
	end(at)
	return out
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// unspaced reports whether r is of a script without spaces between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// joins reports whether the mark r at byte i joins two parts of one word.
func joins(text string, i int, r rune, size int) bool {
	next, _ := utf8.DecodeRuneInString(text[i+size:])
	if !wordRune(next) || unspaced(next) {
		return false
	}
	switch r {
	case '\'', '’', '-', '‑':
		return true
	case '.', ',':
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		return unicode.IsDigit(before) && unicode.IsDigit(next)
	}
	return false
}

// Fold returns word in the form for comparison: lower case, with a straight apostrophe.
func Fold(word string) string {
	return strings.ReplaceAll(strings.ToLower(word), "’", "'")
}

// Syllables estimates the syllables of an English word from its vowel groups. It
// is right for about nine words in ten, which is what the formulas built on it
// expect.
func Syllables(word string) int {
	w := strings.TrimSuffix(strings.TrimSuffix(Fold(word), "'s"), "'")
	groups, inVowel := 0, false
	for _, r := range w {
		v := strings.ContainsRune("aeiouy", r)
		if v && !inVowel {
			groups++
		}
		inVowel = v
	}
	switch {
	case strings.HasSuffix(w, "le") && len(w) > 2 && !strings.ContainsRune("aeiouy", rune(w[len(w)-3])):
	case strings.HasSuffix(w, "e"), silentEd(w), silentEs(w):
		groups--
	}
	for _, pair := range []string{"ia", "io", "eo", "ua", "uo"} {
		if strings.Contains(w, pair) && !containsAny(w, "tio", "sio", "cia", "gio", "qu") {
			groups++
			break
		}
	}
	if strings.HasSuffix(w, "ea") && len(w) > 3 {
		groups++
	}
	return max(groups, 1)
}

func silentEd(w string) bool {
	return strings.HasSuffix(w, "ed") && !strings.HasSuffix(w, "ted") && !strings.HasSuffix(w, "ded")
}

func silentEs(w string) bool {
	if !strings.HasSuffix(w, "es") {
		return false
	}
	for _, s := range []string{"ses", "zes", "ches", "shes", "xes", "ces", "ges"} {
		if strings.HasSuffix(w, s) {
			return false
		}
	}
	return true
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// deaccent drops the accents of Latin letters and leaves other scripts alone.
func deaccent(s string) string {
	s = strings.NewReplacer("ß", "ss", "æ", "ae", "ø", "o", "ł", "l", "œ", "oe").Replace(s)
	var b strings.Builder
	latin := false
	for _, r := range norm.NFD.String(s) {
		if unicode.Is(unicode.Mn, r) && latin {
			continue
		}
		latin = unicode.Is(unicode.Latin, r)
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}
