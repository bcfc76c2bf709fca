package chat

import (
	"fmt"
	"strings"

	"vellocity/internal/prose"
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
