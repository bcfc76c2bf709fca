package voice

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

// rules are what a voice asks for in a form that rules can check. Each says where it comes from, for people.
type rules struct {
	address      wish // a form of address: you, du, sie, tu, vous, tú, usted
	plural       wish // first person: "we"
	contractions wish // "use" or "avoid"
	exclamations wish // "avoid"
	passive      wish // "avoid"
	longest      int  // words of a sentence; 0: no limit
	average      int
	lengthFrom   string
	ease         float64 // least reading ease; 0: none
}

// wish is a value and where it comes from. The zero value asks for nothing.
type wish struct {
	value, from string
	learned     bool // from the samples, so that it asks less strictly
}

// Level is what a reading level asks for.
type Level struct {
	Average, Longest int     // words of a sentence
	Ease             float64 // least reading ease, see [prose.Ease]
}

//nolint:gochecknoglobals // a table
var levels = map[domain.ReadingLevel]Level{
	domain.ReadingSimple:  {14, 20, 65},
	domain.ReadingGeneral: {20, 30, 45},
	domain.ReadingExpert:  {26, 40, 20},
}

// LevelOf returns what a reading level asks for in a language; false where there is no such level.
func LevelOf(name domain.ReadingLevel, language string) (Level, bool) {
	l, ok := levels[name]
	if factor := slack[base(language)]; factor != 0 {
		l.Average, l.Longest = int(float64(l.Average)*factor), int(float64(l.Longest)*factor)
	}
	return l, ok
}

// slack says how much longer sentences are in a language than in English, for the same thought.
//
//nolint:gochecknoglobals // a table
var slack = map[string]float64{"en": 1, "de": 0.95, "fr": 1.2, "es": 1.25, "it": 1.2, "pt": 1.2}

// rulesOf reads what a voice asks for: from its lines of advice first, then from its reading level, and last
// from its samples, where they are long enough.
func rulesOf(v domain.BrandVoice, language string) rules {
	r := rules{}
	if l, ok := LevelOf(v.ReadingLevel, language); ok {
		r.average, r.longest, r.ease = l.Average, l.Longest, l.Ease
		r.lengthFrom = fmt.Sprintf("The reading level “%s”", v.ReadingLevel)
	}
	for _, line := range v.Do {
		r.read(line, fmt.Sprintf("The voice says “%s”", strings.TrimSpace(line)), refuses.MatchString(line), language)
	}
	for _, line := range v.Dont {
		r.read(line, fmt.Sprintf("The voice lists “%s” under don’t", strings.TrimSpace(line)), true, language)
	}
	r.learn(v, language)
	return r
}

// refuses begins a line of advice that says what not to do.
var refuses = regexp.MustCompile(
	`(?i)^\s*(?:avoid|never|no|don['’]t|do not|without|keine?n?|nie|vermeide|évite[rz]?|ne|pas|sin|evita|nunca)\b`,
)

// advice are the subjects that rules understand in a line of advice.
//
//nolint:gochecknoglobals // a table
var advice = []struct {
	pattern *regexp.Regexp
	// do and dont are the rule's value where the line asks for the subject and where it refuses it.
	do, dont string
	to       func(*rules) *wish
}{
	{
		regexp.MustCompile(`(?i)exclamation|ausrufezeichen|exclamación|exclamacion`), "", "avoid",
		func(r *rules) *wish { return &r.exclamations },
	},
	{regexp.MustCompile(`(?i)contraction`), "use", "avoid", func(r *rules) *wish { return &r.contractions }},
	{
		regexp.MustCompile(`(?i)passive|passiv\b|passif|pasiva`), "", "avoid",
		func(r *rules) *wish { return &r.passive },
	},
	{
		regexp.MustCompile(`(?i)active (?:voice|verbs)|\baktiv\b|voix active|voz activa`), "avoid", "",
		func(r *rules) *wish { return &r.passive },
	},
	{
		regexp.MustCompile(
			`(?i)first person plural|\bas we\b|["“'‘]we["”'’]|["“„'‘]wir["”“'’]|["“«]\s?nous\s?["”»]`,
		), "we", "",
		func(r *rules) *wish { return &r.plural },
	},
	{
		regexp.MustCompile(`first person singular|["“'‘]I["”'’]|["“„'‘]ich["”“'’]`), "", "we",
		func(r *rules) *wish { return &r.plural },
	},
}

