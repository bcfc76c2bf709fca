package feed

import (
	"encoding/xml"
	"html"
	"net/url"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
)

// rssFeed is an RSS 2.0 document.
type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Content string     `xml:"xmlns:content,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string  `xml:"title"`
	Link        string  `xml:"link"`
	Description string  `xml:"description"`
	Language    string  `xml:"language,omitempty"`
	Self        rssSelf `xml:"atom:link"`
	Items       []rssItem
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
	GUID        rssGUID  `xml:"guid"`
	Description string   `xml:"description"` // HTML
	PubDate     string   `xml:"pubDate"`
	Updated     string   `xml:"atom:updated"`
	Language    string   `xml:"dc:language,omitempty"`
	Content     string   `xml:"content:encoded"`
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	Value       string `xml:",chardata"`
}

// rssOf returns the feed as RSS. Each text of it is HTML, save the titles.
func rssOf(feed content.Feed, base string) rssFeed {
	name := feed.Workspace.Name
	doc := rssFeed{
		Version: "2.0",
		Content: "http://purl.org/rss/1.0/modules/content/",
		Atom:    "http://www.w3.org/2005/Atom",
		DC:      "http://purl.org/dc/elements/1.1/",
		Channel: rssChannel{
			Title:       name,
			Link:        base,
			Description: "Published by " + name,
			Language:    language(feed.Items),
			Self:        rssSelf{base + "/rss.xml", "self", "application/rss+xml"},
		},
	}
	for _, i := range feed.Items {
		doc.Channel.Items = append(doc.Channel.Items, rssItem{
			Title:       i.Title,
			Link:        address(base, i),
			GUID:        rssGUID{Value: i.Identity},
			Description: html.EscapeString(i.Summary),
			PubDate:     i.PublishedAt.UTC().Format(time.RFC1123Z),
			Updated:     i.UpdatedAt.UTC().Format(time.RFC3339),
			Language:    i.Language,
			Content:     standalone(base, i),
		})
	}
	return doc
}

// Document is a JSON Feed 1.1.
type Document struct {
	Version  string  `json:"version"`
	Title    string  `json:"title"`
	HomePage string  `json:"home_page_url"`
	FeedURL  string  `json:"feed_url"`
	Language string  `json:"language,omitempty"`
	Items    []Entry `json:"items"`
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
	Modified  time.Time `json:"date_modified"`
	Tags      []string  `json:"tags,omitempty"`
	Language  string    `json:"language,omitempty"`
	Origin    Origin    `json:"_vellocity"`
}

// Origin is the extension of the feed that says what wrote an item.
type Origin struct {
	Kind     domain.OriginKind `json:"kind"`
	Provider string            `json:"provider,omitempty"`
	Model    string            `json:"model,omitempty"`
	AI       bool              `json:"ai"`
}

func entry(base string, i content.FeedItem) Entry {
	return Entry{
		ID:        i.Identity,
		URL:       address(base, i),
		Title:     i.Title,
		Summary:   i.Summary,
		HTML:      standalone(base, i),
		Published: i.PublishedAt.UTC(),
		Modified:  i.UpdatedAt.UTC(),
		Tags:      i.Keywords,
		Language:  i.Language,
		Origin:    Origin(i.Origin),
	}
}

// address is an item's page, in ASCII.
func address(base string, i content.FeedItem) string {
	return base + "/items/" + url.PathEscape(i.Slug)
}

// language is the language that all items have in common; empty for none.
func language(items []content.FeedItem) string {
	if len(items) == 0 {
		return ""
	}
	for _, i := range items {
		if i.Language != items[0].Language {
			return ""
		}
	}
	return items[0].Language
}

// standalone is an item's HTML for readers outside of its page: with absolute links,
// and with the direction of a script that runs from right to left.
func standalone(base string, i content.FeedItem) string {
	text := absolute(ownLinks(i.HTML, base), address(base, i))
	if domain.Direction(i.Language) != "rtl" {
		return text
	}
	return `<div lang="` + html.EscapeString(i.Language) + `" dir="rtl">` + "\n" + text + "</div>"
}
