package domain

import (
	"encoding/json"
	"slices"
	"time"
)

// EventName names something that happened: a noun, a dot, a verb.
type EventName string

// Event is one entry of the event log: what happened, to what, and who did it.
type Event struct {
	// ID is the durable id after which a reader resumes. On PostgreSQL it carries
	// the writing transaction, so that a reader never meets ids out of order.
	ID string
	Subject
	Name      EventName
	Actor     string
	ActorKind ActorKind
	ActorID   int64           // of the person, key or execution that acted; 0: none, or not recorded
	Payload   json.RawMessage // an [EventData] as JSON
	At        time.Time
}

// Subject says what an event is about. A zero id means: not about one.
type Subject struct {
	WorkspaceID int64
	ExecutionID int64
	ContentID   int64
}

// EventData is what an event says. Each event has one struct, whose JSON is the
// payload that streams, webhooks and triggers see.
type EventData interface{ EventName() EventName }

// EventType describes one event of the catalogue.
type EventType struct {
	Name        EventName
	Description string
	Example     EventData
}

// Subject returns the execution as the subject of an event.
func (x Execution) Subject() Subject {
	return Subject{WorkspaceID: x.WorkspaceID, ExecutionID: x.ID}
}

// Subject returns the item as the subject of an event.
func (c ContentItem) Subject() Subject {
	return Subject{WorkspaceID: c.WorkspaceID, ExecutionID: c.ExecutionID, ContentID: c.ID}
}

