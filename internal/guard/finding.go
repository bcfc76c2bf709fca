package guard

import (
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// finding creates a finding about places in a text. mask returns what is shown of each;
// nil shows all of it.
func finding(
	text string, severity domain.Severity, message string, places []prose.Range, mask func(string) string,
) domain.Finding {
	f := domain.Finding{Severity: severity, Message: message}
	points := prose.NewPoints(text)
	slices.SortFunc(places, func(a, b prose.Range) int { return a.Start - b.Start })
	for _, r := range places {
		shown := r.In(text)
		if mask != nil {
			shown = mask(shown)
		}
		f.Matches = append(f.Matches, domain.Match{Start: points.At(r.Start), End: points.At(r.End), Text: shown})
	}
	return f
}

func shortened(s string) string {
	if c := prose.Clip(s, 60); c != strings.TrimSpace(s) {
		return c + "…"
	}
	return s
}
