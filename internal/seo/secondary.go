package seo

import (
	"fmt"

	"vellocity/internal/prose"
)

// secondaryMax is what all keywords after the first are worth together.
const secondaryMax = 6

// secondaryKeywords looks for each keyword after the first once. A second use earns nothing, and one that is repeated
// until it reads as stuffed counts as missing.
func secondaryKeywords(p page) Check {
	c := Check{ID: "secondary-keywords", Name: "Secondary keywords", Max: secondaryMax}
	var missing, stuffed []string
	n, seen := 0, map[string]bool{}
	for i, k := range p.keywords {
		fold := prose.Fold(k.Keyword)
		if seen[fold] {
			continue
		}
		seen[fold] = true
		switch {
		case i == 0:
			continue
		case k.Density > 4 && k.Count > 2:
			stuffed = append(stuffed, fmt.Sprintf("“%s”", k.Keyword))
		case k.Count == 0 && !k.InTitle && !p.saysInAnotherForm(k.Keyword):
			missing = append(missing, fmt.Sprintf("“%s”", k.Keyword))
		}
		n++
	}
	if n == 0 || p.words == 0 {
		c.Found = "There is only one keyword, or no text."
		return c
	}
	used := n - len(missing) - len(stuffed)
	c.Applicable, c.Points = true, secondaryMax*used/n
	c.Found = fmt.Sprintf("%d of %s are used.", used, count(n, "secondary keyword"))
	switch {
	case len(missing) > 0:
		c.Fix = "Say " + list(missing) + " once where it fits, or take it off the list of keywords."
	case len(stuffed) > 0:
		c.Fix = "Use " + list(stuffed) + " less often: once is enough."
	}
	return c
}

// saysInAnotherForm reports whether one sentence has all words of a keyword in some form: "inboxes that you share" for
// "shared inbox".
func (p page) saysInAnotherForm(keyword string) bool {
	want := prose.Stems(keyword)
	if len(want) == 0 || prose.Unspaced(keyword) {
		return false
	}
	for _, s := range p.sentences() {
		all := true
		for w := range want {
			all = all && s[w]
		}
		if all {
			return true
		}
	}
	return false
}
