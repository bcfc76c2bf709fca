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

// Valid reports whether s is one of the columns.
func (s ItemStatus) Valid() bool { return slices.Contains(ItemStatuses(), s) }

var stageLabels = map[ItemStatus]string{
	ItemGenerated: "Generated", ItemReview: "In Review", ItemReady: "Ready", ItemPublished: "Published",
}

// Label returns the name that people read.
func (s ItemStatus) Label() string { return stageLabels[s] }

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
	ID               int64
	WorkspaceID      int64
	ExecutionID      int64
	AgentID          int64
	BrandVoiceID     int64
	Title            string
	Type             ContentType
	Status           ItemStatus
	Preview          string
	WordCount        int
	Body             string // Markdown
	Language         string
	Channel          string // the network of a social post, …
	MetaTitle        string
	MetaDescription  string
	Keywords         []string
	Slug             string // unique in the workspace
	Scores           map[string]float64
	Origin           Origin
	NeedsInput       []Need
	Findings         []Finding // of the present version
	Version          int
	ApprovedVersion  int // 0: none
	PublishedVersion int // 0: none
	Revision         int64
	PlannedAt        time.Time
	ScheduledAt      time.Time
	PublishedAt      time.Time
	Assignee         string
	CreatedAt        time.Time
	UpdatedAt        time.Time
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
	Whole      bool // VersionFields are known; false in what is from before they were kept
	VersionFields
	CreatedAt time.Time
}

// PublicationStatus says how far a publication has come.
type PublicationStatus string

// The states of a publication.
const (
	PublicationPending   PublicationStatus = "pending"
	PublicationPublished PublicationStatus = "published"
	PublicationFailed    PublicationStatus = "failed"
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
	TextStreaming TextStatus = "streaming"
	TextCompleted TextStatus = "completed"
	TextFailed    TextStatus = "failed"
)

// Publication is one channel's copy of an item.
type Publication struct {
	ID         int64
	ContentID  int64
	Version    int
	Channel    string // "feed"
	Slug       string // in its address there
	Status     PublicationStatus
	ExternalID string
	URL        string
	Error      string
	At         time.Time
}

// ItemMove is one entry of an item's history on the board.
type ItemMove struct {
	ContentID int64
	From, To  ItemStatus
	Version   int
	By        string
	ByKind    ActorKind
	At        time.Time
}

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
