package prose

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Document holds the parts of a Markdown text.
type Document struct {
	Headings   []Heading
	Paragraphs []string // plain text, list items among them
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
type Link struct{ URL, Text string }

// Text returns the text without headings, with an empty line between blocks.
func (d Document) Text() string { return strings.Join(d.Paragraphs, "\n\n") }

// Parse reads Markdown (CommonMark). Code blocks and raw HTML are not text.
func Parse(markdown string) Document {
	src := []byte(markdown)
	root := goldmark.DefaultParser().Parse(text.NewReader(src))
	var d Document
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			d.take(n, src)
		}
		return ast.WalkContinue, nil
	})
	return d
}

// Plain returns the text of Markdown with headings, an empty line between blocks.
func Plain(markdown string) string {
	src := []byte(markdown)
	root := goldmark.DefaultParser().Parse(text.NewReader(src))
	var blocks []string
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindHeading, ast.KindParagraph, ast.KindTextBlock:
			blocks = append(blocks, inline(n, src))
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(blocks, "\n\n")
}

func (d *Document) take(n ast.Node, src []byte) {
	switch v := n.(type) {
	case *ast.Heading:
		d.Headings = append(d.Headings, Heading{v.Level, inline(n, src)})
	case *ast.Paragraph, *ast.TextBlock:
		d.Paragraphs = append(d.Paragraphs, inline(n, src))
	case *ast.ListItem:
		d.ListItems++
	case *ast.Link:
		d.Links = append(d.Links, Link{string(v.Destination), inline(n, src)})
	case *ast.AutoLink:
		d.Links = append(d.Links, Link{string(v.URL(src)), string(v.Label(src))})
	case *ast.Image:
		d.Images = append(d.Images, Link{string(v.Destination), inline(n, src)})
	}
}

// inline returns the plain text below a block.
func inline(n ast.Node, src []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch v := c.(type) {
		case *ast.Text:
			b.Write(v.Segment.Value(src))
			if v.SoftLineBreak() || v.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(v.Value)
		case *ast.AutoLink:
			b.Write(v.Label(src))
		default:
			b.WriteString(inline(c, src))
		}
	}
	return strings.TrimSpace(b.String())
}
