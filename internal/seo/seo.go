// Package seo rates how well a text can be found and read: a score out of 100 made of
// checks, each with its points, what was found and how to fix it.
//
// Nothing is looked up: the report uses only the text, its meta fields and the
// keywords.
package seo

import (
	"math"
	"slices"
	"sync"

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
	Language        string   // BCP 47; where it is empty or the text reads as another, the text decides
}

// Report is the result. Score is the percentage of the applicable checks' points, from 0
// to 100, and at most what the limits allow.
type Report struct {
	Score       int               `json:"score"`
	Grade       string            `json:"grade"`    // A to E
	Limits      []Limit           `json:"limits"`   // what holds the score down, whatever the checks say
	Language    string            `json:"language"` // that the text was measured in, BCP 47
	Checks      []Check           `json:"checks"`
	Keywords    []Keyword         `json:"keywords"`
	Phrases     []string          `json:"key_phrases"` // what the text keeps returning to
	Readability prose.Readability `json:"readability"`
}

// Limit is a fault that no other virtue makes up for: the score is at most Most.
type Limit struct {
	Most   int    `json:"most"`
	Reason string `json:"reason"`
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
	said     string  // about the language, if it was guessed
	repeated float64 // share of the sentences that are said again
	again    string  // the first of them
	// sentences are the stems of each sentence, for keywords in another form.
	sentences func() []map[string]bool
}

// Analyze rates a text. The same input always gives the same report.
func Analyze(in Input) Report {
	doc := prose.Parse(in.Body)
	p := page{Input: in, doc: doc, text: doc.Text()}
	p.index = prose.NewIndex(p.text)
	p.words = prose.CountWords(p.text)
	p.Language, p.said = language(in.Language, p.text)
	p.reading = prose.Measure(p.text, p.Language)
	p.sentences = sync.OnceValue(func() (out []map[string]bool) {
		for _, s := range prose.SentenceTexts(p.text) {
			out = append(out, prose.Stems(s))
		}
		return out
	})
	p.repeated, p.again = prose.RepeatedShare(p.text)
	for _, k := range in.Keywords {
		if prose.Line(k) != "" {
			p.keywords = append(p.keywords, p.place(prose.Line(k)))
		}
	}
	r := Report{
		Language:    p.Language,
		Limits:      limits(p),
		Readability: p.reading,
		Keywords:    p.keywords,
		Phrases:     p.phrases(),
	}
	for _, check := range []func(page) Check{
		title, metaTitle, metaDescription, slug, length,
		keywordPlaces, keywordDensity, secondaryKeywords, headings, links, images, paragraphs, repetition, readability,
	} {
		r.Checks = append(r.Checks, check(p))
	}
	r.Score = total(r.Checks)
	for _, l := range r.Limits {
		r.Score = min(r.Score, l.Most)
	}
	r.Grade = grade(r.Score)
	if r.Limits == nil {
		r.Limits = []Limit{}
	}
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

// Costliest returns up to n checks that lose the most points and say how to fix it, costliest first.
func (r Report) Costliest(n int) []Check {
	var out []Check
	for _, c := range r.Checks {
		if c.Applicable && c.Fix != "" && c.Points < c.Max {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Check) int { return (b.Max - b.Points) - (a.Max - a.Points) })
	return out[:min(n, len(out))]
}

func total(checks []Check) int {
	points, most := 0, 0
	for _, c := range checks {
		if c.Applicable {
			points += c.Points
			most += c.Max
		}
	}
	if most == 0 {
		return 0
	}
	return int(math.Round(100 * float64(points) / float64(most)))
}

func grade(score int) string {
	switch {
	case score >= 85:
		return "A"
	case score >= 70:
		return "B"
	case score >= 55:
		return "C"
	case score >= 40:
		return "D"
	}
	return "E"
}
