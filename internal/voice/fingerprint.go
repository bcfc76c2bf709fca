package voice

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/markdown"
	"vellocity/internal/prose"
)

// How many words it takes before rates say more about the author than about chance.
const (
	leastSamples = 150 // of all samples together
	leastCompare = 100 // of the text that is compared
)

// Fingerprint is how sample texts are written: rates of function words and punctuation, lengths of sentences
// and words, persons and contractions. It has no word about what they say.
type Fingerprint struct {
	Language  string // BCP 47
	Words     int    // of all samples
	Sentences int
	Samples   int
	values    []value // in the order of features
}

// value is one measure of a text and how much it may differ by chance.
type value struct {
	rate, chance float64
}

// Distance is how far a text is from the sample texts.
type Distance struct {
	Known  bool   // false: it was not measured, and Reason says why
	Reason string // empty where it is known
	// Value is from 0 (written as the samples are) to 1 (nothing alike).
	Value float64
	// Differs says in words what differs most, at most three of them, the largest difference first.
	Differs []string
}

// feature is one thing that texts differ in.
type feature struct {
	name    string  // "Commas"
	unit    string  // what the rate counts, for people: "per 100 words"
	scale   float64 // a difference that counts as a whole one
	weight  float64
	measure func(m measured) value
}

// measured is a text with what features look at.
type measured struct {
	habits
	text, language string
	counts         map[string]int // function words
	letters        []int          // of each word
	marks          map[rune]int
}

// functionWords carry grammar, so that texts about anything have them.
//
//nolint:gochecknoglobals // a table
var functionWords = map[string]string{
	"en": "the a and of to in that is it for with as on but this be not by from or at if so then because when which",
	"de": "der die das und ist nicht ein eine zu den von mit auf für im auch wenn oder aber als wie so dass sich",
	"fr": "le la les et est des une du dans que qui pour pas sur avec mais ou si comme plus ce se",
	"es": "el los las y es una del que en por con para no se su lo como más pero si cuando o",
}

// punctuation are the marks that texts differ in, with their names.
//
//nolint:gochecknoglobals // a table
var punctuation = []struct {
	name, marks string
	scale       float64 // per 100 words
}{
	{"Commas", ",，、", 4},
	{"Semicolons", ";；", 0.8},
	{"Colons", ":：", 1.2},
	{"Dashes", "–—", 1.2},
	{"Parentheses", "(（", 1.2},
	{"Exclamation marks", "!！", 1},
	{"Question marks", "?？", 1.2},
	{"Ellipses", "…", 0.6},
}

// features lists what is measured in a language, the same for the samples and the text.
func features(language string) []feature {
	out := []feature{
		{"Sentences", "words on average", 9, 3, func(m measured) value { return average(m.lengths) }},
		{"The length of sentences", "words from sentence to sentence", 7, 1.5, func(m measured) value {
			return spread(m.lengths)
		}},
		{"Words", "letters on average", 1, 2, func(m measured) value { return average(m.letters) }},
		{"Long words", "per 100 words", 8, 1.5, func(m measured) value {
			return m.rate(count(m.letters, func(n int) bool { return n > 8 }))
		}},
		{"“I”", "per 100 words", 2, 1.5, func(m measured) value { return m.rate(len(m.i)) }},
		{"“We”", "per 100 words", 2, 1.5, func(m measured) value { return m.rate(len(m.we)) }},
	}
	for _, p := range punctuation {
		out = append(out, feature{p.name, "per 100 words", p.scale, 0.8, func(m measured) value {
			n := 0
			for _, r := range p.marks {
				n += m.marks[r]
			}
			return m.rate(n)
		}})
	}
	var forms []string
	for form := range pronouns[language] {
		if form != "i" && form != "we" {
			forms = append(forms, form)
		}
	}
	slices.Sort(forms)
	if language == "de" {
		forms = append(forms, "Sie")
	}
	for _, form := range forms {
		out = append(out, feature{"“" + prose.Capital(form) + "”", "per 100 words", 2, 1.5, func(m measured) value {
			return m.rate(len(m.address[form]))
		}})
	}
	if language == "en" {
		out = append(out, feature{"Contractions", "per 100 words", 2, 1.5, func(m measured) value {
			return m.rate(len(m.contracted))
		}})
	}
	for w := range strings.FieldsSeq(functionWords[language]) {
		out = append(out, feature{"“" + w + "”", "per 100 words", 2.5, 0.35, func(m measured) value {
			return m.rate(m.counts[w])
		}})
	}
	return out
}

// rate returns a count per 100 words. What is counted varies by the root of the count, as rare things do
// (Poisson), and by no less than one of them.
func (m measured) rate(n int) value {
	per := 100 / float64(max(1, m.words))
	return value{float64(n) * per, math.Sqrt(float64(max(1, n))) * per}
}

