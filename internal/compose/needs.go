package compose

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// quarry returns the pasted passages, where the caller gave fewer than
// three sentences of its own, as many as fit into the length that was asked for; and
// what is not used.
func quarry(b Brief, own []statement) (used []statement, unused []Unused) {
	room := b.Words
	for _, s := range own {
		room -= prose.CountWords(s.text)
	}
	for i, source := range b.Sources {
		if Reference(source) || strings.TrimSpace(source) == "" {
			continue
		}
		ref := fmt.Sprintf("sources[%d]", i)
		if len(own) >= 3 {
			unused = append(unused, Unused{ref, excerpt(source), unusedWords(b.Language, "passages")})
			continue
		}
		whole := true
		var blocks []string
		for _, block := range strings.Split(prose.Plain(source), "\n\n") {
			kept := block
			if n := prose.CountWords(block); b.Words > 0 && n > room {
				kept, whole = within(block, room), false
			}
			room -= prose.CountWords(kept)
			if kept != "" {
				blocks = append(blocks, prose.Line(kept))
			}
			if !whole {
				break
			}
		}
		if s, ok := newStatement(ref, strings.Join(blocks, " "), false); ok {
			s.passage = blocks
			used = append(used, s)
		}
		if !whole {
			unused = append(unused, Unused{ref, excerpt(source), unusedWords(b.Language, "beginning", b.Words)})
		}
	}
	return used, unused
}

// within returns the first whole sentences of a text that have at most n words.
func within(s string, n int) string {
	var out []string
	for _, one := range prose.SentenceTexts(s) {
		if n -= prose.CountWords(one); n < 0 {
			break
		}
		out = append(out, one)
	}
	return strings.Join(out, " ")
}

// excerpt is how a text begins, for a message.
func excerpt(s string) string {
	line := prose.Line(s)
	if short := prose.Clip(line, 80); short != line {
		return short + " …"
	}
	return line
}

// ask notes what is not used, and a question for each slot that nothing fills.
func (a *Article) ask(f format, filled map[string][]statement, b Brief) {
	language := asked(b.Language)
	for _, u := range a.Unused {
		if u.Found() {
			continue
		}
		a.Needs = append(a.Needs, u.Need(language))
	}
	for _, p := range f.places(language) {
		field := p.field()
		if len(filled[p.name]) > 0 || field == "call_to_action" && b.CallToAction != "" ||
			field == "sources" && len(b.Sources) > 0 {
			continue
		}
		if p.name == f.Facts && f.Opens == opensAny && a.leads("facts") {
			continue
		}
		if p.name == f.KeyPoints && f.Opens == opensPoints && a.opened() {
			continue
		}
		if p.name == "contact" && p.Cues.score(newText(b.CallToAction)) > 0 {
			continue
		}
		if p.name == "what" && (a.opened() || f.Opens == opensAny || f.Opens == opensPoints) && !a.Outline {
			continue
		}
		a.Needs = append(a.Needs, p.need(field, language))
	}
}

// need is the question of a slot with an example of its answer.
func (p place) need(field, language string) domain.Need {
	return domain.Need{What: p.Heading, Field: field, Reason: p.Ask + " " + example(language, p.Example)}
}

// leads reports whether the sentence above the first heading was given in a field.
func (a *Article) leads(field string) bool {
	return a.opened() && len(a.Parts[0].Uses) > 0 && strings.HasPrefix(a.Parts[0].Uses[0], field)
}

// opened reports whether a sentence stands above the first heading.
func (a *Article) opened() bool { return len(a.Parts) > 0 && a.Parts[0].Heading == a.Title }

// example introduces an example of an answer in the language of its question.
func example(language, text string) string {
	lead := map[string]string{
		"de": "Zum Beispiel: „%s“", "fr": "Par exemple : « %s »", "es": "Por ejemplo: «%s»", "ja": "例：「%s」",
	}
	inner := strings.NewReplacer(
		"„", "‚", "“", "‘", "”", "’", "« ", "‹ ", " »", " ›", "«", "“", "»", "”", "「", "『", "」", "』")
	return fmt.Sprintf(cmp.Or(lead[language], "For example: “%s”"), inner.Replace(text))
}