// The names of events that readers of the log look for.
const (
	EventExecutionCreated   EventName = "execution.created"
	EventExecutionStatus    EventName = "execution.status"
	EventExecutionStep      EventName = "execution.step"
	EventExecutionGuardrail EventName = "execution.guardrail"
	EventExecutionCompleted EventName = "execution.completed"
	EventExecutionFailed    EventName = "execution.failed"
	EventExecutionCancelled EventName = "execution.cancelled"
	EventExecutionArchived  EventName = "execution.archived"
	EventContentGenerated   EventName = "content.generated"
	EventContentCreated     EventName = "content.created"
	EventContentEdited      EventName = "content.edited"
	EventContentDeleted     EventName = "content.deleted"
	EventContentMoved       EventName = "content.moved"
	EventContentReordered   EventName = "content.reordered"
	EventContentApproved    EventName = "content.approved"
	EventContentPublished   EventName = "content.published"
	EventFindingAccepted    EventName = "finding.accepted"
	EventFindingWithdrawn   EventName = "finding.withdrawn"
	EventContentCommented   EventName = "content.commented"
	EventContentReviewed    EventName = "content.reviewed"
	EventReviewRequested    EventName = "review.requested"
	EventReviewRevoked      EventName = "review.revoked"
	EventKeyCreated         EventName = "key.created"
	EventKeyRotated         EventName = "key.rotated"
	EventKeyRevoked         EventName = "key.revoked"
	EventBrandVoiceCreated  EventName = "brand_voice.created"
	EventBrandVoiceChanged  EventName = "brand_voice.changed"
	EventBrandVoiceDeleted  EventName = "brand_voice.deleted"
	EventAgentCreated       EventName = "agent.created"
	EventAgentChanged       EventName = "agent.changed"
	EventAgentDeleted       EventName = "agent.deleted"
	EventWorkspaceChanged   EventName = "workspace.changed"
	EventCreditsGranted     EventName = "credits.granted"
	EventCreditsLow         EventName = "credits.low"
	EventTextBuilt          EventName = "text.built"
	EventTextGenerated      EventName = "text.generated"
	EventTextStopped        EventName = "text.stopped"
	EventTextDeleted        EventName = "text.deleted"

	EventNotificationCreated    EventName = "notification.created"
	EventNotificationRead       EventName = "notification.read"
	EventNotificationConfigured EventName = "notification.configured"

	EventChannelCreated    EventName = "channel.created"
	EventChannelChanged    EventName = "channel.changed"
	EventChannelDeleted    EventName = "channel.deleted"
	EventBoardRuleCreated  EventName = "board_rule.created"
	EventBoardRuleChanged  EventName = "board_rule.changed"
	EventBoardRuleDeleted  EventName = "board_rule.deleted"
	EventPublicationQueued EventName = "publication.queued"
	EventPublicationEnded  EventName = "publication.ended"

	EventTemplateCreated EventName = "template.created"
	EventTemplateChanged EventName = "template.changed"
	EventTemplateDeleted EventName = "template.deleted"

	EventWriterCreated  EventName = "writer_template.created"
	EventWriterChanged  EventName = "writer_template.changed"
	EventWriterDeleted  EventName = "writer_template.deleted"
	EventWriterFavorite EventName = "writer_template.marked"

	EventImageRequested      EventName = "image.requested"
	EventImageGenerated      EventName = "image.generated"
	EventImageFailed         EventName = "image.failed"
	EventImageCancelled      EventName = "image.cancelled"
	EventImageUploaded       EventName = "image.uploaded"
	EventImageChanged        EventName = "image.changed"
	EventImageDeleted        EventName = "image.deleted"
	EventConversationCreated EventName = "conversation.created"
	EventConversationChanged EventName = "conversation.changed"
	EventConversationDeleted EventName = "conversation.deleted"
	EventConversationAsked   EventName = "conversation.asked"
	EventConversationStopped EventName = "conversation.stopped"
	EventChatTemplateCreated EventName = "chat_template.created"
	EventChatTemplateChanged EventName = "chat_template.changed"
	EventChatTemplateDeleted EventName = "chat_template.deleted"
	EventSourceCreated       EventName = "source.created"
	EventSourceChanged       EventName = "source.changed"
	EventSourceDeleted       EventName = "source.deleted"

	EventListingCreated EventName = "listing.created"
	EventListingUpdated EventName = "listing.updated"
	EventListingDeleted EventName = "listing.deleted"

	EventListingPushRequested EventName = "listing.push_requested"
	EventListingPushed        EventName = "listing.pushed"
	EventListingPushFailed    EventName = "listing.push_failed"

	EventCosellCreated EventName = "cosell.created"
	EventCosellUpdated EventName = "cosell.updated"
	EventCosellStaged  EventName = "cosell.stage_changed"
	EventCosellDeleted EventName = "cosell.deleted"

	EventAWSConnected    EventName = "aws.connected"
	EventAWSDisconnected EventName = "aws.disconnected"
	EventAWSSynced       EventName = "aws.synced"
	EventAWSSyncFailed   EventName = "aws.sync_failed"

	EventTriggerCreated EventName = "trigger.created"
	EventTriggerChanged EventName = "trigger.changed"
	EventTriggerDeleted EventName = "trigger.deleted"
	EventTriggerFired   EventName = "trigger.fired"
	EventTriggerFailed  EventName = "trigger.failed"
	EventReceived       EventName = "event.received"

	EventWebhookCreated  EventName = "webhook.created"
	EventWebhookChanged  EventName = "webhook.changed"
	EventWebhookDeleted  EventName = "webhook.deleted"
	EventWebhookResent   EventName = "webhook.resent"
	EventWebhookFailing  EventName = "webhook.failing"
	EventWebhookDisabled EventName = "webhook.disabled"

	EventCalendarCreated  EventName = "event.created"
	EventCalendarChanged  EventName = "event.changed"
	EventCalendarDeleted  EventName = "event.deleted"
	EventCalendarDue      EventName = "event.due"
	EventCalendarMissed   EventName = "event.missed"
	EventCalendarActed    EventName = "event.acted"
	EventCampaignCreated  EventName = "campaign.created"
	EventCampaignChanged  EventName = "campaign.changed"
	EventCampaignDeleted  EventName = "campaign.deleted"
	EventFeedTokenCreated EventName = "feed_token.created" //nolint:gosec // a name
	EventFeedTokenRevoked EventName = "feed_token.revoked" //nolint:gosec // a name
)

// KeyFacts is what every event about an API key says. The key itself is never in
// an event.
type KeyFacts struct {
	ID     int64   `json:"id"`
	Name   string  `json:"name"`
	Prefix string  `json:"prefix"`
	Role   Role    `json:"role"`
	Scopes []Scope `json:"scopes"`
}

