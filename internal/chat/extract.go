package chat

import (
	"fmt"
	"strings"
	"unicode/utf8"

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

// Paragraphs cuts the text of an item into its passages that have some of a question's words. The more of them a
// passage has, the higher its score; those of its heading count half. Title and id are the caller's to set.
func Paragraphs(body, question string) (list []Passage) {
	asked := prose.Stems(question)
	shared := func(text string) (n float64) {
		for stem := range prose.Stems(text) {
			if asked[stem] {
				n++
			}
		}
		return n
	}
	heading, titled := "", 0.0
	var block strings.Builder
	at, begin := 0, 0 // of the line, and of the block
	end := func() {
		whole := block.String()
		block.Reset()
		text := strings.TrimSpace(whole)
		n := shared(text)
		if n == 0 {
			return
		}
		start := begin + utf8.RuneCountInString(whole[:strings.Index(whole, text)])
		list = append(list, Passage{
			Kind: PassageItem, Heading: heading, Text: text, Start: start, End: start + utf8.RuneCountInString(text),
			Score: n + titled/2,
		})
	}
	for line := range strings.SplitAfterSeq(body, "\n") {
		text := strings.TrimSpace(line)
		title, isHeading := strings.CutPrefix(text, "#")
		switch {
		case isHeading:
			end()
			heading = prose.Line(prose.Plain(strings.TrimLeft(title, "#")))
			titled = shared(heading)
		case text == "":
			end()
		default:
			if block.Len() == 0 {
				begin = at
			}
			block.WriteString(line)
		}
		at += utf8.RuneCountInString(line)
	}
	end()
	return list
}

// Verified returns a passage as a source, with the exact words of the text that it is of. It reports false where the
// text does not say at that place what the passage says: it may have changed since the search looked at it.
func Verified(p Passage, body string) (Source, bool) {
	runes := []rune(body)
	if p.Start < 0 || p.End > len(runes) || p.Start >= p.End {
		return Source{}, false
	}
	words := string(runes[p.Start:p.End])
	if prose.Line(words) != prose.Line(p.Text) {
		return Source{}, false
	}
	return Source{Start: p.Start, End: p.End, Title: p.Title, Heading: p.Heading, Quote: words}, true
}
