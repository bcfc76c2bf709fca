package guard

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// pattern is a regular expression that knows strings that a match must contain. Most
// texts contain none of them, and looking for a few words is a hundred times faster
// than running an expression without a fixed prefix. The matches are exactly those of
// the expression.
type pattern struct {
	whole *regexp.Regexp
	// holds are folded; every match contains one of them. There is at least one, without letters beyond
	// ASCII, whose case the gate does not fold; a test checks that.
	holds []string
	id    int // its place in patterns(), once there are gates
	// near is set where a match is at most [nearBytes] long: only what is around one of the strings is
	// looked at then, not the whole paragraph.
	near bool
}

// nearBytes is how long the claims, phrases and dates are at most, all but absurdly long words.
const nearBytes = 160

// nearby compiles an expression whose matches are short.
func nearby(text string) *pattern {
	p := compile(text)
	p.near = true
	return p
}

func compile(text string) *pattern {
	p := &pattern{whole: regexp.MustCompile(text)}
	if tree, err := syntax.Parse(text, syntax.Perl); err == nil {
		p.holds = holdsOf(tree.Simplify())
	}
	return p
}

// patterns lists all patterns.
func patterns() []*pattern {
	all := []*pattern{
		injectionPattern, markerPattern, promptPattern, refusalPattern, leftoverPattern, closingPattern, holePattern,
		dutyPattern,
		injectionElsewhere, refusalElsewhere, leftoverElsewhere, closingElsewhere, holeElsewhere, blankPattern,
		ssnPattern, birthPattern, homePattern,
		labelled, quotePattern, linkPattern, emailPattern, phonePattern, cardPattern, ibanPattern, ipPattern, ip6Pattern,
	}
	for _, p := range secretPatterns {
		all = append(all, p.pattern)
	}
	for _, r := range claimRules {
		all = append(all, r.patterns...)
	}
	return append(all, stockPatterns...)
}

// gate finds in one pass over a text which patterns may match it: an automaton (Aho and Corasick, 1975)
// over all strings that the patterns hold.
type gate struct {
	class [256]uint8 // of a byte; 0: in none of the strings
	width int
	next  []uint16   // state and class to state
	opens [][]uint16 // by state: the patterns whose string ends there
	near  []bool     // by pattern
	count int        // of patterns
}

//nolint:gochecknoglobals // built once from the patterns, and never changed
var gates = sync.OnceValue(func() *gate { return newGate(patterns()) })

