package compose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/channel"
	"vellocity/internal/prose"
)

// Post writes one post of at most limit characters (500 where it is 0): a
// sentence of the caller to open with, a few more, the call to action, hashtags
// from the keywords. What does not fit is left out, last things first, but the
// call to action stays as long as the opening leaves room for it.
func Post(b Brief, n channel.Network, limit int) string {
	if limit <= 0 {
		limit = 500
	}
	m := n.Manner
	w := NewPhraser(b)
	opening, rest := w.postSentences(n)
	if strings.HasSuffix(opening, ":") {
		m.Listed, m.Lines = true, 4
	}
	cta := w.callToAction()
	post := prose.Clip(opening, limit)
	if with := below(post, cta); size(with) > limit {
		cta = ""
	}
	var lines []string
	for _, s := range rest {
		next := append(slices.Clone(lines), s)
		if len(next) > m.Lines || size(below(below(post, joinLines(m, next)), cta)) > limit {
			break
		}
		lines = next
	}
	post = below(below(post, joinLines(m, lines)), cta)
	for _, tag := range hashtags(b.Keywords, m.Tags) {
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

// postSentences returns the sentence that opens a post and those that may follow.
func (w *Phraser) postSentences(n channel.Network) (opening string, rest []string) {
	english := prose.English(w.brief.Language)
	var own, fragments []string
	for _, f := range w.brief.Facts {
		if line := prose.Line(f); line != "" && (!english || hasVerb(line)) {
			own = append(own, Sentence(line))
		}
	}
	for _, p := range ReadPoints(w.brief.KeyPoints, english) {
		if p.Whole {
			own = append(own, Sentence(p.Text))
		} else {
			fragments = append(fragments, prose.Capital(p.Text))
		}
	}
	own = append(own, Central(prose.SentenceTexts(prose.Plain(w.brief.Material)), max(0, 4-len(own)))...)
	if len(own) == 0 {
		return w.bareOpening(n, english), fragments
	}
	turn := n.Manner.Turn % len(own)
	opening = own[turn]
	return opening, append(append(slices.Clone(own[turn+1:]), own[:turn]...), fragments...)
}

// bareOpening is what a topic alone gives: a question of its frame, or the topic.
func (w *Phraser) bareOpening(n channel.Network, english bool) string {
	switch {
	case !english:
		return Sentence(w.topic.line)
	case w.topic.noun == thisQuestion:
		return w.topic.asked()
	case w.Spoken():
		return Sentence(w.topic.line)
	case len(w.brief.KeyPoints) > 0:
		return w.topic.head + ":"
	}
	return w.Say(w.pick(len(n.Slug), frameOf(w.topic.kind).ask))
}

func joinLines(m channel.Manner, lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	if !m.Listed {
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
		for _, word := range strings.FieldsFunc(k, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’'
		}) {
			b.WriteString(prose.Capital(strings.NewReplacer("'", "", "’", "").Replace(word)))
		}
		tag := "#" + b.String()
		if b.Len() > 0 && !unicode.IsDigit([]rune(tag)[1]) && len(out) < n && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out
}
