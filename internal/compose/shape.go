package compose

import (
	"cmp"
	"slices"
	"strings"

	"vellocity/internal/prose"
)

// shape is how a slot sets what it holds.
type shape string

const (
	shapeText     shape = "text"     // paragraphs; a list of what is no sentence
	shapeBullets  shape = "bullets"  // a list
	shapeGlance   shape = "glance"   // a list together with the slots beside it
	shapeNumbered shape = "numbered" // steps in order
	shapeEntries  shape = "entries"  // a numbered list with the first sentence of each in bold
	shapeTable    shape = "table"    // a table of figures with their labels, the others below it
	shapeSections shape = "sections" // a section for each that has a heading of its own
	shapeAnswers  shape = "answers"  // a section for each question
	shapeOptions  shape = "options"  // a section for each of what is compared
	shapeSource   shape = "source"   // nothing: sources are listed below the text
)

// ordered reports whether what a slot holds stays together.
func (s shape) ordered() bool {
	return slices.Contains([]shape{shapeNumbered, shapeEntries, shapeSections, shapeAnswers}, s)
}

// listed reports whether a slot is a list whatever it holds.
func (s shape) listed() bool { return s == shapeNumbered || s == shapeEntries }

// parts sets the filled slots.
func (s *assembler) parts() []Part {
	var out []Part
	if s.lead != nil {
		out = append(out, newPart("", paragraphs([]statement{*s.lead}), []statement{*s.lead}))
	}
	var glance []statement
	var glanced []place
	at := -1
	for _, p := range s.places {
		held := s.slots[p.name]
		if p.name == "next" {
			continue
		}
		if p.shape == shapeGlance {
			if len(held) > 0 {
				at = max(at, len(out))
				glance, glanced = append(glance, held...), append(glanced, p)
			}
			continue
		}
		if p.shape == shapeOptions {
			out = append(out, s.compared(s.place("differences").Heading)...)
			continue
		}
		out = append(out, s.set(p, held)...)
	}
	if len(glance) > 0 {
		out = slices.Insert(out, at, s.glance(glanced, glance))
	}
	return s.close(s.simple(out))
}

// simple drops the heading between the sentence that opens a text and the few that
// follow it, where there is nothing else.
func (s *assembler) simple(parts []Part) []Part {
	home := s.place(s.format.KeyPoints)
	if s.lead == nil || len(parts) != 2 || parts[1].Heading != home.Heading || home.shape.listed() ||
		strings.HasPrefix(parts[1].Text, "- ") {
		return parts
	}
	one, more := parts[0], parts[1]
	if len(more.Points) == 1 {
		one.Text = together(one.Text, more.Text)
	} else {
		one.Text += "\n\n" + more.Text
	}
	one.Points, one.Uses = append(one.Points, more.Points...), append(one.Uses, more.Uses...)
	return []Part{one}
}

// glance sets short facts of several slots as one list.
func (s *assembler) glance(from []place, held []statement) Part {
	if len(from) == 1 && len(held) == 1 {
		return s.set(place{name: from[0].name, shape: shapeText, slot: from[0].slot}, held)[0]
	}
	heading := s.words.Glance
	if len(from) == 1 {
		heading = from[0].Heading
	}
	return newPart(heading, bullets(held), held)
}

// close ends the text with the next step: what the slot holds and the call to action.
func (s *assembler) close(out []Part) []Part {
	p := s.place("next")
	held := s.slots["next"]
	cta, ok := newStatement("call_to_action", s.brief.CallToAction, false)
	twice := func(st statement) bool { return same(st.text) == same(cta.text) }
	if ok && !slices.ContainsFunc(held, twice) && (s.lead == nil || !twice(*s.lead)) {
		if len(held) == 0 {
			return append(out, newPart(p.Heading, Sentence(cta.text), []statement{cta}))
		}
		out = append(out, s.set(p, held)...)
		last := &out[len(out)-1]
		last.Text += "\n\n" + mark(Sentence(cta.text))
		last.Points, last.Uses = append(last.Points, cta.text), append(last.Uses, cta.refs...)
		return out
	}
	return append(out, s.set(p, held)...)
}

func newPart(heading, text string, from []statement) Part {
	p := Part{Heading: heading, Text: text}
	for _, st := range from {
		p.Points, p.Uses = append(p.Points, st.text), append(p.Uses, st.refs...)
		for _, j := range st.joined {
			p.Points = append(p.Points, j.text)
		}
	}
	return p
}

