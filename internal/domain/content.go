package domain

import (
	"slices"
	"time"
)

// Stage is a column of the board.
type Stage string

// The columns of the contract.
const (
	StageGenerated Stage = "generated"
	StageReview    Stage = "review"
	StageReady     Stage = "ready"
	StagePublished Stage = "published"
)

// Stages lists the columns from left to right.
func Stages() []Stage { return []Stage{StageGenerated, StageReview, StageReady, StagePublished} }

// Valid reports whether s is one of the columns.
func (s Stage) Valid() bool { return slices.Contains(Stages(), s) }

var stageLabels = map[Stage]string{
	StageGenerated: "Generated", StageReview: "In Review", StageReady: "Ready", StagePublished: "Published",
}

// Label returns the name that people read.
func (s Stage) Label() string { return stageLabels[s] }

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
	VoiceID          int64
	Title            string
	Type             ContentType
	Stage            Stage
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
	Engine           Engine
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
	CreatedAt  time.Time
}

// Publication is one channel's copy of an item.
type Publication struct {
	ID         int64
	ContentID  int64
	Version    int
	Channel    string // "feed"
	Status     string // "pending", "published", "failed"
	ExternalID string
	URL        string
	Error      string
	At         time.Time
}

// Move is one entry of an item's history on the board.
type Move struct {
	ContentID int64
	From, To  Stage
	Version   int
	By        string
	ByKind    ActorKind
	At        time.Time
}

// MoveScope returns the scope that moving an item from one column to another
// takes (API contract, section 2): publish to reach published, review between review and
// ready, content for the rest.
func MoveScope(from, to Stage) Scope {
	if to == StagePublished {
		return ScopePublish
	}
	between := func(s Stage) bool { return s == StageReview || s == StageReady }
	if between(from) && between(to) {
		return ScopeReview
	}
	return ScopeContent
}