// forms are how a line of advice names a form of address in a language, and the other form there.
//
//nolint:gochecknoglobals // a table
var forms = []struct {
	language, value, other string
	pattern                *regexp.Regexp
}{
	{
		"de",
		"Sie",
		"du",
		regexp.MustCompile(`(?i:siezen|sie-form)|["“„'‘]Sie["”“'’]|(?i:mit|per|as|with|say|use|write) Sie\b`),
	},
	{"de", "du", "Sie", regexp.MustCompile(`(?i)duzen|du-form|["“„'‘]du["”“'’]|(?:mit|per|as|with|say|use|write) du\b`)},
	{"fr", "vous", "tu", regexp.MustCompile(`(?i)vouvo|["“«]\s?vous\s?["”»]|(?:as|with|say|use|write) vous\b`)},
	{"fr", "tu", "vous", regexp.MustCompile(`(?i)tutoi|tutoy|["“«]\s?tu\s?["”»]|(?:as|with|say|use|write) tu\b`)},
	{"es", "usted", "tú", regexp.MustCompile(`(?i)\busted\b`)},
	{"es", "tú", "usted", regexp.MustCompile(`(?i)tutea|tuteo|["“«]\s?tú\s?["”»]|(?:as|with|say|use|write) tú`)},
	{"en", "you", "", regexp.MustCompile(`(?i)second person|["“'‘]you["”'’]|\bas you\b`)},
}

var (
	sentenceWords = regexp.MustCompile(`(?i)\b(\d{1,2})\s+(?:words|wörter|mots|palabras)`)
	sentences     = regexp.MustCompile(`(?i)\b(?:sentences?|sätze|satz|phrases?|frases?)\b`)
	shortOnes     = regexp.MustCompile(`(?i)\b(?:short|kurze?|courtes?|cortas?|brèves?)\b`)
)

// read notes what one line of advice asks for, and where it comes from. A line that rules do not understand
// asks for nothing.
func (r *rules) read(line, from string, refused bool, language string) {
	for _, a := range advice {
		if value := a.do; a.pattern.MatchString(line) {
			if refused {
				value = a.dont
			}
			if value != "" {
				*a.to(r) = wish{value: value, from: from}
			}
		}
	}
	for _, f := range forms {
		if f.language != language || !f.pattern.MatchString(line) {
			continue
		}
		if value := f.value; !refused {
			r.address = wish{value: value, from: from}
		} else if f.other != "" {
			r.address = wish{value: f.other, from: from}
		}
	}
	if refused && !strings.Contains(strings.ToLower(line), "more than") || !sentences.MatchString(line) {
		return
	}
	if m := sentenceWords.FindStringSubmatch(line); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n >= 5 {
			r.longest, r.lengthFrom = n, from
			r.average = min(max(r.average, n), n)
		}
	} else if shortOnes.MatchString(line) && (r.longest == 0 || r.longest > levels["simple"].Longest) {
		r.longest, r.average, r.lengthFrom = levels["simple"].Longest, levels["simple"].Average, from
	}
}

// leastUses is how often samples do a thing before it counts as a habit.
const leastUses = 3

// learn fills in from the samples what the voice does not say.
func (r *rules) learn(v domain.BrandVoice, language string) {
	text := strings.Join(v.SampleTexts, "\n\n")
	if v.Language != "" && base(v.Language) != language {
		return
	}
	s := habitsOf(tokens(text), text, language)
	if s.words < leastSamples {
		return
	}
	const from = "The sample texts"
	learned := func(w *wish, value string, when bool) {
		if w.value == "" && when {
			*w = wish{value: value, from: from, learned: true}
		}
	}
	for _, p := range pairsOf(language) {
		a, b := len(s.address[p[0]]), len(s.address[p[1]])
		learned(&r.address, p[0], a >= leastUses && b == 0)
		learned(&r.address, p[1], b >= leastUses && a == 0)
	}
	learned(&r.plural, "we", len(s.we) >= leastUses && len(s.i) == 0)
	all := len(s.contracted) + len(s.written)
	learned(&r.contractions, "avoid", len(s.written) >= leastUses && len(s.contracted) == 0)
	learned(&r.contractions, "use", all >= leastUses && len(s.contracted)*10 >= all*8)
	learned(&r.exclamations, "avoid", s.sentences >= 10 && len(s.exclaimed) == 0)
	if r.longest == 0 && s.sentences >= 10 {
		longest := s.lengths[len(s.lengths)*19/20]
		r.longest, r.average, r.lengthFrom = max(15, longest*5/4), max(10, s.words/s.sentences*5/4), from
	}
}

// pairsOf returns the forms of address of a language that exclude each other.
func pairsOf(language string) (pairs [][2]string) {
	for _, f := range forms {
		if f.language == language && f.other != "" && !slices.Contains(pairs, [2]string{f.other, f.value}) {
			pairs = append(pairs, [2]string{f.value, f.other})
		}
	}
	return pairs
}
