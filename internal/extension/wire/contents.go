package wire

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Contents counts what may get lost of a text on its way to a channel.
type Contents struct {
	Links, Images, Tables, Footnotes, Boxes, Code int
	// Relative are links and images whose address begins at the page that they stand on.
	Relative int
}

// ContentsOf counts what is in an HTML text.
func ContentsOf(source string) (c Contents) {
	for z := html.NewTokenizer(strings.NewReader(source)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return c
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		t := z.Token()
		switch t.Data {
		case "a":
			href := attribute(t, "href")
			if strings.HasPrefix(href, "#fn:") || strings.HasPrefix(href, "#fnref:") {
				if strings.HasPrefix(href, "#fn:") {
					c.Footnotes++
				}
				continue
			}
			c.Links++
			c.Relative += relative(href)
		case "img":
			c.Images++
			c.Relative += relative(attribute(t, "src"))
		case "table":
			c.Tables++
		case "input":
			c.Boxes++
		case "pre":
			c.Code++
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func relative(address string) int {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(address, "#") || address == "" {
		return 0
	}
	return 1
}

// Count writes a number with its noun: "1 table", "2 tables".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// OfArticle returns what every site loses of an article: what its text leaves open.
func (c Contents) OfArticle() (lost []string) {
	if c.Relative > 0 {
		lost = append(lost, Count(c.Relative, "link or image address")+" without a host, which may lead nowhere there.")
	}
	if c.Images > 0 {
		lost = append(lost, "Images of other sites are not copied: they stay at their present addresses.")
	}
	return lost
}

var box = regexp.MustCompile(`<input[^>]*>`)

// PlainBoxes replaces the check boxes of an HTML text by characters, for sites that drop form
// fields.
func PlainBoxes(source string) string {
	return box.ReplaceAllStringFunc(source, func(tag string) string {
		if strings.Contains(tag, "checked") {
			return "☑"
		}
		return "☐"
	})
}

// Elements counts the elements of an HTML text by their names.
func Elements(source string) map[string]int {
	count := map[string]int{}
	for z := html.NewTokenizer(strings.NewReader(source)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return count
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			count[string(name)]++
		}
	}
}

// Words returns the words of an HTML text, with one space between them.
func Words(source string) string {
	var words []string
	for z := html.NewTokenizer(strings.NewReader(source)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(words, " ")
		case html.TextToken:
			words = append(words, strings.Fields(html.UnescapeString(string(z.Raw())))...)
		}
	}
}
