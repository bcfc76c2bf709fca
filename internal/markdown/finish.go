package markdown

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// deepest is how many elements of sanitised HTML may be open at once; browsers have a limit of the same order.
const deepest = 512

// finisher writes sanitised HTML again: each element closed, so that a text cannot end the page around it.
type finisher struct {
	strings.Builder
	preview bool
	open    []string
}

// finish closes what is open, drops end tags of what is not, disables task boxes, and shows the description of
// an image that has no address left.
func finish(sanitised string, preview bool) string {
	f := &finisher{preview: preview}
	f.Grow(len(sanitised))
	z := html.NewTokenizer(strings.NewReader(sanitised))
	for {
		kind := z.Next()
		raw := string(z.Raw())
		switch kind {
		case html.ErrorToken:
			f.close(0)
			return f.String()
		case html.StartTagToken, html.SelfClosingTagToken:
			f.start(raw, z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			if i := lastIndex(f.open, string(name)); i >= 0 {
				f.close(i)
			}
		default:
			f.WriteString(raw)
		}
	}
}

// close closes the elements from place n on, the innermost first.
func (f *finisher) close(n int) {
	for i := len(f.open) - 1; i >= n; i-- {
		f.WriteString("</" + f.open[i] + ">")
	}
	f.open = f.open[:n]
}

func (f *finisher) start(raw string, t html.Token) {
	switch t.Data {
	case "img":
		f.image(raw, t)
	case "input":
		f.WriteString(`<input type="checkbox" disabled=""`)
		if slices.ContainsFunc(t.Attr, func(a html.Attribute) bool { return a.Key == "checked" }) {
			f.WriteString(` checked=""`)
		}
		f.WriteByte('>')
	case "br", "hr", "wbr", "col", "area":
		f.WriteString(raw)
	default:
		if len(f.open) >= deepest {
			return
		}
		if f.preview {
			// The sanitiser writes attributes with double quotes and escapes quotes in their values.
			raw = strings.NewReplacer(` id="`, ` id="text-`, ` name="`, ` name="text-`, ` href="#`, ` href="#text-`).Replace(raw)
		}
		f.open = append(f.open, t.Data)
		if t.Type == html.SelfClosingTagToken { // to browsers <b/> is <b>, which would stay open
			f.WriteString(strings.TrimSuffix(raw, "/>") + ">")
			f.close(len(f.open) - 1)
			return
		}
		f.WriteString(raw)
	}
}

func (f *finisher) image(raw string, t html.Token) {
	source, alt := "", ""
	for _, a := range t.Attr {
		switch a.Key {
		case "src":
			source = a.Val
		case "alt":
			alt = a.Val
		}
	}
	label := html.EscapeString("[" + strings.TrimSpace("Image: "+alt) + "]")
	switch {
	case source == "":
		f.WriteString(html.EscapeString(alt))
	case !f.preview || own(source):
		f.WriteString(raw)
	case slices.Contains(f.open, "a"):
		f.WriteString(label)
	default:
		f.WriteString(`<a href="` + html.EscapeString(source) + `" rel="nofollow noreferrer">` + label + `</a>`)
	}
}

// own reports whether an address is one of this server.
func own(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && !strings.ContainsRune(address, '\\') &&
		strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, "//")
}

func lastIndex(list []string, s string) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == s {
			return i
		}
	}
	return -1
}
