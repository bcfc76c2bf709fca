package domain

import "time"

// Source is a text that the company knows: something to look up and to rest on, which is not itself published.
type Source struct {
	ID          int64
	WorkspaceID int64
	Kind        LibraryKind
	Title       string
	Origin      string // the address or the name of the file that it came from; empty: it was pasted
	Language    string // BCP 47; empty: not known
	Body        string // Markdown
	Words       int
	FeedID      int64  // the feed that it is an entry of; 0: none
	Entry       string // what that feed calls it
	Search      string // what a list finds it by, in the form for comparison; only on the way to the store
	Error       string // why it could not be refreshed the last time; empty: it could
	Revision    int    // from 1, raised with each change of the text and its fields
	CreatedAt   time.Time
	UpdatedAt   time.Time
	RefreshedAt time.Time // when its address was last read; zero: never
}

// LibraryKind says where a source came from.
type LibraryKind string

// The kinds of sources.
const (
	SourcePaste LibraryKind = "paste"
	SourceFile  LibraryKind = "file"
	SourceURL   LibraryKind = "url"  // a page, or an entry of a feed
	SourceFeed  LibraryKind = "feed" // a feed itself; its entries are sources of their own
)

// Values lists the kinds of sources.
func (LibraryKind) Values() []string {
	return names([]LibraryKind{SourcePaste, SourceFile, SourceURL, SourceFeed})
}

// Refreshable reports whether a source has an address that can be read again.
func (s Source) Refreshable() bool { return s.Kind == SourceURL || s.Kind == SourceFeed }

const (
	// MaxSources is how many sources a workspace may have.
	MaxSources = 5_000
	// MaxFeedEntries is how many of a feed's newest entries become sources at once.
	MaxFeedEntries = 20
)

// SourceFacts is what every event about a source says.
type SourceFacts struct {
	ID    int64       `json:"id"`
	Kind  LibraryKind `json:"kind"`
	Title string      `json:"title"`
}

// Facts returns the source's facts for an event.
func (s Source) Facts() SourceFacts { return SourceFacts{s.ID, s.Kind, s.Title} }

// SourceCreated says that a source was created.
type SourceCreated struct{ SourceFacts }

// EventName returns source.created.
func (SourceCreated) EventName() EventName { return EventSourceCreated }

// SourceChanged says that a source has another text or title, or could not be refreshed.
type SourceChanged struct{ SourceFacts }

// EventName returns source.changed.
func (SourceChanged) EventName() EventName { return EventSourceChanged }

// SourceDeleted says that a source was deleted.
type SourceDeleted struct{ SourceFacts }

// EventName returns source.deleted.
func (SourceDeleted) EventName() EventName { return EventSourceDeleted }

// sourceEventTypes is the part of the catalogue that is about sources.
func sourceEventTypes() []EventType {
	facts := SourceFacts{7, SourceURL, "Returns"}
	return []EventType{
		{"", "A source was created.", SourceCreated{facts}},
		{"", "A source has another text or title, or could not be refreshed.", SourceChanged{facts}},
		{"", "A source was deleted.", SourceDeleted{facts}},
	}
}
