package check

import (
	"cmp"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// HardSentence is a sentence that is hard to read.
type HardSentence struct {
	Text  string   `json:"text"`
	Words int      `json:"words"`
	Why   []string `json:"why"` // "38 words", "6 long words", "4 commas"
}

// A hard sentence has more words, long words or commas than these.
const (
	manyWords  = 20
	manyCommas = 3
	longWord   = 4 // syllables
	manyLong   = 2
)

// Hardest returns up to n sentences of a plain text that are hardest to read and why, hardest first. Easy
// sentences are not among them.
func Hardest(plain, language string, n int) []HardSentence {
	type rated struct {
		HardSentence
		hard float64
	}
	var all []rated
	for _, r := range prose.Sentences(plain) {
		text := r.In(plain)
		s := rated{HardSentence: HardSentence{Text: prose.Line(text), Why: []string{}}}
		long := 0
		for _, w := range prose.Words(text) {
			s.Words++
			if prose.SyllablesIn(w, language) >= longWord {
				long++
			}
		}
		commas := strings.Count(text, ",") + strings.Count(text, ";")
		if s.Words > manyWords {
			s.Why = append(s.Why, domain.Plural(s.Words, "word"))
		}
		if long > manyLong {
			s.Why = append(s.Why, domain.Plural(long, "long word"))
		}
		if commas > manyCommas {
			s.Why = append(s.Why, domain.Plural(commas, "comma"))
		}
		if s.hard = float64(s.Words) + 4*float64(long) + 2*float64(commas); len(s.Why) > 0 {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b rated) int { return cmp.Compare(b.hard, a.hard) })
	out := make([]HardSentence, 0, n)
	for _, s := range all[:min(n, len(all))] {
		out = append(out, s.HardSentence)
	}
	return out
}
