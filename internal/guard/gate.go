package guard

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// opened is a pattern of which a string was read, or the first bytes of one: size of them.
type opened struct{ id, size uint16 }

// enough is how many bytes of a string the automaton looks for: the rest would double its size, and hardly any text
// holds the beginning of a string and not its end.
const enough = 12

// What the types of a gate can count. The automaton is built when the program starts, so what
// is over a limit stops it there, and in every test, instead of taking one state for another.
const (
	mostStates   = math.MaxUint16 + 1 // numbered from 0 in next
	mostPatterns = math.MaxUint16     // as ids; and slots are counted from 1
	mostClasses  = math.MaxUint8      // of bytes, beside the one of those that are in no string
)

// gate finds in one pass over a text which patterns may match it: an automaton (Aho and Corasick, 1975)
// over the beginnings of all strings that the patterns hold.
type gate struct {
	over  over
	class [256]uint8 // of a byte; 0: in none of the strings
	width int
	next  []uint16   // state and class to state
	opens [][]opened // by state: the patterns whose string ends there
	near  []bool     // by pattern
	first []bool     // by pattern: its strings begin the match
	line  []bool     // by pattern: that is where a line begins
	count int        // of patterns
}

// over is what a gate reads.
type over int

const (
	overWords over = iota
	overSource
	gates // how many there are
)

// wordGate and sourceGate are built once from the patterns, and never changed.
//
//nolint:gochecknoglobals // see above
var (
	wordGate   = sync.OnceValue(func() *gate { return mustGate(newGate(overWords, wordPatterns())) })
	sourceGate = sync.OnceValue(func() *gate { return mustGate(newGate(overSource, sourcePatterns())) })
)

// mustGate panics on a gate that cannot be built: its patterns are part of the program, and tested.
func mustGate(g *gate, err error) *gate {
	if err != nil {
		panic("guard: " + err.Error())
	}
	return g
}

// newGate builds the automaton, and numbers the patterns. It fails where the strings of the patterns are more than it
// can hold.
func newGate(reads over, all []*pattern) (*gate, error) {
	if err := fits("patterns", len(all), mostPatterns); err != nil {
		return nil, err
	}
	g := &gate{over: reads, width: 1, count: len(all), opens: make([][]opened, 1)}
	states := 1 // at most
	for i, p := range all {
		p.numbers[reads] = i + 1
		g.near, g.first = append(g.near, p.near), append(g.first, p.starts != nil)
		g.line = append(g.line, p.line)
		for _, s := range p.holds {
			states += min(len(s), enough)
			for _, b := range []byte(s) {
				if g.class[b] == 0 {
					g.class[b] = uint8(g.width)
					g.width++
				}
			}
		}
	}
	if err := fits("classes of bytes", g.width-1, mostClasses); err != nil {
		return nil, err
	}
	for c := byte('A'); c <= 'Z'; c++ {
		g.class[c] = g.class[c|0x20]
	}
	g.next = make([]uint16, g.width, g.width*min(states, mostStates))
	for i, p := range all {
		for _, s := range p.holds {
			if err := g.add(s[:min(len(s), enough)], uint16(i)); err != nil {
				return nil, fmt.Errorf("%s: %w", p.whole, err)
			}
		}
	}
	g.link()
	return g, nil
}

// fits fails where there is more of something than an automaton can count.
func fits(what string, n, most int) error {
	if n > most {
		return fmt.Errorf("the automaton of words has %d %s; %d are the most: widen the types of gate", n, what, most)
	}
	return nil
}

