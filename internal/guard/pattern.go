package guard

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// pattern is a regular expression that knows strings that a match must contain. Most
// texts contain none of them, and searching for a few words is a hundred times faster
// than running an expression without a fixed prefix. The matches are exactly those of
// the expression.
type pattern struct {
	whole *regexp.Regexp
	// holds are folded; every match contains one of them. Empty: nothing is known.
	holds []string
}

func compile(text string) pattern {
	p := pattern{whole: regexp.MustCompile(text)}
	if tree, err := syntax.Parse(text, syntax.Perl); err == nil {
		p.holds = holdsOf(tree.Simplify())
	}
	return p
}

// FindAllStringIndex is the method of [regexp.Regexp].
func (p pattern) FindAllStringIndex(text string, n int) [][]int {
	if !p.possible(text) {
		return nil
	}
	return p.whole.FindAllStringIndex(text, n)
}

// FindAllStringSubmatchIndex is the method of [regexp.Regexp].
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
		foreign := func(r rune) bool { return r > unicode.MaxASCII }
		if e.Flags&syntax.FoldCase != 0 && strings.ContainsFunc(text, foreign) {
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
