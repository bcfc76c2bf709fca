package markdown

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Kind says what a piece of a text is.
type Kind uint8

const (
	// Words are what readers read: also the text of links, the description of an image, and what stands
	// between the tags of raw HTML.
	Words Kind = iota
	// Code is the inside of a code span or a code block.
	Code
	// Address is a URL that stands in the text itself. The target of a link is no piece at all.
	Address
	// Line is a line break within a block.
	Line
)

// Piece is a part of a block: what it reads as, and where it stands in the source (bytes, End exclusive).
type Piece struct {
	Kind       Kind
	Start, End int
	Text       string // entities and escapes resolved
}

// Block is a heading, a paragraph, a table's cell, a code block or a block of raw HTML.
type Block struct {
	Level  int // of a heading, 1 to 6; 0: no heading
	Cell   bool
	Code   bool
	Quote  bool // within a block quote
	Start  int  // where the source's first line of the block starts, in bytes
	Pieces []Piece
}

// Link is a link or an image: its target and its text.
type Link struct{ URL, Text string }

// Reading is a text taken apart.
type Reading struct {
	Source    string
	Blocks    []Block
	Links     []Link
	Images    []Link // Text is the description
	ListItems int
	Tags      [][2]int // raw HTML tags, as ranges of the source; those of blocks without the last bracket
	Unclosed  int      // offset of a code fence that is never closed; -1: none
}

// Read takes a text apart.
func Read(markdown string) *Reading {
	r := &reader{Reading: Reading{Source: markdown, Unclosed: -1}, src: []byte(markdown)}
	_ = ast.Walk(Parse(r.src), r.node)
	return &r.Reading
}

// Plain returns the words of the text, code spans and addresses included and code blocks left out, with an
// empty line between blocks.
func (r *Reading) Plain() string {
	var b strings.Builder
	for _, block := range r.Blocks {
		if !block.Code {
			block.plain(&b)
		}
	}
	return b.String()
}

func (block Block) plain(b *strings.Builder) {
	words := block.String()
	if words == "" {
		return
	}
	if b.Len() > 0 {
		b.WriteString("\n\n")
	}
	b.WriteString(words)
}

// String returns the words of the block on one line.
func (block Block) String() string {
	var b strings.Builder
	for _, p := range block.Pieces {
		if p.Kind == Line {
			b.WriteByte(' ')
			continue
		}
		b.WriteString(p.Text)
	}
	return strings.TrimSpace(b.String())
}

type reader struct {
	Reading
	src []byte
	now *Block // the block that pieces go to
	// quotes is how many block quotes are open.
	quotes int
}

func (r *reader) node(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		r.leave(n)
		return ast.WalkContinue, nil
	}
	switch v := n.(type) {
	case *ast.Heading:
		r.open(n, Block{Level: v.Level})
	case *ast.Paragraph, *ast.TextBlock:
		r.open(n, Block{})
	case *extast.TableCell:
		r.open(n, Block{Cell: true})
	case *ast.ListItem:
		r.ListItems++
	case *ast.Blockquote:
		r.quotes++
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		r.code(n)
	case *ast.HTMLBlock:
		r.open(n, Block{})
		r.markup(linesOf(v))
		r.now = nil
	default:
		return r.inline(n), nil
	}
	return ast.WalkContinue, nil
}

func (r *reader) inline(n ast.Node) ast.WalkStatus {
	switch v := n.(type) {
	case *ast.Text:
		r.words(v)
	case *ast.AutoLink:
		r.autoLink(v)
	case *ast.Link:
		r.Links = append(r.Links, Link{string(v.Destination), r.below(n)})
	case *ast.Image:
		r.Images = append(r.Images, Link{string(v.Destination), r.below(n)})
	case *ast.RawHTML:
		r.rawHTML(v)
	}
	return ast.WalkContinue
}

func (r *reader) leave(n ast.Node) {
	switch n.(type) {
	case *ast.Heading, *ast.Paragraph, *ast.TextBlock, *extast.TableCell:
		r.now = nil
	case *ast.Blockquote:
		r.quotes--
	}
}

func (r *reader) open(n ast.Node, b Block) {
	if l := n.Lines(); l != nil && l.Len() > 0 {
		b.Start = l.At(0).Start
	}
	b.Quote = r.quotes > 0
	r.Blocks = append(r.Blocks, b)
	r.now = &r.Blocks[len(r.Blocks)-1]
}

func (r *reader) add(k Kind, start, end int, reads string) {
	if r.now != nil && end > start {
		r.now.Pieces = append(r.now.Pieces, Piece{k, start, end, reads})
	}
}

func (r *reader) words(t *ast.Text) {
	start, end := t.Segment.Start, t.Segment.Stop
	switch {
	case t.Parent() != nil && t.Parent().Kind() == ast.KindCodeSpan:
		r.add(Code, start, end, r.Source[start:end])
	default:
		r.resolved(start, end)
	}
	if t.SoftLineBreak() || t.HardLineBreak() {
		if end = min(end, len(r.Source)-1); end >= 0 {
			r.add(Line, end, end+1, "\n")
		}
	}
}

