package voice

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// habits reads how the text speaks, once for all parts.
func (p *page) speech() habits {
	if p.said == nil {
		p.said = sync.OnceValue(func() habits { return habitsOf(tokens(p.view.Text), p.view.Text, p.language) })
	}
	return p.said()
}

func address(p *page) Part {
	part := Part{ID: "address", Name: "Address", Weight: 15, Score: 100}
	uses, want := p.speech().address, p.rules.address
	rule := want.from + fmt.Sprintf(": address readers as “%s”.", want.value)
	if want.value == "" {
		forms := slices.SortedFunc(maps.Keys(uses), func(a, b string) int {
			return cmp.Or(len(uses[b])-len(uses[a]), cmp.Compare(a, b))
		})
		if len(forms) < 2 {
			part.Found = "The voice names no form of address, and the text mixes none."
			return part
		}
		want.value = forms[0]
		rule = fmt.Sprintf("The text mixes forms of address; most often it says “%s”.", forms[0])
	}
	good := len(uses[want.value])
	for _, form := range slices.Sorted(maps.Keys(uses)) {
		if form != want.value {
			p.show(&part, uses[form], rule, fmt.Sprintf("the form with “%s”", want.value))
		}
	}
	if good+part.Total == 0 && (want.learned || p.words < LeastWords || len(pronouns[p.language]) == 0) {
		part.Found = "The text addresses nobody."
		return part
	}
	part.Applicable = true
	if good+part.Total == 0 {
		part.Score, part.Found, part.Fix = 0, "The text addresses nobody.", rule
		return part
	}
	part.Score = percent(100 * float64(good) / float64(good+part.Total))
	part.Found = fmt.Sprintf("“%s” in %d of %s.", want.value, good, domain.Plural(good+part.Total, "place"))
	if part.Total > 0 {
		part.Fix = fmt.Sprintf("Address readers as “%s” everywhere.", want.value)
	}
	part.Evidence = inOrder(part.Evidence)
	return part
}

func firstPerson(p *page) Part {
	part := Part{ID: "person", Name: "Person", Weight: 10, Score: 100}
	if p.rules.plural.value == "" {
		part.Found = "The voice says nothing about it."
		return part
	}
	s := p.speech()
	if len(s.i)+len(s.we) == 0 {
		part.Found = "The text has no first person."
		return part
	}
	part.Applicable = true
	p.show(&part, s.i, p.rules.plural.from+": speak as “we”, not as “I”.", "the form with “we”")
	part.Score = percent(100 * float64(len(s.we)) / float64(len(s.we)+len(s.i)))
	part.Found = fmt.Sprintf("“We” in %d of %s.", len(s.we), domain.Plural(len(s.we)+len(s.i), "place"))
	if part.Total > 0 {
		part.Fix = "Speak for the company."
	}
	return part
}

func contractions(p *page) Part {
	part := Part{ID: "contractions", Name: "Contractions", Weight: 5, Score: 100}
	want := p.rules.contractions
	if want.value == "" || p.language != "en" {
		part.Found = "The voice says nothing about them, or the text is not English."
		return part
	}
	s := p.speech()
	all := len(s.contracted) + len(s.written)
	if all == 0 {
		part.Found = "The text has no place for them."
		return part
	}
	part.Applicable = true
	wrong, instead := s.contracted, "both words in full"
	rule := want.from + ": no contractions."
	if want.value == "use" {
		wrong, instead, rule = s.written, "the contraction", want.from+": use contractions."
	}
	p.show(&part, wrong, rule, instead)
	part.Score = percent(100 * float64(all-len(wrong)) / float64(all))
	part.Found = fmt.Sprintf("%d of %s could be contracted are.", len(s.contracted), domain.Plural(all, "place")+" that")
	if len(wrong) > 0 {
		part.Fix = fmt.Sprintf("Write %s.", instead)
	}
	return part
}

func exclamations(p *page) Part {
	part := Part{ID: "exclamation-marks", Name: "Exclamation marks", Weight: 5, Score: 100}
	if p.rules.exclamations.value == "" {
		part.Found = "The voice says nothing about them."
		return part
	}
	part.Applicable = true
	marks := p.speech().exclaimed
	p.show(&part, marks, p.rules.exclamations.from+": no exclamation marks.", "a full stop")
	part.Score = percent(float64(100 - perBanned*len(marks)))
	part.Found = fmt.Sprintf("The text has %s.", domain.Plural(len(marks), "exclamation mark"))
	if len(marks) > 0 {
		part.Fix = "End the sentence with a full stop."
	}
	return part
}

// passives are passive sentences that can be nothing else, since they name who does it.
//
//nolint:gochecknoglobals // a table
var passives = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(
		`(?i)\b(?:is|are|was|were|been|being|be) (?:\w+ly )?(?:\w{2,}ed|built|done|given|held|made|paid|run|seen|sent|shown|sold|taken|written) by (?:an?|the|our|your|their|his|her|its|[A-Z]\w+)\b`,
	),
	"de": regexp.MustCompile(
		`(?i)\b(?:wird|werden|wurde|wurden)\b[^.!?\n]{0,60}?\bvo(?:n|m)\b[^.!?\n]{0,60}?\bge\w{2,}(?:t|en)\b`,
	),
	"fr": regexp.MustCompile(`(?i)\b(?:est|sont|était|étaient|été|sera|seront) \w+(?:é|ée|és|ées) par\b`),
	"es": regexp.MustCompile(
		`(?i)\b(?:es|son|fue|fueron|sido|será|serán) \w+(?:ado|ada|ados|adas|ido|ida|idos|idas) por\b`,
	),
}

func passive(p *page) Part {
	part := Part{ID: "passive", Name: "Passive voice", Weight: 5, Score: 100}
	pattern := passives[p.language]
	if p.rules.passive.value == "" || pattern == nil || len(p.running) == 0 {
		part.Found = "The voice says nothing about it, or rules do not see it in this language."
		return part
	}
	part.Applicable = true
	var places []prose.Range
	for _, at := range pattern.FindAllStringIndex(p.view.Text, -1) {
		places = append(places, prose.Range{Start: at[0], End: at[1]})
	}
	p.show(&part, places, p.rules.passive.from+": use the active voice.", "Begin with who does it.")
	part.Score = percent(100 - 200*float64(len(places))/float64(len(p.running)))
	part.Found = fmt.Sprintf("%s certainly passive; rules see no others.",
		domain.Plural(len(places), "sentence"))
	if len(places) > 0 {
		part.Fix = "Say who does what."
	}
	return part
}