func newGate(all []*pattern) *gate {
	g := &gate{width: 1, count: len(all), opens: make([][]uint16, 1)}
	for i, p := range all {
		p.id = i
		g.near = append(g.near, p.near)
		for _, s := range p.holds {
			for _, b := range []byte(s) {
				if g.class[b] == 0 {
					g.class[b] = uint8(g.width)
					g.width++
				}
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		g.class[c] = g.class[c|0x20]
	}
	g.next = make([]uint16, g.width)
	for i, p := range all {
		for _, s := range p.holds {
			g.add(s, uint16(i))
		}
	}
	g.link()
	return g
}

// add grows the tree by one string.
func (g *gate) add(s string, id uint16) {
	state := 0
	for _, b := range []byte(s) {
		to := &g.next[state*g.width+int(g.class[b])]
		if *to == 0 {
			*to = uint16(len(g.opens))
			g.opens = append(g.opens, nil)
			g.next = append(g.next, make([]uint16, g.width)...)
			to = &g.next[state*g.width+int(g.class[b])]
		}
		state = int(*to)
	}
	g.opens[state] = append(g.opens[state], id)
}

// link makes the tree an automaton: where a string breaks off, the longest end of what was read goes on.
func (g *gate) link() {
	fail := make([]uint16, len(g.opens))
	var queue []uint16
	for c := range g.width {
		if s := g.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for c := range g.width {
			to, other := &g.next[int(s)*g.width+c], g.next[int(fail[s])*g.width+c]
			if *to == 0 {
				*to = other
				continue
			}
			fail[*to] = other
			g.opens[*to] = append(g.opens[*to], g.opens[other]...)
			queue = append(queue, *to)
		}
	}
}

// hits are the paragraphs of a text in which each pattern may match, by the pattern's id.
type hits [][]prose.Range

// any reports whether the pattern may match at all.
func (h hits) any(p *pattern) bool { return len(h[p.id]) > 0 }

// scan finds the paragraphs in which each pattern may match. Empty lines are between paragraphs.
func (g *gate) scan(text string) hits {
	may := make(hits, g.count)
	var touched []uint16
	state, start := 0, 0
	for i := 0; i < len(text); i++ {
		b, size := foldedByte(text[i:])
		state = int(g.next[state*g.width+int(g.class[b])])
		for _, id := range g.opens[state] {
			if g.near[id] {
				may[id] = around(may[id], text, start, i)
				touched = append(touched, id)
				continue
			}
			if n := len(may[id]); n == 0 || may[id][n-1].Start != start {
				may[id] = append(may[id], prose.Range{Start: start, End: len(text)})
				touched = append(touched, id)
			}
		}
		if b == '\n' && i+1 < len(text) && text[i+1] == '\n' {
			for _, id := range touched {
				last := &may[id][len(may[id])-1]
				last.End = min(last.End, i)
				if !g.near[id] {
					last.End = i
				}
			}
			touched, start, state = touched[:0], i+2, 0
		}
		i += size - 1
	}
	return may
}

// foldedByte returns the first byte of a text as the strings of patterns have it, and how many bytes it
// stands for: (?i) takes the long s and the Kelvin sign for letters of ASCII.
func foldedByte(text string) (b byte, size int) {
	switch b = text[0]; {
	case b == "ſ"[0] && strings.HasPrefix(text, "ſ"):
		return 's', len("ſ")
	case b == "\u212a"[0] && strings.HasPrefix(text, "\u212a"):
		return 'k', len("\u212a")
	}
	return b, 1
}

// around adds what is around the byte at an offset to the ranges of a pattern, within the paragraph that
// begins at start; its end is not known yet.
func around(ranges []prose.Range, text string, start, at int) []prose.Range {
	from, to := max(start, at-nearBytes), min(len(text), at+nearBytes)
	for from < at && !utf8.RuneStart(text[from]) {
		from++
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	if n := len(ranges); n > 0 && ranges[n-1].End >= from {
		ranges[n-1].End = to
		return ranges
	}
	return append(ranges, prose.Range{Start: from, End: to})
}

// folded makes letters equal that (?i) treats as equal: besides upper and lower case,
// the long s and the Kelvin sign. It folds each character by itself, so that a part of
// a text folds to a part of the folded text.
func folded(text string) string {
	text = strings.ToLower(text)
	if strings.Contains(text, "ſ") {
		text = strings.ReplaceAll(text, "ſ", "s")
	}
	return text
}

// fewRunes is how many characters a class may have to be worth searching for.
const fewRunes = 10

// holdsOf returns strings of which each match of the expression contains at least one;
// nil if there are none.
func holdsOf(e *syntax.Regexp) []string {
	switch e.Op {
	case syntax.OpLiteral:
		text := string(e.Rune)
		if e.Flags&syntax.FoldCase != 0 &&
			strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII && !caseless(r) }) {
			return nil
		}
		return []string{folded(text)}
	case syntax.OpCharClass:
		return classHolds(e.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return holdsOf(e.Sub[0])
	case syntax.OpRepeat:
		if e.Min > 0 {
			return holdsOf(e.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range e.Sub {
			if found := holdsOf(sub); rarer(found, best) {
				best = found
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range e.Sub {
			found := holdsOf(sub)
			if found == nil {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

func classHolds(ranges []rune) (all []string) {
	for i := 0; i < len(ranges); i += 2 {
		if int(ranges[i+1]-ranges[i])+len(all) >= fewRunes {
			return nil
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			all = append(all, folded(string(r)))
		}
	}
	return all
}

// rarer reports whether a text is less likely to contain one of a than one of b: the
// most likely string of each decides.
func rarer(a, b []string) bool {
	worst := func(all []string) int {
		least := 0
		for i, s := range all {
			if n := weight(s); i == 0 || n < least {
				least = n
			}
		}
		return least
	}
	return worst(a) > worst(b)
}

// weight is how rare s is in a text: signs that prose hardly uses are rarer than
// letters.
func weight(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.IsLetter(r), strings.ContainsRune(".,:'’-", r):
			n += 2
		case unicode.IsDigit(r):
			n += 6
		case r == ' ':
			n++
		default:
			n += 12
		}
	}
	return n
}
