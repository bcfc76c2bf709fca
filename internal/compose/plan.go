package compose

import (
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// NewOutline plans the text of a brief: the headings of its format in their order, below
// each what the caller gave for it, or the question that it has to answer. A language
// that has no words here gets the caller's points alone.
func NewOutline(b Brief) Article {
	a := NewArticle(b)
	language := tag(b.Language)
	w := load().words[language]
	if a.Outline || w.Outline == "" {
		return a
	}
	title := a.Title
	a.Title = w.Outline + colon(language) + title
	at := 0
	if len(a.Parts) > 0 && a.Parts[0].Heading == title {
		a.Parts[0].Heading, at = a.Title, 1
	}
	for _, p := range a.places {
		is := func(part Part) bool { return part.Heading == p.Heading }
		open := func(n domain.Need) bool { return n.What == p.Heading && n.Field == p.field() }
		switch i := slices.IndexFunc(a.Parts, is); {
		case i >= 0:
			at = i + 1
		case slices.ContainsFunc(a.Needs, open):
			a.Parts = slices.Insert(a.Parts, at, Part{
				Heading: p.Heading, Points: []string{p.Ask}, Text: Lines([]string{p.Ask}),
			})
			at++
		}
	}
	return a
}

// Heading returns the heading of a slot, such as "proof" or "new", in the language of a
// text; "" for a language that has no words here.
func Heading(language, slot string) string { return load().words[tag(language)].Slots[slot].Heading }

// Markdown is the article below its title.
func (a Article) Markdown() string {
	var blocks []string
	for _, p := range a.Parts {
		if p.Heading != a.Title {
			blocks = append(blocks, "## "+p.Heading)
		}
		blocks = append(blocks, p.Text)
	}
	return strings.Join(blocks, "\n\n")
}

// Plan is the article as an outline below its title: headings, and points as a list.
func (a Article) Plan() string {
	var blocks []string
	for _, p := range a.Parts {
		if p.Heading != a.Title {
			blocks = append(blocks, "## "+p.Heading)
		}
		blocks = append(blocks, Lines(p.Points))
	}
	return strings.Join(blocks, "\n\n")
}
