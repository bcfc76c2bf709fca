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
	Media   string     `xml:"xmlns:media,attr"`
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
	Enclosure   *rssEnclosure
	Media       *rssMedia
}

// rssEnclosure is the cover, for readers that know RSS alone.
type rssEnclosure struct {
	XMLName xml.Name `xml:"enclosure"`
	URL     string   `xml:"url,attr"`
	Length  int      `xml:"length,attr"`
	Type    string   `xml:"type,attr"`
}

// rssMedia is the cover with its alt text (Media RSS 1.5.1).
type rssMedia struct {
	XMLName     xml.Name `xml:"media:content"`
	URL         string   `xml:"url,attr"`
	Type        string   `xml:"type,attr"`
	Medium      string   `xml:"medium,attr"`
	Width       int      `xml:"width,attr"`
	Height      int      `xml:"height,attr"`
	Description string   `xml:"media:description"`
	Title       string   `xml:"media:title,omitempty"`
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
		Media:   "http://search.yahoo.com/mrss/",
		Channel: rssChannel{
			Title:       name,
			Link:        base,
			Description: "Published by " + name,
			Language:    language(feed.Items),
			Self:        rssSelf{base + "/rss.xml", "self", "application/rss+xml"},
		},
	}
	for _, i := range feed.Items {
		one := rssItem{
			Title:       i.Title,
			Link:        address(base, i),
			GUID:        rssGUID{Value: i.Identity},
			Description: html.EscapeString(i.Summary),
			PubDate:     i.PublishedAt.UTC().Format(time.RFC1123Z),
			Updated:     i.UpdatedAt.UTC().Format(time.RFC3339),
			Language:    i.Language,
			Content:     standalone(base, i),
		}
		if c := domain.CoverOf(i.Images); c != nil {
			at, media := imageAddress(base, *c), c.Format.MediaType()
			one.Enclosure = &rssEnclosure{URL: at, Length: c.Bytes, Type: media}
			one.Media = &rssMedia{
				URL: at, Type: media, Medium: "image", Width: c.Width, Height: c.Height, Description: c.AltText, Title: c.Caption,
			}
		}
		doc.Channel.Items = append(doc.Channel.Items, one)
	}
	return doc
}

// imageAddress is where the feed shows an image.
func imageAddress(base string, i domain.ItemImage) string { return base + "/images/" + i.File() }

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
	Image     string    `json:"image,omitempty"`
	Banner    string    `json:"banner_image,omitempty"`
	Origin    Origin    `json:"_vellocity"`
}

// Origin is the extension of the feed that says what wrote an item.
type Origin struct {
	Kind     domain.OriginKind `json:"kind"`
	Provider string            `json:"provider,omitempty"`
	Model    string            `json:"model,omitempty"`
	AI       bool              `json:"ai"`
	Cover    *Cover            `json:"cover,omitempty"`
}

// Cover says what the cover of an item shows, which JSON Feed has no field for.
type Cover struct {
	AltText string `json:"alt_text"`
	Caption string `json:"caption,omitempty"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
}

func entry(base string, i content.FeedItem) Entry {
	e := Entry{
		ID:        i.Identity,
		URL:       address(base, i),
		Title:     i.Title,
		Summary:   i.Summary,
		HTML:      standalone(base, i),
		Published: i.PublishedAt.UTC(),
		Modified:  i.UpdatedAt.UTC(),
		Tags:      i.Keywords,
		Language:  i.Language,
		Origin:    Origin{Kind: i.Origin.Kind, Provider: i.Origin.Provider, Model: i.Origin.Model, AI: i.Origin.AI},
	}
	if c := domain.CoverOf(i.Images); c != nil {
		e.Image = imageAddress(base, *c)
		e.Banner = e.Image
		e.Origin.Cover = &Cover{c.AltText, c.Caption, c.Width, c.Height}
	}
	return e
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
