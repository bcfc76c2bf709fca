package compose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// statement is one thing that the caller gave: a key point, a fact, or a pasted passage.
type statement struct {
	refs      []string // key_points[2]; more than one where a fact has joined a point
	text      string   // on one line, without the mark of a list
	sentences []string
	label     string // of "Price: €49"
	value     string
	fact      bool
	passage   []string // the paragraphs of a pasted passage; it gets no heading of its own
	words     text
	stems     map[string]bool
	joined    []statement // facts that belong to it
}

// marks are those of a list and of a heading.
var marks = regexp.MustCompile(`^(?:[-*•–·]|#{1,6})\s+`)

// labelled is a label with what it says. The label is short and no sentence.
var labelled = regexp.MustCompile(`^([^.!?]{1,60}?|[^!?]{1,60}?\d)\s?(?:: |：)\s*(\S.*)$`)

func newStatement(ref, raw string, fact bool) (statement, bool) {
	line := prose.Line(raw)
	for {
		cut := strings.TrimSpace(marks.ReplaceAllString(line, ""))
		if cut == line {
			break
		}
		line = cut
	}
	if !strings.ContainsFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return statement{}, false
	}
	s := statement{refs: []string{ref}, text: line, fact: fact, words: newText(line), stems: stems(line)}
	s.sentences = prose.SentenceTexts(line)
	if m := labelled.FindStringSubmatch(line); m != nil && prose.CountWords(m[1]) <= 8 {
		s.label, s.value = m[1], m[2]
	}
	return s, true
}

// stems are the stems of the words that carry a subject; pairs of characters in a
// script without spaces.
func stems(s string) map[string]bool {
	if !prose.Unspaced(s) {
		return prose.Stems(s)
	}
	out := map[string]bool{}
	last := rune(0)
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = 0
		}
		if last != 0 && r != 0 {
			out[string([]rune{last, r})] = true
		}
		last = r
	}
	return out
}

// given returns the caller's statements in their order, each once.
func given(b Brief) []statement {
	var out []statement
	seen := map[string]int{}
	for _, list := range []struct {
		field string
		texts []string
	}{{"key_points", b.KeyPoints}, {"facts", b.Facts}} {
		for i, raw := range list.texts {
			field, n := list.field, i
			if own := len(b.Facts) - b.Found; field == "facts" && i >= own {
				field, n = foundField, i-own
			}
			s, ok := newStatement(fmt.Sprintf("%s[%d]", field, n), raw, list.field == "facts")
			if !ok {
				continue
			}
			if at, twice := seen[same(s.text)]; twice {
				out[at].refs = append(out[at].refs, s.refs...)
				continue
			}
			seen[same(s.text)] = len(out)
			out = append(out, s)
		}
	}
	return out
}

// same is equal for texts that differ in case and in the mark at their end alone.
func same(s string) string { return prose.Fold(strings.TrimRight(s, ".!。 ")) }

// long reports whether a line has five words, or what amounts to them in a script
// without spaces.
func long(s string) bool {
	if prose.Unspaced(s) {
		return utf8.RuneCountInString(s) >= 10
	}
	return len(strings.Fields(s)) >= 5
}

// whole reports whether the statement is a sentence: its writer ended it, or it has
// five words.
func (s statement) whole() bool { return endsSentence(s.text) || long(s.text) }

// asks reports whether a sentence is a question.
func asks(s string) bool {
	s = strings.TrimRight(s, "\"'”’»」) ")
	return strings.HasSuffix(s, "?") || strings.HasSuffix(s, "？")
}

// headed splits a statement into a heading and what stands below it: a question and
// its answer, a label and its sentence, a short sentence and those that follow.
func (s statement) headed() (heading, body string, ok bool) {
	if s.passage != nil {
		return "", "", false
	}
	first := s.sentences[0]
	rest := strings.TrimSpace(strings.TrimPrefix(s.text, first))
	switch {
	case asks(first) && rest != "":
		return first, rest, true
	case s.label != "" && long(s.value):
		return s.label, s.value, true
	case rest != "" && endsSentence(first) && brief(first) && long(rest):
		return strings.TrimRight(first, ".。"), rest, true
	}
	return "", "", false
}

// brief reports whether a sentence is short enough for a heading.
func brief(s string) bool {
	if prose.Unspaced(s) {
		return utf8.RuneCountInString(s) <= 30
	}
	return len(strings.Fields(s)) <= 12 && utf8.RuneCountInString(s) <= 80
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, "\"'”’»」)* ")
	last, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…。！？", last)
}

// Sentence returns s with a capital and an end mark.
func Sentence(s string) string {
	s = capital(strings.TrimRight(prose.Line(s), " ,;:、"))
	last, _ := utf8.DecodeLastRuneInString(s)
	switch {
	case s == "" || endsSentence(s):
		return s
	case unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return s + "。"
	}
	return s + "."
}

// capital returns s with its first letter in upper case, but leaves names such as
// iPhone, addresses and code as they are.
func capital(s string) string {
	word, _, _ := strings.Cut(s, " ")
	for i, r := range word {
		if i > 0 && unicode.IsUpper(r) || strings.ContainsRune("@/_`=", r) || unicode.IsDigit(r) {
			return s
		}
	}
	return prose.Capital(s)
}

// Reference reports whether a source is a reference to list rather than a passage to
// draw on: one line of at most one sentence and 240 bytes.
func Reference(source string) bool {
	one := prose.Line(source)
	return len(one) <= 240 && len(prose.SentenceTexts(one)) == 1
}

// attach puts the facts with those points that take some and share most words with
// them, and returns the rest. Common words say nothing about where a fact belongs.
func attach(points, facts []statement, common map[string]bool, takes func(statement) bool) (rest []statement) {
	for _, f := range facts {
		stems := without(f.stems, common)
		best, most := -1, 0.0
		for i, p := range points {
			if !takes(p) || len(p.joined) >= 2 || f.label != "" {
				continue
			}
			if o := prose.Overlap(stems, without(p.stems, common)); o > most {
				best, most = i, o
			}
		}
		if best < 0 || most < 0.12 {
			rest = append(rest, f)
			continue
		}
		points[best].joined = append(points[best].joined, f)
		points[best].refs = append(slices.Clone(points[best].refs), f.refs...)
	}
	return rest
}

func without(set, drop map[string]bool) map[string]bool {
	out := map[string]bool{}
	for s := range set {
		if !drop[s] {
			out[s] = true
		}
	}
	return out
}
