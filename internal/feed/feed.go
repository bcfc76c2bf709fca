// Package feed serves what a workspace has published to everyone: as RSS, as JSON Feed,
// and each item as a page of its own.
package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
)

// Options are what the feeds need.
type Options struct {
	Content *content.Verbs
	Gate    *gate.Gate
	// PublicURL is the server's address, without a slash at the end. Empty: the host
	// that a request names.
	PublicURL string
}

type feeds struct{ Options }

// Rows returns the rows of the feeds.
func Rows(o Options) []ops.Op {
	f := feeds{o}
	return []ops.Op{
		row("feed_rss", "/feeds/{workspace}/rss.xml", "RSS feed",
			"What the workspace has published, in RSS 2.0.", f.rss, "application/rss+xml"),
		row("feed_json", "/feeds/{workspace}/feed.json", "JSON feed",
			"What the workspace has published, in JSON Feed 1.1.", f.json, "application/feed+json"),
		row("feed_item", "/feeds/{workspace}/items/{slug}", "A published item",
			"The published version as a page, or with Accept: application/json as JSON.", f.item,
			"text/html", "application/json"),
	}
}

func row(name, path, summary, description string, h http.HandlerFunc, media ...string) ops.Op {
	const why = "feeds are for readers of what was published"
	return ops.NewHandler[struct{}](ops.Op{
		Name:  name,
		Route: ops.Route{Method: http.MethodGet, Path: path, Root: true},
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter:     ops.Chapter{Name: "Feeds", Description: "What was published, for everyone."},
			Summary:     summary,
			Description: description,
			Errors:      []domain.Code{domain.CodeNotFound},
			Media:       media,
		},
		Tool:    ops.Tool{None: why},
		Command: ops.Command{Noun: "feeds", Verb: strings.TrimPrefix(name, "feed_"), None: why},
	}, h, nil)
}

// rssFeed is an RSS 2.0 document.
type rssFeed struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Content string   `xml:"xmlns:content,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Channel struct {
		Title       string  `xml:"title"`
		Link        string  `xml:"link"`
		Description string  `xml:"description"`
		Self        rssSelf `xml:"atom:link"`
		Items       []rssItem
	} `xml:"channel"`
}

type rssSelf struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type rssItem struct {
	XMLName     xml.Name `xml:"item"`
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	GUID        string   `xml:"guid"`
	Description string   `xml:"description"`
	PubDate     string   `xml:"pubDate"`
	Content     string   `xml:"content:encoded"`
}

func (f feeds) rss(w http.ResponseWriter, r *http.Request) {
	feed, err := f.Content.Feed(r.Context(), r.PathValue("workspace"))
	if err != nil {
		f.Gate.Fail(w, "feed_rss", err)
		return
	}
	base := f.base(r, feed.Workspace.Slug)
	doc := rssFeed{
		Version: "2.0",
		Content: "http://purl.org/rss/1.0/modules/content/",
		Atom:    "http://www.w3.org/2005/Atom",
	}
	c := &doc.Channel
	c.Title, c.Link, c.Description = feed.Workspace.Name, base+"/feed.json", "Published by "+feed.Workspace.Name
	c.Self = rssSelf{base + "/rss.xml", "self", "application/rss+xml"}
	for _, i := range feed.Items {
		link := base + "/items/" + i.Slug
		c.Items = append(c.Items, rssItem{
			Title:       i.Title,
			Link:        link,
			GUID:        link,
			Description: i.Summary,
			PubDate:     i.PublishedAt.UTC().Format(time.RFC1123Z),
			Content:     i.HTML,
		})
	}
	body, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		f.Gate.Fail(w, "feed_rss", fmt.Errorf("write RSS: %w", err))
		return
	}
	send(w, r, "application/rss+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// Document is a JSON Feed 1.1.
type Document struct {
	Version string  `json:"version"`
	Title   string  `json:"title"`
	FeedURL string  `json:"feed_url"`
	Items   []Entry `json:"items"`
}

// Entry is one item of a JSON Feed, with a mark of what wrote it.
type Entry struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Summary   string    `json:"summary,omitempty"`
	HTML      string    `json:"content_html"`
	Text      string    `json:"content_text,omitempty"`
	Published time.Time `json:"date_published"`
	Origin    Origin    `json:"_vellocity"`
}

// Origin is the extension of the feed that says what wrote an item.
type Origin struct {
	Kind     domain.OriginKind `json:"kind"`
	Provider string            `json:"provider,omitempty"`
	Model    string            `json:"model,omitempty"`
	AI       bool              `json:"ai"`
}

func (f feeds) json(w http.ResponseWriter, r *http.Request) {
	feed, err := f.Content.Feed(r.Context(), r.PathValue("workspace"))
	if err != nil {
		f.Gate.Fail(w, "feed_json", err)
		return
	}
	base := f.base(r, feed.Workspace.Slug)
	doc := Document{"https://jsonfeed.org/version/1.1", feed.Workspace.Name, base + "/feed.json", []Entry{}}
	for _, i := range feed.Items {
		doc.Items = append(doc.Items, entry(base, i))
	}
	f.sendJSON(w, r, "feed_json", "application/feed+json; charset=utf-8", doc)
}

func entry(base string, i content.FeedItem) Entry {
	url := base + "/items/" + i.Slug
	return Entry{url, url, i.Title, i.Summary, i.HTML, "", i.PublishedAt.UTC(), Origin(i.Origin)}
}

var page = template.Must(template.New("item").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
{{with .Summary}}<meta name="description" content="{{.}}">
{{end}}<meta name="generator" content="Vellocity">
<meta name="ai-generated" content="{{.AI}}">
</head>
<body>
<article>
{{.HTML}}
</article>
</body>
</html>
`))

