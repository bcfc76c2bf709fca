package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Limits of what an index keeps of a text. A text of the allowed length stays below
// them unless it was written to exceed them.
const (
	longestTerm = 64      // code points; a longer word is found by its beginning
	mostTerms   = 500_000 // bytes of all terms of a text
)

// Same returns s in the form in which two ways of writing a text are equal: case and
// width do not matter, nor how accents are encoded, nor the space between words
// (Unicode 17, section 3.13, D146: compatibility caseless matching).
func Same(s string) string {
	if isPlainASCII(s) {
		return strings.Join(strings.Fields(strings.ToLower(s)), " ")
	}
	s = strings.Map(shown, strings.ToValidUTF8(s, " "))
	fold := cases.Fold()
	s = norm.NFKC.String(fold.String(norm.NFKC.String(fold.String(norm.NFD.String(s)))))
	s = strings.ReplaceAll(s, "i\u0307", "i") // what is left of the capital of Turkish i
	return strings.Join(strings.Fields(s), " ")
}

func isPlainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// shown drops what nobody sees.
func shown(r rune) rune {
	if isIgnorable(r) {
		return -1
	}
	return r
}

// IndexTerms returns the terms by which a search finds a text, each once: its words,
// and for scripts without spaces every two characters that stand side by side. They
// have neither spaces nor ASCII punctuation.
func IndexTerms(text string) []string { return terms(text, true) }

// QueryTerms returns the terms that a text must have to be found by a query. Each is
// the beginning of one of the text's [IndexTerms].
func QueryTerms(query string) []string { return terms(query, false) }

func terms(text string, index bool) []string {
	l := termList{seen: map[string]bool{}, index: index, terms: []string{}}
	chunks := map[string]bool{}
	for text != "" {
		var chunk string
		chunk, text = nextChunk(text)
		switch {
		case chunk == "" || chunks[chunk]:
		case isPlainASCII(chunk):
			chunks[chunk] = true
			l.add(firstRunes(strings.ToLower(chunk), longestTerm))
		default:
			chunks[chunk] = true
			l.addRuns(Same(chunk))
		}
	}
	return l.terms
}

// nextChunk cuts text at its first ASCII space or punctuation mark.
func nextChunk(text string) (chunk, rest string) {
	for i := range len(text) {
		if b := text[i]; b < utf8.RuneSelf && !isAlphanumeric(b) {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// termList collects terms, each once.
type termList struct {
	terms []string
	seen  map[string]bool
	size  int
	index bool // for an index, not a query
}

func (l *termList) add(term string) {
	if !l.seen[term] && l.size+len(term) < mostTerms {
		l.seen[term] = true
		l.size += len(term) + 1
		l.terms = append(l.terms, term)
	}
}

// addRuns adds the terms of a text in the form of [Same].
func (l *termList) addRuns(text string) {
	for text != "" {
		run, kind := nextRun(text)
		text = text[len(run):]
		switch kind {
		case runWord:
			l.add(firstRunes(run, longestTerm))
		case runUnspaced:
			l.addPairs(run)
		}
	}
}

// addPairs adds every two characters of run that stand side by side. An index has the
// last one alone too, so that a query of one character finds it wherever it stands.
func (l *termList) addPairs(run string) {
	alone := true
	for run != "" {
		_, size := utf8.DecodeRuneInString(run)
		pair := firstRunes(run, 2)
		if len(pair) > size || l.index || alone {
			l.add(pair)
		}
		run, alone = run[size:], false
	}
}

// runKind says what a run of characters is to a search.
type runKind int

const (
	runBetween  runKind = iota // spaces and punctuation
	runWord                    // a word, or one symbol such as an emoji
	runUnspaced                // words without spaces between them
)

// nextRun returns the run that text begins with.
func nextRun(text string) (run string, kind runKind) {
	for i, r := range text {
		k := kindOf(r)
		if i == 0 {
			kind = k
			if isSymbol(r) {
				return text[:utf8.RuneLen(r)], runWord
			}
			continue
		}
		if k != kind && !unicode.Is(unicode.M, r) || isSymbol(r) {
			return text[:i], kind
		}
	}
	return text, kind
}

func kindOf(r rune) runKind {
	switch {
	case unspaced(r):
		return runUnspaced
	case wordRune(r) || isSymbol(r) || unicode.IsNumber(r):
		return runWord
	}
	return runBetween
}

// isSymbol reports whether r means something by itself: an emoji, a currency.
func isSymbol(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.Is(unicode.So, r) || unicode.Is(unicode.Sc, r))
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
