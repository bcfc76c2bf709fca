package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Find returns every place where term occurs in text as whole words, in any case. White
// space and hyphens compare as equal, as do the two forms of the apostrophe, and a
// plural or possessive ending may follow. A term in a script without spaces is also
// found inside a run of characters.
func Find(text, term string) []Range {
	term = strings.TrimSpace(term)
	if term == "" {
		return nil
	}
	first, _ := utf8.DecodeRuneInString(term)
	bounded := wordRune(first) && !unspaced(first)
	var out []Range
	prev := rune(0)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !bounded || !wordRune(prev) {
			if end, ok := match(text, i, term); ok {
				out = append(out, Range{i, end})
				prev, _ = utf8.DecodeLastRuneInString(text[:end])
				i = end
				continue
			}
		}
		prev = r
		i += n
	}
	return out
}

// match reports whether term is at byte i, and where it ends.
func match(text string, i int, term string) (end int, ok bool) {
	for k, want := range term {
		if unicode.IsSpace(want) || want == '-' {
			j := i
			for j < len(text) && (text[j] == ' ' || text[j] == '\n' || text[j] == '-' || text[j] == '\t') {
				j++
			}
			if j == i {
				return 0, false
			}
			i = j
			continue
		}
		if i >= len(text) {
			return 0, false
		}
		got, n := utf8.DecodeRuneInString(text[i:])
		if k == len(term)-1 && want == 'y' && strings.HasPrefix(text[i:], "ies") {
			return ending(text, i+3, true)
		}
		if !sameLetter(got, want) {
			return 0, false
		}
		i += n
	}
	last, _ := utf8.DecodeLastRuneInString(term)
	return ending(text, i, wordRune(last) && !unspaced(last))
}

// ending includes a plural or possessive ending, after which the word must end.
func ending(text string, i int, bounded bool) (int, bool) {
	if !bounded {
		return i, true
	}
	for _, suffix := range []string{"", "'s", "’s", "es", "s"} {
		if !strings.HasPrefix(text[i:], suffix) {
			continue
		}
		j := i + len(suffix)
		next, _ := utf8.DecodeRuneInString(text[j:])
		if j == len(text) || !wordRune(next) {
			if suffix == "'s" || suffix == "’s" {
				return i, true
			}
			return j, true
		}
	}
	return 0, false
}

func sameLetter(a, b rune) bool {
	if a == '’' {
		a = '\''
	}
	if b == '’' {
		b = '\''
	}
	return a == b || unicode.ToLower(a) == unicode.ToLower(b)
}
