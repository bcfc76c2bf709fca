package extract

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/mmcdole/gofeed"
)

// Feed is what a feed says: RSS, Atom or JSON Feed.
type Feed struct {
	Title    string
	Language string
	Entries  []Entry // in the feed's order, which is newest first by custom
}

// Entry is an entry of a feed.
type Entry struct {
	Key     string // what the feed calls it, else its address; never empty
	Address string // of its page; empty: none
	Document
}

// IsFeed reports whether a document is a feed.
func IsFeed(data []byte) bool {
	return gofeed.DetectFeedType(bytes.NewReader(data)) != gofeed.FeedTypeUnknown
}

// ReadFeed reads a feed and the first most of its entries. Entries without a text, or without anything that names
// them, are left out.
func ReadFeed(data []byte, most int) (f Feed, err error) {
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(data))
	if err != nil {
		return f, unreadable("is no feed that can be read: neither RSS, Atom nor JSON Feed")
	}
	f.Title, f.Language = line(parsed.Title), parsed.Language
	for _, item := range parsed.Items {
		if len(f.Entries) == most {
			break
		}
		e := Entry{Key: cmp.Or(item.GUID, item.Link), Address: item.Link}
		e.Title = line(item.Title)
		if e.Body, err = fragment(cmp.Or(item.Content, item.Description), item.Link); err != nil {
			continue // the others are still worth having
		}
		if e.Key == "" || e.Body == "" || len(e.Body) > maxText {
			continue
		}
		e.Title = cmp.Or(e.Title, firstLine(e.Body))
		e.Language = f.Language
		f.Entries = append(f.Entries, e)
	}
	return f, nil
}

// firstLine is a title for what has none.
func firstLine(body string) string {
	first, _, _ := strings.Cut(body, "\n")
	first = strings.Trim(first, "#*_ \t")
	if r := []rune(first); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return first
}
