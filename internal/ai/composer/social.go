package composer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/ai"
	"vellocity/internal/prose"
)

// manner is how posts on a network are built.
type manner struct {
	points  int  // lines below the first
	listed  bool // as a list rather than a sentence
	tags    int
	ownTurn int // which of the caller's sentences opens, so that networks differ
}

func mannerOf(channel string) manner {
	switch channel {
	case "linkedin":
		return manner{points: 3, listed: true, tags: 3}
	case "facebook":
		return manner{points: 2, tags: 0, ownTurn: 1}
	case "instagram":
		return manner{points: 3, listed: true, tags: 5, ownTurn: 1}
	case "x":
		return manner{points: 1, tags: 1, ownTurn: 0}
	case "bluesky":
		return manner{points: 1, tags: 1, ownTurn: 1}
	case "threads":
		return manner{points: 1, tags: 1, ownTurn: 2}
	case "mastodon":
		return manner{points: 2, tags: 3, ownTurn: 2}
	}
	return manner{points: 2, tags: 1}
}

// social writes one post for b.Channel of at most b.MaxChars characters: a
// sentence of the caller to open with, a few more, the call to action, hashtags
// from the keywords. What does not fit is left out, last things first, but the
// call to action stays as long as the opening leaves room for it.
func social(b ai.Brief) string {
	limit := b.MaxChars
	if limit <= 0 {
		limit = 500
	}
	m := mannerOf(b.Channel)
	w := newWriter(b)
	opening, rest := w.postSentences(m)
	if strings.HasSuffix(opening, ":") {
		m.listed, m.points = true, 4
	}
	cta := w.callToAction()
	post := prose.Clip(opening, limit)
	if with := below(post, cta); size(with) > limit {
		cta = ""
	}
	var lines []string
	for _, s := range rest {
		next := append(slices.Clone(lines), s)
		if len(next) > m.points || size(below(below(post, m.join(next)), cta)) > limit {
			break
		}
		lines = next
	}
	post = below(below(post, m.join(lines)), cta)
	for _, tag := range hashtags(b.Keywords, m.tags) {
		sep := " "
		if !strings.Contains(lastLine(post), "#") {
			sep = "\n\n"
		}
		if size(post+sep+tag) <= limit {
			post += sep + tag
		}
	}
	return post
}

// posted is a post in the caller's voice, which may have made it longer.
func posted(b ai.Brief) string {
	post := voiced(social(b), b.Voice)
	for limit := b.MaxChars; b.MaxChars > 0 && size(post) > b.MaxChars && limit > 40; limit -= 20 {
		shorter := b
		shorter.MaxChars = limit
		post = voiced(social(shorter), b.Voice)
	}
	return post
}

// postSentences returns the sentence that opens a post and those that may follow.
func (w *writer) postSentences(m manner) (opening string, rest []string) {
	english := prose.English(w.brief.Language)
	var own, fragments []string
	for _, f := range w.brief.Facts {
		if line := prose.Line(f); line != "" && (!english || hasVerb(line)) {
			own = append(own, sentence(line))
		}
	}
	for _, p := range readPoints(w.brief.KeyPoints, english) {
		if p.whole {
			own = append(own, sentence(p.text))
		} else {
			fragments = append(fragments, prose.Capital(p.text))
		}
	}
	own = append(own, central(prose.SentenceTexts(prose.Plain(w.brief.Text)), max(0, 4-len(own)))...)
	if len(own) == 0 {
		return w.bareOpening(english), fragments
	}
	turn := m.ownTurn % len(own)
	opening = own[turn]
	return opening, append(append(slices.Clone(own[turn+1:]), own[:turn]...), fragments...)
}

// bareOpening is what a topic alone gives: a question of its frame, or the topic.
func (w *writer) bareOpening(english bool) string {
	switch {
	case !english:
		return sentence(w.topic.line)
	case w.topic.noun == thisQuestion:
		return w.topic.asked()
	case w.spoken():
		return sentence(w.topic.line)
	case len(w.brief.KeyPoints) > 0:
		return w.topic.head + ":"
	}
	channel := len(w.brief.Channel)
	return w.say(w.pick(channel, frameOf(w.topic.kind).ask))
}

func (m manner) join(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	if !m.listed {
		return strings.Join(lines, " ")
	}
	return "• " + strings.Join(lines, "\n• ")
}

func below(a, b string) string {
	if b == "" {
		return a
	}
	return a + "\n\n" + b
}

func size(s string) int { return utf8.RuneCountInString(s) }

func lastLine(s string) string { return s[strings.LastIndexByte(s, '\n')+1:] }

// hashtags makes tags of keywords: SharedInbox out of "shared inbox".
func hashtags(keywords []string, n int) []string {
	var out []string
	for _, k := range keywords {
		var b strings.Builder
		for _, word := range strings.FieldsFunc(k, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' }) {
			b.WriteString(prose.Capital(strings.NewReplacer("'", "", "’", "").Replace(word)))
		}
		tag := "#" + b.String()
		if b.Len() > 0 && !unicode.IsDigit([]rune(tag)[1]) && len(out) < n && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out
}
