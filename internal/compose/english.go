package compose

import (
	"slices"
	"strings"

	"vellocity/internal/prose"
)

// english builds an article: an opening, the caller's points with their facts, the
// figures that are left over, and a close. Where the caller gave little, sections
// of the topic's frame stand between.
func (w *Phraser) english() Article {
	f := frameOf(w.topic.kind)
	m := w.material(true)
	lead := m.takeLead()
	middle := max(w.sections-2, 1)
	parts := append(w.pointParts(m.points, middle), w.foundParts(m.found)...)
	points := len(parts)
	if len(m.points) == 0 {
		points = 0
	}
	switch {
	case len(m.loose) > 0 && (len(parts) < middle || len(parts) == 0):
		parts = append(parts, w.figures(m.loose))
	case len(m.loose) > 0:
		parts[len(parts)-1].Text += "\n\n" + Lines(m.loose)
	}
	own := len(parts)
	p := Article{topic: w.topic, Framed: own == 0, Summary: f.summary}
	if own < 2 {
		parts = append(parts, w.frameParts(f, min(middle, 4)-own)...)
	}
	p.Title = w.title(f, own)
	p.Parts = append(p.Parts, w.opening(f, lead, own, points))
	p.Parts = append(p.Parts, w.fit(parts, middle)...)
	p.Parts = append(p.Parts, w.closing(f, own))
	return p
}

// pointParts makes a part of each point, and one list of those that are no
// sentence, and of those that say all in one line where there are too many.
func (w *Phraser) pointParts(points []Point, middle int) []Part {
	whole, lines := 0, 0
	for _, p := range points {
		if p.Whole {
			whole++
		}
		if p.oneLine() {
			lines++
		}
	}
	crowded := whole > middle || lines > 1 && (w.topic.kind == General || w.topic.kind == News)
	var parts []Part
	var listed []Point
	at := 0
	for _, p := range points {
		if p.Whole && !(crowded && p.oneLine()) {
			parts = append(parts, w.pointPart(p))
			continue
		}
		if len(listed) == 0 {
			at = len(parts)
		}
		listed = append(listed, p)
	}
	if len(listed) == 0 {
		return parts
	}
	return slices.Insert(parts, at, w.list(listed))
}

// oneLine reports whether a heading would say all that the point has to say.
func (p Point) oneLine() bool {
	return p.Whole && p.heading != "" && p.body == "" && len(p.facts) == 0
}

// pointPart combines a point, its facts and one sentence for the reader.
func (w *Phraser) pointPart(p Point) Part {
	heading, body := p.heading, p.body
	if heading == "" {
		heading, body = w.label(p), p.Text
	}
	first := strings.Join(append([]string{body}, p.facts...), " ")
	aside := w.aside(p)
	text := strings.TrimSpace(first)
	switch {
	case text == "" || len(p.facts) == 0 || aside == "":
		text = strings.TrimSpace(text + " " + aside)
	default:
		text += "\n\n" + aside
	}
	return Part{
		Heading: heading,
		Points:  []string{p.Text},
		Text:    text,
		joined:  strings.Join(append([]string{p.Text}, p.facts...), " "),
	}
}

// aside returns a sentence that relates a point to the reader. It states
// nothing about the subject. Each is used once in a text; "" when all are used.
func (w *Phraser) aside(p Point) string {
	name := "statement"
	switch k := w.topic.kind; {
	case p.warns:
		name = "warning"
	case k == News || k == General && !p.advice:
		name = "open"
	case p.advice:
		name = "advice"
	}
	list := asides[name]
	for w.asides[name] < len(list) {
		s := list[(int(w.seed%uint64(len(list)))+w.asides[name])%len(list)]
		w.asides[name]++
		if !w.bans(s) {
			return w.Say(s)
		}
	}
	return ""
}

