package eval

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

// measure measures a page by its brief. The same page always gets the same figures.
func measure(b Brief, p page, t *Text) {
	plain := prose.Plain(p.body)
	whole := p.title + "\n\n" + plain
	t.Measures = Measures{
		Words:    prose.CountWords(plain),
		Facts:    len(b.facts()),
		Repeated: repeated(plain),
	}
	parts := passages(whole)
	for _, f := range b.facts() {
		if slices.ContainsFunc(parts, func(passage string) bool { return uses(passage, f) }) {
			t.FactsUsed++
		} else {
			t.Missing = append(t.Missing, f)
		}
	}
	t.LengthError = percent(t.Words-b.Settings.WordCount, b.Settings.WordCount)
	found := guard.Check(guardInput(b, p, t.Way))
	t.Findings = len(found)
	for _, f := range found {
		t.Messages = append(t.Messages, f.Guardrail+": "+f.Message)
		switch f.Guardrail {
		case "unsupported-numbers", "unsupported-quotes", "unsupported-links":
			t.Invented += max(1, f.Places())
		case "banned-terms", "brand-terms":
			t.VoiceBroken += max(1, f.Places())
		case "stock-phrases":
			t.Stock += max(1, f.Places())
		}
	}
}

func percent(part, of int) int { return int(math.Round(100 * float64(part) / float64(of))) }

// guardInput is what generate-blog-post checks: a composed text is as long as its brief
// allows, so it has no lower bound.
func guardInput(b Brief, p page, way Way) guard.Input {
	in := guard.Input{
		Text:       p.body,
		Title:      p.title,
		Type:       domain.ContentBlog,
		Language:   b.Settings.Language,
		MaxWords:   b.Settings.WordCount * 13 / 10,
		BrandVoice: b.brandVoice(),
		Support:    b.support(),
		Allowed:    []string{b.Settings.CallToAction},
	}
	if way != Composer {
		in.MinWords = b.Settings.WordCount / 2
	}
	return in
}

// together is how many sentences in a row may say one fact.
const together = 3

// passages returns what is compared with a fact: each few sentences in a row.
func passages(text string) []string {
	all := prose.SentenceTexts(text)
	out := []string{}
	for i := range max(1, len(all)-together+1) {
		out = append(out, strings.Join(all[i:min(i+together, len(all))], "\n"))
	}
	return out
}

// uses reports whether a passage says a fact, as far as words show: it has all figures of
// the fact and a third of its words, or half the words of a fact without figures.
func uses(passage, fact string) bool {
	have, given := figures(passage), figures(fact)
	for f := range given {
		if !have[f] {
			return false
		}
	}
	words, share := terms(fact), 2
	if len(given) > 0 {
		share = 3
	}
	said, shared := terms(passage), 0
	for w := range words {
		if said[w] {
			shared++
		}
	}
	return share*shared >= len(words)
}

var figure = regexp.MustCompile(`\d+(?:[.,:'’\x{a0}\x{202f}]\d+)*`)

// figures returns the figures of a text as their digits alone, so that 1,500 and 1.500
// are the same.
func figures(text string) map[string]bool {
	set := map[string]bool{}
	for _, f := range figure.FindAllString(text, -1) {
		set[strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, f)] = true
	}
	return set
}

// terms returns what the words of a text are compared by: their stems, or pairs of
// characters where a script has no spaces.
func terms(text string) map[string]bool {
	if !prose.Unspaced(text) {
		return prose.Stems(text)
	}
	set, words := map[string]bool{}, prose.Words(text)
	for i := 1; i < len(words); i++ {
		set[words[i-1]+words[i]] = true
	}
	return set
}

// runLength is how many words in a row make a repetition; characters are words where a
// script has no spaces, and say less.
const runLength, unspacedRun = 8, 20

// repeated counts the words that stand in a run which the text has said before.
func repeated(text string) (count int) {
	n := runLength
	if prose.Unspaced(text) {
		n = unspacedRun
	}
	words := prose.Words(prose.Fold(text))
	seen, counted := map[string]bool{}, 0 // words before counted are in the count already
	for i := 0; i+n <= len(words); i++ {
		run := strings.Join(words[i:i+n], " ")
		if seen[run] {
			count += i + n - max(i, counted)
			counted = i + n
		}
		seen[run] = true
	}
	return count
}
