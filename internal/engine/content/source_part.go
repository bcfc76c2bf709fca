package content

import (
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/search"
)

// SourcePart is a part of a source's text, as a search finds it.
type SourcePart struct {
	// Start and End are where it stands in the body, in Unicode code points.
	Start, End int
	Body       string // Markdown
}

// SourceParts returns the parts of a source's text that a search finds, in their order. It parses the text.
func SourceParts(s domain.Source) []SourcePart {
	list := []SourcePart{}
	for _, p := range search.Cut(s.Title, s.Body) {
		list = append(list, SourcePart{p.Point, p.Point + utf8.RuneCountInString(p.Body), p.Body})
	}
	return list
}
