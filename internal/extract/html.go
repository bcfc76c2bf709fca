package extract

import (
	"bytes"
	"errors"
	"net/url"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	htmltomarkdown "github.com/JohannesKaufmann/html-to-markdown/v2"
	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"golang.org/x/net/html"
)

// HTML reads the article of a page: without navigation, ads and the like. Address is the page's own, which relative
// links start from; empty: none. A page without a clear article is taken whole.
func HTML(data []byte, address, contentType string) (d Document, err error) {
	text, err := decoded(data, contentType)
	if err != nil {
		return d, err
	}
	if n := strings.Count(text, "<"); n > maxTags {
		return d, unreadable("has %d tags, and at most %d are read", n, maxTags)
	}
	base, err := url.Parse(address)
	if err != nil {
		return d, unreadable("has an address that is no URL")
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return d, unreadable("is HTML that nests its tags too deeply")
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxTags
	article, err := parser.ParseDocument(doc, base)
	if err != nil {
		return d, unreadable("is HTML without an article")
	}
	d.Title, d.Language = line(article.Title()), article.Language()
	node := article.Node
	if node == nil {
		node = doc
	}
	if d.Body, err = markdownOf(node, address); err != nil {
		return d, err
	}
	return d, tooLong(d)
}

// markdownOf converts a tree of HTML.
func markdownOf(node *html.Node, address string) (string, error) {
	out, err := htmltomarkdown.ConvertNode(node, converter.WithDomain(address))
	if err != nil {
		return "", errors.Join(unreadable("is HTML that cannot be converted"), err)
	}
	return strings.TrimSpace(clean(string(bytes.TrimSpace(out)))), nil
}

// fragment converts a piece of HTML, such as the content of a feed's entry.
func fragment(text, address string) (string, error) {
	if strings.Count(text, "<") > maxTags {
		return "", unreadable("has too many tags")
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return "", unreadable("is HTML that nests its tags too deeply")
	}
	return markdownOf(doc, address)
}

// line makes a text one line.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
