package guard

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// pattern is a regular expression that knows strings that a match must contain. Most
// texts contain none of them, and looking for a few words is a hundred times faster
// than running an expression without a fixed prefix. The matches are exactly those of
// the expression.
type pattern struct {
	whole *expression
	// holds are folded; every match contains one of them. There is at least one, without letters beyond
	// ASCII, whose case the gate does not fold; a test checks that.
	holds []string
	// near is set where a match is at most [nearBytes] long: only what is around one of the strings is
	// looked at then, not the whole paragraph.
	near bool
	// starts is set where every match begins with one of holds: the same expression, at the start of a text.
	starts *expression
	// lines is set where the expression is about the beginnings and ends of lines.
	lines bool
	// line is set where starts is looked for only where a line begins, up to the end of the paragraph.
	line bool
	// word is set where every match begins where a word does.
	word bool
	// longest is the expression at the start of a text, with the longest match in place of the first: "dive in" may
	// be the beginning of "dive into".
	longest func() *regexp.Regexp
	// numbers are the pattern's in each gate, counted from 1; 0: it is not in that gate.
	numbers [gates]int
}

// inBrackets reports whether every match begins with an opening bracket, and ends with a closing one.
func (p *pattern) inBrackets() bool {
	return !slices.ContainsFunc(p.holds, func(s string) bool { return s != "[" && s != "【" && s != "［" })
}

// nearBytes is how long the claims, phrases and dates are at most, all but absurdly long words.
const nearBytes = 160

// nearby compiles an expression whose matches are short.
func nearby(text string) *pattern {
	p := compile(text)
	p.near = true
	return p
}

// beginning compiles an expression whose matches begin with one of a few strings.
func beginning(text string) *pattern {
	p := nearby(text)
	p.begin(text)
	return p
}

// atLine compiles an expression whose matches are the first words of a line.
func atLine(text string) *pattern {
	p := compile(`(?m)^\s*(?:` + text + `)`)
	p.line = true
	p.begin(`(?m)` + text)
	return p
}

// anyLetter is a letter, for expressions that ignore case: there, all letters as a class would be folded one by one.
const anyLetter = `(?-i:\pL)`

// group returns patterns, the same ones each time. They are made when the first text is checked: most programs
// and commands check none.
type group func() []*pattern

// together joins groups.
func together(groups ...group) group {
	return sync.OnceValue(func() (all []*pattern) {
		for _, g := range groups {
			all = append(all, g()...)
		}
		return all
	})
}

// branches makes an expression of alternatives into one pattern for each: a text that holds a word of one is not
// searched for the others.
func branches(text string, near bool) group {
	return sync.OnceValue(func() []*pattern { return split(text, near) })
}

func split(text string, near bool) (out []*pattern) {
	text, classes := withoutClasses(text)
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		panic("guard: " + err.Error()) // part of the program, and tested
	}
	for _, one := range alternatives(tree) {
		for i, class := range classes {
			one = strings.ReplaceAll(one, fmt.Sprintf(`\x{%x}`, firstClass+i), class)
		}
		p := compile(one)
		p.near = near
		if near {
			p.begin(one)
		}
		out = append(out, p)
	}
	return out
}

// firstClass is a character that is in no expression and has no case.
const firstClass = 0xE000

// largeClass finds classes of thousands of letters.
var largeClass = regexp.MustCompile(`\(\?-i:\\pL\)|\[\^(?:\\.|[^\]\\])+\]`)

// withoutClasses replaces large classes by characters from firstClass on. To write a tree as text, the library looks at
// the case of every letter of a class; with hundreds of words, that took a second at each start.
func withoutClasses(text string) (out string, classes []string) {
	out = largeClass.ReplaceAllStringFunc(text, func(class string) string {
		i := slices.Index(classes, class)
		if i < 0 {
			i, classes = len(classes), append(classes, class)
		}
		return string(rune(firstClass + i))
	})
	return out, classes
}

