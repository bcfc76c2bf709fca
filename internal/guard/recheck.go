package guard

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Earlier is what an earlier check has found in a text.
type Earlier struct {
	Text     string // that the offsets of the findings refer to
	Findings []domain.Finding
}

// Recheck checks a text again, or what an edit has made of it, and applies the policy. It returns what it
// finds and what earlier checks found that still holds and that it cannot see itself: figures, quotations and
// links without support where the support is not known, the limits that the text was written with, and what
// only its execution knew. A finding that was accepted stays accepted while it is about the same words, or
// fewer of them.
func Recheck(in Input, policy domain.GuardrailPolicy, earlier ...Earlier) []domain.Finding {
	if in.MinWords == 0 && in.MaxWords == 0 {
		in.MinWords, in.MaxWords = wordLimits(earlier)
	}
	out := Apply(in, Check(in), policy).Findings
	for i := range out {
		out[i].Accepted = acceptance(in.Text, out[i], earlier)
	}
	seen := len(out)
	for _, e := range earlier {
		for _, f := range kept(in, e) {
			f.Step = in.Step
			out = added(in.Text, out, seen, f)
		}
	}
	return out
}

// added adds a finding that was kept. Two of the same kind become one.
func added(text string, out []domain.Finding, seen int, f domain.Finding) []domain.Finding {
	if domain.FindingByID(out, f.ID) >= 0 {
		return out
	}
	for i := seen; i < len(out); i++ {
		if g := out[i]; g.Guardrail == f.Guardrail && g.Message == f.Message && g.Action == f.Action &&
			g.Accepted == nil && f.Accepted == nil && len(f.Matches) > 0 {
			g.Matches = append(slices.Clone(g.Matches), f.Matches...)
			slices.SortFunc(g.Matches, func(a, b domain.Match) int { return cmp.Or(a.Start-b.Start, a.End-b.End) })
			g.Matches = slices.Compact(g.Matches)
			g.ID = identify(g, digest(wordsOf([]rune(text), g)...))
			out[i] = capped(g)
			return out
		}
	}
	return append(out, f)
}

// Identified returns findings of a text that all have an id.
func Identified(text string, findings []domain.Finding) []domain.Finding {
	if !slices.ContainsFunc(findings, func(f domain.Finding) bool { return f.ID == "" }) {
		return findings
	}
	out, runes := slices.Clone(findings), []rune(text)
	for i, f := range out {
		if f.ID == "" {
			out[i].ID = identify(f, digest(wordsOf(runes, f)...))
		}
	}
	return out
}

func wordLimits(earlier []Earlier) (least, most int) {
	for _, e := range earlier {
		for _, f := range e.Findings {
			if f.MinWords > 0 || f.MaxWords > 0 {
				return f.MinWords, f.MaxWords
			}
		}
	}
	return 0, 0
}

// kept returns the earlier findings that still hold and that a check of the text does not see.
func kept(in Input, e Earlier) (out []domain.Finding) {
	list := slices.DeleteFunc(slices.Clone(e.Findings), func(f domain.Finding) bool { return !unseen(in, f) })
	if len(list) == 0 {
		return nil
	}
	runes := []rune(e.Text)
	now := sync.OnceValue(func() *place { return newPlace(in.Text) })
	for _, f := range Identified(e.Text, list) {
		if f, holds := still(in, e, runes, now, f); holds {
			out = append(out, f)
		}
	}
	return out
}

// still returns what of an earlier finding still holds.
func still(
	in Input, e Earlier, text []rune, now func() *place, f domain.Finding,
) (domain.Finding, bool) {
	switch {
	case len(f.Matches) > 0:
		if aboutSupport(f.Guardrail) && len(in.Support) > 0 {
			f = unsupportedPart(in, text, f)
		}
		if in.Text != e.Text {
			f = now().moved(text, f)
		}
		return f, len(f.Matches) > 0
	case aboutSupport(f.Guardrail):
		return f, inField(in, f)
	}
	// Where a text was cut off, nobody has written its end unless there is more of it now.
	return f, len(in.Text) <= len(e.Text)+leastEnd
}

// inField reports whether a finding about the title or a meta field holds for what is there now.
func inField(in Input, f domain.Finding) bool {
	in.SupportUnknown, in.Edited = false, false
	for _, t := range fields(in) {
		if !strings.HasPrefix(f.Message, "In the "+t.field+": ") {
			continue
		}
		for _, g := range Guardrails() {
			if g.Slug == f.Guardrail && len(g.check(t)) > 0 {
				return true
			}
		}
	}
	return false
}

// leastEnd is how many bytes the end of a text that was cut off has at least.
const leastEnd = 20

