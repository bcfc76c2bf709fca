package domain

import (
	"slices"
	"time"
)

// ItemStatus is a column of the board.
type ItemStatus string

// The columns of the contract.
const (
	ItemGenerated ItemStatus = "generated"
	ItemReview    ItemStatus = "review"
	ItemReady     ItemStatus = "ready"
	ItemPublished ItemStatus = "published"
)

// ItemStatuses lists the columns from left to right.
func ItemStatuses() []ItemStatus {
	return []ItemStatus{ItemGenerated, ItemReview, ItemReady, ItemPublished}
}

// ItemSort is the order of a list of items.
type ItemSort string

// The orders.
const (
	SortRelevance ItemSort = "relevance" // of a search: an equal title, then the words in the title, then in the text
	SortNewest    ItemSort = "newest"    // created last
	SortOldest    ItemSort = "oldest"    // created first

	// By a field; the minus sign turns the order around. Titles are compared without
	// their case. Items without a planned time come last either way.
	SortUpdated     ItemSort = "updated_at"
	SortUpdatedDown ItemSort = "-updated_at"
	SortCreated     ItemSort = "created_at"
	SortCreatedDown ItemSort = "-created_at"
	SortTitle       ItemSort = "title"
	SortTitleDown   ItemSort = "-title"
	SortPlanned     ItemSort = "planned_at"
	SortPlannedDown ItemSort = "-planned_at"
)

// ItemSorts lists the orders.
func ItemSorts() []ItemSort {
	return []ItemSort{
		SortRelevance, SortNewest, SortOldest, SortUpdated, SortUpdatedDown, SortCreated, SortCreatedDown,
		SortTitle, SortTitleDown, SortPlanned, SortPlannedDown,
	}
}

// Valid reports whether s is one of the columns.
func (s ItemStatus) Valid() bool { return slices.Contains(ItemStatuses(), s) }

var itemStatusLabels = map[ItemStatus]string{
	ItemGenerated: "Generated", ItemReview: "In Review", ItemReady: "Ready", ItemPublished: "Published",
}

// Label returns the name that people read.
func (s ItemStatus) Label() string { return itemStatusLabels[s] }

// ContentType says what sort of text an item is.
type ContentType string

// The content types of the contract.
const (
	ContentText    ContentType = "text_content"
	ContentBlog    ContentType = "blog_post"
	ContentEmail   ContentType = "email_draft"
	ContentSocial  ContentType = "social_post"
	ContentProduct ContentType = "product_description"
)

// ContentTypes lists the content types.
func ContentTypes() []ContentType {
	return []ContentType{ContentText, ContentBlog, ContentEmail, ContentSocial, ContentProduct}
}

// Valid reports whether t is one of the content types.
func (t ContentType) Valid() bool { return slices.Contains(ContentTypes(), t) }

// ContentItem is a text on the board. Body is empty where only a card was asked for.
type ContentItem struct {
	ID               int64              `json:"id"`
	WorkspaceID      int64              `json:"-"`
	ExecutionID      int64              `json:"-"`
	AgentID          int64              `json:"-"`
	ListingID        int64              `json:"-"` // the listing that it was written for; 0: none
	BrandVoiceID     int64              `json:"-"`
	BrandVoiceN      int                `json:"-"` // version of the brand voice that it was written with; 0: not known
	Title            string             `json:"title"`
	Type             ContentType        `json:"content_type"`
	Status           ItemStatus         `json:"kanban_status"`
	Preview          string             `json:"-"`
	WordCount        int                `json:"-"`
	Body             string             `json:"body"` // Markdown
	Language         string             `json:"language"`
	Channel          string             `json:"channel"` // the network of a social post, …
	MetaTitle        string             `json:"meta_title"`
	MetaDescription  string             `json:"meta_description"`
	Keywords         []string           `json:"keywords"`
	Slug             string             `json:"slug"` // unique in the workspace
	Scores           map[string]float64 `json:"-"`
	Origin           Origin             `json:"engine"`
	NeedsInput       []Need             `json:"-"`
	Findings         []Finding          `json:"-"`                // of the present version
	Support          Support            `json:"-"`                // what the text may rest on
	Images           []ItemImage        `json:"images,omitempty"` // in the order in which they are shown
	Edited           bool               `json:"-"`                // a person wrote or changed the present text
	Version          int                `json:"version"`
	ApprovedVersion  int                `json:"-"` // 0: none
	PublishedVersion int                `json:"-"` // 0: none
	Revision         int64              `json:"-"`
	PlannedAt        time.Time          `json:"planned_at,omitzero"`
	ScheduledAt      time.Time          `json:"scheduled_at,omitzero"`
	PublishedAt      time.Time          `json:"published_at,omitzero"`
	Assignee         string             `json:"assignee"`
	CreatedAt        time.Time          `json:"created_at"`
	UpdatedAt        time.Time          `json:"updated_at"`
}