// alternatives returns an expression as those that it chooses from, each with the word boundaries around the choice.
func alternatives(tree *syntax.Regexp) (out []string) {
	before, after := "", ""
	if tree.Op == syntax.OpConcat {
		var choice *syntax.Regexp
		for _, sub := range tree.Sub {
			switch {
			case sub.Op == syntax.OpWordBoundary && choice == nil:
				before += sub.String()
			case sub.Op == syntax.OpWordBoundary:
				after += sub.String()
			case sub.Op == syntax.OpAlternate && choice == nil:
				choice = sub
			default:
				return []string{tree.String()}
			}
		}
		if choice == nil {
			return []string{tree.String()}
		}
		tree = choice
	}
	if tree.Op != syntax.OpAlternate {
		return []string{tree.String()}
	}
	for _, sub := range tree.Sub {
		for _, one := range alternatives(sub) {
			out = append(out, before+"(?:"+one+")"+after)
		}
	}
	return out
}

// begin notes that every match begins with one of some strings, if that is so and they are rare enough: it is then
// looked for only where one of them stands.
func (p *pattern) begin(text string) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return
	}
	first := beginsWith(tree.Simplify())
	for _, s := range first {
		if len(s) < 3 || strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII && !caseless(r) }) {
			return
		}
	}
	if len(first) > 0 && (p.line || !rarer(p.holds, first)) {
		p.holds, p.starts = once(first), &expression{text: `\A(?:` + text + `)`}
		p.word = tree.Op == syntax.OpConcat && tree.Sub[0].Op == syntax.OpWordBoundary
	}
}

// beginsWith returns strings of which each match of the expression begins with one; nil if there are none.
func beginsWith(e *syntax.Regexp) []string {
	switch e.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		return holdsOf(e)
	case syntax.OpCapture, syntax.OpPlus:
		return beginsWith(e.Sub[0])
	case syntax.OpRepeat:
		if e.Min > 0 {
			return beginsWith(e.Sub[0])
		}
	case syntax.OpConcat:
		for i, sub := range e.Sub {
			if sub.Op == syntax.OpWordBoundary {
				continue
			}
			if joined, n := joinedHolds(e.Sub[i:]); n > 1 && !slices.Contains(joined, "") {
				return joined
			}
			return beginsWith(sub)
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range e.Sub {
			first := beginsWith(sub)
			if first == nil {
				return nil
			}
			all = append(all, first...)
		}
		return all
	}
	return nil
}

func compile(text string) *pattern {
	p := &pattern{whole: &expression{text: text}, lines: strings.Contains(text, "(?m")}
	p.longest = sync.OnceValue(func() *regexp.Regexp {
		long := regexp.MustCompile(`\A(?:` + text + `)`)
		long.Longest()
		return long
	})
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		panic("guard: " + err.Error()) // part of the program, and tested
	}
	p.holds = holdsOf(tree.Simplify())
	return p
}

// expression is a regular expression that is compiled when it is first used. A text needs only a few of the hundreds
// that there are, and all of them at once would take longer than the rest of the program needs to start.
type expression struct {
	text     string
	once     sync.Once
	compiled *regexp.Regexp
}

func (e *expression) get() *regexp.Regexp {
	e.once.Do(func() { e.compiled = regexp.MustCompile(e.text) })
	return e.compiled
}

func (e *expression) String() string { return e.text }

// wordPatterns lists the patterns that are looked for in the words, sourcePatterns those looked for in the source.
func wordPatterns() []*pattern {
	all := []*pattern{
		injectionPattern, markerPattern, promptPattern, leftoverPattern, dutyPattern, leftoverElsewhere,
		birthPattern, homePattern,
		swearPattern,
	}
	for _, r := range claimRules {
		all = append(all, r.patterns()...)
	}
	return append(all, together(
		quotePatterns,
		stockPatterns,
		injectionElsewhere,
		refusalPatterns,
		unknown,
		introductions,
		closingPatterns,
		holePatterns,
		reportedBefore,
		reportedAfter,
		fractionPatterns,
		multiplePatterns,
	)()...)
}

func sourcePatterns() []*pattern {
	all := []*pattern{markerPattern, labelled}
	for _, p := range secretPatterns {
		all = append(all, p.pattern)
	}
	return append(all, together(saidPatterns, linkPatterns)()...)
}
