package compose

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"vellocity/internal/prose"
)

// Article is a whole text in parts. The first part opens it, the last closes it.
type Article struct {
	Title string
	Parts []Part
	// Framed notes that the article follows the frame for its kind of topic, because
	// the caller gave no points. Summary then says what the frame covers.
	Framed  bool
	Summary string

	topic topic
}

// Part is one section of an article.
type Part struct {
	Heading string
	Points  []string // what the outline shows
	Text    string   // Markdown
	joined  string   // the text to use where the part is joined to the one before and loses its heading
}

// Phraser builds the sentences of one text: it fits the topic into templates and
// leaves out what the brand voice bans. It uses no phrase twice, so each text needs a
// Phraser of its own.
type Phraser struct {
	brief    Brief
	topic    topic
	sections int
	seed     uint64
	banned   []string
	casual   bool
	labels   int            // neutral headings given so far
	asides   map[string]int // taken so far, by list
}

const maxSections = 12

// NewPhraser returns the phraser for a brief.
func NewPhraser(b Brief) *Phraser {
	h := fnv.New64a()
	for _, s := range append([]string{b.Topic, b.Audience, b.Tone}, b.KeyPoints...) {
		h.Write([]byte(s + "\x00"))
	}
	w := &Phraser{
		brief:    b,
		topic:    readTopic(b.Topic),
		sections: b.Sections,
		seed:     h.Sum64(),
		banned:   slices.Clone(b.voice().BannedTerms),
		asides:   map[string]int{},
	}
	for _, p := range b.voice().PreferredTerms {
		w.banned = append(w.banned, p.InsteadOf)
	}
	if w.sections < 1 {
		w.sections = 5
	}
	w.sections = min(w.sections, maxSections)
	for _, t := range append([]string{b.Tone}, b.voice().Tone...) {
		w.casual = w.casual ||
			slices.ContainsFunc(
				[]string{"casual", "friendly", "conversational", "relaxed", "playful", "informal"},
				func(s string) bool {
					return strings.Contains(strings.ToLower(t), s)
				},
			)
	}
	return w
}

// NewArticle builds the article for a brief. All parts come from one pass, so that
// none repeats another.
func NewArticle(b Brief) Article {
	w := NewPhraser(b)
	if !prose.English(b.Language) {
		return w.foreign()
	}
	return w.english()
}

// pick chooses one of the variants by the seed, and skips those with a banned term as
// long as there is another.
func (w *Phraser) pick(slot int, variants []string) string {
	n := len(variants)
	start := int((w.seed>>(slot%48) + uint64(slot)) % uint64(n))
	for i := range n {
		if v := variants[(start+i)%n]; !w.bans(v) {
			return v
		}
	}
	return variants[start]
}

func (w *Phraser) bans(s string) bool {
	return slices.ContainsFunc(w.banned, func(term string) bool { return len(prose.Find(s, term)) > 0 })
}

// Say fills the topic into a template, leaves out sentences with banned terms,
// and contracts where the tone is casual.
func (w *Phraser) Say(template string) string {
	if w.casual {
		template = contract.Replace(template)
	}
	s := strings.NewReplacer("%t", w.topic.noun, "%T", w.topic.head).Replace(template)
	if !w.bans(s) {
		return s
	}
	var keep []string
	for _, one := range prose.SentenceTexts(s) {
		if !w.bans(one) {
			keep = append(keep, one)
		}
	}
	if len(keep) == 0 {
		return s
	}
	return strings.Join(keep, " ")
}

var contract = strings.NewReplacer(
	"It is ",
	"It’s ",
	"it is ",
	"it’s ",
	"does not ",
	"doesn’t ",
	"do not ",
	"don’t ",
	"there is ",
	"there’s ",
	"There is ",
	"There’s ",
	"cannot ",
	"can’t ",
	"need not ",
	"needn’t ",
	"will not ",
	"won’t ",
	"That is ",
	"That’s ",
	"Here is ",
	"Here’s ",
	"was not ",
	"wasn’t ",
)

func (w *Phraser) callToAction() string { return Sentence(w.brief.CallToAction) }

// material is what the caller gave, sorted.
type material struct {
	points []Point
	facts  []string // all of them
	loose  []string // facts that belong to no point
	found  []string // sentences of pasted sources, where there is little else
}

// material reads points and facts, and takes sentences out of pasted sources
// where the caller gave little else.
func (w *Phraser) material(english bool) *material {
	m := &material{points: ReadPoints(w.brief.KeyPoints, english)}
	for _, f := range w.brief.Facts {
		if f = strings.TrimLeft(prose.Line(f), "-*•–· "); f != "" {
			if !english || hasVerb(f) {
				f = Sentence(f)
			}
			m.facts = append(m.facts, f)
		}
	}
	if own := len(m.points) + len(m.facts); own < 3 {
		m.found = w.quarry(2 * (w.sections - 1))
	}
	common := prose.Stems(w.topic.line + " " + strings.Join(w.brief.Keywords, " "))
	m.loose = place(m.points, m.facts, common)
	return m
}

// quarry returns the n most informative sentences of the pasted sources, in their
// order.
func (w *Phraser) quarry(n int) []string {
	var all []string
	for _, s := range w.brief.Sources {
		if long := prose.SentenceTexts(prose.Plain(s)); len(long) > 1 {
			all = append(all, long...)
		}
	}
	return Central(all, n)
}

// Central returns the n sentences with the most weight, in their order.
func Central(all []string, n int) []string {
	if n <= 0 || len(all) == 0 {
		return nil
	}
	all = all[:min(len(all), 300)]
	rank := prose.Rank(all)
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank[b], rank[a]) })
	order = order[:min(n, len(order))]
	slices.Sort(order)
	var out []string
	for _, i := range order {
		out = append(out, all[i])
	}
	return out
}

// takeLead removes and returns the fact that opens the text: one with a figure
// that belongs to no point, else the first of three and more.
func (m *material) takeLead() string {
	for i, f := range m.loose {
		if figure(f) && endsSentence(f) {
			m.loose = slices.Delete(slices.Clone(m.loose), i, i+1)
			return f
		}
	}
	if len(m.facts) < 2 {
		return ""
	}
	for i, p := range m.points {
		if len(p.facts) > 0 && p.body != "" && figure(p.facts[0]) && endsSentence(p.facts[0]) {
			m.points[i].facts = p.facts[1:]
			return p.facts[0]
		}
	}
	return ""
}

func figure(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// fit joins neighboring parts until there are at most n.
func (w *Phraser) fit(parts []Part, n int) []Part {
	n = max(n, 1)
	if len(parts) <= n {
		return parts
	}
	var out []Part
	for i := range n {
		from, to := i*len(parts)/n, (i+1)*len(parts)/n
		one := parts[from]
		for _, p := range parts[from+1 : to] {
			one.Points = append(slices.Clone(one.Points), p.Points...)
			one.Text += "\n\n" + orElse(p.joined, p.Text)
		}
		out = append(out, one)
	}
	return out
}

// paragraph puts a sentence and its facts together.
func paragraph(body string, facts []string) string {
	if body == "" {
		return strings.Join(facts, " ")
	}
	if len(facts) == 0 {
		return body
	}
	return body + "\n\n" + strings.Join(facts, " ")
}

// Lines makes a list.
func Lines(items []string) string {
	var b strings.Builder
	for _, s := range items {
		b.WriteString("- " + prose.Capital(s) + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
