package guard

import (
	"strings"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// window finds the parts of a text in which a pattern can match at all, by looking at each byte once. Most texts
// have a few, and expressions that start with a class of characters take a hundred times longer over the rest.
type window func(text string, numbers []prose.Range) []prose.Range

// numberBytes are the bytes that personal data with digits consists of.
const numberBytes = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef:+().-/ "

// numbersIn returns the stretches of a text in which a number of a person or an address can stand: most texts have a
// few, and only those are looked at for each kind.
func numbersIn(text string) (out []prose.Range) {
	return runsIn(text, prose.Range{End: len(text)}, &personNumbers, ':', func(digits, _, colons int) bool {
		return digits >= 4 || colons >= 3
	})
}

//nolint:gochecknoglobals // a table
var personNumbers = byteSet(numberBytes)

func byteSet(bytes string) (in [256]bool) {
	for _, b := range []byte(bytes) {
		in[b] = true
	}
	return in
}

// runs returns a window for patterns whose matches consist of the given bytes alone, all of [numberBytes]. enough
// decides by how many of them are digits, capitals, and of the given sign.
func runs(bytes string, sign byte, enough func(digits, capitals, signs int) bool) window {
	in := byteSet(bytes)
	return func(text string, numbers []prose.Range) (out []prose.Range) {
		for _, part := range numbers {
			out = append(out, runsIn(text, part, &in, sign, enough)...)
		}
		return out
	}
}

// runsIn returns the runs of some bytes within a part of a text that have enough digits, capitals and signs, each with
// a byte more on each side, so that an expression sees where words end.
func runsIn(
	text string, part prose.Range, in *[256]bool, sign byte, enough func(digits, capitals, signs int) bool,
) (out []prose.Range) {
	for i := part.Start; i < part.End; i++ {
		if !in[text[i]] {
			continue
		}
		start, digits, capitals, signs := i, 0, 0, 0
		for ; i < part.End && in[text[i]]; i++ {
			switch b := text[i]; {
			case b == sign:
				signs++
			case isDigit(b):
				digits++
			case b >= 'A' && b <= 'Z':
				capitals++
			}
		}
		if enough(digits, capitals, signs) {
			out = append(out, prose.Range{Start: max(start-1, 0), End: min(i+1, len(text))})
		}
	}
	return out
}

// tokens returns a window for patterns whose matches have no white space and contain the strings, in this order.
func tokens(holds ...string) window {
	return func(text string, _ []prose.Range) (out []prose.Range) {
		for from := 0; ; {
			i := strings.Index(text[from:], holds[0])
			if i < 0 {
				return out
			}
			start, end := from+i, from+i
			for start > from && text[start-1] > ' ' {
				start--
			}
			for end < len(text) && text[end] > ' ' {
				end++
			}
			if r := (prose.Range{Start: start, End: end}); inOrder(r.In(text), holds) {
				out = append(out, r)
			}
			from = end
		}
	}
}

// longestHole is more than a placeholder in brackets has bytes.
const longestHole = 512

// bracketed returns the parts of a text that end with a closing bracket and have an opening one before it. They do
// not overlap, so that thousands of opening brackets cost no more than other characters.
func bracketed(text string) (out []prose.Range) {
	opened, start := false, 0
	for i, r := range text {
		switch r {
		case '[', '【', '［':
			if !opened {
				opened, start = true, i
			}
		case ']', '】', '］':
			end := i + utf8.RuneLen(r)
			if n := len(out); n > 0 && out[n-1].End == i && r == ']' { // [[the end of two]]
				out[n-1].End = end
			}
			if opened {
				for start < i-longestHole || !utf8.RuneStart(text[start]) {
					start++
				}
				out = append(out, prose.Range{Start: start, End: end})
			}
			opened = false
		}
	}
	return out
}

func inOrder(s string, holds []string) bool {
	for _, h := range holds {
		i := strings.Index(s, h)
		if i < 0 {
			return false
		}
		s = s[i+len(h):]
	}
	return true
}

// trimmed returns a range without the white space at its end.
func trimmed(text string, r prose.Range) prose.Range {
	r.End = r.Start + len(strings.TrimRight(r.In(text), " \n\t"))
	return r
}

// mayBegin reports whether a match may begin at an offset, by what stands before it.
func (p *pattern) mayBegin(text string, at int) bool {
	if p.line {
		before := strings.TrimRight(text[:at], " \t\r\f")
		return before == "" || before[len(before)-1] == '\n'
	}
	return !p.word || at == 0 || !asciiWord(text[at-1]) || !asciiWord(text[at])
}

// locationsIn returns where a pattern matches in the parts of a text.
func locationsIn(p *pattern, text string, parts []prose.Range) (out []prose.Range) {
	for _, part := range parts {
		if p.starts != nil {
			if !p.mayBegin(text, part.Start) {
				continue
			}
			if l := p.starts.get().FindStringIndex(part.In(text)); l != nil {
				out = append(out, trimmed(text, prose.Range{Start: part.Start, End: part.Start + l[1]}))
			}
			continue
		}
		for _, r := range locations(p.whole.get(), part.In(text)) {
			out = append(out, prose.Range{Start: r.Start + part.Start, End: r.End + part.Start})
		}
	}
	if p.starts != nil && len(out) > 1 {
		out = apart(out)
	}
	return out
}
