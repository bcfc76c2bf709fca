package domain

import (
	"encoding/json"
	"time"
)

// EventName names something that happened.
type EventName string

// The events of the log. Those with a dot are told to webhooks too.
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
	EventContentEdited      EventName = "content.edited"
	EventContentDeleted     EventName = "content.deleted"
	EventContentMoved       EventName = "content.moved"
	EventContentApproved    EventName = "content.approved"  // while it stays published as it was
	EventContentReordered   EventName = "content.reordered" // within its column
	EventContentPublished   EventName = "content.published"
	EventKeyCreated         EventName = "key.created"
	EventKeyRevoked         EventName = "key.revoked"
	EventKeyRotated         EventName = "key.rotated"
	EventWorkspaceChanged   EventName = "workspace.changed"
	EventCreditsGranted     EventName = "credits.granted"
	EventCreditsLow         EventName = "credits.low"
	EventTextGenerated      EventName = "text.generated"
)

// Event is one line of the event log: what happened, to what, by whom.
type Event struct {
	// ID is the durable id that a reader resumes after. On PostgreSQL it carries
	// the writing transaction, so that ids of a cursor never appear out of order.
	ID          string
	WorkspaceID int64
	Name        EventName
	ExecutionID int64 // 0 where it has nothing to do with one
	ContentID   int64
	Actor       string
	ActorKind   ActorKind
	Payload     json.RawMessage
	At          time.Time
}
