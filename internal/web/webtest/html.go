package webtest

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Parse reads a page and fails on what no page may contain: an inline script or
// style, an id twice, a value that a template could not write.
func Parse(t testing.TB, where, body string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	seen := map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" && Attr(n, "src") == "" || n.Data == "style" {
			t.Errorf("%s: an inline <%s>", where, n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s %s=%q>", where, n.Data, a.Key, a.Val)
			}
			if a.Key == "id" && seen[a.Val] {
				t.Errorf("%s: the id %q is there twice", where, a.Val)
			}
			seen[a.Val] = seen[a.Val] || a.Key == "id"
		}
	}
	if strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "%!") {
		t.Errorf("%s: a template could not write a value", where)
	}
	return doc
}

// Attr returns an attribute; "" where there is none.
func Attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Count counts elements by name and class; an empty class counts all.
func Count(doc *html.Node, name, class string) int {
	found := 0
	for n := range doc.Descendants() {
		classes := " " + Attr(n, "class") + " "
		if n.Type == html.ElementNode && n.Data == name && (class == "" || strings.Contains(classes, " "+class+" ")) {
			found++
		}
	}
	return found
}
