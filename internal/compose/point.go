package compose

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// Point is one key point of the caller, with the facts that go with it.
type Point struct {
	Text    string // a sentence, or the words as given where they make none
	Whole   bool   // text is a sentence
	advice  bool   // it tells the reader to do something
	warns   bool   // it tells the reader not to
	heading string // "" where no heading can be made of it
	body    string // what is left to say below the heading; "" where nothing is
	stems   map[string]bool
	facts   []string
}

// ReadPoints parses key points; empty ones and duplicates are dropped.
func ReadPoints(raw []string, english bool) []Point {
	var out []Point
	seen := map[string]bool{}
	for _, r := range raw {
		line := strings.TrimLeft(prose.Line(r), "-*•–· ")
		if key := prose.Fold(strings.TrimRight(line, ".!")); line == "" || seen[key] {
			continue
		} else {
			seen[key] = true
		}
		out = append(out, readPoint(line, english))
	}
	return out
}

func readPoint(line string, english bool) Point {
	first, rest, _ := strings.Cut(line, " ")
	next, _, _ := strings.Cut(rest, " ")
	p := Point{Text: line, stems: prose.Stems(line)}
	if !english {
		p.Whole = len(strings.Fields(line)) > 5 || endsSentence(line)
		p.heading, p.body = split(line, english)
		return p
	}
	p.advice = commands(first, strings.Trim(next, ".,;:"))
	p.warns = isIn(" never don't don’t avoid stop ", first) || prose.Fold(first+" "+next) == "do not"
	p.Whole = p.advice || hasVerb(line)
	if p.Whole {
		p.Text = Sentence(line)
		p.heading, p.body = splitAll(prose.SentenceTexts(p.Text))
	}
	return p
}

// splitAll makes a heading of the first of several sentences; the others follow
// below it.
func splitAll(sentences []string) (heading, body string) {
	heading, body = split(sentences[0], true)
	if len(sentences) == 1 {
		return heading, body
	}
	if heading == "" {
		body = sentences[0]
	}
	return heading, strings.TrimSpace(body + " " + strings.Join(sentences[1:], " "))
}

var (
	soThat  = regexp.MustCompile(`^(.{8,}?), so (?:that )?(.+)$`)
	because = regexp.MustCompile(`^(.{8,}?),? because (.+)$`)
	half    = regexp.MustCompile(`^(.{8,}?); (.+)$`)
	colon   = regexp.MustCompile(`^([^:]{3,}): (.+)$`)
	thenDo  = regexp.MustCompile(`^(.{8,}?),? and (?:then )?(\S+) (.+)$`)
	narrows = regexp.MustCompile(
		`(?i)\b(?:not|never|no|nobody|none|without|unless|only|except|hardly|cannot|can't|don't|doesn't|isn't|aren't|won't)\b`,
	)
)

// split makes a heading of a sentence and says what is left for the text below.
// A heading never reverses the meaning of the sentence.
func split(s string, english bool) (heading, body string) {
	if m := colon.FindStringSubmatch(s); m != nil && short(m[1]) {
		return bare(m[1]), Sentence(m[2])
	}
	if m := half.FindStringSubmatch(s); m != nil && short(m[1]) {
		return bare(m[1]), Sentence(m[2])
	}
	if !english {
		if len(strings.Fields(s)) <= 9 {
			return bare(s), ""
		}
		return "", s
	}
	if m := soThat.FindStringSubmatch(s); m != nil && short(m[1]) && !narrows.MatchString(m[1]) {
		return bare(m[1]), "That way, " + Lower(m[2])
	}
	if m := because.FindStringSubmatch(s); m != nil && short(m[1]) && !narrows.MatchString(m[1]) {
		return bare(m[1]), "The reason: " + Lower(m[2])
	}
	first, _, _ := strings.Cut(s, " ")
	if m := thenDo.FindStringSubmatch(s); m != nil && short(m[1]) && isIn(verbs+eitherVerbs, first) &&
		isIn(verbs+eitherVerbs, m[2]) &&
		!narrows.MatchString(m[1]) {
		return bare(m[1]), "Then " + m[2] + " " + m[3]
	}
	if short(s) || narrows.MatchString(s) && len(strings.Fields(s)) <= 12 && !onlyFor.MatchString(s) {
		return bare(s), ""
	}
	if m := onlyFor.FindStringSubmatch(s); m != nil && short(m[1]) && !narrows.MatchString(m[1]) {
		return bare(m[1]), s
	}
	return clause(s), s
}

var onlyFor = regexp.MustCompile(`^(\S+ \S+ \S.*?),? only (?:for|when|where|if|to|in|on|with)\b`)

func short(s string) bool { return len(strings.Fields(s)) <= 10 }

// clause cuts a long sentence before a word that opens a new part of it. Where
// the cut would drop a condition that the sentence depends on, there is none.
func clause(s string) string {
	words := strings.Fields(s)
	if narrows.MatchString(s) {
		return ""
	}
	best := 0
	const breaks = " for that when where while if before after once until with because so which who to in on at by than" +
		" as from and according "
	for i := 3; i < min(len(words), 9); i++ {
		if isIn(breaks, strings.Trim(words[i], ",")) {
			best = i
		}
	}
	const never = " the a an is are of to and or for with in on at by only just even also very as than that which who" +
		" according "
	for best > 2 && isIn(never, strings.Trim(words[best-1], ",")) {
		best--
	}
	head := strings.Join(words[:best], " ")
	if best < 3 || !hasVerb(head) {
		return ""
	}
	return bare(head)
}

// bare returns a line without its end mark, as a heading wants it.
func bare(s string) string {
	return prose.Capital(strings.TrimRight(strings.TrimSpace(s), ".,;: "))
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, "\"'”’)")
	return s != "" && strings.ContainsAny(s[len(s)-1:], ".!?") || strings.HasSuffix(s, "…") || strings.HasSuffix(s, "。")
}

// Sentence returns s with a capital and an end mark.
func Sentence(s string) string {
	s = prose.Capital(strings.TrimRight(prose.Line(s), " ,;:"))
	last, _ := utf8.DecodeLastRuneInString(s)
	switch {
	case s == "" || endsSentence(s):
		return s
	case unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return s + "。"
	}
	return s + "."
}

// places facts with the points that share most words with them; rest are those
// that fit nowhere. Words of the topic say nothing about where a fact belongs.
func place(points []Point, facts []string, common map[string]bool) (rest []string) {
	for _, f := range facts {
		stems := without(prose.Stems(f), common)
		best, most := -1, 0.0
		for i, p := range points {
			if o := prose.Overlap(stems, without(p.stems, common)); o > most && len(p.facts) < 2 {
				best, most = i, o
			}
		}
		if best < 0 || most < 0.12 {
			rest = append(rest, f)
			continue
		}
		points[best].facts = append(points[best].facts, f)
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
