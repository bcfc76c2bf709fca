package prose

import (
	"strings"

	"vellocity/internal/markdown"
)

// Document holds the parts of a Markdown text.
type Document struct {
	Headings   []Heading
	Paragraphs []string // plain text; list items and the cells of tables among them
	Cells      int      // how many of the paragraphs are cells of tables
	Links      []Link
	Images     []Link // Text is the alternative text
	ListItems  int
}

// Heading is one heading, Level 1 to 6.
type Heading struct {
	Level int
	Text  string
}

// Link is a link or image: its target and its text.
type Link = markdown.Link

// Text returns the text without headings, with an empty line between blocks.
func (d Document) Text() string { return strings.Join(d.Paragraphs, "\n\n") }

// Parse reads Markdown ([markdown.Read]). Code blocks and the tags of raw HTML are not text.
func Parse(text string) Document {
	r := markdown.Read(text)
	d := Document{Links: r.Links, Images: r.Images, ListItems: r.ListItems}
	for _, b := range r.Blocks {
		switch words := b.String(); {
		case b.Code || words == "" && b.Level == 0:
		case b.Level > 0:
			d.Headings = append(d.Headings, Heading{b.Level, words})
		default:
			if b.Cell {
				d.Cells++
			}
			d.Paragraphs = append(d.Paragraphs, words)
		}
	}
	return d
}

// Plain returns the text of Markdown with headings, an empty line between blocks. Entities and escapes read
// as what they stand for; code blocks and tags are left out.
func Plain(text string) string { return markdown.Read(text).Plain() }
