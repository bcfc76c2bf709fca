package compose

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"vellocity/internal/channel"
	"vellocity/internal/prose"
)

// Post is a post for a network.
type Post struct {
	Text   string
	Unused []Unused // what did not fit, whole or in part
}

// NewPost builds a post of at most limit characters, as the network counts them (500
// where it is 0): what it is about, what has a date or a place, the rest in the
// caller's order, the call to action, hashtags from the keywords. Sentences are never
// cut; the call to action is the last to be left out.
func NewPost(b Brief, n channel.Network, limit int) Post {
	p := newPoster(b, n, limit)
	p.open()
	for _, st := range p.rest {
		p.add(st)
	}
	out := p.text(p.lines)
	if out == "" {
		out = p.clipped()
	}
	for _, tag := range hashtags(b.Keywords, n.Manner.Tags) {
		sep := " "
		if !strings.Contains(out[strings.LastIndexByte(out, '\n')+1:], "#") {
			sep = "\n\n"
		}
		if n.Count(out+sep+tag) <= p.limit {
			out += sep + tag
		}
	}
	return Post{out, p.unused}
}

// poster builds one post.
type poster struct {
	network  channel.Network
	limit    int
	language string
	topic    string
	short    string // the topic in fewer words; "" for none
	lead     string // what the post begins with
	leading  bool   // lead is a sentence of the caller rather than the topic
	rest     []statement
	lines    []string
	cta      string
	unused   []Unused
}

func newPoster(b Brief, n channel.Network, limit int) *poster {
	all := given(b)
	passages, unused := quarry(b, all)
	all = append(all, passages...)
	topic := (&assembler{}).title(b.Topic, len(b.KeyPoints))
	return &poster{
		network: n, language: tag(b.Language), limit: cmp.Or(max(0, limit), 500),
		topic: topic, short: shorten(topic, tag(b.Language), 60),
		rest: datesFirst(all, b), cta: Sentence(b.CallToAction),
		unused: unused,
	}
}

// datesFirst puts statements with a date or a place before the others.
func datesFirst(all []statement, b Brief) []statement {
	where := load().words[tag(b.Language)].Slots["where"].Cues
	var first, rest []statement
	for _, st := range all {
		if st.words.holds("date") || st.words.holds("weekday") || where.score(st.words) >= 2 {
			first = append(first, st)
		} else {
			rest = append(rest, st)
		}
	}
	return append(first, rest...)
}

// open chooses what the post begins with: a sentence of the caller that says what the
// topic says, else the topic, shortened where there is little room. What the call to
// action needs is kept free.
func (p *poster) open() {
	if p.cta != "" && p.network.Count(p.cta) > p.limit {
		p.without(statement{refs: []string{"call_to_action"}}, p.cta)
		p.cta = ""
	}
	topic := stems(p.topic)
	best, most := -1, 0.6
	for i, st := range p.rest {
		if o := covers(st.stems, topic); o > most && st.whole() && !asks(st.text) && p.fits(Sentence(st.text), nil) {
			best, most = i, o
		}
	}
	if best >= 0 {
		p.lead, p.leading = Sentence(p.rest[best].text), true
		p.rest = slices.Delete(p.rest, best, best+1)
		return
	}
	for _, lead := range []string{p.topic, p.short} {
		if lead != "" && p.fits(lead, nil) {
			p.lead = lead
			return
		}
	}
}

// clipped is as much of the topic as fits, where nothing else does.
func (p *poster) clipped() string {
	for n := p.limit; n > 0; n-- {
		if s := prose.Clip(p.topic, n); p.network.Count(s) <= p.limit {
			return s
		}
	}
	return ""
}

func (p *poster) fits(lead string, lines []string) bool {
	was := p.lead
	p.lead = lead
	defer func() { p.lead = was }()
	return p.network.Count(p.text(lines)) <= p.limit
}

// add takes a statement, or as many of its first sentences as fit.
func (p *poster) add(st statement) {
	whole := p.line(st.text)
	if p.fits(p.lead, append(slices.Clone(p.lines), whole)) {
		p.lines = append(p.lines, whole)
		return
	}
	for n := len(st.sentences) - 1; n > 0; n-- {
		part := together(st.sentences[:n]...)
		if asks(part) || !p.fits(p.lead, append(slices.Clone(p.lines), part)) {
			continue
		}
		p.lines = append(p.lines, part)
		p.without(st, together(st.sentences[n:]...))
		return
	}
	p.without(st, st.text)
}

// without names a statement, or what of it is left, as unused.
func (p *poster) without(st statement, text string) {
	reason := unusedWords(p.language, "long", p.limit)
	p.unused = append(p.unused, st.left(text, reason)...)
}

// line is a statement as a line of the post. In a list, what nobody ended stays so.
func (p *poster) line(s string) string {
	if shape := p.network.Manner.Shape; shape == channel.ShapeList || shape == channel.ShapeSpaced {
		return capital(s)
	}
	return Sentence(s)
}

// text puts the post together without its hashtags.
func (p *poster) text(lines []string) string {
	body := p.body(lines)
	if p.network.Manner.Shape != channel.ShapeRun {
		return joined("\n\n", p.lead, body, p.cta)
	}
	head := p.lead
	switch {
	case p.leading || head == "":
	case len(lines) > 0 && !strings.ContainsAny(head+lines[0], ":：") && !endsSentence(head):
		return joined(" ", head+colon(p.language)+body, p.cta)
	default:
		head = Sentence(head)
	}
	return together(head, body, p.cta)
}

func (p *poster) body(lines []string) string {
	switch p.network.Manner.Shape {
	case channel.ShapeList:
		if len(lines) > 1 {
			return "• " + strings.Join(lines, "\n• ")
		}
	case channel.ShapeLines:
		return strings.Join(lines, "\n")
	case channel.ShapeSpaced:
		return strings.Join(lines, "\n\n")
	case channel.ShapeParagraphs:
		var out []string
		for pair := range slices.Chunk(lines, 3) {
			out = append(out, together(pair...))
		}
		return strings.Join(out, "\n\n")
	case channel.ShapeRun:
	}
	return together(lines...)
}

// joined puts texts together and leaves empty ones out.
func joined(sep string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), sep)
}

// hashtags makes tags of keywords: SharedInbox out of "shared inbox". What has capitals
// keeps them.
func hashtags(keywords []string, n int) []string {
	var out []string
	for _, k := range keywords {
		var b strings.Builder
		for _, word := range strings.FieldsFunc(k, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’'
		}) {
			b.WriteString(capital(strings.NewReplacer("'", "", "’", "").Replace(word)))
		}
		tag := "#" + b.String()
		if b.Len() > 0 && !unicode.IsDigit([]rune(tag)[1]) && len(out) < n && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out
}
