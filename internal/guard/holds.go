package guard

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// What strings every match of an expression holds, for the gate.

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
		for rest := e.Sub; len(rest) > 0; {
			found, n := joinedHolds(rest)
			if rarer(found, best) {
				best = fewest(found)
			}
			rest = rest[n:]
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

// mostHolds is how many strings are worth looking for in the place of a shorter one.
const mostHolds = 24

// joinedHolds returns what the first of some expressions in a row hold, and how many of them that is: as many as
// together match only a few strings, or one.
func joinedHolds(subs []*syntax.Regexp) (all []string, n int) {
	all = []string{""}
	for n < len(subs) {
		next := exactly(subs[n])
		if next == nil || len(all)*len(next) > mostHolds {
			break
		}
		all = product(all, next)
		n++
	}
	if n == 0 {
		return holdsOf(subs[0]), 1
	}
	return all, n
}

// fewest returns strings without repetition, and without those that contain another one.
func fewest(all []string) []string {
	all = once(all)
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		return slices.ContainsFunc(all, func(o string) bool { return o != s && strings.Contains(s, o) })
	})
}

func once(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

func product(heads, tails []string) (out []string) {
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// exactly returns all strings that an expression matches, folded; nil if they are many or the gate cannot fold them.
func exactly(e *syntax.Regexp) (all []string) {
	switch e.Op {
	case syntax.OpEmptyMatch, syntax.OpWordBoundary:
		return []string{""}
	case syntax.OpLiteral:
		if text := string(e.Rune); !beyondGate(text) {
			return []string{folded(text)}
		}
	case syntax.OpCharClass:
		if all = once(classHolds(e.Rune)); !slices.ContainsFunc(all, beyondGate) {
			return all
		}
	case syntax.OpCapture:
		return exactly(e.Sub[0])
	case syntax.OpQuest:
		if all = exactly(e.Sub[0]); all != nil {
			return append([]string{""}, all...)
		}
	case syntax.OpConcat:
		if joined, n := joinedHolds(e.Sub); n == len(e.Sub) {
			return joined
		}
	case syntax.OpAlternate:
		for _, sub := range e.Sub {
			one := exactly(sub)
			if one == nil || len(all)+len(one) > mostHolds {
				return nil
			}
			all = append(all, one...)
		}
		return all
	}
	return nil
}

// beyondGate reports whether a text has letters whose case the gate does not fold.
func beyondGate(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII && !caseless(r) })
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
		case unicode.IsLetter(r) && r >= 0x3000: // a character of Japanese says more than a letter
			n += 6
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
