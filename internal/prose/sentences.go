package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// neverLast are abbreviations that do not end a sentence; mayBeLast do if the next word
// looks like the start of one.
const (
	neverLast = " mr mrs ms dr prof rev gen sen rep st mt no nos vol fig figs eq sec ch pp p ed eds jan feb mar apr jun jul aug sep sept oct nov dec vs e.g i.e cf approx dept est min max z.b bzw ca nr "
	mayBeLast = " inc ltd co corp llc etc al u.s u.k e.u a.m p.m usw d.h jr sr "
)

// Sentences returns the ranges of the sentences of text, without the white space around
// them. It knows abbreviations, initials, decimals, closing quotes and the marks of East
// Asian scripts; an empty line always ends a sentence.
func Sentences(text string) []Range {
	var out []Range
	start := 0
	add := func(end int) {
		if r := trim(text, start, end); r.End > r.Start {
			out = append(out, r)
		}
		start = end
	}
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		switch {
		case r >= '0' && r < utf8.RuneSelf && r != '?':
		case r == '\n' && strings.HasPrefix(text[i:], "\n\n"):
			add(i)
		case r == '。' || r == '！' || r == '？':
			add(i + n)
		case r == '.' || r == '!' || r == '?' || r == '…':
			end := afterMarks(text, i+n)
			if ends(text, start, i, end, r) {
				add(end)
			}
			i = end
			continue
		}
		i += n
	}
	add(len(text))
	return out
}

// SentenceTexts returns the sentences of text, each on one line.
func SentenceTexts(text string) []string {
	ranges := Sentences(text)
	out := make([]string, len(ranges))
	for i, r := range ranges {
		out[i] = Line(r.In(text))
	}
	return out
}

// afterMarks skips end marks, closing quotes and brackets.
func afterMarks(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !strings.ContainsRune(".!?…\"'”’)]»*_", r) {
			break
		}
		i += n
	}
	return i
}

// ends reports whether the mark at i, whose trail ends at end, ends the sentence that
// began at start.
func ends(text string, start, i, end int, mark rune) bool {
	if end >= len(text) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(text[end:])
	if !unicode.IsSpace(next) {
		return false
	}
	word := nextWord(text[end:])
	first, _ := utf8.DecodeRuneInString(word)
	if unicode.IsLower(first) {
		return false
	}
	if mark != '.' {
		return true
	}
	return !abbreviated(lastToken(text[start:i]), word)
}

// abbreviated reports whether the full stop after token belongs to the token.
func abbreviated(token, next string) bool {
	if utf8.RuneCountInString(token) == 1 && token != "I" {
		r, _ := utf8.DecodeRuneInString(token)
		return unicode.IsUpper(r)
	}
	t := " " + Fold(token) + " "
	if strings.Contains(neverLast, t) {
		first, _ := utf8.DecodeRuneInString(next)
		return t != " no " || unicode.IsDigit(first)
	}
	return strings.Contains(mayBeLast, t) && !StopWord(next)
}

func lastToken(s string) string {
	i := strings.LastIndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(\"“[", r) })
	if i < 0 {
		return s
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return s[i+n:]
}

func nextWord(s string) string {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'“‘(«*_", r) })
	if i := strings.IndexFunc(s, func(r rune) bool { return !wordRune(r) && r != '\'' && r != '’' }); i >= 0 {
		return s[:i]
	}
	return s
}

func trim(text string, start, end int) Range {
	s := text[start:end]
	left := len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	right := len(strings.TrimRightFunc(s, unicode.IsSpace))
	return Range{start + left, start + max(left, right)}
}