var asides = map[string][]string{
	"advice": {
		"Agree beforehand on who takes this on, and on how you will notice that it worked.",
		"If this is new to you, try it on one case first and talk about what happened.",
		"Note how it is done today before you change it; the comparison will be worth the few minutes.",
		"Tell everybody whom it touches before the first day, not after it.",
		"Set a date for a look back, and note then whether it helped.",
		"Keep it simple at first. What is missing will show soon enough.",
	},
	"statement": {
		"Compare that with how things are done in your own place: where does it differ, and what does the difference cost?",
		"Think of the last time this mattered to you, and of what followed.",
		"Ask two colleagues how they see this, and compare their answers with your own.",
		"How much weight the point deserves depends on one question: what would change for you?",
		"It is worth a moment to ask what follows from that in daily work.",
		"Where have you seen this before, and what was done about it then?",
	},
	"warning": {
		"That is easier to keep to when everybody has heard the reason.",
		"Where it has happened before, ask what led to it.",
		"Say it early; it spares a harder talk later.",
	},
	"open": {
		"It is worth asking what follows from that, and for whom.",
		"What does it change for you? The answer shows how closely to look.",
		"Whoever wants to know more can begin right here.",
		"What would you ask next?",
	},
}

// label names a point of which no heading could be made: the keyword in it, or a
// neutral line.
func (w *Phraser) label(p Point) string {
	for _, k := range w.brief.Keywords {
		if len(prose.Find(p.Text, k)) > 0 && !strings.EqualFold(k, w.topic.line) && w.asides["keyword "+k] == 0 {
			w.asides["keyword "+k]++
			return prose.Capital(prose.Line(k))
		}
	}
	neutral := []string{
		"A point to keep in mind",
		"Another point",
		"One more thing to know",
		"A further point",
		"Worth knowing",
	}
	if p.advice && w.labels == 0 {
		neutral[0] = "A rule to keep"
	}
	w.labels++
	return neutral[(w.labels-1)%len(neutral)]
}

// list is a part for points that say all in one line.
func (w *Phraser) list(points []Point) Part {
	if len(points) == 1 {
		p := points[0]
		return Part{
			Heading: bare(p.Text),
			Points:  []string{p.Text},
			Text:    orElse(w.aside(p), Sentence(p.Text)),
			joined:  Sentence(p.Text),
		}
	}
	advice, whole := true, true
	var items []string
	for _, p := range points {
		advice, whole = advice && p.advice, whole && p.Whole
		items = append(items, strings.Join(append([]string{p.Text}, p.facts...), " "))
	}
	heading, lead := "What to look at", "These points belong on the list:"
	switch {
	case advice:
		heading, lead = "What to do", "Here are the steps:"
	case whole:
		heading, lead = "What to know", "Here are the points in brief:"
	}
	return Part{Heading: heading, Points: items, Text: w.Say(lead) + "\n\n" + Lines(items)}
}

// foundParts repeats what pasted sources say, in their own sentences and order.
func (w *Phraser) foundParts(found []string) []Part {
	if len(found) == 0 {
		return nil
	}
	half := len(found)
	if half > 3 {
		half = (half + 1) / 2
	}
	parts := []Part{{Heading: "The main points", Points: found[:half], Text: strings.Join(found[:half], " ")}}
	if half < len(found) {
		parts = append(
			parts,
			Part{Heading: "What else there is to know", Points: found[half:], Text: strings.Join(found[half:], " ")},
		)
	}
	return parts
}

func (w *Phraser) figures(facts []string) Part {
	p := Part{Heading: "The facts so far", Points: facts, Text: Lines(facts)}
	if len(facts) == 1 && endsSentence(facts[0]) {
		p.Text = facts[0]
	}
	if slices.ContainsFunc(facts, figure) {
		p.Heading = "In figures"
	}
	return p
}

func (w *Phraser) frameParts(f frame, n int) []Part {
	var parts []Part
	for i, s := range f.sections {
		if i >= n {
			break
		}
		parts = append(parts, Part{Heading: w.pick(i+3, s.headings), Points: s.points, Text: w.Say(w.pick(i+11, s.texts))})
	}
	return parts
}

