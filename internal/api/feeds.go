package api

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

const tagFeeds = "Feeds"

func (a *API) feedRows() []Op {
	const why = "feeds are for readers of what was published"
	row := func(name, path, summary, description string, media []string, raw http.HandlerFunc) Op {
		return Op{
			Name: name, Noun: "feeds", Verb: strings.TrimPrefix(name, "feed_"), Method: http.MethodGet, Path: path, Root: true, Tag: tagFeeds, Status: http.StatusOK,
			Summary: summary, Description: description, ReadOnly: true, Repeatable: true, Tags: true, NoTool: why, NoCommand: why,
			Media: media, Errors: []domain.Code{domain.CodeNotFound}, raw: raw,
		}
	}
	return []Op{
		row("feed_rss", "/feeds/{workspace}/rss.xml", "RSS feed", "What the workspace has published, in RSS 2.0.", []string{"application/rss+xml"}, a.rss),
		row("feed_json", "/feeds/{workspace}/feed.json", "JSON feed", "What the workspace has published, in JSON Feed 1.1.", []string{"application/feed+json"}, a.jsonFeed),
		row("feed_item", "/feeds/{workspace}/items/{slug}", "A published item", "The published version as a page, or with Accept: application/json as JSON.", []string{"text/html", "application/json"}, a.feedItem),
	}
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

func (a *API) rss(w http.ResponseWriter, r *http.Request) {
	feed, err := a.opts.Engine.Feed(r.Context(), r.PathValue("workspace"))
	if err != nil {
		a.failFeed(w, err)
		return
	}
	base := a.feedBase(r, feed.Workspace.Slug)
	doc := rssFeed{Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/", Atom: "http://www.w3.org/2005/Atom"}
	doc.Channel.Title, doc.Channel.Link, doc.Channel.Description = feed.Workspace.Name, base+"/feed.json", "Published by "+feed.Workspace.Name
	doc.Channel.Self = rssSelf{base + "/rss.xml", "self", "application/rss+xml"}
	for _, i := range feed.Items {
		link := base + "/items/" + i.Slug
		doc.Channel.Items = append(doc.Channel.Items, rssItem{Title: i.Title, Link: link, GUID: link, Description: i.Summary, PubDate: i.PublishedAt.UTC().Format(time.RFC1123Z), Content: i.HTML})
	}
	body, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		a.failFeed(w, fmt.Errorf("write RSS: %w", err))
		return
	}
	a.sendFeed(w, r, "application/rss+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// FeedDocument is a JSON Feed 1.1.
type FeedDocument struct {
	Version string      `json:"version"`
	Title   string      `json:"title"`
	FeedURL string      `json:"feed_url"`
	Items   []FeedEntry `json:"items"`
}

// FeedEntry is one item of a JSON Feed, with a mark of what wrote it.
type FeedEntry struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Summary   string    `json:"summary,omitempty"`
	HTML      string    `json:"content_html"`
	Text      string    `json:"content_text,omitempty"`
	Published time.Time `json:"date_published"`
	Origin    Origin    `json:"_vellocity"`
}

func (a *API) jsonFeed(w http.ResponseWriter, r *http.Request) {
	feed, err := a.opts.Engine.Feed(r.Context(), r.PathValue("workspace"))
	if err != nil {
		a.failFeed(w, err)
		return
	}
	base := a.feedBase(r, feed.Workspace.Slug)
	doc := FeedDocument{"https://jsonfeed.org/version/1.1", feed.Workspace.Name, base + "/feed.json", each(feed.Items, func(i engine.FeedItem) FeedEntry { return entry(base, i) })}
	a.sendJSON(w, r, "application/feed+json; charset=utf-8", doc)
}

func entry(base string, i engine.FeedItem) FeedEntry {
	url := base + "/items/" + i.Slug
	return FeedEntry{url, url, i.Title, i.Summary, i.HTML, "", utc(i.PublishedAt), writer(i.Engine)}
}

var itemPage = template.Must(template.New("item").Parse(`<!doctype html>
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

func (a *API) feedItem(w http.ResponseWriter, r *http.Request) {
	item, err := a.opts.Engine.FeedItem(r.Context(), r.PathValue("workspace"), r.PathValue("slug"))
	if err != nil {
		a.failFeed(w, err)
		return
	}
	w.Header()["Vary"] = []string{"Accept"}
	if accept := r.Header.Get("Accept"); strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html") {
		e := entry(a.feedBase(r, r.PathValue("workspace")), item)
		e.Text = item.Body
		a.sendJSON(w, r, "application/json; charset=utf-8", e)
		return
	}
	var b bytes.Buffer
	err = itemPage.Execute(&b, struct {
		Title, Summary string
		AI             bool
		HTML           template.HTML
	}{item.Title, item.Summary, item.Engine.AI, template.HTML(item.HTML)}) //nolint:gosec // sanitised by the engine's renderer
	if err != nil {
		a.failFeed(w, fmt.Errorf("write page: %w", err))
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	a.sendFeed(w, r, "text/html; charset=utf-8", b.Bytes())
}

// feedBase is the workspace's feed address as readers must be told it: whole.
func (a *API) feedBase(r *http.Request, slug string) string {
	root := a.opts.PublicURL
	if root == "" {
		root = "http://" + r.Host
		if r.TLS != nil {
			root = "https://" + r.Host
		}
	}
	return root + "/feeds/" + slug
}

func (a *API) sendJSON(w http.ResponseWriter, r *http.Request, media string, v any) {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		a.failFeed(w, fmt.Errorf("write JSON: %w", err))
		return
	}
	a.sendFeed(w, r, media, b.Bytes())
}

func (a *API) sendFeed(w http.ResponseWriter, r *http.Request, media string, body []byte) {
	h := w.Header()
	tag := etag("", body)
	h["Etag"] = []string{tag}
	h.Set("Cache-Control", "public, max-age=60")
	if fresh(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", media)
	_, _ = w.Write(body) // the reader is gone if it fails
}

func (a *API) failFeed(w http.ResponseWriter, err error) {
	e := domain.AsError(err)
	id := w.Header().Get("X-Request-Id")
	if e.Code.Status() >= 500 {
		a.opts.Log.Error("feed failed", "request_id", id, "error", e.Error())
	}
	writeError(w, id, e)
}

// writeBare answers with JSON and no envelope.
func writeBare(w http.ResponseWriter, v any) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	_ = encode(b, v) // a struct of plain fields cannot fail
	w.Header()["Content-Type"] = jsonType
	w.Header()["Cache-Control"] = noStore
	_, _ = w.Write(b.Bytes()) // the reader is gone if it fails
}
