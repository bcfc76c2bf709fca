// Package listing scores a listing of AWS Marketplace by rules: how well buyers can find and understand it. The same
// listing always has the same score. Each point is explained: what was found, and what to do about it.
//
// The rules count what can be counted: lengths, keywords, highlights, pictures. Whether a claim is true, they cannot
// know.
package listing

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// The parts of a score, in their order.
const (
	PartTitle       = "title"
	PartDescription = "description"
	PartHighlights  = "highlights"
	PartKeywords    = "keywords"
	PartImages      = "images"
	PartCategories  = "categories"
	PartSupport     = "support"
)

// Parts lists the parts of a score, in their order.
func Parts() []string {
	return []string{PartTitle, PartDescription, PartHighlights, PartKeywords, PartImages, PartCategories, PartSupport}
}

// Score scores a listing. Professional services are bought for what is delivered, so the delivery counts more there,
// and pictures less.
func Score(kind domain.CatalogType, f domain.ListingFields) domain.ListingScore {
	l := read(kind, f)
	s := domain.ListingScore{}
	for _, part := range []struct {
		name   string
		checks []domain.ScoreCheck
	}{
		{PartTitle, l.title()}, {PartDescription, l.description()}, {PartHighlights, l.highlights()},
		{PartKeywords, l.keywords()}, {PartImages, l.images()}, {PartCategories, l.categories()},
		{PartSupport, l.support()},
	} {
		p := domain.ScorePart{Name: part.name, Checks: part.checks}
		for _, c := range part.checks {
			p.Points += c.Points
			p.Weight += c.Weight
		}
		s.Overall += p.Points
		s.Parts = append(s.Parts, p)
	}
	s.Grade = domain.GradeOf(s.Overall)
	return s
}

// page is a listing with what several rules look at.
type page struct {
	domain.ListingFields
	kind    domain.CatalogType
	inTitle *prose.Index
	inShort *prose.Index
	inLong  *prose.Index
	inTexts *prose.Index // both descriptions and the highlights
}

func read(kind domain.CatalogType, f domain.ListingFields) page {
	texts := strings.Join(append([]string{f.ShortDescription, f.LongDescription}, f.Highlights...), "\n\n")
	return page{
		ListingFields: f, kind: kind,
		inTitle: prose.NewIndex(f.Title), inShort: prose.NewIndex(f.ShortDescription),
		inLong: prose.NewIndex(f.LongDescription), inTexts: prose.NewIndex(texts),
	}
}

// services reports whether the listing sells people's work.
func (l page) services() bool { return l.kind == domain.CatalogServices }

// check is a rule that a listing meets or not.
func check(name string, weight int, passed bool, why, fix string) domain.ScoreCheck {
	c := domain.ScoreCheck{Name: name, Passed: passed, Weight: weight, Why: why}
	if passed {
		c.Points = weight
	} else {
		c.Fix = fix
	}
	return c
}

// share is a rule that a listing meets in part: have of want.
func share(name string, weight, have, want int, why, fix string) domain.ScoreCheck {
	c := check(name, weight, have >= want, why, fix)
	if !c.Passed && want > 0 {
		c.Points = weight * have / want
	}
	return c
}

func count(s string) int { return utf8.RuneCountInString(s) }

// length is a rule about how long a text is. what is its name in a sentence.
func length(name, what, text string, weight, least, most int) domain.ScoreCheck {
	n := count(text)
	why := fmt.Sprintf("The %s has %s; %d to %d read best.", what, domain.Plural(n, "character"), least, most)
	fix := "Shorten it."
	switch {
	case n == 0:
		why, fix = "The "+what+" is empty.", fmt.Sprintf("Write %d to %d characters.", least, most)
	case n < least:
		fix = fmt.Sprintf("Add at least %s.", domain.Plural(least-n, "character"))
	}
	return check(name, weight, n >= least && n <= most, why, fix)
}

// firstKeyword is the keyword that matters most; empty: there is none.
func (l page) firstKeyword() string {
	if len(l.Keywords) == 0 {
		return ""
	}
	return l.Keywords[0]
}

// has is a rule that a text contains the first keyword.
func (l page) has(name string, weight int, in *prose.Index, where string) domain.ScoreCheck {
	k := l.firstKeyword()
	if k == "" {
		return check(name, weight, false, "There is no keyword.", "Add the keyword that buyers search for first.")
	}
	if len(in.Find(k)) == 0 {
		return check(name, weight, false, fmt.Sprintf("The first keyword, “%s”, is not in %s.", k, where),
			fmt.Sprintf("Use “%s” in %s, or put another keyword first.", k, where))
	}
	return check(name, weight, true, fmt.Sprintf("The first keyword, “%s”, is in %s.", k, where), "")
}
