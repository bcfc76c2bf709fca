package guard

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/voice"
)

// Outcome is a text after a policy was applied.
type Outcome struct {
	Text string
	// Findings carry the action taken; their offsets refer to Text.
	Findings []domain.Finding
	// Retry are the findings for which the policy asks for one more attempt, which
	// gets their messages. They are in Findings too, in case none is made.
	Retry []domain.Finding
}

// Apply applies a policy: redact replaces the text, block makes a finding blocking, and
// flag makes it a warning at most. Findings that are only information are not retried.
// A guardrail that the policy does not name uses its default. The findings that it
// returns list at most [domain.MostMatches] places each.
func Apply(in Input, findings []domain.Finding, policy domain.GuardrailPolicy) Outcome {
	out := Outcome{Text: in.Text, Findings: []domain.Finding{}}
	var cuts []cut
	for _, f := range findings {
		f.Matches = slices.Clone(f.Matches)
		action := policyFor(policy, f.Guardrail)
		switch action {
		case Block:
			f.Severity, f.Action = domain.SeverityBlocking, domain.ActionBlocked
		case Redact:
			f = redacted(in, f, &cuts)
		case Flag:
			f = flagged(f)
		case Retry:
			if f.Severity == domain.SeverityInfo {
				break // not worth another attempt
			}
			if f.Severity == domain.SeverityBlocking {
				f.Action = domain.ActionBlocked
			}
			out.Retry = append(out.Retry, f)
		}
		out.Findings = append(out.Findings, f)
	}
	out.Text = apply(in.Text, cuts, out.Findings)
	for _, list := range [][]domain.Finding{out.Findings, out.Retry} {
		for i := range list {
			list[i] = capped(list[i])
		}
	}
	return out
}

// Fixed returns the findings in before that are not in after, as retried: the second
// attempt fixed them. They have no offsets.
func Fixed(before, after []domain.Finding) []domain.Finding {
	var out []domain.Finding
	for _, b := range before {
		still := slices.ContainsFunc(after, func(a domain.Finding) bool {
			return a.Guardrail == b.Guardrail && a.Message == b.Message
		})
		if !still {
			b.Action, b.Severity, b.Matches = domain.ActionRetried, domain.SeverityInfo, []domain.Match{}
			b.ID, b.Total = "", 0
			b.Message += " A second attempt fixed it."
			out = append(out, b)
		}
	}
	return out
}

// WithoutRedaction returns the policy for a check that changes no text: what it would
// redact blocks instead.
func WithoutRedaction(policy domain.GuardrailPolicy) domain.GuardrailPolicy {
	out := domain.GuardrailPolicy{}
	for _, g := range Guardrails() {
		if out[g.Slug] = policyFor(policy, g.Slug); out[g.Slug] == Redact {
			out[g.Slug] = Block
		}
	}
	return out
}

func policyFor(policy domain.GuardrailPolicy, slug string) string {
	if p := policy[slug]; slices.Contains(Policies(), p) {
		return p
	}
	for _, g := range Guardrails() {
		if g.Slug == slug {
			return g.Default
		}
	}
	return Flag
}

func flagged(f domain.Finding) domain.Finding {
	f.Action = domain.ActionFlagged
	if f.Severity == domain.SeverityBlocking {
		f.Severity = domain.SeverityWarning
	}
	return f
}

// cut is a range of the text, in code points, and its replacement.
type cut struct {
	start, end int
	with       string
}

// redacted adds the cuts of a finding. One without a place cannot be redacted: it keeps
// its severity, and blocks if that is blocking.
func redacted(in Input, f domain.Finding, cuts *[]cut) domain.Finding {
	if len(f.Matches) == 0 {
		if f.Severity == domain.SeverityBlocking {
			f.Action = domain.ActionBlocked
		}
		return f
	}
	f.Action = domain.ActionRedacted
	f.ID = identify(f, "") // an id of the words would tell them to who guesses
	for _, m := range f.Matches {
		*cuts = append(*cuts, cut{m.Start, m.End, replacement(in, f.Guardrail, m.Text)})
	}
	return f
}

func replacement(in Input, guardrail, text string) string {
	if guardrail == "brand-terms" && in.BrandVoice != nil {
		for _, t := range in.BrandVoice.PreferredTerms {
			if voice.Find(prose.NewIndex(text), t.InsteadOf, voice.LanguageOf(in.Language, *in.BrandVoice, in.Text)).Len() == 1 {
				return t.Use
			}
		}
	}
	return "[redacted]"
}

// apply cuts the text and moves the offsets of all findings.
func apply(text string, cuts []cut, findings []domain.Finding) string {
	if len(cuts) == 0 {
		return text
	}
	cuts = merge(cuts)
	runes := []rune(text)
	var b strings.Builder
	last := 0
	for _, c := range cuts {
		b.WriteString(string(runes[last:c.start]))
		b.WriteString(c.with)
		last = c.end
	}
	b.WriteString(string(runes[last:]))
	after := b.String()
	points := []rune(after)
	shift := make([]int, len(cuts)+1) // how far what follows the cuts so far has moved
	for i, c := range cuts {
		shift[i+1] = shift[i] + c.grows()
	}
	for i, f := range findings {
		if f.Action != domain.ActionRedacted {
			f = uncut(f, cuts)
		}
		for j, m := range f.Matches {
			f.Matches[j] = moved(m, cuts, shift, points)
		}
		if len(f.Matches) > 0 && f.Action != domain.ActionRedacted { // a cut may have changed its words
			f.ID = identify(f, digest(wordsOf(points, f)...))
		}
		findings[i] = f
	}
	return after
}

// uncut returns a finding without the places that others have cut; where they have cut all, it is redacted too.
func uncut(f domain.Finding, cuts []cut) domain.Finding {
	left := slices.DeleteFunc(slices.Clone(f.Matches), func(m domain.Match) bool {
		i := sort.Search(len(cuts), func(i int) bool { return cuts[i].end >= m.End })
		return i < len(cuts) && cuts[i].start <= m.Start
	})
	switch {
	case len(left) == 0 && len(f.Matches) > 0:
		f.Action, f.ID = domain.ActionRedacted, identify(f, "")
	default:
		f.Matches = left
	}
	return f
}

// merge joins overlapping cuts, so that each place is replaced once.
func merge(cuts []cut) []cut {
	slices.SortFunc(cuts, func(a, b cut) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	out := cuts[:1]
	for _, c := range cuts[1:] {
		last := &out[len(out)-1]
		if c.start < last.end {
			last.end = max(last.end, c.end)
			continue
		}
		out = append(out, c)
	}
	return out
}

// moved returns a match at its place in the text after the cuts, which are in order and apart. If cuts touch
// it, it covers their replacements too.
func moved(m domain.Match, cuts []cut, shift []int, after []rune) domain.Match {
	first := sort.Search(len(cuts), func(i int) bool { return cuts[i].end > m.Start })
	last := sort.Search(len(cuts), func(i int) bool { return cuts[i].start >= m.End }) // the first one after it
	if first >= last {
		return domain.Match{Start: m.Start + shift[first], End: m.End + shift[first], Text: m.Text}
	}
	start := min(m.Start, cuts[first].start) + shift[first]
	end := max(m.End, cuts[last-1].end) + shift[last]
	return domain.Match{Start: start, End: end, Text: string(after[start:end])}
}

func (c cut) grows() int { return utf8.RuneCountInString(c.with) - (c.end - c.start) }
