package domain

// ConversationFacts is what every event about a conversation says. What was asked and answered is in none.
type ConversationFacts struct {
	ID int64 `json:"id"`
}

// ConversationCreated says that a conversation was begun.
type ConversationCreated struct{ ConversationFacts }

// EventName returns conversation.created.
func (ConversationCreated) EventName() EventName { return EventConversationCreated }

// ConversationChanged says that a conversation has another title, brand voice or branch that is shown.
type ConversationChanged struct{ ConversationFacts }

// EventName returns conversation.changed.
func (ConversationChanged) EventName() EventName { return EventConversationChanged }

// ConversationDeleted says that a conversation was deleted with its messages.
type ConversationDeleted struct{ ConversationFacts }

// EventName returns conversation.deleted.
func (ConversationDeleted) EventName() EventName { return EventConversationDeleted }

// ConversationAsked says that a question was asked, or an answer asked for again.
type ConversationAsked struct {
	ConversationFacts
	MessageID int64 `json:"message_id"` // of the answer
}

// EventName returns conversation.asked.
func (ConversationAsked) EventName() EventName { return EventConversationAsked }

// ConversationStopped says that a caller stopped an answer.
type ConversationStopped struct {
	ConversationFacts
	MessageID int64 `json:"message_id"` // of the answer
}

// EventName returns conversation.stopped.
func (ConversationStopped) EventName() EventName { return EventConversationStopped }

// ChatTemplateFacts is what every event about a chat template says.
type ChatTemplateFacts struct {
	ID      int64  `json:"id"`
	Slug    string `json:"slug"`
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// Facts returns the template's facts for an event.
func (t ChatTemplate) Facts() ChatTemplateFacts {
	return ChatTemplateFacts{t.ID, t.Slug, t.Name, t.Version}
}

// ChatTemplateCreated says that a chat template was created.
type ChatTemplateCreated struct{ ChatTemplateFacts }

// EventName returns chat_template.created.
func (ChatTemplateCreated) EventName() EventName { return EventChatTemplateCreated }

// ChatTemplateChanged says that a chat template has a new version.
type ChatTemplateChanged struct{ ChatTemplateFacts }

// EventName returns chat_template.changed.
func (ChatTemplateChanged) EventName() EventName { return EventChatTemplateChanged }

// ChatTemplateDeleted says that a chat template was deleted.
type ChatTemplateDeleted struct{ ChatTemplateFacts }

// EventName returns chat_template.deleted.
func (ChatTemplateDeleted) EventName() EventName { return EventChatTemplateDeleted }

// chatEventTypes is the part of the catalogue that is about chats.
func chatEventTypes() []EventType {
	chat := ConversationFacts{12}
	template := ChatTemplateFacts{1001, "support_writer", "Support writer", 1}
	return []EventType{
		{"", "A conversation was begun.", ConversationCreated{chat}},
		{"", "A conversation has another title, brand voice or branch that is shown.", ConversationChanged{chat}},
		{"", "A conversation was deleted with its messages.", ConversationDeleted{chat}},
		{"", "A question was asked in a chat, or an answer was asked for again.", ConversationAsked{chat, 42}},
		{"", "A person or a program stopped an answer that is being written.", ConversationStopped{chat, 42}},
		{"", "A chat template was created.", ChatTemplateCreated{template}},
		{"", "A chat template has a new version.", ChatTemplateChanged{template}},
		{"", "A chat template was deleted.", ChatTemplateDeleted{template}},
	}
}
