package guard

import (
	"slices"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// mask is what of a text must not be repeated, in code points: secrets and personal data.
type mask struct {
	hidden []bool // nil: nothing
	runes  []rune
	words  []string // different ones that are hidden
	spread bool     // wherever they stand
}

// mostHidden is how many different secrets of one text are looked for in all of it, so that the cost stays
// linear in the text. Each place that was found is hidden anyway.
const mostHidden = 20

// add hides the places of findings.
func (m *mask) add(t *target, found []domain.Finding) {
	for _, f := range found {
		for _, p := range f.Matches {
			if m.hidden == nil {
				m.runes = []rune(t.Text)
				m.hidden = make([]bool, len(m.runes))
			}
			for i := p.Start; i < p.End; i++ {
				m.hidden[i] = true
			}
			if w := wordsAt(m.runes, p); len(m.words) < mostHidden && len(w) > 3 && !slices.Contains(m.words, w) {
				m.words = append(m.words, w)
			}
		}
	}
}

// apply masks in findings what is hidden. A claim or a figure that is a part of it is no finding of its own.
func (m *mask) apply(t *target, guardrail string, found []domain.Finding) []domain.Finding {
	if m.hidden == nil {
		return found
	}
	if !m.spread && len(found) > 0 {
		m.spread = true
		m.everywhere(t.Text)
	}
	own := guardrail == "unsupported-numbers" || guardrail == "regulated-claims"
	var out []domain.Finding
	for _, f := range found {
		touched := false
		places := slices.Clone(f.Matches)
		for i, p := range places {
			if slices.Contains(m.hidden[p.Start:p.End], true) {
				touched = true
				places[i].Text = shortened(m.shown(p))
			}
		}
		if !touched {
			out = append(out, f)
			continue
		}
		if own {
			places = slices.DeleteFunc(
				places,
				func(p domain.Match) bool { return slices.Contains(m.hidden[p.Start:p.End], true) },
			)
		}
		if len(places) == 0 {
			continue
		}
		f.Matches = places
		if own {
			f.ID = digest(wordsOf(m.runes, f)...)
		}
		out = append(out, f)
	}
	return out
}

// everywhere hides the same words at the places where no rule took them for what they are.
func (m *mask) everywhere(text string) {
	for _, w := range m.words {
		points := prose.NewPoints(text)
		for from := 0; ; {
			i := strings.Index(text[from:], w)
			if i < 0 {
				break
			}
			from += i
			start := points.At(from)
			for k := range utf8.RuneCountInString(w) {
				m.hidden[min(start+k, len(m.hidden)-1)] = true
			}
			from += len(w)
		}
	}
}

// shown returns the words of a place with what is hidden as dots.
func (m *mask) shown(p domain.Match) string {
	out := slices.Clone(m.runes[p.Start:p.End])
	for i := range out {
		if m.hidden[p.Start+i] {
			out[i] = '•'
		}
	}
	return string(out)
}
