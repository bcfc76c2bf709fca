package landing

import (
	"strings"

	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// page is a landing page in its parts. Proof, facts and the link come from the settings.
type page struct {
	Headline  string     `json:"headline"`
	Subline   string     `json:"subline"`
	Summary   string     `json:"summary"`
	Benefits  []benefit  `json:"benefits"`
	Questions []question `json:"questions"`
	Action    string     `json:"action"`

	facts []string // of a composed page, which says them as they are
}

type benefit struct{ Heading, Text string }

type question struct{ Question, Answer string }

// markdown is the page below its headline. A part that has nothing is left out.
func (p page) markdown(s Settings) string {
	var b blocks
	if b.add(prose.Line(p.Subline)); p.Subline != "" {
		b.add(button(p.Action, s.Link)) // the hero has one too; a composed page says each thing once
	}
	if len(p.Benefits) > 0 {
		b.add(head(s.Language, "benefits"))
		b.benefits(p.Benefits)
	}
	if len(p.facts) > 0 {
		b.add(head(s.Language, "limits"))
		b.add(compose.Lines(p.facts))
	}
	if len(s.Proof) > 0 {
		b.add(head(s.Language, "proof"))
		for _, one := range s.Proof {
			b.add("> " + one)
		}
	}
	if len(p.Questions) > 0 {
		b.add(head(s.Language, "questions"))
		for _, one := range p.Questions {
			b.add("### " + prose.Line(one.Question))
			b.add(strings.TrimSpace(one.Answer))
		}
	}
	if p.Action != "" {
		b.add(head(s.Language, "next"))
		b.add(button(p.Action, s.Link))
	}
	return strings.Join(b, "\n\n")
}

type blocks []string

// benefits puts those without a text in a list, before those with a heading.
func (b *blocks) benefits(all []benefit) {
	var bare, headed []string
	for _, one := range all {
		if one.Text == "" {
			bare = append(bare, one.Heading)
			continue
		}
		headed = append(headed, "### "+prose.Line(one.Heading), strings.TrimSpace(one.Text))
	}
	b.add(compose.Lines(bare))
	*b = append(*b, headed...)
}

func (b *blocks) add(s string) {
	if s != "" {
		*b = append(*b, s)
	}
}

// headings are those that no format has, by language.
var headings = map[string]map[string]string{
	"benefits": {
		"en": "What you get", "de": "Ihre Vorteile", "fr": "Vos avantages", "es": "Ventajas", "ja": "メリット",
		"it": "I vantaggi", "nl": "De voordelen", "pt": "Vantagens",
	},
	"proof": {
		"en": "Results", "de": "Ergebnisse", "fr": "Résultats", "es": "Resultados", "ja": "実績",
		"it": "Risultati", "nl": "Resultaten", "pt": "Resultados",
	},
}

// head is the heading of a part; "" in a language that has no words here.
func head(language, part string) string {
	code, _, _ := strings.Cut(strings.ToLower(language), "-")
	h, own := headings[part][code], headings[part] != nil
	if !own {
		h = compose.Heading(language, part)
	}
	if h == "" {
		return ""
	}
	return "## " + h
}

// button is the call to action, as a link where there is an address.
func button(action, link string) string {
	action = prose.Line(action)
	if action == "" || link == "" || strings.Contains(action, link) || strings.ContainsAny(action, "[]") {
		return action
	}
	return "[" + action + "](" + link + ")"
}

// composed is the page in the caller's own words.
func (s Settings) composed(v *domain.BrandVoice) draft.Text {
	p := page{Headline: prose.Capital(s.Topic), Action: s.CallToAction}
	for _, line := range s.KeyPoints {
		p.facts = append(p.facts, compose.Sentence(line))
	}
	for _, line := range s.Benefits {
		heading, text, ok := strings.Cut(line, ": ")
		if !ok || prose.CountWords(heading) > 8 {
			heading, text = compose.Sentence(line), ""
		}
		p.Benefits = append(p.Benefits, benefit{heading, compose.Sentence(text)})
	}
	for _, line := range s.Facts {
		p.facts = append(p.facts, compose.Sentence(line))
	}
	for _, line := range s.Questions {
		if q, a, ok := asked(line); ok {
			p.Questions = append(p.Questions, question{q, compose.Sentence(a)})
		}
	}
	t := draft.Text{
		Title: p.Headline, MetaTitle: prose.Clip(p.Headline, compose.MetaTitleMax),
		Body: compose.Voiced(p.markdown(s), v),
	}
	b := s.Compose(v)
	b.KeyPoints = append(b.KeyPoints, s.Benefits...)
	if len(b.KeyPoints)+len(b.Facts) > 0 {
		t.MetaDescription = compose.NewMeta(b, p.Headline).Description
	}
	return t
}

// asked splits a question from its answer; false where one of them is missing.
func asked(line string) (question, answer string, ok bool) {
	for _, mark := range []string{"?", "？"} {
		if q, a, found := strings.Cut(line, mark); found && strings.TrimSpace(a) != "" {
			return prose.Line(q + mark), prose.Line(a), true
		}
	}
	return "", "", false
}

// needs says what would make the page better and was not given, and what it leaves out.
func (s Settings) needs() []domain.Need {
	needs := []domain.Need{}
	add := func(missing bool, key, field string, args ...any) {
		if missing {
			needs = append(needs, compose.Question(s.Language, key, field, args...))
		}
	}
	add(len(s.Benefits) == 0, "benefits", "benefits")
	add(len(s.Proof) == 0, "page proof", "proof")
	add(s.CallToAction == "", "page action", "call_to_action")
	for _, line := range s.Questions {
		_, _, ok := asked(line)
		add(!ok, "page answer", "questions", line)
	}
	return needs
}