// resolved adds words, split where an escape or an entity is something else than it reads as.
func (r *reader) resolved(start, end int) {
	from := start
	for i := start; i < end; {
		n, reads := 0, ""
		switch r.src[i] {
		case '\\':
			if i+1 < end && util.IsPunct(r.src[i+1]) {
				n, reads = 2, r.Source[i+1:i+2]
			}
		case '&':
			n, reads = entity(r.Source[i:end])
		case ':':
			if n, at := address(r.Source, from, i, end); n > 0 {
				r.add(Words, from, at, r.Source[from:at])
				r.add(Address, at, at+n, r.Source[at:at+n])
				i, from = at+n, at+n
				continue
			}
		}
		if n == 0 {
			i++
			continue
		}
		r.add(Words, from, i, r.Source[from:i])
		r.add(Words, i, i+n, reads)
		i, from = i+n, i+n
	}
	r.add(Words, from, end, r.Source[from:end])
}

// longestEntity is the length of &CounterClockwiseContourIntegral;.
const longestEntity = 33

// entity returns the length of an entity at the start of s and what it stands for.
func entity(s string) (n int, reads string) {
	n = strings.IndexByte(s[:min(len(s), longestEntity)], ';') + 1
	if n < 3 {
		return 0, ""
	}
	reads = html.UnescapeString(s[:n])
	if reads == s[:n] || strings.HasSuffix(reads, ";") && reads != ";" {
		return 0, ""
	}
	return n, reads
}

