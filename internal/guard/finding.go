package guard

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// finding creates a finding about places in a text. mask returns what is shown of each;
// nil shows all of it.
func finding(
	text string, severity domain.Severity, message string, places []prose.Range, mask func(string) string,
) domain.Finding {
	f := domain.Finding{Severity: severity, Message: message, Matches: make([]domain.Match, 0, len(places))}
	words := make([]string, 0, len(places))
	points := prose.NewPoints(text)
	slices.SortFunc(places, func(a, b prose.Range) int { return a.Start - b.Start })
	for _, r := range places {
		shown := r.In(text)
		words = append(words, shown)
		if mask != nil {
			shown = mask(shown)
		}
		f.Matches = append(f.Matches, domain.Match{Start: points.At(r.Start), End: points.At(r.End), Text: shown})
	}
	f.ID = digest(words...) // [identify] adds what the finding says
	return f
}

// digest returns the same for the same set of words, however their spaces are written.
func digest(words ...string) string {
	slices.Sort(words)
	words = slices.Compact(words)
	for i, w := range words {
		words[i] = spacedOnce(w)
	}
	slices.Sort(words)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(words), "\x00")))
	return hex.EncodeToString(sum[:8])
}

// spacedOnce returns a text with one space for each white space, and none around it.
func spacedOnce(s string) string {
	space := true
	for i := range len(s) {
		if b := s[i]; b < ' ' || b >= utf8.RuneSelf || b == ' ' && space {
			return strings.Join(strings.Fields(s), " ")
		}
		space = s[i] == ' '
	}
	if space {
		return strings.TrimSuffix(s, " ")
	}
	return s
}

// identify returns the id of a finding about words with the digest. Figures in its message do not count: they
// are mostly lengths.
func identify(f domain.Finding, words string) string {
	return digest("is "+f.Guardrail, "says "+withoutDigits(f.Message), "of "+words)
}

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, s)
}

// capped returns the finding with its first places only, and the number of all.
func capped(f domain.Finding) domain.Finding {
	if n := len(f.Matches); n > domain.MostMatches {
		f.Matches, f.Total = slices.Clone(f.Matches[:domain.MostMatches]), max(n, f.Total)
	}
	return f
}

func shortened(s string) string {
	if c := prose.Clip(s, 60); c != strings.TrimSpace(s) {
		return c + "…"
	}
	return s
}
