// Package seo rates how well a text can be found and read: a score out of 100 made of
// checks, each with its points, what was found and how to fix it.
//
// Nothing is looked up: the report uses only the text, its meta fields and the
// keywords.
package seo

import (
	"math"

	"vellocity/internal/prose"
)

// Input is the text to rate. Body is Markdown; everything else may be empty.
type Input struct {
	Title           string
	MetaTitle       string
	MetaDescription string
	Slug            string
	Body            string
	Keywords        []string // the first is the one that the page is for
	Language        string   // BCP 47; empty means English
}

// Report is the result. Score is the percentage of the applicable checks' points, from 0
// to 100.
type Report struct {
	Score       int               `json:"score"`
	Grade       string            `json:"grade"` // A to E
	Checks      []Check           `json:"checks"`
	Keywords    []Keyword         `json:"keywords"`
	Phrases     []string          `json:"key_phrases"` // what the text keeps returning to
	Readability prose.Readability `json:"readability"`
}

// Check is the result of one check.
type Check struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Points     int    `json:"points"`
	Max        int    `json:"max"`
	Applicable bool   `json:"applicable"` // false: does not count, Found says why
	Found      string `json:"found"`
	Fix        string `json:"fix,omitempty"` // empty if nothing is wrong
}

// Keyword says where a keyword occurs in the text.
type Keyword struct {
	Keyword     string  `json:"keyword"`
	Count       int     `json:"count"`
	Density     float64 `json:"density"` // percent of the words
	InTitle     bool    `json:"in_title"`
	InMeta      bool    `json:"in_meta_description"`
	InHeading   bool    `json:"in_heading"`
	InFirst100  bool    `json:"in_first_100_words"`
	InSlug      bool    `json:"in_slug"`
	placesFound int
}

// page is the parsed input, for all checks.
type page struct {
	Input
	doc      prose.Document
	text     string
	index    *prose.Index // of text
	words    int
	keywords []Keyword
	reading  prose.Readability
}

// Analyze rates a text. The same input always gives the same report.
func Analyze(in Input) Report {
	doc := prose.Parse(in.Body)
	p := page{Input: in, doc: doc, text: doc.Text()}
	p.index = prose.NewIndex(p.text)
	p.words = prose.CountWords(p.text)
	p.reading = prose.Measure(p.text, in.Language)
	for _, k := range in.Keywords {
		if prose.Line(k) != "" {
			p.keywords = append(p.keywords, p.place(prose.Line(k)))
		}
	}
	r := Report{Readability: p.reading, Keywords: p.keywords, Phrases: p.phrases()}
	for _, check := range []func(page) Check{
		title, metaTitle, metaDescription, slug, length,
		keywordPlaces, keywordDensity, headings, links, images, paragraphs, readability,
	} {
		r.Checks = append(r.Checks, check(p))
	}
	r.Score, r.Grade = total(r.Checks)
	return r
}

func (p page) phrases() []string {
	out := []string{}
	if !prose.English(p.Language) {
		return out
	}
	for _, f := range prose.KeyPhrases(p.text, 5) {
		out = append(out, f.Text)
	}
	return out
}

// place finds a keyword in the parts of the page.
func (p page) place(keyword string) Keyword {
	has := func(s string) bool { return len(prose.Find(s, keyword)) > 0 }
	k := Keyword{
		Keyword: keyword, Count: len(p.index.Find(keyword)),
		InTitle: has(p.Title) || has(p.MetaTitle), InMeta: has(p.MetaDescription),
		InFirst100: has(firstWords(p.text, 100)), InSlug: slugHas(p.Slug, keyword),
	}
	for _, h := range p.doc.Headings {
		k.InHeading = k.InHeading || has(h.Text)
	}
	if p.words > 0 {
		share := float64(k.Count*prose.CountWords(keyword)) / float64(p.words)
		k.Density = math.Round(share*1000) / 10
	}
	for _, found := range []bool{k.InTitle, k.InMeta, k.InHeading, k.InFirst100, k.InSlug} {
		if found {
			k.placesFound++
		}
	}
	return k
}

func firstWords(text string, n int) string {
	ranges := prose.WordRanges(text)
	if len(ranges) <= n {
		return text
	}
	return text[:ranges[n-1].End]
}

func total(checks []Check) (score int, grade string) {
	points, most := 0, 0
	for _, c := range checks {
		if c.Applicable {
			points += c.Points
			most += c.Max
		}
	}
	if most > 0 {
		score = int(math.Round(100 * float64(points) / float64(most)))
	}
	switch {
	case score >= 85:
		return score, "A"
	case score >= 70:
		return score, "B"
	case score >= 55:
		return score, "C"
	case score >= 40:
		return score, "D"
	}
	return score, "E"
}