// Facts returns what events say about the key.
func (k Key) Facts() KeyFacts { return KeyFacts{k.ID, k.Name, k.Prefix, k.Role, k.Scopes} }

// KeyCreated says that an API key was created.
type KeyCreated struct{ KeyFacts }

// EventName returns key.created.
func (KeyCreated) EventName() EventName { return EventKeyCreated }

// KeyRotated says that a new API key replaces another; the facts are the new one's.
type KeyRotated struct{ KeyFacts }

// EventName returns key.rotated.
func (KeyRotated) EventName() EventName { return EventKeyRotated }

// KeyRevoked says that an API key was revoked.
type KeyRevoked struct{ KeyFacts }

// EventName returns key.revoked.
func (KeyRevoked) EventName() EventName { return EventKeyRevoked }

// BrandVoiceFacts is what every event about a brand voice says.
type BrandVoiceFacts struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Version   int    `json:"version"`
	IsDefault bool   `json:"is_default"`
}

// Facts returns what events say about the brand voice.
func (v BrandVoice) Facts() BrandVoiceFacts {
	return BrandVoiceFacts{v.ID, v.Name, v.Version, v.IsDefault}
}

// BrandVoiceCreated says that a brand voice was created.
type BrandVoiceCreated struct{ BrandVoiceFacts }

// EventName returns brand_voice.created.
func (BrandVoiceCreated) EventName() EventName { return EventBrandVoiceCreated }

// BrandVoiceChanged says that a brand voice has a new version, or that it became the
// workspace's default or is that no longer.
type BrandVoiceChanged struct{ BrandVoiceFacts }

// EventName returns brand_voice.changed.
func (BrandVoiceChanged) EventName() EventName { return EventBrandVoiceChanged }

// BrandVoiceDeleted says that a brand voice was deleted.
type BrandVoiceDeleted struct{ BrandVoiceFacts }

// EventName returns brand_voice.deleted.
func (BrandVoiceDeleted) EventName() EventName { return EventBrandVoiceDeleted }

// AgentFacts is what every event about an agent says.
type AgentFacts struct {
	ID       int64     `json:"id"`
	Name     string    `json:"name"`
	Type     AgentType `json:"type"`
	IsActive bool      `json:"is_active"`
	Version  int       `json:"version"`
}

// Facts returns what events say about the agent.
func (a Agent) Facts() AgentFacts { return AgentFacts{a.ID, a.Name, a.Type, a.IsActive, a.Version} }

// AgentCreated says that an agent was created.
type AgentCreated struct{ AgentFacts }

// EventName returns agent.created.
func (AgentCreated) EventName() EventName { return EventAgentCreated }

// AgentChanged says that an agent has a new version.
type AgentChanged struct{ AgentFacts }

// EventName returns agent.changed.
func (AgentChanged) EventName() EventName { return EventAgentChanged }

// AgentDeleted says that an agent was deleted.
type AgentDeleted struct{ AgentFacts }

// EventName returns agent.deleted.
func (AgentDeleted) EventName() EventName { return EventAgentDeleted }

// WorkspaceChanged says that the workspace's profile or plan changed.
type WorkspaceChanged struct {
	CompanyName string `json:"company_name"`
	Plan        Plan   `json:"plan"`
	Timezone    string `json:"timezone"`
}

// EventName returns workspace.changed.
func (WorkspaceChanged) EventName() EventName { return EventWorkspaceChanged }

// CreditsGranted says that the operator added credits.
type CreditsGranted struct {
	Amount int    `json:"amount"`
	Note   string `json:"note"`
}

// EventName returns credits.granted.
func (CreditsGranted) EventName() EventName { return EventCreditsGranted }

// CreditsLow says that the available credits have fallen below the workspace's level.
// It is appended once until they have risen again ([CreditsRisen]).
type CreditsLow struct {
	Available int `json:"available"`
	Level     int `json:"level"`
}

// EventName returns credits.low.
func (CreditsLow) EventName() EventName { return EventCreditsLow }

// NotificationCreated says that people of the workspace were notified.
type NotificationCreated struct {
	Kind       NotificationKind `json:"kind"`
	Recipients int              `json:"recipients"`
}

// EventName returns notification.created.
func (NotificationCreated) EventName() EventName { return EventNotificationCreated }

