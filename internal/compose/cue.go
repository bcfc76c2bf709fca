package compose

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"vellocity/internal/prose"
)

// cues are words by which a sentence is known to belong to a slot. In a file they are
// one text with commas between them: "price*" for a word that begins so, "per month" for
// words that follow each other, "@date" for a kind of expression.
type cues []cue

type cue struct {
	word  string // folded
	kind  string // of an expression, instead of a word
	start bool   // a word that begins so
	solid bool   // of a script without spaces
}

// UnmarshalJSON reads cues from a text with commas.
func (c *cues) UnmarshalJSON(raw []byte) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	for one := range strings.SplitSeq(s, ",") {
		one = prose.Fold(strings.TrimSpace(one))
		if one == "" {
			continue
		}
		if kind, ok := strings.CutPrefix(one, "@"); ok {
			if kinds[kind] == nil {
				return fmt.Errorf("unknown kind of expression @%s", kind)
			}
			*c = append(*c, cue{kind: kind})
			continue
		}
		word, start := strings.CutSuffix(one, "*")
		*c = append(*c, cue{word: word, start: start, solid: prose.Unspaced(word)})
	}
	return nil
}

// text is a sentence in the forms that cues look at.
type text struct {
	raw    string
	folded string // its words, folded, with single spaces around each
	solid  bool   // written without spaces between words
	figure bool   // it has a digit
}

func newText(s string) text {
	t := text{raw: s, solid: prose.Unspaced(s), figure: figure(s)}
	var b strings.Builder
	b.WriteByte(' ')
	for _, w := range strings.FieldsFunc(prose.Fold(s), func(r rune) bool {
		return strings.ContainsRune(" \t\n,.;:!?()[]{}\"“”„«»…/", r)
	}) {
		b.WriteString(w + " ")
	}
	t.folded = b.String()
	return t
}

// score adds two for every cue of words in the text, and for every kind of expression
// its weight.
func (c cues) score(t text) int {
	n := 0
	for _, one := range c {
		switch {
		case one.kind == "" && t.has(one):
			n += 2
		case one.kind != "" && t.holds(one.kind):
			n += max(1, weights[one.kind])
		}
	}
	return n
}

// holds reports whether the text has an expression of a kind.
func (t text) holds(kind string) bool {
	if !t.figure && numeric[kind] {
		return false
	}
	return kinds[kind].MatchString(t.raw)
}

func (t text) has(c cue) bool {
	switch {
	case c.solid:
		return t.solid && strings.Contains(t.folded, c.word)
	case c.start:
		return strings.Contains(t.folded, " "+c.word)
	}
	return strings.Contains(t.folded, " "+c.word+" ")
}

const (
	months = `jan(?:uary|uar|vier|\.)?|feb(?:ruary|ruar|\.)?|mar(?:ch|s|zo)|märz|apr(?:il|\.)?|may|mai|mayo|` +
		`june?|juni|juin|junio|july?|juli|juillet|julio|aug(?:ust|\.)?|août|agosto|sept?(?:ember|embre|iembre|\.)?|` +
		`o[ck]t(?:ober|obre|ubre|\.)?|nov(?:ember|embre|iembre|\.)?|de[cz](?:ember|\.)?|décembre|diciembre|` +
		`février|avril|enero|febrero|abril`
	weekdays = `(?:mon|tues|wednes|thurs|fri|satur|sun)days?|montags?|dienstags?|mittwochs?|donnerstags?|` +
		`freitags?|samstags?|sonntags?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|` +
		`lunes|martes|miércoles|jueves|viernes|sábado|domingo`
	numbers = `[2-9]|[1-9]\d|two|three|four|five|six|seven|eight|nine|ten|twelve|` +
		`zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|deux|trois|quatre|cinq|sept|huit|neuf|dix|` +
		`dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez`
	entries = `tips|ways|steps|ideas|reasons|things|strategies|mistakes|rules|lessons|questions|examples|tools|` +
		`facts|points|tricks|habits|methods|tipps|wege|schritte|ideen|gründe|dinge|fehler|regeln|fragen|beispiele|` +
		`werkzeuge|fakten|punkte|conseils|façons|étapes|idées|raisons|choses|erreurs|règles|exemples|outils|astuces|` +
		`routes|places|recipes|books|routen|orte|rezepte|bücher|itinéraires|lieux|recettes|livres|rutas|lugares|` +
		`recetas|libros|` +
		`consejos|maneras|formas|pasos|razones|cosas|errores|reglas|preguntas|ejemplos|herramientas|trucos`
)

// kinds are the expressions that cues name with an @.
var kinds = map[string]*regexp.Regexp{
	"either": regexp.MustCompile(
		`(?i)^[^?]{2,60} (?:or|oder|ou|o) [^?]{2,80}\?\s*$|^[^?？]{1,30}(?:か、|それとも)[^?？]{1,30}(?:か|[?？])\s*$`,
	),
	"position": regexp.MustCompile(
		`(?i)^(?:jobs?|vacancy|position|open role|stelle|empleo|puesto|emploi|poste) ?[:：–] ?\S`,
	),
	"date": regexp.MustCompile(`(?i)(?:^|\P{L})(?:\d{1,2}(?:\.|st|nd|rd|th|er)?(?: de)? (?:` + months + `)|(?:` + months +
		`) \d{1,4})(?:$|\P{L})|\d{4}-\d\d-\d\d|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d+月\d+日|\d{4}年`),
	"weekday": regexp.MustCompile(`(?i)(?:^|\P{L})(?:` + weekdays + `)(?:$|\P{L})`),
	"time":    regexp.MustCompile(`(?i)\b\d{1,2}[:h]\d\d\b|\b\d{1,2} ?(?:uhr|am|pm|a\.m|p\.m|h)\b|\d{1,2}時`),
	"money":   regexp.MustCompile(`(?i)[€$£¥] ?\d|\d ?(?:€|\$|£|¥|eur|usd|gbp|chf|euros?|dollars?|cents?|円)`),
	"percent": regexp.MustCompile(`(?i)\d ?%|\d ?(?:percent|per cent|prozent|pour cent|por ciento)`),
	"quote":   regexp.MustCompile(`[“„«「]|(?:^|\s)"[^"]+"`),
	"email":   regexp.MustCompile(`\S@\S+\.\S`),
	"phone":   regexp.MustCompile(`\+?\d[\d ()/-]{7,}\d`),
	"count":   counted,
	"for":     regexp.MustCompile(`(?i)^(?:only |nur )?(?:for|für|pour|para) \p{L}`),
}

// numeric are the kinds that need a digit.
var numeric = map[string]bool{"date": true, "time": true, "money": true, "percent": true, "phone": true}

// weights are those of the kinds that say more than one word does; others weigh 1.
var weights = map[string]int{"quote": 3, "for": 2}

// counted is a topic that promises a number of entries: "10 tips for …". The number
// with what belongs to it is its second group, the entries are its third.
var counted = regexp.MustCompile(`(?i)(^|[:–—-] )((?:(?:the|top|die|les|los|las|mes|our|my) ){0,2}(?:` + numbers +
	`)) ((?:[\p{L}-]+ ){0,2}?(?:` + entries + `)(?:$|\P{L}))`)
