package feed

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
)

// pagePolicy lets a page show images, our own and those of other hosts that its author
// chose, and run nothing. Its one style is named by its checksum.
func pagePolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; img-src 'self' https: http: data:; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// pageStyle keeps images within the page.
const pageStyle = "img{max-width:100%;height:auto}figure{margin:1em 0}"

var itemPage = template.Must(template.New("item").Parse(`<!doctype html>
<html lang="{{.Language}}" dir="{{.Direction}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.MetaTitle}}</title>
{{with .Summary}}<meta name="description" content="{{.}}">
{{end}}<link rel="icon" href="data:,"><link rel="canonical" href="{{.Address}}">
<meta property="og:type" content="article">
<meta property="og:title" content="{{.MetaTitle}}">
<meta property="og:url" content="{{.Address}}">
{{with .Summary}}<meta property="og:description" content="{{.}}">
{{end}}{{with .Cover}}<meta property="og:image" content="{{.URL}}">
<meta property="og:image:type" content="{{.MediaType}}">
<meta property="og:image:width" content="{{.Width}}">
<meta property="og:image:height" content="{{.Height}}">
<meta property="og:image:alt" content="{{.Alt}}">
<meta name="twitter:card" content="summary_large_image">
{{end}}<meta name="generator" content="Vellocity">
<meta name="ai-generated" content="{{.AI}}">
<style>` + pageStyle + `</style>
</head>
<body>
<article>
{{with .Heading}}<h1>{{.}}</h1>
{{end}}{{with .Cover}}<figure><img src="{{.URL}}" alt="{{.Alt}}" width="{{.Width}}" height="{{.Height}}">
{{with .Caption}}<figcaption>{{.}}</figcaption>{{end}}</figure>
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
	Cover                                            *shownCover
}

type shownCover struct {
	URL, MediaType, Alt, Caption string
	Width, Height                int
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
	if c := domain.CoverOf(i.Images); c != nil {
		v.Cover = &shownCover{imageAddress(base, *c), c.Format.MediaType(), c.AltText, c.Caption, c.Width, c.Height}
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
