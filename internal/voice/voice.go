// Package voice holds a text against a brand voice, by rules alone: no model, no store, the same answer every
// time.
//
// [Check] says how far a text follows what the voice asks for (its terms, the length of its sentences, its
// reading level, how it addresses readers), part by part, with the places that show it. [Learn] takes a
// fingerprint of sample texts: how often they use function words and punctuation, how long their sentences and
// words are. [Fingerprint.Distance] compares another text with it. The two are apart on purpose: a text can
// keep every rule and still sound like somebody else.
//
// [Find] is the one place that knows what counts as a use of a term; guardrails find terms by it too.
package voice

import (
	"fmt"
	"math"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/markdown"
	"vellocity/internal/prose"
)

// LeastWords is how many words a text has at least before lengths and rates say anything. Terms are found in
// shorter ones too.
const LeastWords = 40

// MostEvidence is how many places a part lists; its Total has the number of all.
const MostEvidence = 50

// Report is how far a text follows a brand voice.
type Report struct {
	Language string // BCP 47, that the text was read in
	Words    int
	// Adherence is from 0 (follows nothing) to 100 (follows everything that rules can see). It is the mean of
	// the applicable parts by their weight, and means nothing unless Judged.
	Adherence int
	// Judged is false where no part applies: the voice asks for nothing that rules can see, or the text is too
	// short; Reason says which.
	Judged bool
	Reason string
	Parts  []Part
	// Distance compares the text with the voice's sample texts.
	Distance Distance
}

// Part is one thing that a voice asks for.
type Part struct {
	ID         string // banned-terms, preferred-terms, …
	Name       string
	Weight     int  // how much it counts in the adherence, beside the others
	Applicable bool // false: it does not count, and Found says why
	Score      int  // 0 to 100
	Found      string
	Fix        string // empty where nothing is wrong
	Evidence   []Evidence
	Total      int // how many places there are
}

// Evidence is a place in a text and the rule that it breaks. Start and End are offsets in Unicode code points
// of the Markdown, End exclusive.
type Evidence struct {
	Start, End int
	Text       string
	Rule       string // what the voice asks for
	Instead    string // what to write; empty where that takes a person
}

// page is a text taken apart, for all parts.
type page struct {
	voice    domain.BrandVoice
	rules    rules
	language string // without a region
	view     *markdown.View
	source   string
	points   *prose.Points
	index    *prose.Index
	running  []prose.Range // sentences of running text: no headings, cells or code
	said     func() habits // how the text speaks
	words    int
}

// Check holds a text in Markdown against a voice. Language is a BCP 47 tag; where it is empty, the voice's
// language counts, and then what the text reads as.
func Check(text, language string, v domain.BrandVoice) Report {
	read := markdown.Read(text)
	p := &page{voice: v, source: text, view: read.View(false), points: prose.NewPoints(text)}
	language = LanguageOf(language, v, p.view.Text)
	p.language = base(language)
	p.index = prose.NewIndex(p.view.Text)
	p.running = running(read, p.view)
	p.words = prose.CountWords(p.view.Text)
	p.rules = rulesOf(v, p.language)
	r := Report{Language: language, Words: p.words, Distance: Learn(v.SampleTexts, v.Language).Distance(text, language)}
	for _, part := range []func(*page) Part{
		bannedTerms, preferredTerms, sentenceLength, readingLevel, address, firstPerson, contractions,
		exclamations, passive,
	} {
		r.Parts = append(r.Parts, part(p))
	}
	r.Adherence, r.Judged = mean(r.Parts)
	if !r.Judged {
		r.Reason = "The brand voice asks for nothing that rules can see. Add terms, a reading level or samples."
		if p.words < LeastWords {
			r.Reason = tooShort(p.words)
		}
	}
	return r
}

func tooShort(words int) string {
	return fmt.Sprintf("The text is too short to judge: it has %s, and %d are the least.",
		domain.Plural(words, "word"), LeastWords)
}

func mean(parts []Part) (adherence int, judged bool) {
	sum, weights := 0, 0
	for _, p := range parts {
		if p.Applicable {
			sum, weights = sum+p.Score*p.Weight, weights+p.Weight
		}
	}
	if weights == 0 {
		return 0, false
	}
	return int(math.Round(float64(sum) / float64(weights))), true
}

// running returns the sentences of the paragraphs, as ranges of the view: headings, cells of tables and code
// have no sentences to measure.
func running(read *markdown.Reading, view *markdown.View) (out []prose.Range) {
	at := 0
	for i, b := range read.Blocks {
		if i > 0 {
			at += len("\n\n")
		}
		start := at
		for _, p := range b.Pieces {
			if p.Kind == markdown.Address || p.Kind == markdown.Code {
				at += len(string(markdown.Placeholder))
				continue
			}
			at += len(p.Text)
		}
		if b.Code || b.Cell || b.Level > 0 || b.Quote {
			continue
		}
		for _, r := range prose.Sentences(view.Text[start:at]) {
			out = append(out, prose.Range{Start: start + r.Start, End: start + r.End})
		}
	}
	return out
}

// evidence returns a place of the view as evidence.
func (p *page) evidence(r prose.Range, rule, instead string) Evidence {
	from, to := p.view.Source(r.Start, r.End)
	return Evidence{
		Start: p.points.At(from), End: p.points.At(to),
		Text: prose.Line(p.source[from:to]), Rule: rule, Instead: instead,
	}
}

// show adds places to the part, the first of them as evidence.
func (p *page) show(part *Part, places []prose.Range, rule, instead string) {
	part.Total += len(places)
	for _, r := range places {
		if len(part.Evidence) == MostEvidence {
			return
		}
		part.Evidence = append(part.Evidence, p.evidence(r, rule, instead))
	}
}

// base is a language tag without its region and script.
func base(language string) string {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	return code
}

// percent limits a score to what it may be.
func percent(f float64) int { return int(math.Round(max(0, min(100, f)))) }
