package markdown

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
	tokens "golang.org/x/net/html"
)

// HTML turns Markdown into sanitised HTML as readers get it: raw HTML is kept as far as it is harmless, and so
// are images of other hosts, heading ids and footnotes. Every element that it opens it closes.
func HTML(source string) string { return render(source, nil, false) }

// HTMLWith is [HTML] of a text that names images: each becomes what resolve says.
func HTMLWith(source string, resolve Resolve) string { return render(source, resolve, false) }

// Preview is [HTML] for pages of our own, where nobody has looked at the text yet: images of other hosts, which
// would learn who reads, are links instead, and ids start with "text-", so that none is one of the page's.
func Preview(source string) string { return render(source, nil, true) }

// PreviewWith is [Preview] of a text that names images.
func PreviewWith(source string, resolve Resolve) string { return render(source, resolve, true) }

func render(source string, resolve Resolve, preview bool) string {
	var out bytes.Buffer
	m, policy := converter()
	ctx := parser.NewContext(parser.WithIDs(&ids{}))
	ctx.Set(resolver, resolve)
	if err := m.Convert([]byte(source), &out, parser.WithContext(ctx)); err != nil {
		return ""
	}
	return finish(policy.SanitizeReader(&out).String(), preview)
}

//nolint:gochecknoglobals // built once; both keep no state between texts
var converter = sync.OnceValues(func() (goldmark.Markdown, *bluemonday.Policy) {
	m := New(
		goldmark.WithRendererOptions(html.WithUnsafe()), // the policy decides about raw HTML
		goldmark.WithParserOptions(
			parser.WithAutoHeadingID(),
			parser.WithASTTransformers(util.Prioritized(named{}, namedPriority)),
		),
	)
	// Sanitisers drop styles, so columns are aligned by an attribute.
	m.Renderer().AddOptions(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute),
		renderer.WithNodeRenderers(util.Prioritized(figures{}, namedPriority)))
	return m, policy()
})

var (
	idShape       = regexp.MustCompile(`^[\p{L}\p{N}\p{M}_:.\-]+$`)
	languageClass = regexp.MustCompile(`^language-[^\s"'<>&]{1,40}$`)
	footnoteClass = regexp.MustCompile(`^footnote(s|-ref|-backref)$`)
	footnoteRole  = regexp.MustCompile(`^doc-(noteref|endnotes|backlink)$`)
)

// policy says which HTML may reach readers: bluemonday's policy for what users write, and what Markdown makes.
func policy() *bluemonday.Policy {
	p := bluemonday.UGCPolicy()
	p.RequireNoFollowOnLinks(false)
	p.RequireNoFollowOnFullyQualifiedLinks(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowElements("kbd", "figcaption")
	p.AllowAttrs("alt").OnElements("img") // bluemonday's own takes letters alone, and drops "Salt & pepper"
	p.AllowAttrs("id").Matching(idShape).Globally()
	p.AllowAttrs("name").Matching(idShape).OnElements("a")
	p.AllowAttrs("class").Matching(languageClass).OnElements("code")
	p.AllowAttrs("class").Matching(footnoteClass).OnElements("a", "div")
	p.AllowAttrs("role").Matching(footnoteRole).OnElements("a", "div")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(regexp.MustCompile(`^$`)).OnElements("input")
	return p
}

// Dropped returns what of a tag of raw HTML readers do not get: the element, as "<iframe>", or its attributes.
func Dropped(tag string) (names []string) {
	name, attributes := parts(tag + ">")
	if name == "" {
		return nil
	}
	_, policy := converter()
	kept, left := parts(policy.Sanitize(tag + ">"))
	if kept == "" {
		return []string{"<" + name + ">"}
	}
	for a := range attributes {
		if !left[a] {
			names = append(names, a)
		}
	}
	return names
}

// parts returns the name and the attributes of a start tag.
func parts(tag string) (name string, attributes map[string]bool) {
	z := tokens.NewTokenizer(strings.NewReader(tag))
	if k := z.Next(); k != tokens.StartTagToken && k != tokens.SelfClosingTagToken {
		return "", nil
	}
	t := z.Token()
	attributes = map[string]bool{}
	for _, a := range t.Attr {
		attributes[a.Key] = true
	}
	return t.Data, attributes
}

// ids makes the ids of headings as GitHub does, so that tables of contents written for it work: lower case,
// hyphens for spaces, no punctuation; the second of the same name ends in -1.
type ids struct{ taken map[string]int }

// Generate returns the id of a heading.
func (i *ids) Generate(value []byte, _ ast.NodeKind) []byte {
	var b strings.Builder
	for _, r := range strings.ToLower(string(util.TrimLeftSpace(util.TrimRightSpace(value)))) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.M, r), r == '_', r == '-':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	id := cmp.Or(clipped(b.String()), "part")
	if i.taken == nil {
		i.taken = map[string]int{}
	}
	n := i.taken[id]
	i.taken[id]++
	if n == 0 {
		return []byte(id)
	}
	return fmt.Appendf(nil, "%s-%d", id, n)
}

// Put notes an id that the text gives itself.
func (i *ids) Put(value []byte) {
	if i.taken == nil {
		i.taken = map[string]int{}
	}
	i.taken[string(value)]++
}

// clipped returns as much of an id as the policy allows.
func clipped(id string) string {
	const most = 150
	n := 0
	for at := range id {
		if n++; n > most {
			return id[:at]
		}
	}
	return id
}