// ItemEdit is what a person may change about an item. A nil field stays as it is. Name,
// limit and help are those of the operation that edits an item, where null:"clears" is a
// field that null removes: a pointer to the empty value.
type ItemEdit struct {
	Title           *string    `json:"title,omitempty" limit:"title"`
	Body            *string    `json:"body,omitempty" limit:"body" doc:"The whole text in Markdown"`
	MetaTitle       *string    `json:"meta_title,omitempty" null:"clears" limit:"meta_title"`
	MetaDescription *string    `json:"meta_description,omitempty" null:"clears" limit:"meta_description"`
	Slug            *string    `json:"slug,omitempty" limit:"item_slug" doc:"Name in addresses, unique in the workspace"`
	Language        *string    `json:"language,omitempty" limit:"language" doc:"BCP 47"`
	Channel         *string    `json:"channel,omitempty" null:"clears" limit:"channel"`
	Keywords        *[]string  `json:"keywords,omitempty" limit:"keywords"`
	PlannedAt       *time.Time `json:"planned_at,omitempty" null:"clears" doc:"When it is meant to be published; may be past"`
	ScheduledAt     *time.Time `json:"scheduled_at,omitempty" null:"clears" doc:"When publication is planned, in the future (publish scope); a calendar event with the action publish does it"`
	Assignee        *string    `json:"assignee,omitempty" null:"clears" limit:"assignee" doc:"Who is responsible for it"`
}

// Apply changes the item, except for its slug, which must be free.
func (e ItemEdit) Apply(c *ContentItem) {
	set(&c.Title, e.Title)
	set(&c.Body, e.Body)
	set(&c.MetaTitle, e.MetaTitle)
	set(&c.MetaDescription, e.MetaDescription)
	set(&c.Language, e.Language)
	set(&c.Channel, e.Channel)
	set(&c.Keywords, e.Keywords)
	set(&c.PlannedAt, e.PlannedAt)
	set(&c.ScheduledAt, e.ScheduledAt)
	set(&c.Assignee, e.Assignee)
}

// set stores a changed value; nil leaves the old one.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// ContentVersion is one immutable state of an item's text.
type ContentVersion struct {
	ContentID  int64
	N          int
	AuthorKind ActorKind
	Author     string
	Reason     string
	Title      string
	Body       string
	Findings   []Finding // what is known to be wrong with it; read with a single version only
	Whole      bool      // VersionFields are known; false in what is from before they were kept
	VersionFields
	// ExecutionID is the execution that wrote it; 0: none did, or it is from before that was kept.
	ExecutionID int64
	CreatedAt   time.Time
}

// PublicationStatus says how far a publication has come.
type PublicationStatus string

// The states of a publication.
const (
	PublicationPending   PublicationStatus = "pending"
	PublicationPublished PublicationStatus = "published"
	PublicationFailed    PublicationStatus = "failed"
	PublicationSkipped   PublicationStatus = "skipped" // the channel was switched off or deleted before
)

// BulkMode says what a bulk move does about an item that may not move.
type BulkMode string

// The modes of a bulk move.
const (
	BulkAtomic BulkMode = "atomic" // move nothing
	BulkEach   BulkMode = "each"   // move the others
)

// ExportFormat is the format of an exported item.
type ExportFormat string

// The formats.
const (
	ExportMarkdown ExportFormat = "markdown"
	ExportHTML     ExportFormat = "html"
	ExportJSON     ExportFormat = "json"
)

// TextStatus says how far a generated text has come.
type TextStatus string

// The states of a generated text.
const (
	TextBuilt     TextStatus = "built" // it can be written, and nothing has been charged
	TextStreaming TextStatus = "streaming"
	TextCompleted TextStatus = "completed"
	TextFailed    TextStatus = "failed"
)

// Publication is one channel's copy of an item.
type Publication struct {
	ID         int64
	ContentID  int64
	Version    int
	Channel    string // [ChannelFeed], or the slug of a channel
	Slug       string // in its address there
	Status     PublicationStatus
	ExternalID string
	URL        string
	Error      string
	At         time.Time

	// What only publications on channels have, besides the feed's.
	Name        string // of the channel
	Kind        ChannelKind
	Action      PublicationAction
	LiveVersion int       // that the channel shows; 0: none
	Notes       []string  // what the channel has changed or left out
	Attempts    int       // of this publication
	NextAt      time.Time // when it is tried again; zero: at once, or never
}

// HistoryKind says what an entry of an item's history is about.
type HistoryKind string

// The kinds of entries.
const (
	HistoryMoved     HistoryKind = "moved"
	HistoryAccepted  HistoryKind = "finding_accepted"
	HistoryWithdrawn HistoryKind = "acceptance_withdrawn"

	// What the reviewer of a link decided, where it moved nothing.
	HistoryApproved HistoryKind = "approved"
	HistoryRejected HistoryKind = "rejected"

	// The board rules looked at it and moved nothing; the reason says why.
	HistoryLeft HistoryKind = "not_moved"
)

// ItemMove is one entry of an item's history: a move on the board, or a decision about a finding, where From
// and To are the same column.
type ItemMove struct {
	ContentID int64
	Kind      HistoryKind
	Finding   string // the message of the finding that was decided about
	Reason    string // why it was accepted, or moved
	From, To  ItemStatus
	Version   int
	By        string
	ByKind    ActorKind
	At        time.Time
}

// SourceKind says how an item was made from another.
type SourceKind string

// The kinds of sources.
const (
	SourceCopied SourceKind = "copied" // as a copy of it
	SourceRead   SourceKind = "read"   // by an execution that read it
	SourceRedone SourceKind = "redone" // by a step that was run again, where the item could not get its text
)

// MoveScope returns the scope that moving an item from one column to another
// takes (API contract, section 2): publish to reach and to leave published, review between
// review and ready, content for the rest.
func MoveScope(from, to ItemStatus) Scope {
	if to == ItemPublished || from == ItemPublished {
		return ScopePublish
	}
	between := func(s ItemStatus) bool { return s == ItemReview || s == ItemReady }
	if between(from) && between(to) {
		return ScopeReview
	}
	return ScopeContent
}