// title is the topic, with a few words more where it is too short to stand alone.
func (w *Phraser) title(f frame, own int) string {
	head := w.topic.head
	if words := len(strings.Fields(head)); words > 4 || strings.ContainsAny(head, ":?") {
		return prose.Clip(head, 110)
	}
	if own > 0 {
		return head + ": " + w.pick(2, []string{"what matters and where to start", "the points that count", "a short guide"})
	}
	return w.Say(w.pick(2, f.titles))
}

// opening says what the text is about, who it is for, and what follows.
func (w *Phraser) opening(f frame, lead string, own, points int) Part {
	p := Part{Heading: "Introduction", Points: []string{w.topic.line}}
	if lead != "" {
		p.Points = append(p.Points, lead)
	}
	if own == 0 && lead == "" && !w.Spoken() {
		p.Text = w.Say(w.pick(1, f.openings))
		if a := w.audience(); a != "" {
			p.Text += " " + w.Say("It is written for "+a+".")
		}
		return p
	}
	var s []string
	if lead != "" {
		s = append(s, lead)
	}
	s = append(s, w.subject(lead != ""))
	if next := w.roadmap(points); next != "" {
		s = append(s, next)
	}
	p.Text = strings.Join(s, " ")
	if lead != "" {
		p.Text = lead + "\n\n" + strings.Join(s[1:], " ")
	}
	return p
}

// Spoken reports whether the topic is a sentence of its own rather than a noun.
func (w *Phraser) Spoken() bool {
	return w.topic.noun == thisQuestion || w.topic.noun == thisNews || w.topic.noun == thisSubject
}

func (w *Phraser) subject(led bool) string {
	switch {
	case w.topic.noun == thisQuestion:
		if asked := w.topic.asked(); strings.HasSuffix(asked, "?") {
			return asked + " " + w.Say("This post takes the question apart, step by step.")
		}
		return w.topic.head + ": " + w.Say("this post takes the question apart, step by step.")
	case w.Spoken():
		return Sentence(w.topic.line) + " " + w.Say("Here is what there is to know.")
	case led:
		return w.Say(
			w.pick(
				1,
				[]string{
					"With that in mind, this post takes a closer look at %t.",
					"That is a good reason for a closer look at %t.",
				},
			),
		)
	}
	return w.Say(w.pick(1, []string{"This post takes a closer look at %t.", "Here is a short guide to %t."}))
}

// roadmap says who the text is for and how many points it has.
func (w *Phraser) roadmap(points int) string {
	a := w.audience()
	var follows string
	if points >= 2 {
		follows = "takes " + number(points) + " points in turn"
		if w.brief.CallToAction != "" {
			follows += " and closes with a next step"
		}
	}
	switch {
	case a != "" && follows != "":
		return w.Say("It is written for " + a + "; it " + follows + ".")
	case a != "":
		return w.Say("It is written for " + a + ".")
	case follows != "":
		return w.Say("It " + follows + ".")
	}
	return ""
}

func (w *Phraser) audience() string {
	a := strings.TrimRight(prose.Line(w.brief.Audience), " .")
	a = strings.TrimPrefix(strings.TrimPrefix(a, "for "), "For ")
	return Lower(a)
}

// closing ends with the caller's call to action where there is one.
func (w *Phraser) closing(f frame, own int) Part {
	cta := w.callToAction()
	p := Part{Heading: w.pick(5, f.closing.headings), Points: f.closing.points}
	if own < 2 {
		p.Text = w.Say(w.pick(7, f.closing.texts))
	} else {
		p.Heading, p.Text = w.pick(5, f.heads), w.Say(w.pick(7, f.returns))
		p.Points = []string{p.Text}
	}
	if cta != "" {
		p.Points = []string{cta}
		p.Text += "\n\n" + cta
	}
	return p
}
