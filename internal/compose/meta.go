package compose

import (
	"strings"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// How long search results show a title and a description, in characters.
const (
	MetaTitleMax       = 60
	MetaDescriptionMax = 155
)

// Meta describes an article to search engines and readers.
type Meta struct {
	Title       string // above the article
	Short       string // in search results, at most MetaTitleMax characters
	Description string // in search results, at most MetaDescriptionMax characters
}

// NewMeta describes the article of a brief in the caller's own sentences. title is
// the article's own; "" takes the one that [NewArticle] gives it.
func NewMeta(b Brief, title string) Meta {
	a := NewArticle(b)
	m := Meta{Title: orElse(title, a.Title)}
	m.Short = m.Title
	if utf8.RuneCountInString(m.Title) > MetaTitleMax {
		m.Short = prose.Clip(a.topic.head, MetaTitleMax)
	}
	m.Title, m.Short = Voiced(m.Title, b.BrandVoice), Voiced(m.Short, b.BrandVoice)
	m.Description = Voiced(describe(b, a), b.BrandVoice)
	if utf8.RuneCountInString(m.Short) > MetaTitleMax {
		m.Short = prose.Clip(m.Short, MetaTitleMax)
	}
	if utf8.RuneCountInString(m.Description) > MetaDescriptionMax {
		m.Description = prose.Clip(m.Description, MetaDescriptionMax)
	}
	return m
}

// describe is made of whole sentences of the caller, as many as fit; from a
// topic alone, of what the text goes through.
func describe(b Brief, p Article) string {
	var out string
	for _, s := range sayable(b) {
		next := strings.TrimSpace(out + " " + s)
		if utf8.RuneCountInString(next) <= MetaDescriptionMax {
			out = next
		}
		if utf8.RuneCountInString(out) >= 90 {
			return out
		}
	}
	if english := prose.English(b.Language); !english || out != "" && !p.Framed && utf8.RuneCountInString(out) >= 50 {
		if out == "" {
			out = prose.Clip(prose.Plain(p.Parts[0].Text), MetaDescriptionMax)
		}
		return out
	}
	about := p.topic.noun
	if NewPhraser(b).Spoken() {
		about = "the subject"
	}
	for _, s := range []string{
		"A short guide to " + about + ": " + p.Summary + ".",
		"A short guide: " + p.Summary + ".",
	} {
		if utf8.RuneCountInString(s) <= MetaDescriptionMax && (out == "" || p.Framed) {
			return s
		}
	}
	return prose.Clip(out, MetaDescriptionMax)
}

// sayable are the caller's sentences in the order in which they introduce the
// subject: key points first, then facts.
func sayable(b Brief) []string {
	english := prose.English(b.Language)
	var out []string
	for _, p := range ReadPoints(append(append([]string{}, b.KeyPoints...), b.Facts...), english) {
		if p.Whole {
			out = append(out, prose.SentenceTexts(Sentence(p.Text))...)
		}
	}
	if len(out) == 0 {
		return NewPhraser(b).quarry(2)
	}
	return out
}
