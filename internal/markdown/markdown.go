// Package markdown reads Markdown (CommonMark with GitHub's tables, task lists, strike-through, bare addresses
// and footnotes) at a cost that grows with the length of the text and with nothing else.
//
// [HTML] is what pages, feeds and exports show of a text, and [Read] takes it apart: what readers see as words,
// what is code, what is an address, and where each piece stands in the source. The package holds no state and
// imports nothing of ours.
package markdown

import (
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Deepest is how many block quotes and lists may be nested in each other. What would open one more is
// text of the innermost: without a bound, 200 kB of ">" takes half a minute and becomes megabytes of HTML.
const Deepest = 100

// New returns a converter with GitHub's extensions, bounded as the package comment says. Options are added
// to its own. Its HTML is not sanitised.
func New(options ...goldmark.Option) goldmark.Markdown {
	m := goldmark.New(append([]goldmark.Option{
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithParserOptions(parser.WithHeadingAttribute()), // ## Part {#part}
	}, options...)...)
	m.Parser().AddOptions(bounds{})
	return m
}

// Parse returns the syntax tree of a text.
func Parse(source []byte) ast.Node { return shared().Parser().Parse(text.NewReader(source)) }

//nolint:gochecknoglobals // a converter keeps no state between texts; building one takes longer than most texts
var shared = sync.OnceValue(func() goldmark.Markdown { return New() })
