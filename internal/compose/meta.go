package compose

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// How long search results show a title and a description, in characters.
const (
	MetaTitleMax       = 60
	MetaDescriptionMax = 155
	metaDescriptionMin = 70
)

// Meta describes an article to search engines and readers.
type Meta struct {
	Title       string // above the article
	Short       string // in search results, at most MetaTitleMax characters
	Description string // in search results, at most MetaDescriptionMax characters
	Slug        string // the part of the address, as [Slug] makes it
}

// NewMeta describes the article of a brief in the caller's own sentences. None of them
// is cut. title is the article's own; "" takes the one that [NewArticle] gives it.
func NewMeta(b Brief, title string) Meta {
	a := NewArticle(b)
	m := Meta{Title: Voiced(cmp.Or(title, a.Title), b.BrandVoice)}
	if m.Slug = Slug(strings.TrimPrefix(m.Title, load().words[tag(b.Language)].Outline), b.Language); m.Slug == "" {
		m.Slug = Slug(b.Topic, b.Language)
	}
	m.Short = shortTitle(b, m.Title)
	m.Description = Voiced(describe(b, a), b.BrandVoice)
	if utf8.RuneCountInString(m.Description) > MetaDescriptionMax {
		m.Description = describe(b, a) // the brand voice made it longer
	}
	return m
}

func shortTitle(b Brief, title string) string {
	if short := shorten(title, tag(b.Language), MetaTitleMax); short != "" {
		return short
	}
	for _, k := range b.Keywords {
		if k = capital(prose.Line(k)); utf8.RuneCountInString(k) <= MetaTitleMax && k != "" {
			return k
		}
	}
	return prose.Clip(title, MetaTitleMax)
}

// describe is made of whole sentences of the caller, as many as fit; of the headings,
// where there is nothing but a topic.
func describe(b Brief, a Article) string {
	var out string
	for _, s := range sayable(a) {
		next := together(out, s)
		if utf8.RuneCountInString(next) <= MetaDescriptionMax {
			out = next
		}
		if utf8.RuneCountInString(out) >= 110 {
			break
		}
	}
	if utf8.RuneCountInString(out) < metaDescriptionMin {
		for _, head := range []string{a.Title, shorten(a.Title, tag(b.Language), MetaTitleMax)} {
			next := introduce(head, tag(b.Language)) + out
			if head != "" && out != "" && utf8.RuneCountInString(next) <= MetaDescriptionMax {
				return next
			}
		}
	}
	if out != "" {
		return out
	}
	return cmp.Or(fragments(b, a), headings(b, a))
}

// fragments describes a text that has no sentence by what it has; "" for an outline.
func fragments(b Brief, a Article) string {
	var out string
	for _, st := range a.given {
		next := together(out, Sentence(st.text))
		whole := introduce(a.Title, tag(b.Language)) + next
		if asks(st.sentences[0]) || utf8.RuneCountInString(whole) > MetaDescriptionMax {
			continue
		}
		out = next
	}
	if out == "" {
		return ""
	}
	return introduce(a.Title, tag(b.Language)) + out
}

// introduce puts a title before what it is about, with a colon between them. A title
// that has a colon itself, or asks, is a sentence of its own.
func introduce(title, language string) string {
	if strings.ContainsAny(title, ":：?") {
		return together(Sentence(title), "") + " "
	}
	return title + colon(language)
}

// headings describes an outline, and a text whose sentences are all too long, by its
// title and as many headings as fit.
func headings(b Brief, a Article) string {
	out := a.Title
	if utf8.RuneCountInString(out) > MetaDescriptionMax-2 {
		out = shortTitle(b, out)
	}
	sep := introduce("", tag(b.Language))
	if strings.ContainsAny(out, ":：") {
		out, sep = Sentence(out), " "
	}
	for _, p := range a.Parts {
		next := out + sep + p.Heading
		if p.Heading == a.Title || asks(p.Heading) || utf8.RuneCountInString(next) > MetaDescriptionMax-1 {
			continue
		}
		out, sep = next, ", "
	}
	return Sentence(out)
}

// sayable are the caller's statements, whole, in the order in which the text says
// them. A question is left out: a description that asks and does not answer is none.
func sayable(a Article) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range a.Parts {
		for _, point := range p.Points {
			if st, ok := newStatement("", point, false); ok && long(st.text) && !a.Outline && !seen[point] {
				seen[point] = true
				out = append(out, describing(st)...)
			}
		}
	}
	return out
}

// describing returns what a description may take of a statement: all of it, or its
// sentences one by one where it asks nothing.
func describing(st statement) []string {
	switch {
	case asks(st.text):
		return nil
	case asks(st.sentences[0]), !long(st.sentences[0]), len(st.sentences) == 1:
		return []string{Sentence(st.text)}
	}
	return []string{Sentence(st.sentences[0])}
}