// NotificationRead says that a person has read notifications.
type NotificationRead struct {
	Count int `json:"count"`
}

// EventName returns notification.read.
func (NotificationRead) EventName() EventName { return EventNotificationRead }

// NotificationConfigured says that the notification settings of a person, or the
// workspace's list of notification e-mails, changed.
type NotificationConfigured struct {
	UserID int64 `json:"user_id,omitempty"` // 0: the workspace's list
}

// EventName returns notification.configured.
func (NotificationConfigured) EventName() EventName { return EventNotificationConfigured }

// TextGenerated says that a text of generate-output has ended.
type TextGenerated struct {
	MessageID int64      `json:"message_id"`
	Status    TextStatus `json:"status"`
	Credits   int        `json:"credits"`
}

// EventName returns text.generated.
func (TextGenerated) EventName() EventName { return EventTextGenerated }

// TemplateFacts is what every event about a template says.
type TemplateFacts struct {
	ID      int64  `json:"id"`
	Slug    string `json:"slug"`
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// Facts returns the template's facts for an event.
func (t Template) Facts() TemplateFacts { return TemplateFacts{t.ID, t.Slug, t.Name, t.Version} }

// TemplateCreated says that a template was created.
type TemplateCreated struct{ TemplateFacts }

// EventName returns template.created.
func (TemplateCreated) EventName() EventName { return EventTemplateCreated }

// TemplateChanged says that a template has a new version.
type TemplateChanged struct{ TemplateFacts }

// EventName returns template.changed.
func (TemplateChanged) EventName() EventName { return EventTemplateChanged }

// TemplateDeleted says that a template was deleted.
type TemplateDeleted struct{ TemplateFacts }

// EventName returns template.deleted.
func (TemplateDeleted) EventName() EventName { return EventTemplateDeleted }

// EventTypes is the catalogue of events: each name with what it means and an
// example of its payload.
func EventTypes() []EventType {
	item := ItemState{ContentID: 101, Status: ItemReview, Revision: 4}
	published := ItemState{ContentID: 101, Status: ItemPublished, Revision: 6}
	key := KeyFacts{
		ID:     3,
		Name:   "Website",
		Prefix: "vell_pk_Zk3f",
		Role:   RoleEditor,
		Scopes: []Scope{ScopeRead, ScopeContent},
	}
	template := TemplateFacts{ID: 1001, Slug: "own-newsletter", Name: "Our newsletter", Version: 1}
	finding := Finding{Guardrail: "banned-terms", Step: "section-1", Severity: SeverityWarning, Action: ActionFlagged,
		Message: "The brand voice bans “synergy”. Use another word.", Matches: []Match{{Start: 12, End: 19, Text: "synergy"}}}
	voice, agent := BrandVoiceFacts{2, "Acme", 3, true}, AgentFacts{5, "Launch writer", AgentCustom, true, 2}
	list := []EventType{
		{
			"",
			"An execution was accepted.",
			ExecutionCreated{Capability: "generate-blog-post", Title: "Cloud cost optimization", Priority: PriorityNormal},
		},
		{"", "An execution was planned, started or waits.",
			ExecutionChanged{Status: ExecutionExecuting, Progress: 10, Running: []string{"outline"}, Planned: true}},
		{"", "A step of an execution was recorded or has failed.",
			StepEnded{
				Key:        "outline",
				Name:       "Outline",
				Status:     StepDone,
				Progress:   20,
				Running:    []string{"section-1"},
				Credits:    1,
				DurationMS: 1840,
			}},
		{"", "The guardrails found something in a step's text.", FindingsReported{"section-1", []Finding{finding}}},
		{"", "An execution was completed.", ExecutionEnded{Status: ExecutionCompleted, CreditsUsed: 5}},
		{"", "An execution failed.",
			ExecutionEnded{ExecutionFailed, `"Outline" failed: the provider refused the request.`, 1}},
		{"", "An execution was cancelled.", ExecutionEnded{Status: ExecutionCancelled, CreditsUsed: 1}},
		{"", "An execution that had ended was archived.", ExecutionEnded{Status: ExecutionArchived, CreditsUsed: 5}},
		{"", "An execution created a content item.",
			ContentGenerated{ItemState{101, ItemGenerated, 1}, "Cloud Cost Optimization Guide", ContentBlog}},
		{"", "A content item was written by hand or copied.",
			ContentCreated{ItemState{102, ItemGenerated, 1}, "Copy of Cloud Cost Optimization Guide", ContentBlog, 101}},
		{"", "A content item was edited.", ContentEdited{item, 2, "Shorter introduction"}},
		{"", "A content item was deleted.", ContentDeleted{item, "Cloud Cost Optimization Guide"}},
		{"", "A content item changed its column.", ContentMoved{item, ItemGenerated, ItemReview, 2}},
		{"", "A content item has another place in its column.", ContentReordered{item}},
		{"", "A version of a published content item was approved.", ContentApproved{published, 3}},
		{"", "A finding of a content item was accepted, so it no longer stops publication.",
			FindingAccepted{item, "personal-data", "This is an e-mail address. Remove it.", "Our own address"}},
		{"", "The acceptance of a finding of a content item was withdrawn.",
			FindingWithdrawn{item, "personal-data", "This is an e-mail address. Remove it."}},
		{"", "Somebody commented on a content item.",
			ContentCommented{item, 12, 2, "Where does this figure come from?", "up to 72 % less"}},
		{"", "A comment was edited.", CommentChanged{item, 12, CommentEdited}},
		{"", "A comment was resolved.", CommentChanged{item, 12, CommentResolved}},
		{"", "A comment was opened again.", CommentChanged{item, 12, CommentReopened}},
		{"", "A comment was deleted.", CommentChanged{item, 12, CommentDeleted}},
		{"", "Somebody without an account approved or rejected a version of a content item.",
			ContentReviewed{item, 5, 2, ReviewRejected, "The price is out of date"}},
		{"", "A review link was created.", ReviewLinkCreated{item, 5, 2}},
		{"", "A review link was revoked.", ReviewLinkRevoked{item, 5, 2}},
		{"", "A version of a content item was published on a channel.",
			ContentPublished{published, 2, "feed", "cloud-cost-optimization-guide"}},
		{"", "An API key was created.", KeyCreated{key}},
		{"", "An API key was replaced by a new one.", KeyRotated{key}},
		{"", "An API key was revoked.", KeyRevoked{key}},
		{"", "A brand voice was created.", BrandVoiceCreated{voice}},
		{"", "A brand voice was changed, or became the default or is that no longer.", BrandVoiceChanged{voice}},
		{"", "A brand voice was deleted.", BrandVoiceDeleted{voice}},
		{"", "An agent was created.", AgentCreated{agent}},
		{"", "An agent was changed.", AgentChanged{agent}},
		{"", "An agent was deleted.", AgentDeleted{agent}},
		{"", "The workspace's profile or plan changed.", WorkspaceChanged{"Acme Corp", PlanBusiness, "Europe/Berlin"}},
		{"", "The operator added credits.", CreditsGranted{5000, "Top-up"}},
		{"", "The available credits have fallen below the workspace's level.", CreditsLow{950, 1000}},
		{"", "People of the workspace were notified.", NotificationCreated{NotifyFailed, 2}},
		{"", "A person has read notifications.", NotificationRead{3}},
		{"", "A person changed the settings for notifications.", NotificationConfigured{7}},
		{"", "A text of generate-output has ended.", TextGenerated{42, TextCompleted, 1}},
		{"", "A template was created.", TemplateCreated{template}},
		{"", "A template has a new version.", TemplateChanged{template}},
		{"", "A template was deleted.", TemplateDeleted{template}},
	}
	list = append(list, furtherEventTypes()...)
	for i := range list {
		list[i].Name = list[i].Example.EventName()
	}
	return list
}

// furtherEventTypes are the types whose nouns have files of their own.
func furtherEventTypes() []EventType {
	return slices.Concat(writerEventTypes(), chatEventTypes(), imageEventTypes(), triggerEventTypes(), channelEventTypes(),
		boardRuleEventTypes(), sourceEventTypes(), webhookEventTypes(), listingEventTypes(), opportunityEventTypes(),
		calendarEventTypes())
}