// address finds a URL around the colon at i, which is at or after from.
func address(s string, from, i, end int) (n, at int) {
	if !strings.HasPrefix(s[i:end], "://") {
		return 0, 0
	}
	at = i
	for at > from && (isLetter(s[at-1]) || strings.IndexByte("+.-0123456789", s[at-1]) >= 0) {
		at--
	}
	for at < i && !isLetter(s[at]) {
		at++
	}
	if at == i {
		return 0, 0
	}
	stop := i + 3
	for stop < end && s[stop] > ' ' && strings.IndexByte(`<>"`+"`", s[stop]) < 0 {
		stop++
	}
	for stop > i+3 && strings.IndexByte(".,;:!?'*_)]", s[stop-1]) >= 0 {
		stop--
	}
	if stop == i+3 {
		return 0, 0
	}
	return stop - at, at
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func (r *reader) autoLink(n *ast.AutoLink) {
	label := n.Label(r.src)
	r.Links = append(r.Links, Link{string(n.URL(r.src)), string(label)})
	start := cap(r.src) - cap(label) // the label is a part of the source
	if start < 0 || start+len(label) > len(r.src) || !bytes.Equal(label, r.src[start:start+len(label)]) {
		return
	}
	kind := Address
	if n.AutoLinkType == ast.AutoLinkEmail {
		kind = Words
	}
	r.add(kind, start, start+len(label), string(label))
}

// below returns the words below a link or an image.
func (r *reader) below(n ast.Node) string {
	in := &reader{Reading: Reading{Source: r.Source}, src: r.src}
	var b Block
	in.now = &b
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := c.(*ast.Text); ok && entering {
			in.words(t)
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

func (r *reader) code(n ast.Node) {
	r.open(n, Block{Code: true})
	last := -1
	for _, s := range linesOf(n) {
		r.add(Code, s.Start, s.Stop, r.Source[s.Start:s.Stop])
		last = s.Stop
	}
	r.now = nil
	if f, ok := n.(*ast.FencedCodeBlock); ok {
		r.fence(f, last)
	}
}

// fence notes a code block that runs to the end of the text because nothing closes it.
func (r *reader) fence(n *ast.FencedCodeBlock, last int) {
	var start int
	switch {
	case n.Info != nil:
		start = n.Info.Segment.Start
	case last >= 0:
		start = n.Lines().At(0).Start - 1
	default:
		start = len(r.Source)
	}
	start = strings.LastIndexByte(r.Source[:max(start, 0)], '\n') + 1
	mark := strings.IndexAny(r.Source[start:], "`~")
	if rest := strings.TrimSpace(r.Source[max(last, start):]); mark < 0 || last >= 0 && rest != "" {
		return
	}
	if last < 0 && strings.Contains(strings.TrimSpace(r.Source[start:]), "\n") {
		return
	}
	r.Unclosed = start + mark
}

func (r *reader) rawHTML(n *ast.RawHTML) {
	segments := n.Segments
	if segments.Len() == 0 {
		return
	}
	start, end := segments.At(0).Start, segments.At(segments.Len()-1).Stop
	r.Tags = append(r.Tags, [2]int{start, end})
	if tagName(r.Source[start:end]) == "br" {
		r.add(Line, start, end, "\n")
	}
}

// linesOf returns the lines of a block.
func linesOf(n ast.Node) []text.Segment {
	lines := n.Lines()
	list := lines.Sliced(0, lines.Len())
	if h, ok := n.(*ast.HTMLBlock); ok && h.HasClosure() {
		list = append(list[:len(list):len(list)], h.ClosureLine)
	}
	return list
}

// markup adds the words of a block of raw HTML: what stands outside its tags and comments, and not in a
// script or a style sheet.
func (r *reader) markup(lines []text.Segment) {
	hidden := "" // what ends the part that nobody reads
	for _, line := range lines {
		for i := line.Start; i < line.Stop; {
			rest := r.Source[i:line.Stop]
			if hidden != "" {
				end := indexFold(rest, hidden)
				if end < 0 {
					break
				}
				i += end + len(hidden)
				if strings.HasPrefix(hidden, "</") {
					hidden = ">"
				} else {
					hidden = ""
				}
				continue
			}
			n := strings.IndexByte(rest, '<')
			if n < 0 {
				r.resolved(i, line.Stop)
				break
			}
			r.resolved(i, i+n)
			i += n
			hidden = r.tag(i, line.Stop)
			if hidden != "" {
				i++
			} else {
				r.resolved(i, i+1)
				i++
			}
		}
		r.add(Line, line.Stop-1, line.Stop, "\n")
	}
}

// tag returns what ends the markup at i; empty: this is none.
func (r *reader) tag(i, stop int) string {
	rest := r.Source[i:stop]
	name := tagName(rest)
	switch {
	case strings.HasPrefix(rest, "<!--"):
		return "-->"
	case name == "script" || name == "style":
		r.Tags = append(r.Tags, [2]int{i, i + tagLength(rest)})
		return "</" + name
	case name != "" || len(rest) > 1 && strings.IndexByte("/!?", rest[1]) >= 0:
		r.Tags = append(r.Tags, [2]int{i, i + tagLength(rest)})
		r.add(Line, i, i+1, "\n")
		return ">"
	}
	return ""
}

// tagLength returns how long the tag is that s starts with, without its last bracket.
func tagLength(s string) int {
	if n := strings.IndexByte(s, '>'); n >= 0 {
		return n
	}
	return len(s)
}

// tagName returns the name of the tag that s starts with, in lower case.
func tagName(s string) string {
	s = strings.TrimPrefix(s, "<")
	s = strings.TrimPrefix(s, "/")
	n := 0
	for n < len(s) && n < 20 && (isLetter(s[n]) || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return strings.ToLower(s[:n])
}

func indexFold(s, lower string) int {
	for i := 0; i+len(lower) <= len(s); i++ {
		if s[i]|0x20 == lower[0]|0x20 && strings.EqualFold(s[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}

// Placeholder stands in a [View] for code and for addresses: no word, no digit and no space.
const Placeholder = '\uFFFC'

// View is the text of a reading as one string, with the way back to the source.
type View struct {
	Text   string
	pieces []located
}

// located is a piece and where its text starts in the view.
type located struct {
	at, start, end int
	exact          bool // it reads as it is written
}

// View returns what readers see: emphasis, link targets and other signs are gone, blocks are an empty line
// apart, and code and addresses are a [Placeholder] each, or the code itself where it is asked for.
func (r *Reading) View(withCode bool) *View {
	v := &View{pieces: make([]located, 0, 4*len(r.Blocks))}
	var b strings.Builder
	b.Grow(len(r.Source))
	for i, block := range r.Blocks {
		if i > 0 {
			b.WriteString("\n\n")
		}
		for _, p := range block.Pieces {
			reads := p.Text
			if p.Kind == Address || p.Kind == Code && !withCode {
				reads = string(Placeholder)
			}
			v.pieces = append(v.pieces, located{b.Len(), p.Start, p.End, reads == r.Source[p.Start:p.End]})
			b.WriteString(reads)
		}
	}
	v.Text = b.String()
	return v
}

// PlainView is the view of a text that is no Markdown.
func PlainView(s string) *View {
	r := reader{Reading: Reading{Source: s}, src: []byte(s)}
	r.Blocks = []Block{{}}
	r.now = &r.Blocks[0]
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] == ':' {
			if n, at := address(s, from, i, len(s)); n > 0 {
				r.add(Words, from, at, s[from:at])
				r.add(Address, at, at+n, s[at:at+n])
				from = at + n
				i = from - 1
			}
		}
	}
	r.add(Words, from, len(s), s[from:])
	return r.View(false)
}

// Source returns the range of the source that shows as the range of the view. Empty ranges have none.
func (v *View) Source(start, end int) (from, to int) {
	if len(v.pieces) == 0 || end <= start {
		return 0, 0
	}
	p := v.pieces[v.find(start)]
	from = p.start
	if p.exact {
		from = min(p.start+max(start-p.at, 0), p.end)
	}
	_, size := utf8.DecodeLastRuneInString(v.Text[start:end])
	last := end - size
	p = v.pieces[v.find(last)]
	to = p.end
	if p.exact {
		to = min(p.start+max(end-p.at, 0), p.end)
	}
	return from, max(from, to)
}

// find returns the last piece that starts at or before the offset.
func (v *View) find(at int) int {
	low, high := 0, len(v.pieces)
	for low+1 < high {
		if mid := (low + high) / 2; v.pieces[mid].at <= at {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}
