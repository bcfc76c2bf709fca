package ui

import (
	"html/template"
	"strings"

	"golang.org/x/net/html"
)

// imageTag writes an image as the dashboard shows it. One of another site is not
// loaded, because that site would learn who reads; the page says so in its place.
func imageTag(tag html.Token) string {
	var src, alt string
	for _, a := range tag.Attr {
		switch a.Key {
		case "src":
			src = a.Val
		case "alt":
			alt = strings.TrimSpace(stripMarks(a.Val))
		}
	}
	if strings.HasPrefix(src, "/") && !strings.HasPrefix(src, "//") {
		return stripMarks(tag.String())
	}
	if alt == "" {
		alt = "no description"
	}
	return `<span class="image-out" title="The dashboard shows no images from other sites.">Image not shown: ` +
		template.HTMLEscapeString(alt) + `</span>`
}