// pagePolicy lets the page show images and run nothing.
const pagePolicy = "default-src 'none'; img-src https: data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (f feeds) item(w http.ResponseWriter, r *http.Request) {
	item, err := f.Content.FeedItem(r.Context(), r.PathValue("workspace"), r.PathValue("slug"))
	if err != nil {
		f.Gate.Fail(w, "feed_item", err)
		return
	}
	w.Header()["Vary"] = []string{"Accept"}
	accept := r.Header.Get("Accept")
	if strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html") {
		e := entry(f.base(r, r.PathValue("workspace")), item)
		e.Text = item.Body
		f.sendJSON(w, r, "feed_item", "application/json; charset=utf-8", e)
		return
	}
	var b bytes.Buffer
	html := template.HTML(item.HTML) //nolint:gosec // sanitised by the engine's renderer
	err = page.Execute(&b, struct {
		Title, Summary string
		AI             bool
		HTML           template.HTML
	}{item.Title, item.Summary, item.Origin.AI, html})
	if err != nil {
		f.Gate.Fail(w, "feed_item", fmt.Errorf("write page: %w", err))
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	send(w, r, "text/html; charset=utf-8", b.Bytes())
}

// base is the workspace's feed address, absolute as feed readers need it.
func (f feeds) base(r *http.Request, slug string) string {
	root := f.PublicURL
	if root == "" {
		root = "http://" + r.Host
		if r.TLS != nil {
			root = "https://" + r.Host
		}
	}
	return root + "/feeds/" + slug
}

func (f feeds) sendJSON(w http.ResponseWriter, r *http.Request, operation, media string, v any) {
	var b bytes.Buffer
	if err := ops.Encode(&b, v); err != nil {
		f.Gate.Fail(w, operation, fmt.Errorf("write JSON: %w", err))
		return
	}
	send(w, r, media, b.Bytes())
}

func send(w http.ResponseWriter, r *http.Request, media string, body []byte) {
	w.Header().Set("Cache-Control", "public, max-age=60")
	gate.SendTagged(w, r, media, body)
}
