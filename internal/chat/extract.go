package chat

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"vellocity/internal/prose"
	"vellocity/internal/search"
)

const (
	// NoModel begins an answer that no model wrote.
	NoModel = "No model is connected, so this is not a written answer."
	// mostExtracts is how many passages such an answer quotes, and mostQuoted how many sentences of each.
	mostExtracts, mostQuoted = 4, 2
)

// extracts is the answer without a model: what the passages say about the question, word for word.
func (r Request) extracts() (string, error) {
	if len(r.Sources) == 0 {
		return NoModel + " Nothing in this workspace's texts fits the question. Connect a model to get answers " +
			"beyond those texts.", nil
	}
	var b strings.Builder
	b.WriteString(NoModel + " This is what the workspace's texts say:\n")
	asked := prose.Stems(r.Question)
	for _, s := range r.Sources[:min(len(r.Sources), mostExtracts)] {
		fmt.Fprintf(&b, "\n- %s: %s [S%d]", title(s), quoted(s, asked), s.N)
	}
	return b.String(), nil
}

func title(s Source) string {
	return strings.NewReplacer("[", "(", "]", ")").Replace(prose.Line(s.Title))
}

// quoted is the sentences of a source that have most of the question's words, in their order.
func quoted(s Source, asked map[string]bool) string {
	plain := prose.Line(prose.Plain(s.Quote))
	list := prose.SentenceTexts(plain)
	if len(list) <= mostQuoted {
		return prose.Clip(plain, 400)
	}
	best, at := -1, 0
	for i := range len(list) - mostQuoted + 1 {
		shared := 0
		for stem := range prose.Stems(strings.Join(list[i:i+mostQuoted], " ")) {
			if asked[stem] {
				shared++
			}
		}
		if shared > best {
			best, at = shared, i
		}
	}
	return prose.Clip(strings.Join(list[at:at+mostQuoted], " "), 400)
}

// Verified returns a passage as a source, with the exact words of the text that it is of. It reports false where the
// text does not say at that place what the passage says: it may have changed since the search looked at it.
func Verified(p search.Passage, body string) (Source, bool) {
	runes := []rune(body)
	start, end := p.Point, p.Point+utf8.RuneCountInString(p.Text)
	if start < 0 || end > len(runes) || start >= end {
		return Source{}, false
	}
	words := string(runes[start:end])
	if prose.Line(words) != prose.Line(p.Text) {
		return Source{}, false
	}
	return Source{Start: start, End: end, Title: p.Title, Heading: p.Heading, Quote: words}, true
}
