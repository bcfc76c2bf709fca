package domain

import "time"

// Conversation is a chat. Its messages are a tree, of which one path is shown.
type Conversation struct {
	ID           int64
	WorkspaceID  int64
	Title        string
	TitleBy      TitleSource
	Search       string // the title in the form for comparison; only written
	TemplateID   int64  // chat template
	BrandVoiceID int64  // 0: the workspace's
	ActiveID     int64  // the last message of the path that is shown; 0: there is none
	CreatedBy    string
	// CreatedByKind and CreatedByID are the caller that began it, since several may have one name.
	CreatedByKind ActorKind
	CreatedByID   int64
	CreatedAt     time.Time
	UpdatedAt     time.Time // of its last message or change
	Revision      int64
}

// TitleSource says who wrote the title of a conversation.
type TitleSource string

// The sources of titles. One that a person wrote is never replaced.
const (
	TitleStart  TitleSource = "start"  // the first words of the first question
	TitleModel  TitleSource = "model"  // a model, from the first question and answer
	TitlePerson TitleSource = "person" // a caller
)

// ChatRole says whose turn a message is.
type ChatRole string

// The roles.
const (
	ChatUser      ChatRole = "user"
	ChatAssistant ChatRole = "assistant"
)

// Values lists the roles.
func (ChatRole) Values() []string { return names([]ChatRole{ChatUser, ChatAssistant}) }

// ChatStatus is how far a message is. A question is always completed.
type ChatStatus string

// The states of a message.
const (
	ChatStreaming ChatStatus = "streaming"
	ChatCompleted ChatStatus = "completed"
	ChatStopped   ChatStatus = "stopped" // a caller stopped it; what was written stays
	ChatFailed    ChatStatus = "failed"  // it broke off; what was written stays
)

// Values lists the states.
func (ChatStatus) Values() []string {
	return names([]ChatStatus{ChatStreaming, ChatCompleted, ChatStopped, ChatFailed})
}

// ChatMessage is a turn of a conversation: a question, or an answer.
type ChatMessage struct {
	ID             int64
	WorkspaceID    int64
	ConversationID int64
	ParentID       int64 // the message before it; 0: it is a first one
	NextID         int64 // the message after it on the path that was last seen through it; 0: none
	Role           ChatRole
	Text           string // of an answer that is being written: empty, see the pieces of TextID
	TextID         int64  // the generated text of an answer
	Status         ChatStatus
	Error          string // why an answer is not whole, for people
	Citations      []Citation
	LeftOut        int // earlier messages that the model was shown shortened, or not at all
	Findings       []Finding
	Credits        int
	Origin         Origin
	Cost           Cost
	CreatedAt      time.Time
}

// Citation is a passage of a content item or of a source that an answer rests on. The mark [S<N>] in the answer
// refers to it.
type Citation struct {
	N         int    `json:"n"`
	ContentID int64  `json:"content_id"`          // 0: it is of a source
	SourceID  int64  `json:"source_id,omitempty"` // 0: it is of a content item
	Version   int    `json:"version"`             // of the item, or the revision of the source
	Start     int    `json:"start"`               // in the version's text, in code points
	End       int    `json:"end"`
	Title     string `json:"title"`   // of the item or the source
	Heading   string `json:"heading"` // that the passage stands under; may be empty
	Quote     string `json:"quote"`   // the passage
}

// ChatTemplate is what a chat is for: who answers, and how.
type ChatTemplate struct {
	ID           int64  // up to 1000: it ships with Vellocity
	Slug         string // in the address of its history; it stays for ever
	Name         string
	ShortName    string
	Description  string
	Role         string // what the assistant is, such as "Copy editor"
	HumanName    string // what it is called
	HelpsWith    string
	Color        string // for clients that show one, such as #3366cc; may be empty
	Instructions string // what the model gets beside the rules of every chat
	IsBuiltin    bool   // it ships with Vellocity and cannot be changed
	Version      int    // from 1, raised with each change
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

const (
	// MaxChatTemplates is how many chat templates of its own a workspace may have.
	MaxChatTemplates = 100
	// MaxChatMessages is how many messages a conversation may have, on all its branches.
	MaxChatMessages = 2_000
	// ChatText stands for the writer template of a text that answers in a chat. It is no slug, so no writer
	// template can have it.
	ChatText = "chat/answer"
)
