// Package compose writes texts without a model: it arranges the caller's own words,
// by ranking, templates and mechanical rewriting, and adds nothing else.
//
// [NewArticle] builds a whole text in parts, [NewMeta] describes it, [Post] builds a
// post for a social network, [Voiced] brings any text nearer to a brand voice, and
// [Phraser] has the sentences that topics fit into. Each capability composes its own
// texts with them, beside its prompts.
//
// The same [Brief] always gives the same text. What the brief does not support is
// left out, so a text never holds a fact, number, quote or name that the caller did
// not give. From a topic alone it makes a short text that gives the subject a shape.
// English has the most templates; German, French and Spanish have a few; in any
// other language only the caller's own sentences are used.
package compose

import (
	"unicode"

	"vellocity/internal/domain"
)

// Brief is what a caller gave, in its own words. A composed text uses nothing else.
type Brief struct {
	Topic        string
	Keywords     []string
	Audience     string
	Tone         string
	KeyPoints    []string
	Facts        []string
	Sources      []string
	Language     string // a language code; "" means English
	CallToAction string
	Material     string             // more text that a post may take sentences from
	Sections     int                // of an article, at most; 5 where it is 0
	BrandVoice   *domain.BrandVoice // nil: none
}

// voice returns the brand voice; the zero value where there is none.
func (b Brief) voice() domain.BrandVoice {
	if b.BrandVoice == nil {
		return domain.BrandVoice{}
	}
	return *b.BrandVoice
}

// Pieces splits a text after every few words, so that readers see it grow.
func Pieces(text string) []string {
	var out []string
	start, words := 0, 0
	for i, r := range text {
		if !unicode.IsSpace(r) {
			continue
		}
		if words++; words%4 == 0 {
			out = append(out, text[start:i+1])
			start = i + 1
		}
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
