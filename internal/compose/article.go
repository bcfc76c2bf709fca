package compose

import (
	"slices"
	"strings"
	"unicode"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Article is a whole text in parts. A first part whose heading is the title stands
// above the first heading.
type Article struct {
	Title  string
	Format string // its name, from [Formats]
	// Outline notes that there is nothing but a topic: the parts hold questions.
	Outline bool
	Parts   []Part
	// Needs are the questions that empty slots raise, each with an example of an answer.
	Needs  []domain.Need
	Unused []Unused

	places []place
	given  []statement
}

// Part is one section of an article.
type Part struct {
	Heading string
	Points  []string // what it holds, for an outline
	Text    string   // Markdown; may hold further headings where parts were joined
	Uses    []string // the inputs that it holds: key_points[0], facts[2], call_to_action
}

const maxSections = 12

// NewArticle assembles the text of a brief.
func NewArticle(b Brief) Article {
	statements := given(b)
	f := recognize(b, statements)
	language := tag(b.Language)
	a := Article{Format: f.name, places: f.places(language), given: statements}
	passages, unused := quarry(b, statements)
	a.given, a.Unused = append(a.given, passages...), unused
	if len(a.given) == 0 {
		a.outline(b, f, language)
		a.ask(f, nil, b)
		return a
	}
	s := assembler{brief: b, format: f, places: a.places, words: load().words[language]}
	if len(statements) == 0 {
		a.Parts = []Part{newPart("", paragraphs(passages), passages)}
		a.Parts = s.close(a.Parts)
	} else {
		s.fill(a.given)
		a.Parts = s.parts()
	}
	a.Unused = append(a.Unused, s.unused...)
	a.Title = s.title(b.Topic, s.entries())
	for i, p := range a.Parts {
		if p.Heading == "" {
			a.Parts[i].Heading = a.Title
		}
	}
	a.Parts = fit(a.Parts, a.Title, b.Sections)
	a.ask(f, s.slots, b)
	return a
}

// assembler puts statements into the slots of a format.
type assembler struct {
	brief  Brief
	format format
	places []place
	words  words
	lead   *statement
	slots  map[string][]statement
	unused []Unused
	pair   []option    // what is compared
	rows   []statement // what says something about both
}

// fill sorts the statements into the slots, each into one.
func (s *assembler) fill(all []statement) {
	s.slots = map[string][]statement{}
	rest := slices.Clone(all)
	if at := s.opener(rest); at >= 0 {
		lead := all[at]
		s.lead = &lead
		rest = slices.Delete(rest, at, at+1)
	}
	if s.has(shapeSections) {
		points, facts := split(rest)
		common := prose.Stems(strings.Join(append([]string{s.brief.Topic, s.words.Stop}, s.brief.Keywords...), " "))
		takes := func(p statement) bool {
			_, _, headed := p.headed()
			return headed && s.place(s.slotOf(p)).shape == shapeSections
		}
		rest = append(points, attach(points, facts, common, takes)...)
	}
	if s.has(shapeOptions) {
		rest = s.options(rest)
	}
	for i := 0; i < len(rest); i++ {
		name := s.slotOf(rest[i])
		s.slots[name] = append(s.slots[name], rest[i])
		// The answer to a question stands after it, so it goes where the question goes.
		if only(rest[i]) && i+1 < len(rest) && rest[i].fact == rest[i+1].fact && !asks(rest[i+1].sentences[0]) {
			i++
			s.slots[name] = append(s.slots[name], rest[i])
		}
	}
}

// only reports whether a statement is a question without its answer.
func only(s statement) bool { return asks(s.text) }

func split(all []statement) (points, facts []statement) {
	for _, s := range all {
		if s.fact {
			facts = append(facts, s)
		} else {
			points = append(points, s)
		}
	}
	return points, facts
}

func (s *assembler) has(form shape) bool {
	return slices.ContainsFunc(s.places, func(p place) bool { return p.shape == form })
}

func (s *assembler) place(name string) place {
	i := slices.IndexFunc(s.places, func(p place) bool { return p.name == name })
	if i < 0 {
		return place{}
	}
	return s.places[i]
}

// slotOf returns the slot of a statement: the one with most cues for it, else the one
// that its kind goes to. Steps, entries and answers leave their slot for strong cues
// alone, since what stands between them belongs to them.
func (s *assembler) slotOf(st statement) string {
	home := s.format.KeyPoints
	if st.fact {
		home = s.format.Facts
	}
	if st.passage != nil {
		return home
	}
	best, most := home, 0
	if long(st.text) && len(strings.Fields(st.text)) > 5 {
		most = 1
	}
	if s.place(home).shape.ordered() || asks(st.sentences[0]) {
		most = 3
	}
	for _, p := range s.places {
		n := p.Cues.score(st.words)
		if st.label != "" && (p.Cues.score(newText(st.label)) > 1 || same(st.label) == same(p.Heading)) {
			n += 6
		}
		if n > most {
			best, most = p.name, n
		}
	}
	return best
}

// opener returns the index of the statement that opens the text; -1 for none.
func (s *assembler) opener(all []statement) int {
	plain := func(st statement) bool {
		_, _, headed := st.headed()
		return st.passage == nil && st.whole() && st.label == "" && !asks(st.text) &&
			(!headed || s.format.Opens == opensTopic)
	}
	switch s.format.Opens {
	case opensNone:
		return -1
	case opensPoints:
		return slices.IndexFunc(all, func(st statement) bool { return plain(st) && !st.fact })
	case opensAny:
		return s.anyOpener(all, plain)
	case opensTopic:
	}
	stop := prose.Stems(s.words.Stop)
	topic := without(stems(s.brief.Topic), stop)
	bare := without(stems(bareTitle(s.brief.Topic, s.format.Words[tag(s.brief.Language)].Topic)), stop)
	says := func(st statement) bool {
		least := 0.3
		if st.fact {
			least = 0.6 // a fact has to say what the text is about
		}
		return plain(st) && long(st.text) && max(covers(st.stems, topic), covers(st.stems, bare)) >= least
	}
	if i := slices.IndexFunc(all, says); i >= 0 {
		return i
	}
	cues := s.format.Words[tag(s.brief.Language)].Brief
	return slices.IndexFunc(all, func(st statement) bool { return plain(st) && cues.score(st.words) > 0 })
}

// anyOpener returns the index of a fact with a figure that can stand alone, else of the
// first key point, where the key points are sentences rather than entries of a list.
func (s *assembler) anyOpener(all []statement, plain func(statement) bool) int {
	topic := without(stems(s.brief.Topic), prose.Stems(s.words.Stop))
	figures := func(st statement) bool {
		return plain(st) && st.fact && figure(st.text) && len(all) > 1 &&
			(covers(st.stems, topic) > 0 || len(strings.Fields(st.text)) >= 12)
	}
	if i := slices.IndexFunc(all, figures); i >= 0 {
		return i
	}
	points, _ := split(all)
	fragment := func(st statement) bool { return !st.whole() }
	if len(points) > 0 && plain(points[0]) && long(points[0].text) &&
		(ended(points) || endsSentence(points[0].text) && !slices.ContainsFunc(points, fragment)) {
		return slices.IndexFunc(all, func(st statement) bool { return !st.fact })
	}
	return -1
}

// covers returns how much of a topic a set of stems has.
func covers(stems, topic map[string]bool) float64 {
	n := 0
	for t := range topic {
		if stems[t] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(topic)))
}

func figure(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// fit joins neighboring parts until there are at most n. A part that joins another
// keeps its heading.
func fit(parts []Part, title string, n int) []Part {
	if n <= 0 {
		n = 5
	}
	n = min(n, maxSections)
	if len(parts) <= n {
		return parts
	}
	var out []Part
	for i := range n {
		from, to := i*len(parts)/n, (i+1)*len(parts)/n
		one := parts[from]
		for _, p := range parts[from+1 : to] {
			one.Points = append(slices.Clone(one.Points), p.Points...)
			one.Uses = append(slices.Clone(one.Uses), p.Uses...)
			if p.Heading != title {
				one.Text += "\n\n## " + p.Heading
			}
			one.Text += "\n\n" + p.Text
		}
		out = append(out, one)
	}
	return out
}
