package markdown

import (
	"bytes"
	"sort"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// bounds puts a bound around the parts of goldmark whose cost grows faster than the text.
type bounds struct{}

// SetParserOption wraps the parts.
func (bounds) SetParserOption(c *parser.Config) {
	for i, p := range c.BlockParsers {
		switch p.Value {
		case parser.NewListParser():
			c.BlockParsers[i].Value = shallow{parser.NewListParser()}
		case parser.NewBlockquoteParser():
			c.BlockParsers[i].Value = shallow{parser.NewBlockquoteParser()}
		case extension.NewFootnoteBlockParser():
			c.BlockParsers[i].Value = notes{shallow{extension.NewFootnoteBlockParser()}}
		}
	}
	for i, p := range c.InlineParsers {
		switch p.Value {
		case parser.NewLinkParser():
			c.InlineParsers[i].Value = links{parser.NewLinkParser()}
		case extension.NewFootnoteParser():
			c.InlineParsers[i].Value = noteLinks{extension.NewFootnoteParser()}
		}
	}
	for i, p := range c.ParagraphTransformers {
		switch p.Value {
		case parser.LinkReferenceParagraphTransformer:
			c.ParagraphTransformers[i].Value = definitions{parser.LinkReferenceParagraphTransformer}
		case extension.NewTableParagraphTransformer():
			c.ParagraphTransformers[i].Value = tables{extension.NewTableParagraphTransformer()}
		}
	}
}

// shallow keeps the parser of lists or block quotes from opening blocks deeper than Deepest.
type shallow struct{ parser.BlockParser }

// Open opens a block unless it would be too deep. A list that is open needs its item, so the list's own
// parser decides there.
func (s shallow) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if _, isList := pc.LastOpenedBlock().Node.(*ast.List); !isList && depth(parent) >= Deepest {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, reader, pc)
}

// wide is how many lists may be open at each of many empty lines. Every open list costs time at every
// line, so the deeper ones end at a second empty line.
const wide = 4

// Continue keeps a block open.
func (s shallow) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	if line, at := reader.PeekLine(); util.IsBlank(line) && node.Kind() == ast.KindList &&
		blankBefore(reader.Source(), at.Start) && depth(node) > wide {
		return parser.Close
	}
	return s.BlockParser.Continue(node, reader, pc)
}

// blankBefore reports whether the line before the one around the offset is empty.
func blankBefore(source []byte, offset int) bool {
	start := bytes.LastIndexByte(source[:offset], '\n')
	if start <= 0 {
		return false
	}
	before := bytes.LastIndexByte(source[:start], '\n')
	return util.IsBlank(source[before+1 : start])
}

// depth counts the block quotes, lists and footnotes around what is put into n, n included.
func depth(n ast.Node) (count int) {
	for ; n != nil; n = n.Parent() {
		if k := n.Kind(); k == ast.KindBlockquote || k == ast.KindList || k == extast.KindFootnote {
			count++
		}
	}
	return count
}

// mostNotes is how many footnotes a text may have, and mostNoteLinks how often it may point to them; one more
// is text. Each pointer is looked up in a list, and becomes two links of a hundred characters.
const mostNotes, mostNoteLinks = 500, 1000

//nolint:gochecknoglobals // goldmark's keys for counts in its context
var noteCount, noteLinkCount = parser.NewContextKey(), parser.NewContextKey()

// notes bounds the footnotes.
type notes struct{ parser.BlockParser }

// Open opens a footnote.
func (n notes) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	count, _ := pc.Get(noteCount).(int)
	if count >= mostNotes {
		return nil, parser.NoChildren
	}
	node, state := n.BlockParser.Open(parent, reader, pc)
	if node != nil {
		pc.Set(noteCount, count+1)
	}
	return node, state
}

// noteLinks bounds the links to footnotes.
type noteLinks struct{ parser.InlineParser }

// Parse parses a link to a footnote.
func (n noteLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	count, _ := pc.Get(noteLinkCount).(int)
	if count >= mostNoteLinks {
		return nil
	}
	node := n.InlineParser.Parse(parent, block, pc)
	if node != nil {
		pc.Set(noteLinkCount, count+1)
	}
	return node
}

// links keeps the parser of links from looking for the end of an address where there cannot be one (it
// looks from every "](" to the end of the line) and from walking over thousands of open brackets.
type links struct{ parser.InlineParser }

// mostOpen is how many square brackets may be open in a paragraph; one more is text.
const mostOpen = 1000

//nolint:gochecknoglobals // goldmark's key for a count in its context
var openBrackets = parser.NewContextKey()

// Parse parses a link or an image.
func (l links) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	open, _ := pc.Get(openBrackets).(int)
	switch block.Peek() {
	case ']':
		pc.Set(openBrackets, max(open-1, 0))
	default:
		if open >= mostOpen {
			return nil
		}
		pc.Set(openBrackets, open+1)
	}
	if line, _ := block.PeekLine(); len(line) > 2 && line[0] == ']' && line[1] == '(' && !endsAddress(line[2:]) {
		block = &cutReader{block}
	}
	return l.InlineParser.Parse(parent, &lineReader{block, linesAround(parent)}, pc)
}

