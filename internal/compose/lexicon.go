package compose

import (
	"regexp"
	"strings"
	"unicode"

	"vellocity/internal/prose"
)

// verbs are bare forms that are hardly ever nouns; eitherVerbs are as often the
// one as the other, and count as verbs only where the next word says so.
const (
	verbs = ` accept achieve adapt add adjust adopt agree allow analyze analyse announce answer apply appoint arrange ask assess assign assume attract automate avoid become begin believe bring build buy calculate cancel capture celebrate choose clean collect combine come communicate compare connect consider consolidate continue convert create decide define delegate delete deliver deploy describe develop disable discover discuss do eliminate embrace enable encourage ensure establish evaluate examine expand explain explore find fix follow forget get give go grow handle have hire hold identify ignore implement improve include increase install integrate introduce invest invite keep know launch learn leave let listen look lower maintain make manage meet merge migrate minimize minimise negotiate offer open optimize optimise organize organise pay pick prepare prevent prioritize prioritise protect prove provide publish put raise read reduce refuse remove rename replace respond resize rethink reuse rewrite rightsize save say scale schedule secure see select sell send separate serve share show simplify solve speak spend start stay stop strengthen succeed take teach tell think track train transform translate treat try turn understand unify update upgrade use verify visit wait watch win write `

	eitherVerbs = ` aim benefit bill budget call cause change charge check claim close cost count cover cut date demand design drive end estimate experience face fall feature focus gain group guide help host label lead limit link list log map mark market match matter mean measure mention monitor move name need note order own pair plan point practice process produce promise question range rank rate reach record release rent report request rest result return review rise run sample search set settle shape shift ship sign sort spot stand state step store study supply support switch tag talk target team test time touch trade travel trust value vary view walk want work `

	irregular = ` is are was were be been am has have had do does did can could will would may might must shall should cannot can't won't isn't aren't wasn't weren't doesn't don't didn't it's that's cut fell rose grew took went made got kept sent found saw spent paid won lost held began came gave knew led left met put ran said set told thought wrote built bought brought chose drove sold became felt heard meant read stood understood `

	determiners = ` the a an your our their its his her my this that these those to what who how when where why it them us you me more fewer less only no every each all one two three four five some any with before after for from in on at into out up down off against about whether if `
)

// common are words that open many topics and are no names.
const common = ` best top common simple small big large new old good better great modern classic startup start-up founders managers owners people teams readers customers clients users everyone anyone beginners developers designers engineers marketers teachers students parents
 cloud data remote hybrid digital social content email e-mail customer client team product project software hardware web website websites mobile online local global business businesses company employee employees staff office home green healthy personal public private internal external annual weekly daily monthly yearly first second last early late machine supply search brand video audio event events sales price prices finance financial tax taxes legal cyber network server database code user flexible coffee tea wine food garden gardens travel water energy solar electric climate health mental fitness sleep
 technical senior junior chief head support quality risk page pages site sites blog newsletter newsletters shared free fast slow easy hard safe secure smart strong short long high low full open backup backups deep light happy busy lean agile warehouse retail kitchen family school city town country house houses car cars bike bikes paper plastic wood glass stone steel music film books writers artists doctors nurses lawyers accountants consultants freelancers executives leaders directors freelance independent self-employed spring summer autumn winter `

var plainEnding = regexp.MustCompile(`(?:ing|tion|tions|ment|ments|ness|able|ible|ful|less|ware|ship|ous|ive)$`)

// isIn reports whether word, in any case, stands in a list of words with spaces
// around them.
func isIn(list, word string) bool { return strings.Contains(list, " "+prose.Fold(word)+" ") }

// bases returns the forms that a word may be an ending of, itself among them.
func bases(word string) []string {
	w := prose.Fold(word)
	out := []string{w}
	for _, e := range []struct{ suffix, with string }{{"ies", "y"}, {"es", ""}, {"s", ""}, {"ied", "y"}, {"ed", ""}, {"ed", "e"}, {"d", ""}} {
		if s := strings.TrimSuffix(w, e.suffix); s != w && len(s) > 1 {
			out = append(out, s+e.with)
		}
	}
	if s := strings.TrimSuffix(w, "ed"); s != w && len(s) > 3 && s[len(s)-1] == s[len(s)-2] {
		out = append(out, s[:len(s)-1])
	}
	return out
}

// hasVerb reports whether an English line has a finite verb, as well as is possible
// without a parser.
func hasVerb(line string) bool {
	words := strings.Fields(line)
	for i, w := range words {
		w = strings.Trim(w, ".,;:!?()“”\"")
		next := ""
		if i+1 < len(words) {
			next = strings.Trim(words[i+1], ".,;:!?()“”\"")
		}
		if isIn(irregular, w) || i > 0 && verbForm(w, next) || i == 0 && commands(w, next) {
			return true
		}
	}
	return false
}

func verbForm(w, next string) bool {
	for _, b := range bases(w) {
		if isIn(verbs, b) {
			return true
		}
		if isIn(eitherVerbs, b) && (isIn(determiners, next) || startsDigit(next)) {
			return true
		}
	}
	return false
}

// commands reports whether w, followed by next, opens an instruction.
func commands(w, next string) bool {
	if isIn(" never always don't please ", w) || prose.Fold(w) == "do" && prose.Fold(next) == "not" {
		return true
	}
	if next == "" || strings.HasSuffix(prose.Fold(next), "'s") {
		return false
	}
	return isIn(verbs, w) || isIn(eitherVerbs, w) && (isIn(determiners, next) || startsDigit(next))
}

func startsDigit(s string) bool { return s != "" && unicode.IsDigit([]rune(s)[0]) }

// gerund returns the -ing form of a bare verb.
func gerund(verb string) string {
	v := prose.Fold(verb)
	n := len(v)
	switch {
	case strings.HasSuffix(v, "ie"):
		return v[:n-2] + "ying"
	case strings.HasSuffix(v, "ee"), strings.HasSuffix(v, "ye"), v == "be":
		return v + "ing"
	case strings.HasSuffix(v, "e"):
		return v[:n-1] + "ing"
	case isIn(" get set put run cut stop plan ship let win begin spot tag log map swap shop chat grab step trim drop forget rent-out ", v):
		return v + v[n-1:] + "ing"
	}
	return v + "ing"
}

// Lower makes the first letter lower case where the word is clearly not a name: it is
// in one of the word lists, or is the -ing form of a verb.
func Lower(s string) string {
	word, rest, _ := strings.Cut(s, " ")
	known := prose.StopWord(word) || (isIn(verbs, word) || isIn(eitherVerbs, word)) && !nameAhead(rest) || isIn(irregular, word) ||
		isIn(common, word) && !nameAhead(rest) || plainEnding.MatchString(word) && !nameAhead(rest)
	if !known || prose.Fold(word) == "i" || strings.HasPrefix(word, "I'") || strings.HasPrefix(word, "I’") || upperTail(word) {
		return s
	}
	r := []rune(s)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

// upperTail reports whether letters after the first are capitals, as in CRM.
func upperTail(word string) bool {
	r := []rune(word)
	for _, c := range r[min(1, len(r)):] {
		if unicode.IsUpper(c) {
			return true
		}
	}
	return false
}

func nameAhead(rest string) bool {
	next, _, _ := strings.Cut(rest, " ")
	r := []rune(next)
	return len(r) > 1 && unicode.IsUpper(r[0]) && !upperTail(next)
}

// number returns small numbers as words.
func number(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n < len(words) {
		return words[n]
	}
	return "several"
}