// field is the setting that fills the slot.
func (p place) field() string {
	switch {
	case p.name == "next":
		return "call_to_action"
	case p.shape == shapeSource:
		return "sources"
	case p.shape == shapeGlance, p.shape == shapeTable, p.name == "proof", p.name == "results", p.name == "known":
		return "facts"
	}
	return "key_points"
}

// left names a statement as unused under each name that it was given.
func (s statement) left(text, reason string) (out []Unused) {
	for _, ref := range s.refs {
		out = append(out, Unused{ref, excerpt(text), reason})
	}
	return out
}

// asked is the language in which a person is asked about a text: that of the text where there are words for it, else
// English.
func asked(language string) string {
	if language = tag(language); load().words[language].Needs == nil {
		return "en"
	}
	return language
}

// Question asks in the language of a text for what its brief does not have. key is a name in the files of slots, args
// are its figures.
func Question(language, key, field string, args ...any) domain.Need {
	q := load().words[asked(language)].Needs[key]
	return domain.Need{What: q.What, Field: field, Reason: fmt.Sprintf(q.Ask, args...)}
}

// unusedWords words one thing about what is not used, in the language of the text.
func unusedWords(language, key string, args ...any) string {
	return fmt.Sprintf(load().words[asked(language)].Unused[key], args...)
}

// Need says in the language of the text that something is not used, as what the text needs.
func (u Unused) Need(language string) domain.Need {
	field, _, _ := strings.Cut(u.Ref, "[")
	return domain.Need{
		What:   unusedWords(language, "what", u.name(language)),
		Field:  field,
		Reason: unusedWords(language, "because", u.Text, u.Reason),
	}
}

// name is the reference in words: "key point 3" for key_points[2].
func (u Unused) name(language string) string {
	field, number, ok := strings.Cut(strings.TrimSuffix(u.Ref, "]"), "[")
	field = strings.ReplaceAll(field, "_", " ")
	n, err := strconv.Atoi(number)
	if load().words["en"].Unused[field] == "" {
		return field
	}
	if !ok || err != nil {
		return unusedWords(language, field)
	}
	return unusedWords(language, field, n+1)
}

// outline makes the parts of a text that has nothing but a topic: the headings of its
// format, each with its question.
func (a *Article) outline(b Brief, f format, language string) {
	a.Outline = true
	w := load().words[language]
	s := assembler{brief: b, format: f}
	a.Title = s.title(b.Topic, 0)
	cta, hasCTA := newStatement("call_to_action", b.CallToAction, false)
	if w.Outline == "" {
		var blocks []string
		if len(b.Keywords) > 0 {
			blocks = append(blocks, Lines(b.Keywords))
		}
		if hasCTA {
			blocks = append(blocks, Sentence(cta.text))
		}
		if len(blocks) == 0 {
			blocks = []string{Sentence(a.Title)}
		}
		a.Parts = []Part{{Heading: a.Title, Points: []string{a.Title}, Text: strings.Join(blocks, "\n\n")}}
		if hasCTA {
			a.Parts[0].Uses = cta.refs
		}
		return
	}
	a.Title = w.Outline + colon(language) + a.Title
	for _, p := range a.places {
		if p.shape == shapeSource && len(b.Sources) > 0 {
			continue // they are listed below the text
		}
		part := Part{Heading: p.Heading, Points: []string{p.Ask}, Text: Lines([]string{p.Ask})}
		if p.name == "next" && hasCTA {
			part = newPart(p.Heading, Sentence(cta.text), []statement{cta})
		}
		a.Parts = append(a.Parts, part)
	}
	a.Parts = fit(a.Parts, a.Title, b.Sections)
}

// colon is the colon of a language with the space around it.
func colon(language string) string {
	switch language {
	case "fr":
		return " : "
	case "ja":
		return "："
	}
	return ": "
}
