package feed

import (
	"cmp"
	"html/template"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
)

// pagePolicy lets a page show images, our own and those of other hosts that its author
// chose, and run nothing.
const pagePolicy = "default-src 'none'; img-src 'self' https: http: data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var itemPage = template.Must(template.New("item").Parse(`<!doctype html>
<html lang="{{.Language}}" dir="{{.Direction}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.MetaTitle}}</title>
{{with .Summary}}<meta name="description" content="{{.}}">
{{end}}<link rel="canonical" href="{{.Address}}">
<meta name="generator" content="Vellocity">
<meta name="ai-generated" content="{{.AI}}">
</head>
<body>
<article>
{{with .Heading}}<h1>{{.}}</h1>
{{end}}{{.HTML}}
</article>
</body>
</html>
`))

// shownItem is what the page of an item shows.
type shownItem struct {
	Language, Direction, MetaTitle, Summary, Address string
	Heading                                          string // "" where the text brings its own
	AI                                               bool
	HTML                                             template.HTML
}

func pageOf(base string, i content.FeedItem) shownItem {
	v := shownItem{
		Language:  cmp.Or(i.Language, "en"),
		Direction: domain.Direction(i.Language),
		MetaTitle: cmp.Or(i.MetaTitle, i.Title),
		Summary:   i.Summary,
		Address:   address(base, i),
		Heading:   i.Title,
		AI:        i.Origin.AI,
		HTML:      template.HTML(ownLinks(i.HTML, base)), //nolint:gosec // sanitized by the renderer
	}
	if strings.HasPrefix(i.HTML, "<h1") {
		v.Heading = ""
	}
	return v
}

var indexPage = template.Must(template.New("index").Parse(`<!doctype html>
<html lang="{{.Language}}" dir="{{.Direction}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<link rel="alternate" type="application/rss+xml" title="{{.Title}}" href="{{.Base}}/rss.xml">
<link rel="alternate" type="application/feed+json" title="{{.Title}}" href="{{.Base}}/feed.json">
<meta name="generator" content="Vellocity">
</head>
<body>
<h1>{{.Title}}</h1>
{{range .Items}}<article lang="{{.Language}}" dir="{{.Direction}}">
<h2><a href="{{.Address}}">{{.Title}}</a></h2>
<p>{{.Summary}}</p>
</article>
{{end}}</body>
</html>
`))

// shownIndex is what the page of a workspace shows.
type shownIndex struct {
	Language, Direction, Title, Base string
	Items                            []shownEntry
}

type shownEntry struct{ Language, Direction, Title, Summary, Address string }

func indexOf(feed content.Feed, base string) shownIndex {
	tag := language(feed.Items)
	v := shownIndex{
		Language: cmp.Or(tag, "en"), Direction: domain.Direction(tag), Title: feed.Workspace.Name, Base: base,
	}
	for _, i := range feed.Items {
		v.Items = append(v.Items, shownEntry{
			cmp.Or(i.Language, v.Language), domain.Direction(i.Language), i.Title, i.Summary, address(base, i),
		})
	}
	return v
}
