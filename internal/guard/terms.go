package guard

import (
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

func bannedTerms(t *target) []domain.Finding {
	if t.BrandVoice == nil {
		return nil
	}
	var out []domain.Finding
	for _, term := range t.BrandVoice.BannedTerms {
		if places := t.index().Find(term); len(places) > 0 {
			out = append(out, t.finding(domain.SeverityBlocking,
				fmt.Sprintf("The brand voice bans “%s”. Use other words.", strings.TrimSpace(term)), places, nil))
		}
	}
	return out
}

// brandTerms finds words for which the brand voice prefers another. A place that is
// already part of the preferred term does not count.
func brandTerms(t *target) []domain.Finding {
	if t.BrandVoice == nil {
		return nil
	}
	var out []domain.Finding
	for _, p := range t.BrandVoice.PreferredTerms {
		places := outside(t.index().Find(p.InsteadOf), t.index().Find(p.Use))
		if len(places) > 0 {
			out = append(out, t.finding(domain.SeverityWarning,
				fmt.Sprintf("The brand voice prefers “%s” to “%s”. Use it.", p.Use, p.InsteadOf), places, nil))
		}
	}
	return out
}

// outside returns the ranges that no range of others contains; both are in order.
func outside(ranges, others []prose.Range) []prose.Range {
	var out []prose.Range
	i := 0
	for _, r := range ranges {
		for i < len(others) && others[i].End < r.End {
			i++
		}
		if i == len(others) || others[i].Start > r.Start {
			out = append(out, r)
		}
	}
	return out
}
