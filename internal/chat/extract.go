package chat

import (
	"fmt"
	"slices"
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
	asked := prose.Stems(r.Question)
	list, share := fitting(r.Sources, asked)
	lead := " This is what the workspace's texts say:"
	if share > 0 && 2*share < len(asked) { // in scripts without spaces, words are found that are not counted here
		lead = " Nothing in this workspace's texts has most of the question's words. These come closest:"
	}
	var b strings.Builder
	b.WriteString(NoModel + lead + "\n")
	for _, s := range list[:min(len(list), mostExtracts)] {
		fmt.Fprintf(&b, "\n- %s: %s [S%d]", title(s), quoted(s, asked), s.N)
	}
	return b.String(), nil
}

// fitting leaves out the sources that have no more than half as many of the question's words as the best one, and none
// that the better ones lack: they are found for a word that stands everywhere. share is how many the best one has.
func fitting(sources []Source, asked map[string]bool) (list []Source, share int) {
	words := make([][]string, len(sources))
	for i, s := range sources {
		words[i] = shared(s.Title+"\n"+s.Quote, asked)
		share = max(share, len(words[i]))
	}
	good := func(i int) bool { return share < 2 || 2*len(words[i]) > share }
	had := map[string]bool{}
	for i := range sources {
		for _, w := range words[i] {
			had[w] = had[w] || good(i)
		}
	}
	for i, s := range sources {
		if good(i) || slices.ContainsFunc(words[i], func(w string) bool { return !had[w] }) {
			list = append(list, s)
		}
	}
	return list, share
}

// shared returns which of the question's words a text has.
func shared(text string, asked map[string]bool) (words []string) {
	for stem := range prose.Stems(text) {
		if asked[stem] {
			words = append(words, stem)
		}
	}
	return words
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
		if n := len(shared(strings.Join(list[i:i+mostQuoted], " "), asked)); n > best {
			best, at = n, i
		}
	}
	return prose.Clip(strings.Join(list[at:at+mostQuoted], " "), 400)
}
