package engine

import (
	"encoding/json"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/schema"
)

// Precondition is a caller's condition on the state that it has seen: the value of an
// If-Match header. Empty means no condition.
type Precondition struct{ IfMatch string }

// ID names one thing to act on.
type ID struct {
	ID int64
	Precondition
}

// UpdateProfile changes the workspace. A nil field stays as it is.
type UpdateProfile struct {
	CompanyName     *string
	Timezone        *string
	VoiceID         *int64
	NotifyEmails    *[]string
	RequireApproval *bool
	FeedEnabled     *bool
	Precondition
}

// SetWorkspace is the operator's change to what the workspace itself may not
// change. A nil field stays as it is.
type SetWorkspace struct {
	Plan        *domain.Plan
	CompanyName *string
	Slug        *string
	Timezone    *string
}

// GrantCredits adds credits to a workspace.
type GrantCredits struct {
	Amount int
	Note   string
}

// ListKeys asks for a page of keys, revoked ones included.
type ListKeys struct{ Page domain.Page }

// CreateKey asks for a new key. An empty role is the caller's own, no scopes
// mean everything that content work needs, a zero expiry is never.
type CreateKey struct {
	Name       string
	Role       domain.Role
	Scopes     []domain.Scope
	AllowedIPs []string
	ExpiresAt  time.Time
}

// NewKey is a key with its secret, which is shown this once.
type NewKey struct {
	Key    domain.Key
	Secret string
}

// RotateKey asks for a new key in the place of another, which lives on for Grace.
type RotateKey struct {
	ID    int64
	Grace time.Duration
}

// ListCapabilities filters the catalogue.
type ListCapabilities struct {
	Category    domain.Category
	IncludeBeta bool
}

// CapabilityDetails is a capability with what its settings need and default to.
type CapabilityDetails struct {
	domain.Capability
	Schema           *schema.Schema // SettingsSchema, compiled: its fields, for forms and tools
	RequiredSettings []string
	DefaultSettings  json.RawMessage
}

// Execute asks for a run of a capability.
type Execute struct {
	Capability string
	AgentID    int64 // 0: chosen by itself
	Settings   json.RawMessage
	Context    json.RawMessage
	Priority   domain.Priority // empty: normal
	Notify     bool
	// Wait is how long to wait for the end before returning.
	Wait time.Duration
}

// Started is an accepted run, with the agent and why it was chosen.
type Started struct {
	Execution   domain.Execution
	Agent       domain.Agent
	AgentReason string
}

// ListExecutions filters and pages through the runs, newest first.
type ListExecutions struct {
	Status     domain.ExecutionStatus
	AgentID    int64
	Priority   domain.Priority
	Capability string
	Created    domain.DateRange
	Page       domain.Page
}

// ExecutionRow is a run with the agent that carries it out.
type ExecutionRow struct {
	domain.Execution
	Agent domain.Agent
}

// ExecutionDetails is a run with all that it recorded.
type ExecutionDetails struct {
	ExecutionRow
	Steps    []domain.StepResult
	Items    []domain.ContentItem // cards, without bodies
	Findings []domain.Finding
}

// Assets are the items that a run made.
type Assets struct {
	ExecutionID int64
	Status      domain.ExecutionStatus
	Items       []domain.ContentItem // cards, without bodies
}

// Update is one thing that a watcher of a run is told: an event, which is
// durable, or text, which is not.
type Update struct {
	Event *domain.Event
	Text  *TextUpdate
}

// TextUpdate is a piece of the text that a step writes. Offset counts code
// points; 0 means that the step's text starts again.
type TextUpdate struct {
	ExecutionID int64
	Step        string
	Offset      int
	Text        string
}

// BoardFilter narrows the board.
type BoardFilter struct {
	ExecutionID int64
	ContentType domain.ContentType
	Created     domain.DateRange
	PerColumn   int // cards per column, 50 by default, at most 200
}

// Column is one column of the board: its newest cards and its full count.
type Column struct {
	Stage domain.ItemStatus
	Items []domain.ContentItem
	Count int
}

// Move takes one item to a column. Before is the card to stand in front of; 0
// puts it on top, -1 at the bottom.
type Move struct {
	ID     int64
	To     domain.ItemStatus
	Before int64
	Precondition
}

// BulkMove takes many items to a column. Mode is "atomic" (all or nothing, the
// default) or "each".
type BulkMove struct {
	IDs  []int64
	To   domain.ItemStatus
	Mode string
}

// MoveResult is what became of one item of a bulk move.
type MoveResult struct {
	ID   int64
	Item *domain.ContentItem
	Err  *domain.Error
}

// ItemDetails is an item with everything around it.
type ItemDetails struct {
	domain.ContentItem
	Agent        *domain.Agent
	Voice        *domain.BrandVoice
	Execution    *domain.Execution
	Provenance   json.RawMessage
	Publications []domain.Publication
	Moves        []domain.ItemMove
}

// EditItem changes an item and makes a version of it. A nil field stays as it is.
type EditItem struct {
	ID              int64
	Title           *string
	Body            *string
	MetaTitle       *string
	MetaDescription *string
	Slug            *string
	Language        *string
	Channel         *string
	Assignee        *string
	Keywords        *[]string
	PlannedAt       *time.Time
	ScheduledAt     *time.Time
	Reason          string
	Precondition
}

// ListVersions pages through an item's versions, newest first.
type ListVersions struct {
	ID   int64
	Page domain.Page
}

// RestoreVersion makes a new version with the text of an old one.
type RestoreVersion struct {
	ID int64
	N  int
	Precondition
}

// ExportItem asks for an item as a file: markdown, html or json.
type ExportItem struct {
	ID     int64
	Format string
}

// Export is a file.
type Export struct {
	Name      string
	MediaType string
	Body      []byte
}

// Feed is what a workspace has published.
type Feed struct {
	Workspace domain.Workspace
	Items     []FeedItem
}

// FeedItem is one published version.
type FeedItem struct {
	ContentID   int64
	Title       string
	Slug        string
	Summary     string
	Body        string // Markdown
	HTML        string // sanitised
	Version     int
	PublishedAt time.Time
	Engine      domain.Origin
}

// ListAgents filters and pages through the agents.
type ListAgents struct {
	Type       domain.AgentType
	ActiveOnly bool
	Page       domain.Page
}

// GenerateOutput asks for a text from a free prompt.
type GenerateOutput struct {
	Prompt        string
	MaximumLength int      // words
	Creativity    *float64 // 0 to 1
	Language      string
	Tone          string
	ToneCustom    string
	VoiceID       int64
	Results       int // how many texts, 1 by default
}

// GeneratedText is a generated text. Status is streaming, completed or failed.
type GeneratedText struct {
	ID      int64
	Status  domain.TextStatus
	Text    string
	Error   string
	Words   int
	Credits int
	Engine  domain.Origin
	Cost    domain.Cost
}

// Piece is one stored piece of a message, counted from 1.
type Piece struct {
	Seq  int
	Text string
}

// TextStatus says what writes text now, and why.
type TextStatus struct {
	Engine    domain.Origin
	Why       string
	Providers []ProviderStatus
	// KeyVariables are the environment variables that connect a provider: OPENAI_API_KEY, …
	KeyVariables []string
}

// ProviderStatus is one configured provider, without its key.
type ProviderStatus struct {
	Name    string
	Kind    string // openai, anthropic
	BaseURL string
	Model   string
	Default bool
	Source  string // environment, or stored
}