// set returns the parts of a slot.
func (s *assembler) set(p place, held []statement) []Part {
	if len(held) == 0 {
		return nil
	}
	if passages, others := passagesOf(held); len(passages) > 0 {
		out, more := s.set(p, others), newPart(p.Heading, paragraphs(passages), passages)
		if len(out) == 0 {
			return []Part{more}
		}
		last := &out[len(out)-1]
		last.Text += "\n\n" + more.Text
		last.Points, last.Uses = append(last.Points, more.Points...), append(last.Uses, more.Uses...)
		return out
	}
	one := func(text string) []Part { return []Part{newPart(p.Heading, text, held)} }
	switch p.shape {
	case shapeBullets, shapeGlance:
		if len(held) > 1 {
			return one(bullets(held))
		}
	case shapeNumbered:
		return one(numbered(held, false))
	case shapeEntries:
		if s.lead == nil {
			p.Heading = "" // the title says what they are
		}
		return []Part{newPart(p.Heading, numbered(held, true), held)}
	case shapeTable:
		return s.table(p, held)
	case shapeSections:
		return sections(p, held)
	case shapeAnswers:
		return s.answers(held)
	case shapeOptions, shapeText, shapeSource:
	}
	if len(held) == 1 && same(held[0].label) == same(p.Heading) && held[0].label != "" {
		return one(mark(Sentence(held[0].value)))
	}
	return one(paragraphs(held))
}

func passagesOf(held []statement) (passages, others []statement) {
	for _, st := range held {
		if st.passage != nil {
			passages = append(passages, st)
		} else {
			others = append(others, st)
		}
	}
	return passages, others
}

// sections sets each statement that has a heading of its own as a part, and the
// others together under the heading of the slot, where the first of them stands.
func sections(p place, held []statement) []Part {
	var out []Part
	var plain []statement
	at := 0
	// Labels of which one has too little to say for a section stay together in a list.
	short := slices.ContainsFunc(held, func(st statement) bool {
		_, _, ok := st.headed()
		return st.label != "" && !ok
	})
	for _, st := range held {
		heading, body, ok := st.headed()
		if !ok || short && st.label != "" && len(st.joined) == 0 && !asks(heading) {
			if len(plain) == 0 {
				at = len(out)
			}
			plain = append(plain, st)
			continue
		}
		text := Sentence(body)
		for _, j := range st.joined {
			text = together(text, Sentence(j.text))
		}
		out = append(out, newPart(capital(heading), mark(text), []statement{st}))
	}
	if len(plain) == 0 {
		return out
	}
	return slices.Insert(out, at, newPart(p.Heading, paragraphs(plain), plain))
}

// answers sets each question as a heading with its answer. Questions of one statement
// part; a question that no answer follows is named as unused.
func (s *assembler) answers(held []statement) []Part {
	var out []Part
	var plain []statement
	for i := 0; i < len(held); i++ {
		st := held[i]
		if !asks(st.sentences[0]) {
			plain = append(plain, st)
			continue
		}
		if only(st) {
			if i+1 == len(held) || asks(held[i+1].sentences[0]) {
				s.unused = append(s.unused, st.left(st.text, unusedWords(s.brief.Language, "answer"))...)
				continue
			}
			i++
			part := newPart(st.text, mark(Sentence(held[i].text)), []statement{st, held[i]})
			part.Points = []string{together(st.text, held[i].text)}
			out = append(out, part)
			continue
		}
		out = append(out, dialogue(st)...)
	}
	if len(plain) > 0 {
		out = slices.Insert(out, 0, newPart(s.place(s.format.Facts).Heading, paragraphs(plain), plain))
	}
	return out
}

// dialogue parts a statement of questions and answers.
func dialogue(st statement) []Part {
	var out []Part
	for _, one := range st.sentences {
		n := len(out)
		if asks(one) && (n == 0 || out[n-1].Text != "") {
			out = append(out, Part{Heading: capital(one), Points: []string{one}, Uses: st.refs})
			continue
		}
		out[n-1].Text = together(out[n-1].Text, Sentence(one))
		out[n-1].Points = []string{together(out[n-1].Points[0], one)}
	}
	return out
}

// table sets figures with their labels as a table, where there are several, and the
// others below it.
func (s *assembler) table(p place, held []statement) []Part {
	var rows, rest []statement
	for _, st := range held {
		if st.label != "" && figure(st.value) && prose.CountWords(st.value) <= 10 {
			rows = append(rows, st)
		} else {
			rest = append(rest, st)
		}
	}
	if !slices.ContainsFunc(held, func(st statement) bool { return figure(st.text) }) {
		p.Heading = cmp.Or(load().words[tag(s.brief.Language)].Slots["known"].Heading, p.Heading)
	}
	if len(rows) < 2 || len(s.words.Measure) != 2 {
		rows, rest = nil, held
	}
	var blocks []string
	if len(rows) > 0 {
		lines := []string{row(s.words.Measure...), "|---|---|"}
		for _, st := range rows {
			lines = append(lines, row(capital(st.label), st.value))
		}
		blocks = append(blocks, strings.Join(lines, "\n"))
	}
	switch {
	case len(rest) > 1:
		blocks = append(blocks, bullets(rest))
	case len(rest) == 1:
		blocks = append(blocks, paragraphs(rest))
	}
	return []Part{newPart(p.Heading, strings.Join(blocks, "\n\n"), held)}
}

// row returns cells as a row of a table. It leaves the slice alone: the words of a language
// are the same for all who compose.
func row(cells ...string) string {
	var b strings.Builder
	b.WriteString("|")
	for _, c := range cells {
		b.WriteString(" " + strings.ReplaceAll(c, "|", `\|`) + " |")
	}
	return b.String()
}
