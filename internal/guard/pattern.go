package guard

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// pattern is a regular expression that knows what a match must hold. Most texts
// hold none of it, and to look for a few words is a hundred times quicker than to
// run an expression that has no fixed beginning. It answers exactly as the
// expression alone would.
type pattern struct {
	whole *regexp.Regexp
	// holds are folded; every match holds one of them. Empty: nothing is known.
	holds []string
}

func compile(text string) pattern {
	p := pattern{whole: regexp.MustCompile(text)}
	if tree, err := syntax.Parse(text, syntax.Perl); err == nil {
		p.holds = holdsOf(tree.Simplify())
	}
	return p
}

// FindAllStringIndex is that of the expression.
func (p pattern) FindAllStringIndex(text string, n int) [][]int {
	if !p.possible(text) {
		return nil
	}
	return p.whole.FindAllStringIndex(text, n)
}

// FindAllStringSubmatchIndex is that of the expression.
func (p pattern) FindAllStringSubmatchIndex(text string, n int) [][]int {
	if !p.possible(text) {
		return nil
	}
	return p.whole.FindAllStringSubmatchIndex(text, n)
}

func (p pattern) possible(text string) bool {
	if len(p.holds) == 0 {
		return true
	}
	text = folded(text)
	return slices.ContainsFunc(p.holds, func(s string) bool { return strings.Contains(text, s) })
}

// folded makes letters equal that (?i) takes for equal: beside upper and lower
// case, the long s and the Kelvin sign. It looks at each character alone, so what
// a text holds is folded to what the folded text holds.
func folded(text string) string {
	text = strings.ToLower(text)
	if strings.Contains(text, "ſ") {
		text = strings.ReplaceAll(text, "ſ", "s")
	}
	return text
}

// fewRunes is how many characters a class may have to be worth looking for.
const fewRunes = 10

// holdsOf returns strings of which each match of the expression holds at least
// one, nil where that cannot be told.
func holdsOf(e *syntax.Regexp) []string {
	switch e.Op {
	case syntax.OpLiteral:
		text := string(e.Rune)
		if e.Flags&syntax.FoldCase != 0 && strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
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

// rarer reports whether a text is less likely to hold one of a than one of b: the
// likeliest string of each decides.
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

// weight is how much it tells that a text holds s: signs that prose hardly uses
// tell more than letters.
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
