package compose

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// Kind is what sort of subject a topic is; each has its own frame.
type Kind int

// The kinds of topic.
const (
	General Kind = iota
	Work         // something to be done: migration, how to …
	Choice       // something to be chosen
	News         // a launch, an event
)

// topic is the caller's topic in the forms that templates need.
type topic struct {
	line string // as given, on one line
	head string // as a headline
	noun string // to stand after a preposition: cloud cost optimization, choosing a CRM
	kind Kind
}

// What stands for a topic that is a sentence of its own.
const (
	thisQuestion = "the matter"
	thisNews     = "this news"
	thisSubject  = "this subject"
)

var (
	choosing = regexp.MustCompile(
		`(?i)^(?:how to |choosing |choose |picking |selecting |which )?.*\b(?:choos(?:e|ing)|pick(?:ing)?|select(?:ing)?|compar(?:e|ing))\b|^(?:the )?best |\b(?:vs\.?|versus)\b|\balternatives\b|^which `,
	)
	newsWords = regexp.MustCompile(
		`(?i)\b(?:launch(?:es|ing|ed)?|release|announcement|announcing|introducing|grand opening|webinar|conference|meet-?up|trade fair|summit|anniversary|product update|release notes|our new)\b`,
	)
	workWords = regexp.MustCompile(
		`(?i)\b(?:optimi[sz]ation|migration|management|planning|strategy|automation|marketing|hiring|recruiting|onboarding|security|compliance|monitoring|reporting|training|adoption|implementation|integration|testing|development|improvement|reduction|support|workflows?|process(?:es)?|operations|sales|budgeting|governance|transformation|cost control|saving)\b`,
	)
	versus   = regexp.MustCompile(`(?i)^(.+?)\s+(?:vs\.?|versus)\s+(.+)$`)
	listicle = regexp.MustCompile(
		`(?i)^(?:the )?(?:top )?\d+ (?:best |simple |easy |proven |practical )?(?:ways|tips|steps|ideas|reasons|things|strategies|mistakes|rules|lessons|questions|examples|tools)\b`,
	)
)

// readTopic works out the forms of a topic.
func readTopic(s string) topic {
	line := strings.TrimRight(prose.Line(s), " .,;:")
	t := topic{line: line, head: prose.Capital(line)}
	t.noun, t.kind = nounForm(line), kindOf(line)
	switch t.noun {
	case thisQuestion:
		t.kind = General
	case thisNews:
		t.kind = News
	default:
		t.noun = withArticle(t.noun)
	}
	if utf8.RuneCountInString(t.noun) > 90 {
		t.noun = thisSubject
	}
	return t
}

// asked returns a topic that is a question as a sentence: with a question mark
// where it asks, with a full stop where it only names what is asked.
func (t topic) asked() string {
	words := strings.Fields(t.head)
	if strings.HasSuffix(t.line, "?") || len(words) > 1 && isIn(auxiliaries, words[1]) || isIn(auxiliaries, words[0]) {
		return strings.TrimRight(t.head, "?") + "?"
	}
	return Sentence(t.line)
}

const auxiliaries = " do does did is are was were can could should will would has have may must "

// countable are words that want an article before them in the singular.
const countable = " checklist guide plan template framework roadmap playbook policy strategy campaign launch website program programme course survey newsletter budget "

// withArticle puts a or an before a noun phrase that wants one.
func withArticle(noun string) string {
	words := strings.Fields(noun)
	if len(words) == 0 || !isIn(countable, words[len(words)-1]) || strings.ContainsAny(noun, "'’0123456789") {
		return noun
	}
	first, _ := utf8.DecodeRuneInString(noun)
	if unicode.IsUpper(first) || isIn(determiners, words[0]) || isGerund(words[0]) {
		return noun
	}
	if strings.ContainsRune("aeiou", first) && !strings.HasPrefix(noun, "use") && !strings.HasPrefix(noun, "uni") {
		return "an " + noun
	}
	return "a " + noun
}

func kindOf(line string) Kind {
	first, rest, _ := strings.Cut(line, " ")
	next, _, _ := strings.Cut(rest, " ")
	switch {
	case choosing.MatchString(line):
		return Choice
	case newsWords.MatchString(line) && !isGerund(first) && !strings.HasPrefix(strings.ToLower(line), "how to "):
		return News
	case strings.HasPrefix(strings.ToLower(line), "how to "),
		workWords.MatchString(line),
		listicle.MatchString(line),
		isGerund(first),
		commands(first, next):
		return Work
	}
	return General
}

// nounForm turns a topic into something that can stand after "about".
func nounForm(line string) string {
	bare := strings.TrimRight(line, "?!")
	low := strings.ToLower(bare)
	first, rest, _ := strings.Cut(bare, " ")
	next, _, _ := strings.Cut(rest, " ")
	switch {
	case strings.HasPrefix(low, "how to "):
		return doing(bare[len("how to "):], bare)
	case versus.MatchString(bare):
		return versus.ReplaceAllString(bare, "choosing between $1 and $2")
	case strings.HasPrefix(low, "best "):
		return "finding the " + Lower(bare)
	case strings.HasPrefix(low, "the best "):
		return "finding " + Lower(bare)
	case strings.HasPrefix(low, "which "):
		return "deciding " + Lower(bare)
	case strings.HasSuffix(line, "?"),
		isIn(" how why what when where who whether should can is are do does will ", first) && hasVerb(bare):
		return thisQuestion
	case listicle.MatchString(bare):
		return Lower(bare)
	case isIn(" we i i'm we're ", first) && hasVerb(bare):
		return thisNews
	case commands(first, next):
		return doing(bare, bare)
	}
	return Lower(bare)
}

// doing turns "choose a CRM" into "choosing a CRM"; where the verb is not known
// to be one, the topic stays as it was.
func doing(phrase, otherwise string) string {
	verb, rest, more := strings.Cut(phrase, " ")
	if !isIn(verbs, verb) && !isIn(eitherVerbs, verb) && !more {
		return Lower(otherwise)
	}
	if strings.ContainsAny(verb, ",;:&/") || isIn(" not never always ", verb) {
		return Lower(otherwise)
	}
	out := gerund(verb)
	if more {
		out += " " + joined(rest)
	}
	return out
}

// joined also turns a second verb after "and": "plan and run an event".
func joined(rest string) string {
	for _, and := range []string{"and ", "or "} {
		if tail, ok := strings.CutPrefix(rest, and); ok {
			verb, more, _ := strings.Cut(tail, " ")
			if isIn(verbs, verb) || isIn(eitherVerbs, verb) {
				return strings.TrimSpace(and + gerund(verb) + " " + more)
			}
		}
	}
	return rest
}

func isGerund(word string) bool {
	w := prose.Fold(word)
	if !strings.HasSuffix(w, "ing") || len(w) < 5 {
		return false
	}
	stem := strings.TrimSuffix(w, "ing")
	for _, b := range []string{stem, stem + "e", stem[:len(stem)-1]} {
		if isIn(verbs, b) || isIn(eitherVerbs, b) {
			return true
		}
	}
	return false
}

// Kind returns what sort of subject the topic is.
func (w *Phraser) Kind() Kind { return w.topic.kind }
