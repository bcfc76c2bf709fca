package prose

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Find returns every place where term occurs in text as whole words, in any case and any way of writing the
// same characters (Unicode's normal forms). White space, hyphens and their non-breaking forms compare as
// equal, as do the two forms of the apostrophe; soft hyphens, joiners and zero-width spaces count for
// nothing. A plural or possessive ending may follow. A term in a script without spaces is also found inside
// a run of characters.
func Find(text, term string) []Range { return NewIndex(text).Find(term) }

// Index is a text prepared for [Index.Find], for looking for many terms in one text.
type Index struct {
	folded string
	// from and to are, for each byte of folded, the range of the text that it stands for.
	from, to []int32
	// words are found when a term is first looked for in all its forms.
	once  sync.Once
	words indexWords
}

// NewIndex prepares a text.
func NewIndex(text string) *Index {
	f := folder{x: &Index{from: make([]int32, 0, len(text)), to: make([]int32, 0, len(text))}}
	f.b = make([]byte, 0, len(text))
	fold := cases.Fold()
	for at := 0; at < len(text); {
		n := plainASCII(text[at:])
		f.ascii(text, at, at+n)
		if at += n; at == len(text) {
			break
		}
		if n = norm.NFKD.NextBoundaryInString(text[at:], true); n <= 0 {
			n = len(text) - at
		}
		s := text[at : at+n]
		if r, size := utf8.DecodeRuneInString(s); size == n && !unicode.IsLetter(r) &&
			norm.NFKD.PropertiesString(s).Decomposition() == nil { // dashes, quotation marks and other signs
			f.put(at, at+n, r)
			at += n
			continue
		}
		for _, r := range norm.NFKD.String(fold.String(norm.NFKD.String(s))) {
			f.put(at, at+n, r)
		}
		at += n
	}
	f.x.folded = string(f.b)
	return f.x
}

// plainASCII returns the length of the start of s that nothing else combines with.
func plainASCII(s string) int {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	if i < len(s) && i > 0 {
		i-- // a mark that belongs to it may follow
	}
	return i
}

// folder writes the folded text of an index.
type folder struct {
	x    *Index
	b    []byte
	last rune // the last character written or swallowed
}

// ascii writes a part that is ASCII. Letters, digits and most signs stand for themselves.
func (f *folder) ascii(text string, from, to int) {
	for i := from; i < to; i++ {
		if !standsForItself(text[i]) {
			f.put(i, i+1, rune(text[i]))
			continue
		}
		start := i
		for i < to && standsForItself(text[i]) {
			c := text[i]
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			f.b = append(f.b, c)
			f.x.from = append(f.x.from, int32(i))
			i++
		}
		for k := start + 1; k <= i; k++ {
			f.x.to = append(f.x.to, int32(k))
		}
		i--
		f.last = rune(f.b[len(f.b)-1])
	}
}

func standsForItself(c byte) bool { return c > ' ' && c != '-' && c < 0x7F }

func (f *folder) put(from, to int, r rune) {
	switch {
	case r == '\n' && f.last == '\n':
		// An empty line: no term goes on after it.
	case r == '-' || r == '\u2010' || r == '\u2011' || unicode.IsSpace(r):
		before := f.last
		f.last = r
		if r != '\n' {
			f.last = ' '
		}
		if before == ' ' || before == '\n' {
			return
		}
		r = ' '
	case isIgnorable(r):
		return
	case r == '’':
		r, f.last = '\'', r
	default:
		f.last = r
	}
	f.b = utf8.AppendRune(f.b, r)
	for range utf8.RuneLen(r) {
		f.x.from, f.x.to = append(f.x.from, int32(from)), append(f.x.to, int32(to))
	}
}

// Find returns the places of a term in the text; see the function of the same name. A term does not go on
// after an empty line.
func (x *Index) Find(term string) []Range { return x.FindTerm(NewTerm(term)) }

// Term is a term prepared for [Index.FindTerm], for looking for it in many texts.
type Term struct{ folded string }

// NewTerm prepares a term.
func NewTerm(term string) Term {
	return Term{strings.TrimSpace(NewIndex(strings.TrimSpace(term)).folded)}
}

// FindTerm returns the places of a prepared term, as [Index.Find] does.
func (x *Index) FindTerm(term Term) []Range {
	t := term.folded
	if t == "" {
		return nil
	}
	first, _ := utf8.DecodeRuneInString(t)
	last, _ := utf8.DecodeLastRuneInString(t)
	starts, ends := wordRune(first) && !unspaced(first), wordRune(last) && !unspaced(last)
	var out []Range
	stem, ies := strings.CutSuffix(t, "y")
	for at := 0; at < len(x.folded); {
		i := strings.Index(x.folded[at:], stem)
		if i < 0 {
			break
		}
		i += at
		if end, ok := x.ending(i+len(stem), ies, ends); ok && !(starts && wordRune(x.before(i))) {
			out = append(out, Range{int(x.from[i]), int(x.to[end-1])})
			at = end
			continue
		}
		_, n := utf8.DecodeRuneInString(x.folded[i:])
		at = i + n
	}
	return out
}

// ending includes a plural or possessive ending, after which the word must end.
func (x *Index) ending(at int, ies, bounded bool) (int, bool) {
	rest := x.folded[at:]
	if ies {
		if strings.HasPrefix(rest, "ies") {
			at, rest = at+3, rest[3:]
		} else if strings.HasPrefix(rest, "y") {
			at, rest = at+1, rest[1:]
		} else {
			return 0, false
		}
	}
	if !bounded {
		return at, true
	}
	for _, suffix := range []string{"", "'s", "es", "s"} {
		if !strings.HasPrefix(rest, suffix) {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(rest[len(suffix):]); rest == suffix || !wordRune(next) {
			if suffix == "'s" {
				return at, true
			}
			return at + len(suffix), true
		}
	}
	return 0, false
}

func (x *Index) before(at int) rune {
	if at == 0 {
		return -1
	}
	r, _ := utf8.DecodeLastRuneInString(x.folded[:at])
	return r
}
