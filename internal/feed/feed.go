// Package feed serves what a workspace has published to everyone: as RSS, as JSON Feed,
// and each item as a page of its own; and its calendar to those who have a feed token.
package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/engine/content"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
)

// Options are what the feeds need.
type Options struct {
	Content  *content.Verbs
	Calendar *calendar.Verbs
	Gate     *gate.Gate
	// PublicURL is the server's address, without a slash at the end. Empty: the host
	// that a request names.
	PublicURL string
}

type feeds struct{ Options }

// Rows returns the rows of the feeds.
func Rows(o Options) []ops.Op {
	f := feeds{o}
	return []ops.Op{
		row("feed_page", "/feeds/{workspace}", "Published items",
			"What the workspace has published, as a page with a link to each item.", f.index, "text/html"),
		row("feed_rss", "/feeds/{workspace}/rss.xml", "RSS feed",
			"What the workspace has published, in RSS 2.0.", f.rss, "application/rss+xml"),
		row("feed_json", "/feeds/{workspace}/feed.json", "JSON feed",
			"What the workspace has published, in JSON Feed 1.1.", f.json, "application/feed+json"),
		row("feed_item", "/feeds/{workspace}/items/{slug}", "A published item",
			"The published version as a page, or with Accept: application/json as JSON. An address that the item had "+
				"before redirects.", f.item,
			"text/html", "application/json"),
		row("feed_image", "/feeds/{workspace}/images/{file}", "An image of a published item",
			"The file itself, only while a published item shows it.", f.image, media()...),
		calendarRow(f),
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

// feed reads what the workspace of the address has published. It reports false where it
// has responded with an error.
func (f feeds) feed(w http.ResponseWriter, r *http.Request, operation string) (content.Feed, bool) {
	feed, err := f.Content.Feed(r.Context(), r.PathValue("workspace"))
	if err != nil {
		f.Gate.Fail(w, operation, err)
		return feed, false
	}
	return feed, true
}

func (f feeds) rss(w http.ResponseWriter, r *http.Request) {
	feed, ok := f.feed(w, r, "feed_rss")
	if !ok {
		return
	}
	body, err := xml.MarshalIndent(rssOf(feed, f.base(r, feed.Workspace.Slug)), "", "  ")
	if err != nil {
		f.Gate.Fail(w, "feed_rss", fmt.Errorf("write RSS: %w", err))
		return
	}
	f.send(w, r, "application/rss+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

func (f feeds) json(w http.ResponseWriter, r *http.Request) {
	feed, ok := f.feed(w, r, "feed_json")
	if !ok {
		return
	}
	base := f.base(r, feed.Workspace.Slug)
	doc := Document{
		Version:  "https://jsonfeed.org/version/1.1",
		Title:    feed.Workspace.Name,
		HomePage: base,
		FeedURL:  base + "/feed.json",
		Language: language(feed.Items),
		Items:    []Entry{},
	}
	for _, i := range feed.Items {
		doc.Items = append(doc.Items, entry(base, i))
	}
	f.sendJSON(w, r, "feed_json", "application/feed+json; charset=utf-8", doc)
}

func (f feeds) index(w http.ResponseWriter, r *http.Request) {
	feed, ok := f.feed(w, r, "feed_page")
	if !ok {
		return
	}
	f.sendPage(w, r, "feed_page", indexPage, indexOf(feed, f.base(r, feed.Workspace.Slug)))
}

func (f feeds) item(w http.ResponseWriter, r *http.Request) {
	slug := r.PathValue("slug")
	item, err := f.Content.FeedItem(r.Context(), r.PathValue("workspace"), slug)
	if err != nil {
		f.Gate.Fail(w, "feed_item", err)
		return
	}
	base := f.base(r, r.PathValue("workspace"))
	if item.Slug != slug {
		w.Header().Set("Cache-Control", f.cached())
		//nolint:gosec // to the feed's own address, made of the stored slug
		http.Redirect(w, r, address(base, item), http.StatusMovedPermanently)
		return
	}
	w.Header()["Vary"] = []string{"Accept"}
	if ops.PreferredMedia(r.Header.Values("Accept"), "text/html", "application/json") == "application/json" {
		e := entry(base, item)
		e.Text = item.Body
		f.sendJSON(w, r, "feed_item", "application/json; charset=utf-8", e)
		return
	}
	f.sendPage(w, r, "feed_item", itemPage, pageOf(base, item))
}

// media are the media types of images.
func media() []string {
	return []string{domain.ImagePNG.MediaType(), domain.ImageJPEG.MediaType(), domain.ImageWebP.MediaType()}
}

// image sends the file of an image. It never changes, but it is public only while an item shows it, so caches
// ask again as they do for the item.
func (f feeds) image(w http.ResponseWriter, r *http.Request) {
	i, err := f.Content.PublicImage(r.Context(), r.PathValue("workspace"), r.PathValue("file"))
	if err != nil {
		f.Gate.Fail(w, "feed_image", err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("Content-Type", i.MediaType)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // feed readers and other sites show it
	h.Set("Etag", strconv.Quote(i.Sum))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(i.Data))
}

func (f feeds) sendPage(w http.ResponseWriter, r *http.Request, operation string, t *template.Template, v any) {
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		f.Gate.Fail(w, operation, fmt.Errorf("write page: %w", err))
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy())
	f.send(w, r, "text/html; charset=utf-8", b.Bytes())
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
	return root + content.FeedPath(slug)
}

func (f feeds) sendJSON(w http.ResponseWriter, r *http.Request, operation, media string, v any) {
	var b bytes.Buffer
	if err := ops.Encode(&b, v); err != nil {
		f.Gate.Fail(w, operation, fmt.Errorf("write JSON: %w", err))
		return
	}
	f.send(w, r, media, b.Bytes())
}

// cached lets a response be kept for a minute: by everyone, unless its addresses are
// those of the host that the request named. That may be any, and must not get to others.
func (f feeds) cached() string {
	if f.PublicURL == "" {
		return "private, max-age=60"
	}
	return "public, max-age=60"
}

func (f feeds) send(w http.ResponseWriter, r *http.Request, media string, body []byte) {
	w.Header().Set("Cache-Control", f.cached())
	gate.SendTagged(w, r, media, body)
}
