package voice

import (
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Uses are the places where a text uses a term, in order.
type Uses struct {
	// AsWritten are places with the term itself, its plural or its possessive.
	AsWritten []prose.Range
	// Inflected are places where one of its words stands in another form. What looks like a form of a word may
	// be another word, so these are worth a look and never certain.
	Inflected []prose.Range
}

// All returns both kinds of places in order.
func (u Uses) All() []prose.Range {
	all := slices.Concat(u.AsWritten, u.Inflected)
	slices.SortFunc(all, func(a, b prose.Range) int { return a.Start - b.Start })
	return all
}

// Len returns how many places there are.
func (u Uses) Len() int { return len(u.AsWritten) + len(u.Inflected) }

// Find returns the uses of a term in a text whose language is a BCP 47 tag; forms are known in English, German,
// French and Spanish. Guardrails and brand voices find terms by it alone.
func Find(text *prose.Index, term, language string) Uses {
	written, forms := text.FindForms(term, language)
	return Uses{written, forms}
}

// Replaced returns the uses of a word for which the voice prefers another. A place that is part of the
// preferred term is none: “inbox” in “shared inbox”.
func Replaced(text *prose.Index, p domain.PreferredTerm, language string) Uses {
	found := Find(text, p.InsteadOf, language)
	if found.Len() == 0 {
		return found
	}
	good := Find(text, p.Use, language).All()
	return Uses{outside(found.AsWritten, good), outside(found.Inflected, good)}
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

// LanguageOf returns the language whose forms count in a text: the one given, else that of the voice, else
// what the text reads as; "" where nothing says.
func LanguageOf(given string, v domain.BrandVoice, text string) string {
	switch {
	case given != "":
		return given
	case v.Language != "":
		return v.Language
	}
	return prose.GuessLanguage(text)
}