// CloseBlock ends a block, as goldmark's own parser does.
func (l links) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	pc.Set(openBrackets, 0)
	if c, ok := l.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

// deepestAddress is how many brackets may be nested in an address; cmark has the same limit.
const deepestAddress = 32

// endsAddress reports whether a link's address that starts here can end in this line. One that starts in
// the next line is left to the parser.
func endsAddress(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	if len(line) > 0 && line[0] == '<' {
		end := bytes.IndexAny(line[1:], "<>\n")
		return end >= 0 && line[1+end] == '>'
	}
	open := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line) && util.IsPunct(line[i+1]):
			i++
		case c == '(':
			if open++; open > deepestAddress {
				return false
			}
		case c == ')':
			if open--; open < 0 {
				return true
			}
		case util.IsSpace(c):
			return true
		}
	}
	return false
}

// cutReader shows the link parser no more of a line than the bracket that it stands on.
type cutReader struct{ text.Reader }

// PeekLine returns the rest of the line, cut.
func (c *cutReader) PeekLine() ([]byte, text.Segment) {
	line, at := c.Reader.PeekLine()
	return line[:min(len(line), 1)], at
}

// Peek hides what follows the bracket, so that only a reference link is possible.
func (c *cutReader) Peek() byte { return text.EOF }

// longestLabel is how long a link's label may be, in bytes; CommonMark has 999 characters.
const longestLabel = 4000

// lineReader finds the lines of a part of a paragraph without looking at all of them.
type lineReader struct {
	text.Reader
	lines *text.Segments
}

// Value returns the part of the paragraph, as far as a label can be long.
func (r *lineReader) Value(part text.Segment) []byte {
	part.Stop = min(part.Stop, part.Start+longestLabel)
	source, n := r.Source(), r.lines.Len()
	first := sort.Search(n, func(i int) bool { return r.lines.At(i).Stop > part.Start })
	var out []byte
	for i := first; i < n && r.lines.At(i).Start < part.Stop; i++ {
		line := r.lines.At(i)
		piece := source[max(part.Start, line.Start):min(part.Stop, line.Stop)]
		if part.Stop <= line.Stop && out == nil {
			return piece
		}
		out = append(out, piece...)
	}
	return out
}

// linesAround returns the lines of the block that an inline node is in.
func linesAround(n ast.Node) *text.Segments {
	for n.Type() == ast.TypeInline {
		n = n.Parent()
	}
	return n.Lines()
}

// definitions gives goldmark's transformer of link definitions a few lines of a paragraph at a time: it
// moves all lines of the paragraph for every definition.
type definitions struct{ parser.ParagraphTransformer }

// together is how many lines one definition may have.
const together = 64

// Transform takes the definitions off the start of a paragraph.
func (d definitions) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := node.Lines()
	if lines.Len() <= together {
		d.ParagraphTransformer.Transform(node, reader, pc)
		return
	}
	parent, all, at := node.Parent(), lines.Sliced(0, lines.Len()), 0
	for at < len(all) {
		end := min(at+together, len(all))
		if first := bytes.TrimLeft(all[at].Value(reader.Source()), " "); len(first) == 0 || first[0] != '[' {
			break
		}
		part, some := ast.NewParagraph(), text.NewSegments()
		some.AppendAll(all[at:end])
		part.SetLines(some)
		part.SetBlankPreviousLines(at == 0 && node.HasBlankPreviousLines())
		parent.InsertBefore(parent, node, part)
		d.ParagraphTransformer.Transform(part, reader, pc)
		left := 0
		if part.Parent() != nil {
			left = part.Lines().Len()
			parent.RemoveChild(parent, part)
		}
		if end-left == at {
			break
		}
		at = end - left
	}
	if at == len(all) {
		parent.RemoveChild(parent, node)
		return
	}
	rest := text.NewSegments()
	rest.AppendAll(all[at:])
	node.SetLines(rest)
}

// tables leaves what would become a table with far more cells than its text has characters a paragraph:
// short rows are filled up with empty cells.
type tables struct{ parser.ParagraphTransformer }

// Transform turns a paragraph into a table where it is one.
func (t tables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines, cells := node.Lines(), 0
	for i := range lines.Len() {
		at := lines.At(i)
		line := at.Value(reader.Source())
		if len(bytes.Trim(line, "|:- \t\r\n")) == 0 {
			cells = max(cells, (bytes.Count(line, []byte{'|'})+1)*(lines.Len()-i))
		}
	}
	if n := lines.Len(); n > 0 && cells > 4*(lines.At(n-1).Stop-lines.At(0).Start)+1000 {
		return
	}
	t.ParagraphTransformer.Transform(node, reader, pc)
}