func average(list []int) value {
	if len(list) == 0 {
		return value{}
	}
	mean, deviation := moments(list)
	return value{mean, deviation / math.Sqrt(float64(len(list)))}
}

func spread(list []int) value {
	_, deviation := moments(list)
	return value{deviation, deviation / math.Sqrt(2*float64(max(1, len(list))))}
}

func moments(list []int) (mean, deviation float64) {
	for _, n := range list {
		mean += float64(n)
	}
	mean /= float64(max(1, len(list)))
	for _, n := range list {
		deviation += (float64(n) - mean) * (float64(n) - mean)
	}
	return mean, math.Sqrt(deviation / float64(max(1, len(list))))
}

func count(list []int, is func(int) bool) (n int) {
	for _, v := range list {
		if is(v) {
			n++
		}
	}
	return n
}

// Learn takes the fingerprint of sample texts in Markdown. Language is a BCP 47 tag; where it is empty, the
// samples say.
func Learn(samples []string, language string) Fingerprint {
	var views []string
	for _, s := range samples {
		if strings.TrimSpace(s) != "" {
			views = append(views, body(s))
		}
	}
	text := strings.Join(views, "\n\n")
	if language == "" {
		language = prose.GuessLanguage(text)
	}
	m := measure(text, base(language))
	f := Fingerprint{Language: language, Words: m.words, Sentences: m.sentences, Samples: len(views)}
	for _, x := range features(base(language)) {
		f.values = append(f.values, x.measure(m))
	}
	return f
}

// body returns the running text of Markdown.
func body(source string) string {
	read := markdown.Read(source)
	view := read.View(false)
	var b strings.Builder
	last := 0
	for _, r := range running(read, view) {
		if b.Len() > 0 {
			if strings.Contains(view.Text[last:r.Start], "\n\n") {
				b.WriteString("\n\n")
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(r.In(view.Text))
		last = r.End
	}
	return b.String()
}

func measure(text, language string) measured {
	list := tokens(text)
	m := measured{
		habits: habitsOf(list, text, language), text: text, language: language,
		counts: map[string]int{}, marks: map[rune]int{},
	}
	for _, t := range list {
		m.counts[t.word]++
		m.letters = append(m.letters, len([]rune(t.word)))
	}
	for _, r := range text {
		if r > ' ' && !('a' <= r && r <= 'z') {
			m.marks[r]++
		}
	}
	return m
}

// Distance compares a text in Markdown with the samples. Language is that of the text; where it is empty, the
// text says.
func (f Fingerprint) Distance(source, language string) Distance {
	switch {
	case f.Samples == 0:
		return Distance{Reason: "The brand voice has no sample texts."}
	case f.Words < leastSamples:
		return Distance{
			Reason: fmt.Sprintf("The sample texts are too short to learn from: they have %s, and %d are the least.",
				domain.Plural(f.Words, "word"), leastSamples),
		}
	}
	text := body(source)
	if language == "" {
		language = prose.GuessLanguage(text)
	}
	if base(language) != base(f.Language) {
		return Distance{Reason: fmt.Sprintf("The text and the sample texts are in different languages (%s and %s).",
			cmp.Or(language, "unknown"), cmp.Or(f.Language, "unknown"))}
	}
	m := measure(text, base(language))
	if m.words < leastCompare {
		return Distance{Reason: fmt.Sprintf("The text is too short to compare: it has %s, and %d are the least.",
			domain.Plural(m.words, "word"), leastCompare)}
	}
	return f.compare(m)
}

// difference is one feature that differs.
type difference struct {
	counts float64
	words  string
}

func (f Fingerprint) compare(m measured) Distance {
	d := Distance{Known: true, Differs: []string{}}
	var all []difference
	weights := 0.0
	for i, x := range features(m.language) {
		here, there := x.measure(m), f.values[i]
		by := math.Abs(here.rate - there.rate)
		by = max(0, by-math.Hypot(here.chance, there.chance)) // what chance alone would do is no difference
		part := min(1, by/x.scale)
		d.Value += part * x.weight
		weights += x.weight
		if part*x.weight > 0.15 { // less is nothing that a person would notice
			all = append(all, difference{part * x.weight, x.say(here.rate, there.rate)})
		}
	}
	// Half of all differences at once is as far as texts of one language get.
	d.Value = math.Round(100*min(1, 2*d.Value/weights)) / 100
	slices.SortStableFunc(all, func(a, b difference) int { return cmp.Compare(b.counts, a.counts) })
	for _, a := range all[:min(3, len(all))] {
		d.Differs = append(d.Differs, a.words)
	}
	return d
}

// say puts a difference into words.
func (x feature) say(here, there float64) string {
	return fmt.Sprintf("%s: %s %s; the samples have %s.", x.name, number(here), x.unit, number(there))
}

func number(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }
