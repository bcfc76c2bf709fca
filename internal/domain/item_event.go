package domain

// ItemState is what every content event says about its item.
type ItemState struct {
	ContentID int64      `json:"content_id"`
	Status    ItemStatus `json:"status"` // after the event
	Revision  int64      `json:"revision"`
}

// State returns the item's state for an event.
func (c ContentItem) State() ItemState { return ItemState{c.ID, c.Status, c.Revision} }

// ContentGenerated says that an execution created an item.
type ContentGenerated struct {
	ItemState
	Title       string      `json:"title"`
	ContentType ContentType `json:"content_type"`
}

// EventName returns content.generated.
func (ContentGenerated) EventName() EventName { return EventContentGenerated }

// ContentCreated says that a person or a program wrote an item by hand, or copied one.
type ContentCreated struct {
	ItemState
	Title       string      `json:"title"`
	ContentType ContentType `json:"content_type"`
	CopyOf      int64       `json:"copy_of,omitempty"` // the item that it is a copy of
}

// EventName returns content.created.
func (ContentCreated) EventName() EventName { return EventContentCreated }

// ContentEdited says that an item was edited: its text, which made a version, or
// its other fields.
type ContentEdited struct {
	ItemState
	Version int    `json:"version"`
	Reason  string `json:"reason"`
}

// EventName returns content.edited.
func (ContentEdited) EventName() EventName { return EventContentEdited }

// ContentDeleted says that an item was deleted.
type ContentDeleted struct {
	ItemState
	Title string `json:"title"`
}

// EventName returns content.deleted.
func (ContentDeleted) EventName() EventName { return EventContentDeleted }

// ContentMoved says that an item changed its column.
type ContentMoved struct {
	ItemState
	From    ItemStatus `json:"from"`
	To      ItemStatus `json:"to"`
	Version int        `json:"version"`
}

// EventName returns content.moved.
func (ContentMoved) EventName() EventName { return EventContentMoved }

// ContentReordered says that an item has another place in its column.
type ContentReordered struct{ ItemState }

// EventName returns content.reordered.
func (ContentReordered) EventName() EventName { return EventContentReordered }

// ContentApproved says that a version of a published item was approved. The item
// stays published as it was.
type ContentApproved struct {
	ItemState
	Version int `json:"version"`
}

// EventName returns content.approved.
func (ContentApproved) EventName() EventName { return EventContentApproved }

// FindingAccepted says that a finding of an item was accepted: it no longer stops publication.
type FindingAccepted struct {
	ItemState
	Guardrail string `json:"guardrail"`
	Message   string `json:"message"`
	Reason    string `json:"reason"`
}

// EventName names the event.
func (FindingAccepted) EventName() EventName { return EventFindingAccepted }

// FindingWithdrawn says that the acceptance of a finding was withdrawn.
type FindingWithdrawn struct {
	ItemState
	Guardrail string `json:"guardrail"`
	Message   string `json:"message"`
}

// EventName names the event.
func (FindingWithdrawn) EventName() EventName { return EventFindingWithdrawn }

// ContentCommented says that somebody commented on an item.
type ContentCommented struct {
	ItemState
	CommentID int64  `json:"comment_id"`
	Version   int    `json:"version"` // that the comment is about
	Comment   string `json:"comment"`
	Quote     string `json:"quote,omitempty"` // the words of the passage, if it is about one
}

// EventName returns content.commented.
func (ContentCommented) EventName() EventName { return EventContentCommented }

// CommentChange says what was done to a comment.
type CommentChange string

// The changes.
const (
	CommentEdited   CommentChange = "edited"
	CommentResolved CommentChange = "resolved"
	CommentReopened CommentChange = "reopened"
	CommentDeleted  CommentChange = "deleted"
)

// CommentChanged says that a comment on an item was edited, resolved, reopened or
// deleted. Its name follows the change.
type CommentChanged struct {
	ItemState
	CommentID int64         `json:"comment_id"`
	Change    CommentChange `json:"change"`
}

// EventName returns comment.edited, .resolved, .reopened or .deleted.
func (c CommentChanged) EventName() EventName { return "comment." + EventName(c.Change) }

// ContentReviewed says that somebody without an account decided about a version of an item,
// with a review link.
type ContentReviewed struct {
	ItemState
	LinkID   int64          `json:"link_id"`
	Version  int            `json:"version"`
	Decision ReviewDecision `json:"decision"`
	Reason   string         `json:"reason,omitempty"`
}

// EventName returns content.reviewed.
func (ContentReviewed) EventName() EventName { return EventContentReviewed }

// ReviewLinkCreated says that a link was created with which somebody without an account
// reviews a version of an item. Its secret is never in an event.
type ReviewLinkCreated struct {
	ItemState
	LinkID  int64 `json:"link_id"`
	Version int   `json:"version"`
}

// EventName returns review.requested.
func (ReviewLinkCreated) EventName() EventName { return EventReviewRequested }

// ReviewLinkRevoked says that a review link was revoked.
type ReviewLinkRevoked struct {
	ItemState
	LinkID  int64 `json:"link_id"`
	Version int   `json:"version"`
}

// EventName returns review.revoked.
func (ReviewLinkRevoked) EventName() EventName { return EventReviewRevoked }

// ContentPublished says that a version of an item was published on a channel.
type ContentPublished struct {
	ItemState
	Version int    `json:"version"`
	Channel string `json:"channel"`
	Slug    string `json:"slug"`
}

// EventName returns content.published.
func (ContentPublished) EventName() EventName { return EventContentPublished }
