package composer

import (
	"strings"
	"unicode/utf8"

	"vellocity/internal/ai"
	"vellocity/internal/prose"
)

// outlined is the answer to [ai.TaskOutline].
type outlined struct {
	Title    string            `json:"title"`
	Sections []outlinedSection `json:"sections"`
}

type outlinedSection struct {
	Heading string   `json:"heading"`
	Points  []string `json:"points"`
}

// outline has as many sections as the brief can fill, at most those asked for.
func outline(b ai.Brief) outlined {
	p := compose(b)
	out := outlined{Title: p.title}
	for _, part := range p.parts {
		points := part.points
		if points == nil {
			points = []string{}
		}
		out.Sections = append(out.Sections, outlinedSection{part.heading, points})
	}
	return out
}

// section writes the section at b.Index. A heading that the composer did not
// plan, because somebody changed the outline, is written from its points.
func section(b ai.Brief) string {
	p := compose(b)
	if b.Index >= 0 && b.Index < len(p.parts) && (b.Heading == "" || b.Heading == p.parts[b.Index].heading) {
		return p.parts[b.Index].text
	}
	var out []string
	for _, pt := range readPoints(b.Points, prose.English(b.Language)) {
		if !pt.whole {
			return lines(b.Points)
		}
		out = append(out, pt.text)
	}
	return strings.Join(out, "\n\n")
}

// described is the answer to [ai.TaskMeta].
type described struct {
	Title           string `json:"title"`
	MetaTitle       string `json:"meta_title"`
	MetaDescription string `json:"meta_description"`
	Slug            string `json:"slug"`
}

const (
	metaTitleMax       = 60
	metaDescriptionMax = 155
)

// meta takes the title of the outline (b.Heading) and describes the text by the
// caller's own sentences.
func meta(b ai.Brief) described {
	p := compose(b)
	title := p.title
	if b.Heading != "" {
		title = b.Heading
	}
	d := described{Title: title, MetaTitle: title, Slug: prose.Slug(orElse(b.Topic, title), 60)}
	if utf8.RuneCountInString(title) > metaTitleMax {
		d.MetaTitle = prose.Clip(p.topic.head, metaTitleMax)
	}
	if d.Slug == "" {
		d.Slug = "post"
	}
	d.MetaDescription = voiced(description(b, p), b.Voice)
	d.Title, d.MetaTitle = voiced(d.Title, b.Voice), voiced(d.MetaTitle, b.Voice)
	if utf8.RuneCountInString(d.MetaTitle) > metaTitleMax {
		d.MetaTitle = prose.Clip(d.MetaTitle, metaTitleMax)
	}
	if utf8.RuneCountInString(d.MetaDescription) > metaDescriptionMax {
		d.MetaDescription = prose.Clip(d.MetaDescription, metaDescriptionMax)
	}
	return d
}

// description is made of whole sentences of the caller, as many as fit; from a
// topic alone, of what the text goes through.
func description(b ai.Brief, p piece) string {
	var out string
	for _, s := range sayable(b) {
		next := strings.TrimSpace(out + " " + s)
		if utf8.RuneCountInString(next) <= metaDescriptionMax {
			out = next
		}
		if utf8.RuneCountInString(out) >= 90 {
			return out
		}
	}
	if english := prose.English(b.Language); !english || out != "" && !p.framed && utf8.RuneCountInString(out) >= 50 {
		if out == "" {
			out = prose.Clip(prose.Plain(p.parts[0].text), metaDescriptionMax)
		}
		return out
	}
	about := p.topic.noun
	if newWriter(b).spoken() {
		about = "the subject"
	}
	for _, s := range []string{
		"A short guide to " + about + ": " + p.summary + ".",
		"A short guide: " + p.summary + ".",
	} {
		if utf8.RuneCountInString(s) <= metaDescriptionMax && (out == "" || p.framed) {
			return s
		}
	}
	return prose.Clip(out, metaDescriptionMax)
}

// sayable are the caller's sentences in the order in which they introduce the
// subject: key points first, then facts.
func sayable(b ai.Brief) []string {
	english := prose.English(b.Language)
	var out []string
	for _, p := range readPoints(append(append([]string{}, b.KeyPoints...), b.Facts...), english) {
		if p.whole {
			out = append(out, prose.SentenceTexts(sentence(p.text))...)
		}
	}
	if len(out) == 0 {
		return newWriter(b).quarry(2)
	}
	return out
}
