// Package check looks at one text whole, without an item and without a store: what guardrails find, how far it
// follows a brand voice, and its scores. The verb that checks any text, and the command that checks files, both
// end here, so that a text has the same faults on a board and in a repository.
//
// [Text] is pure. [Read] takes a Markdown file apart, [Issues] says where in the file its faults stand, and the
// Write functions print them for people and for machines.
package check

import (
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
	"vellocity/internal/seo"
	"vellocity/internal/voice"
)

// Step is the key of the step that findings name where no execution wrote the text.
const Step = "check"

// Input is a text in Markdown and what is known about it. Everything but Text may be empty.
type Input struct {
	Text            string
	Title           string // empty: the first heading, where it is of level 1
	MetaDescription string
	Language        string // BCP 47; empty: the voice's, or what the text reads as
	Keywords        []string
	Voice           *domain.BrandVoice // nil: none
	Support         domain.Support     // figures, quotations and links are compared with it, where it says anything
}

// Result is all that there is to say about a text. The same input gives the same result.
type Result struct {
	Language    string // BCP 47; "" where nothing says
	Words       int
	Findings    []domain.Finding
	Voice       *voice.Report // nil: no voice was given
	SEO         Score
	Readability Score
}

// Score is a number from 0 to 100 with what would raise it, costliest first.
type Score struct {
	Known  bool // false: the text or its language has none, and Advice says why
	Value  int
	Advice []string
}

// mostAdvice is how much advice a score comes with.
const mostAdvice = 3

// Text checks a text. It changes nothing, and costs no more than the text's size.
func Text(in Input) Result {
	doc := prose.Parse(in.Text)
	plain := doc.Text()
	if in.Title == "" && len(doc.Headings) > 0 && doc.Headings[0].Level == 1 {
		in.Title = doc.Headings[0].Text
	}
	language := in.Language
	if language == "" && in.Voice != nil {
		language = in.Voice.Language
	}
	if language == "" {
		language = prose.GuessLanguage(plain)
	}
	out := Result{Language: language, Words: prose.CountWords(prose.Plain(in.Text))}
	out.Findings = findings(in, language)
	if in.Voice != nil {
		r := voice.Check(in.Text, language, *in.Voice)
		out.Voice = &r
	}
	out.SEO = found(in, language, out.Words)
	out.Readability = readable(plain, language)
	return out
}

func findings(in Input, language string) []domain.Finding {
	g := guard.Input{
		Step: Step, Text: in.Text, Title: in.Title, MetaDescription: in.MetaDescription, Language: language,
		BrandVoice: in.Voice, Support: in.Support.Given(), Edited: true,
	}
	g.Allowed, g.SupportUnknown = g.Support, len(g.Support) == 0
	return guard.Apply(g, guard.Check(g), guard.WithoutRedaction(nil)).Findings
}

// found is the score of how well search can find the text.
func found(in Input, language string, words int) Score {
	if words == 0 {
		return Score{Advice: []string{"The text has no words."}}
	}
	r := seo.Analyze(seo.Input{
		Title: in.Title, MetaDescription: in.MetaDescription, Body: in.Text, Keywords: in.Keywords, Language: language,
	})
	out := Score{Known: true, Value: r.Score, Advice: []string{}}
	for _, l := range r.Limits {
		out.Advice = append(out.Advice, fmt.Sprintf("The score is held at %d: %s", l.Most, l.Reason))
	}
	for _, c := range r.Costliest(mostAdvice) {
		out.Advice = append(out.Advice, c.Name+": "+c.Found+" "+c.Fix)
	}
	out.Advice = out.Advice[:min(mostAdvice, len(out.Advice))]
	return out
}

// readable is the reading ease of the text in its language.
func readable(plain, language string) Score {
	e, ok := prose.EaseOf(plain, language)
	if language == "" || !ok {
		return Score{Advice: []string{"Reading ease is measured for English, German, French and Spanish."}}
	}
	out := Score{Known: true, Value: int(e.Score + 0.5), Advice: []string{}}
	for _, s := range Hardest(plain, language, mostAdvice) {
		if len(s.Why) > 0 {
			out.Advice = append(out.Advice, fmt.Sprintf("“%s”: %s.", short(s.Text), strings.Join(s.Why, ", ")))
		}
	}
	return out
}

// short is the beginning of a sentence, to name it by.
func short(s string) string {
	if c := prose.Clip(s, 60); c != s {
		return c + "…"
	}
	return s
}
