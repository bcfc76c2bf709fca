package refresh

import (
	"regexp"
	"strings"

	"vellocity/internal/prose"
)

// Dated is a place in the text that may be out of date.
type Dated struct {
	Text     string `json:"text"`
	Sentence string `json:"sentence"`
	Why      string `json:"why"`
}

// Replace is a sentence that a new fact seems to replace.
type Replace struct {
	Fact     string `json:"fact"`
	Sentence string `json:"sentence"`
}

const (
	mostDated    = 30
	mostSentence = 300 // characters of a sentence in a report
)

// question names what is asked about the place.
func (d Dated) question() string {
	if what, ok := strings.CutPrefix(d.Why, "names a "); ok {
		return what
	}
	return "moment"
}

// signs are what ages, in any language.
var signs = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`\b(?:19[89]\d|20\d\d)\b`), "names a year"},
	{
		regexp.MustCompile(`(?:[€$£¥]\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|£|EUR\b|USD\b|GBP\b|CHF\b|euros?\b|dollars?\b))`),
		"names a price",
	},
	{regexp.MustCompile(`(?i)\bv(?:ersion)?\s?\d+(?:\.\d+)+|\b(?i:version) \d+`), "names a version"},
}

// relative are words whose meaning moves with the day of reading, by language.
var relative = map[string]*regexp.Regexp{
	"en": words(
		`recently|currently|at the moment|at present|nowadays|these days|soon|upcoming|latest|this (?:year|month|week|` +
			`quarter|spring|summer|autumn|fall|winter)|last (?:year|month|week|quarter)|next (?:year|month|week|quarter)|` +
			`today|tomorrow|yesterday|coming (?:weeks|months)|is about to`,
	),
	"de": words(`kürzlich|neulich|derzeit|zurzeit|momentan|aktuell|demnächst|bald|heute|morgen|gestern|` +
		`(?:dieses|nächstes|letztes) Jahr|(?:diesen|nächsten|letzten) Monat|in Kürze`),
	"fr": words(`récemment|actuellement|en ce moment|bientôt|prochainement|aujourd[’']hui|demain|hier|cette année|` +
		`ce mois-ci|l[’']an(?:née)? (?:dernière?|prochaine?)|le mois (?:dernier|prochain)`),
	"es": words(`recientemente|actualmente|en este momento|pronto|próximamente|hoy|mañana|ayer|este (?:año|mes)|` +
		`el (?:año|mes) (?:pasado|próximo)`),
}

func words(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL])((?:` + alternatives + `))(?:$|[^\pL])`)
}

func sentencesOf(body string) []string {
	var out []string
	doc := prose.Parse(body)
	for _, h := range doc.Headings {
		out = append(out, h.Text)
	}
	for _, p := range doc.Paragraphs {
		out = append(out, prose.SentenceTexts(p)...)
	}
	return out
}

// find returns what may be out of date, in the order of the text, each place once.
func find(sentences []string, language string) []Dated {
	out := []Dated{}
	code, _, _ := strings.Cut(strings.ToLower(language), "-")
	if code == "" {
		code = "en"
	}
	seen := map[string]bool{}
	add := func(text, sentence, why string) {
		if key := text + "\x00" + sentence; !seen[key] && len(out) < mostDated {
			seen[key] = true
			out = append(out, Dated{text, prose.Clip(prose.Line(sentence), mostSentence), why})
		}
	}
	for _, s := range sentences {
		for _, sign := range signs {
			for _, hit := range sign.pattern.FindAllString(s, -1) {
				add(strings.TrimRight(hit, ".,"), s, sign.why)
			}
		}
		if own := relative[code]; own != nil {
			for _, hit := range own.FindAllStringSubmatch(s, -1) {
				add(hit[1], s, "depends on the day of reading")
			}
		}
	}
	return out
}

// replaced returns for each fact the sentence about the same thing: the one that shares most
// of the words that carry its subject, and more than half of them.
func replaced(sentences, facts []string) []Replace {
	out := []Replace{}
	for _, f := range facts {
		best, most := "", 0.5
		stems := prose.Stems(f)
		for _, s := range sentences {
			if o := prose.Overlap(stems, prose.Stems(s)); o > most && s != f {
				best, most = s, o
			}
		}
		if best != "" {
			out = append(out, Replace{f, prose.Clip(prose.Line(best), mostSentence)})
		}
	}
	return out
}