// add grows the tree by one string. It fails where there would be too many states.
func (g *gate) add(s string, id uint16) error {
	state := 0
	for _, b := range []byte(s) {
		to := &g.next[state*g.width+int(g.class[b])]
		if *to == 0 {
			if err := fits("states", len(g.opens)+1, mostStates); err != nil {
				return err
			}
			*to = uint16(len(g.opens))
			g.opens = append(g.opens, nil)
			g.next = append(g.next, make([]uint16, g.width)...)
			to = &g.next[state*g.width+int(g.class[b])]
		}
		state = int(*to)
	}
	if o := (opened{id, uint16(len(s))}); !slices.Contains(g.opens[state], o) { // two strings may begin alike
		g.opens[state] = append(g.opens[state], o)
	}
	return nil
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

// hits are the parts of a text in which each pattern may match.
type hits struct {
	over  over
	slots []uint16        // by number: where in parts, counted from 1; 0: nowhere
	parts [][]prose.Range // of the patterns that may match
}

// of returns where the pattern may match: paragraphs, or what is around the strings that it holds.
func (h hits) of(p *pattern) []prose.Range {
	if slot := h.slots[p.numbers[h.over]]; slot > 0 {
		return h.parts[slot-1]
	}
	return nil
}

// within narrows where a pattern may match to parts of the text that do not overlap, in their order.
func (h hits) within(p *pattern, parts []prose.Range) {
	slot := h.slots[p.numbers[h.over]]
	if slot == 0 {
		return
	}
	var both []prose.Range
	may := h.parts[slot-1]
	for _, r := range parts {
		for len(may) > 0 && may[0].End <= r.Start {
			may = may[1:]
		}
		if len(may) > 0 && may[0].Start < r.End {
			both = append(both, r)
		}
	}
	h.parts[slot-1] = both
}

// any reports whether the pattern may match at all.
func (h hits) any(p *pattern) bool { return len(h.of(p)) > 0 }

// scan finds the paragraphs in which each pattern may match. Empty lines are between paragraphs.
func (g *gate) scan(text string) hits {
	h := hits{over: g.over, slots: make([]uint16, g.count+1)}
	var touched []uint16 // slots with parts of the paragraph at hand
	state, start := 0, 0
	for i := 0; i < len(text); i++ {
		b, size := text[i], 1
		if b >= utf8.RuneSelf {
			b, size = foldedByte(text[i:])
		}
		state = int(g.next[state*g.width+int(g.class[b])])
		for _, o := range g.opens[state] {
			id := o.id
			slots := h.slots[1:]
			if slots[id] == 0 {
				h.parts = append(h.parts, nil)
				slots[id] = uint16(len(h.parts))
			}
			slot := slots[id] - 1
			may := h.parts[slot]
			switch n := len(may); {
			case g.first[id]:
				r := after(text, i+size, int(o.size))
				if g.line[id] {
					r.End = len(text)
				}
				may = append(may, r)
			case g.near[id]:
				may = around(may, text, start, i)
			case n == 0 || may[n-1].Start != start:
				may = append(may, prose.Range{Start: start, End: len(text)})
			}
			h.parts[slot], touched = may, append(touched, slot)
		}
		if b == '\n' && i+1 < len(text) && text[i+1] == '\n' {
			for _, slot := range touched {
				may := h.parts[slot]
				for k := len(may) - 1; k >= 0 && may[k].End > i; k-- {
					may[k].End = i
				}
			}
			touched, start, state = touched[:0], i+2, 0
		}
		i += size - 1
	}
	return h
}

// opensAny reports whether any pattern may match the text.
func (g *gate) opensAny(text string) bool {
	state := 0
	for i := 0; i < len(text); {
		b, size := text[i], 1
		if b >= utf8.RuneSelf {
			b, size = foldedByte(text[i:])
		}
		state = int(g.next[state*g.width+int(g.class[b])])
		if len(g.opens[state]) > 0 {
			return true
		}
		i += size
	}
	return false
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

// after returns the range of what begins with a string of so many folded bytes that ends at an offset.
func after(text string, end, size int) prose.Range {
	from := end
	for range size {
		switch {
		case strings.HasSuffix(text[:from], "ſ"), strings.HasSuffix(text[:from], "\u212a"):
			_, n := utf8.DecodeLastRuneInString(text[:from])
			from -= n
		default:
			from--
		}
	}
	to := min(len(text), from+nearBytes)
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return prose.Range{Start: from, End: to}
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