// unseen reports whether a check of the input cannot find a finding again although it may hold.
func unseen(in Input, f domain.Finding) bool {
	switch {
	case f.Action == domain.ActionRetried:
		return false
	case f.Action == domain.ActionRedacted:
		return true
	case aboutSupport(f.Guardrail):
		return in.unknownSupport() &&
			(f.Guardrail != "unsupported-links" || strings.Contains(f.Message, noSource))
	case f.Guardrail == "length-format":
		return f.CutOff()
	}
	return !slices.ContainsFunc(Guardrails(), func(g Guardrail) bool { return g.Slug == f.Guardrail })
}

// aboutSupport are the guardrails that compare a text with what it may rest on.
func aboutSupport(slug string) bool {
	return slug == "unsupported-numbers" || slug == "unsupported-quotes" || slug == "unsupported-links"
}

// unsupportedPart returns the finding without the places whose words the support now has.
func unsupportedPart(in Input, text []rune, f domain.Finding) domain.Finding {
	support := strings.Join(in.Support, "\n")
	var left []domain.Match
	for _, m := range f.Matches {
		if words := wordsAt(text, m); words == "" || !supported(f.Guardrail, words, support) {
			left = append(left, m)
		}
	}
	if len(left) < len(f.Matches) {
		f.Matches, f.Total = left, 0
		f.ID = identify(f, digest(wordsOf(text, f)...))
	}
	return f
}

func supported(guardrail, words, support string) bool {
	switch guardrail {
	case "unsupported-numbers":
		given := amountsIn(support)
		for _, g := range figures(words) {
			if !given.has(g, words) {
				return false
			}
		}
		for _, g := range numberWords(words) {
			if !given.hasSpelled(g) {
				return false
			}
		}
		return true
	case "unsupported-quotes":
		return strings.Contains(" "+plainWords(support)+" ", " "+plainWords(words)+" ")
	}
	return linkFault(withScheme(words, prose.Range{End: len(words)}), strings.ToLower(support), false) == ""
}

// acceptance returns who accepted the same finding, or one about more words of the same kind; nil: nobody.
func acceptance(text string, f domain.Finding, earlier []Earlier) *domain.Acceptance {
	for _, e := range earlier {
		for _, g := range e.Findings {
			if g.Accepted == nil || g.Guardrail != f.Guardrail {
				continue
			}
			if g.ID == f.ID || withoutDigits(g.Message) == withoutDigits(f.Message) &&
				covers(wordsOf([]rune(e.Text), g), wordsOf([]rune(text), f)) {
				return g.Accepted
			}
		}
	}
	return nil
}

func covers(all, some []string) bool {
	for _, s := range some {
		if !slices.Contains(all, s) {
			return false
		}
	}
	return len(some) > 0 && len(some) < domain.MostMatches
}

func wordsOf(text []rune, f domain.Finding) []string {
	out := make([]string, 0, len(f.Matches))
	for _, m := range f.Matches {
		out = append(out, wordsAt(text, m))
	}
	return out
}

// wordsAt returns what stands at a place; "" where the text has no such place.
func wordsAt(text []rune, m domain.Match) string {
	if m.Start < 0 || m.Start > m.End || m.End > len(text) {
		return ""
	}
	return string(text[m.Start:m.End])
}

// place finds words of an earlier text in the present one.
type place struct {
	bare   string // the text with its code blanked
	points *prose.Points
}

func newPlace(text string) *place {
	return &place{newTarget(Input{Text: text}).bare, prose.NewPoints(text)}
}

// moved returns the finding with the places where its words stand now; with none, it no longer holds.
func (p *place) moved(text []rune, f domain.Finding) domain.Finding {
	var now []domain.Match
	seen := map[string]bool{}
	var there []string // the words that are still there
	for _, m := range f.Matches {
		words := wordsAt(text, m)
		if strings.TrimSpace(words) == "" || seen[words] {
			continue
		}
		seen[words] = true
		found := p.find(words)
		if len(found) > 0 {
			there = append(there, words)
		}
		for _, r := range found {
			now = append(now, domain.Match{Start: p.points.At(r.Start), End: p.points.At(r.End), Text: m.Text})
		}
	}
	slices.SortFunc(now, func(a, b domain.Match) int { return a.Start - b.Start })
	f.Matches, f.Total = now, 0
	if len(there) < len(seen) && f.Action != domain.ActionRedacted {
		f.ID = identify(f, digest(there...))
	}
	return capped(f)
}

// find returns where words stand outside of code.
func (p *place) find(words string) (out []prose.Range) {
	for from := 0; len(out) <= domain.MostMatches; {
		i := strings.Index(p.bare[from:], words)
		if i < 0 {
			break
		}
		r := prose.Range{Start: from + i, End: from + i + len(words)}
		if wholeWords(p.bare, r) {
			out = append(out, r)
		}
		from = r.End
	}
	return out
}
