package markdown

import (
	"html"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Image is what an image that a text names becomes.
type Image struct {
	Address string
	Alt     string // where the text has no description of its own
	Caption string // plain text; empty: none
}

// Resolve says what the image at an address becomes. ok is false where it stays as it is, which the
// sanitizer then decides about.
type Resolve func(address string) (i Image, ok bool)

//nolint:gochecknoglobals // goldmark's key for a value in its context
var resolver = parser.NewContextKey()

// namedPriority runs the transformer after goldmark's own, and the renderer before them.
const namedPriority = 900

// named gives the images of a text the addresses that its caller knows. One that stands in a paragraph
// of its own and has a caption becomes a figure.
type named struct{}

// Transform resolves the images of a text.
func (named) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	resolve, _ := pc.Get(resolver).(Resolve)
	if resolve == nil {
		return
	}
	captions := map[*ast.Image]string{}
	var list []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		v, isImage := n.(*ast.Image)
		if !isImage || !entering {
			return ast.WalkContinue, nil
		}
		if i, ok := resolve(string(v.Destination)); ok {
			v.Destination = []byte(i.Address)
			if v.FirstChild() == nil && i.Alt != "" {
				v.AppendChild(v, ast.NewString([]byte(i.Alt)))
			}
			captions[v] = i.Caption
			list = append(list, v)
		}
		return ast.WalkContinue, nil
	})
	for _, v := range list {
		p, alone := v.Parent().(*ast.Paragraph)
		if alone && p.ChildCount() == 1 && captions[v] != "" {
			f := &figure{caption: captions[v]}
			p.Parent().ReplaceChild(p.Parent(), p, f)
			f.AppendChild(f, v)
		}
	}
}

// figure is an image with its caption.
type figure struct {
	ast.BaseBlock
	caption string
}

//nolint:gochecknoglobals // goldmark's name for a kind of nodes
var kindFigure = ast.NewNodeKind("Figure")

// Kind returns the kind.
func (*figure) Kind() ast.NodeKind { return kindFigure }

// Dump writes the node for people.
func (f *figure) Dump(source []byte, level int) {
	ast.DumpHelper(f, source, level, map[string]string{"Caption": f.caption}, nil)
}

// figures renders figures.
type figures struct{}

// RegisterFuncs registers the function.
func (figures) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindFigure, func(
		w util.BufWriter, _ []byte, n ast.Node, entering bool,
	) (ast.WalkStatus, error) {
		f, _ := n.(*figure)
		if entering {
			_, err := w.WriteString("<figure>")
			return ast.WalkContinue, err
		}
		_, err := w.WriteString("<figcaption>" + html.EscapeString(f.caption) + "</figcaption></figure>\n")
		return ast.WalkContinue, err
	})
}
