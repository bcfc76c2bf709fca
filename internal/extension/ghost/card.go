package ghost

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"vellocity/internal/extension/wire"
)

var (
	// same gives elements the names that Ghost's editor has for them.
	same = strings.NewReplacer("<b>", "<strong>", "</b>", "</strong>", "<i>", "<em>", "</i>", "</em>",
		"<del>", "<s>", "</del>", "</s>", "<ins>", "<u>", "</ins>", "</u>")
	// back is the link from a footnote to its place in the text, which has no id in Ghost.
	back = regexp.MustCompile(`\s*<a href="#fnref[^>]*>.*?</a>`)
)

// content is the text as Ghost gets it. What its editor cannot hold, such as footnotes, becomes
// an HTML card, which it keeps as it is.
func content(source string) string {
	var out strings.Builder
	for _, b := range blocks(back.ReplaceAllString(same.Replace(wire.PlainBoxes(source)), "")) {
		if b.foreign {
			out.WriteString("<!--kg-card-begin: html-->" + b.html + "<!--kg-card-end: html-->")
		} else {
			out.WriteString(b.html)
		}
	}
	return strings.TrimSpace(out.String())
}

// block is an element of a text that is in no other, or what is between two.
type block struct {
	html    string
	foreign bool // Ghost's editor would lose something of it
}

// blocks cuts an HTML text, in which every element that is opened is closed.
func blocks(source string) (list []block) {
	var text strings.Builder
	var open []string
	foreign := false
	end := func() {
		if text.Len() > 0 {
			list = append(list, block{text.String(), foreign})
		}
		text.Reset()
		foreign = false
	}
	for z := html.NewTokenizer(strings.NewReader(source)); ; {
		kind := z.Next()
		raw := string(z.Raw())
		name, _ := z.TagName()
		switch kind {
		case html.ErrorToken:
			end()
			return list
		case html.StartTagToken, html.SelfClosingTagToken:
			if len(open) == 0 {
				end()
			}
			foreign = foreign || !holds(open, string(name))
			if kind == html.StartTagToken && !slices.Contains(void, string(name)) {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
		text.WriteString(raw)
		if len(open) == 0 && kind == html.EndTagToken {
			end()
		}
	}
}

var (
	void = []string{"br", "hr", "img"} // they are never closed
	// known are the elements of which Ghost's editor makes something of its own.
	known = strings.Fields("h1 h2 h3 h4 h5 h6 p a strong em s u sub sup code pre ul ol li blockquote hr br img " +
		"figure figcaption span")
	inLists  = strings.Fields("p a strong em s u sub sup code ul ol li br span")
	inQuotes = strings.Fields("p a strong em s u sub sup code br span")
)

// holds reports whether Ghost's editor holds an element inside those that are open.
func holds(open []string, name string) bool {
	switch {
	case slices.Contains(open, "a"):
		return slices.Contains(inQuotes, name) // a picture that is a link is dropped as a whole
	case slices.Contains(open, "blockquote"):
		return slices.Contains(inQuotes, name)
	case slices.Contains(open, "li"):
		return slices.Contains(inLists, name)
	}
	return slices.Contains(known, name)
}
