package email

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

const (
	mostSubject   = 60  // characters that mail programs show
	mostPreheader = 110 // characters
)

// shares gives each e-mail of a sequence its part of what was given, in the caller's
// order. There are as many as the points fill.
func (s Settings) shares() []Planned {
	all := append(append([]string{}, s.KeyPoints...), s.Facts...)
	n := max(1, min(s.Emails, len(all)))
	out := make([]Planned, n)
	for i := range out {
		out[i].Purpose = s.Topic
		out[i].Points = all[i*len(all)/n : (i+1)*len(all)/n]
	}
	return out
}

// composed is an e-mail in the caller's own words.
type composed struct {
	text  draft.Text
	needs []domain.Need
}

// composed is the e-mail at index i of a sequence, or the only one. A topic alone gives an outline.
func (s Settings) composed(v *domain.BrandVoice, sequence []Planned, i int) composed {
	points := append(append([]string{}, s.KeyPoints...), s.Facts...)
	if i < len(sequence) {
		points = sequence[i].Points
	}
	if len(points) == 0 {
		b := s.Compose(v)
		b.Format = "newsletter"
		a := compose.NewArticle(b)
		return composed{draft.Text{Title: a.Title, Body: compose.Voiced(withLink(a.Markdown(), s.Link), v)}, a.Needs}
	}
	var paragraphs, open []string
	for _, p := range points {
		if open = append(open, compose.Sentence(p)); len(open) == 3 {
			paragraphs, open = append(paragraphs, strings.Join(open, " ")), nil
		}
	}
	if len(open) > 0 {
		paragraphs = append(paragraphs, strings.Join(open, " "))
	}
	if s.CallToAction != "" {
		paragraphs = append(paragraphs, compose.Sentence(s.CallToAction))
	}
	t := draft.Text{Title: s.subject(points[0], len(sequence), i), MetaDescription: preheader(points[1:])}
	t.Body = compose.Voiced(withLink(strings.Join(paragraphs, "\n\n"), s.Link), v)
	return composed{text: t}
}

// subject is the topic; in a sequence, what the e-mail begins with where that is short.
func (s Settings) subject(first string, of, i int) string {
	topic := prose.Capital(s.Topic)
	if of < 2 {
		return topic
	}
	if first = strings.TrimRight(prose.Capital(first), ".。"); utf8.RuneCountInString(first) <= mostSubject {
		return first
	}
	return fmt.Sprintf("%s (%d/%d)", topic, i+1, of)
}

// preheader is the first sentence of the points that mail programs show whole; "" for none.
func preheader(points []string) string {
	for _, p := range points {
		for _, s := range prose.SentenceTexts(p) {
			if s = compose.Sentence(s); utf8.RuneCountInString(s) <= mostPreheader {
				return s
			}
		}
	}
	return ""
}
