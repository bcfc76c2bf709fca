package domain

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// Webhook is an address of a workspace that gets its events as signed requests. Its secrets
// are stored apart, encrypted.
type Webhook struct {
	ID          int64
	WorkspaceID int64
	URL         string
	Events      []EventName // that it gets, of [WebhookEvents]
	Description string
	Active      bool
	OwnerID     int64 // the person who created it, or whose key did; 0: nobody is known
	// OldSecretUntil says how long the secret before the last rotation signs, too; zero: there
	// is none.
	OldSecretUntil time.Time

	// Disabled says why the server has switched it off; empty: it has not.
	Disabled   string
	DisabledAt time.Time // zero: it has not

	LastTriggeredAt  time.Time // when a request was last sent; zero: never
	LastResponseCode int       // of that request; 0: no response came
	FailureCount     int       // requests that failed since the last one that succeeded
	FailingSince     time.Time // the first of them; zero: the last request succeeded
	WarnedAt         time.Time // when its owner was notified that it fails; zero: not since the last success
	HeldUntil        time.Time // nothing is sent before, as it fails or has asked for a pause; zero: at once
	NextAt           time.Time // when a delivery is due next; zero: none waits

	Version   int // raised by each change that people make
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Revision changes with everything that people may change about a webhook, for ETags.
func (w Webhook) Revision() int64 { return int64(w.Version) }

// Wants reports whether the webhook gets events of that name.
func (w Webhook) Wants(name EventName) bool { return slices.Contains(w.Events, name) }

// DisableAt is when a webhook that fails is switched off unless a request succeeds before;
// zero where it does not fail.
func (w Webhook) DisableAt() time.Time {
	if w.FailingSince.IsZero() {
		return time.Time{}
	}
	return w.FailingSince.Add(WebhookPatience)
}

// Bounds of webhooks.
const (
	WebhookPatience  = 5 * 24 * time.Hour  // a webhook that fails for as long is switched off
	WebhookOldSecret = 24 * time.Hour      // how long the old secret signs, too, after a rotation
	DeliveryKept     = 30 * 24 * time.Hour // how long the log keeps a delivery
	DeliveryAnswer   = 1000                // characters of an answer that the log keeps
	DeliveryAttempts = 20                  // attempts of one delivery that the log keeps, the newest
	MostRedelivered  = 10_000              // deliveries that one call sends again
)

// DeliveryStatus is the state of a delivery.
type DeliveryStatus string

// The states of a delivery.
const (
	DeliveryPending   DeliveryStatus = "pending"   // to be sent, perhaps again
	DeliveryDelivered DeliveryStatus = "delivered" // the receiver answered 2xx
	DeliveryFailed    DeliveryStatus = "failed"    // every attempt failed; it is sent again only when somebody asks
)

// Values lists the states.
func (DeliveryStatus) Values() []string {
	return names([]DeliveryStatus{DeliveryPending, DeliveryDelivered, DeliveryFailed})
}

// Delivery is one event on its way to one webhook.
type Delivery struct {
	ID          int64
	WorkspaceID int64
	WebhookID   int64
	MessageID   string // the header webhook-id, the same on each attempt
	EventID     string // of the log; empty for a test
	Event       EventName
	// OrderKey names what the event is about: deliveries of one webhook with the same key are
	// sent one after another.
	OrderKey  int64
	Body      json.RawMessage // as it is sent
	Test      bool            // sent by hand, with an example; one attempt
	Status    DeliveryStatus
	Tries     int               // that failed since it was queued
	Attempts  []DeliveryAttempt // oldest first, at most [DeliveryAttempts]
	NextAt    time.Time         // of the next attempt; zero: none
	CreatedAt time.Time
	EndedAt   time.Time // zero: pending
}

// DeliveryFilter narrows a list of deliveries.
type DeliveryFilter struct {
	Status  DeliveryStatus // empty: any
	Event   EventName      // empty: any
	Created DateRange
}

// DeliveryAttempt is one request of a delivery.
type DeliveryAttempt struct {
	At     time.Time `json:"at"`
	Code   int       `json:"code,omitempty"` // the status of the answer; 0: none came
	Millis int64     `json:"ms"`
	Answer string    `json:"answer,omitempty"` // its first [DeliveryAnswer] characters
	Error  string    `json:"error,omitempty"`  // why it failed, in words; empty: it succeeded
}

// WebhookEvents lists the events that webhooks can get: a name here puts an event of
// [EventTypes] in their catalogue. What is not listed stays inside: steps, readings, keys, and
// events that a caller sent, whose data is somebody else's.
func WebhookEvents() []EventName {
	return []EventName{
		EventExecutionCreated,
		EventExecutionCompleted,
		EventExecutionFailed,
		EventExecutionCancelled,
		EventContentGenerated,
		EventContentCreated,
		EventContentEdited,
		EventContentMoved,
		EventContentApproved,
		EventContentPublished,
		EventContentDeleted,
		EventContentCommented,
		EventContentReviewed,
		EventPublicationEnded,
		EventTextGenerated,
		EventImageGenerated,
		EventImageFailed,
		EventTriggerFailed,
		EventCreditsLow,
		EventListingCreated,
		EventListingUpdated,
		EventListingDeleted,
		EventListingPushed,
		EventListingPushFailed,
		EventCosellCreated,
		EventCosellUpdated,
		EventCosellStaged,
		EventCosellDeleted,
		EventCalendarDue,
		EventCalendarActed,
		EventCalendarMissed,
		EventAWSConnected,
		EventAWSDisconnected,
		EventAWSSynced,
		EventAWSSyncFailed,
	}
}

// WebhookEventTypes returns the catalogue of webhooks, in the order of [WebhookEvents].
func WebhookEventTypes() []EventType {
	all := EventTypes()
	var list []EventType
	for _, name := range WebhookEvents() {
		if i := slices.IndexFunc(all, func(t EventType) bool { return t.Name == name }); i >= 0 {
			list = append(list, all[i])
		}
	}
	return list
}

// WebhookEvent is an [EventName] of the catalogue of webhooks.
type WebhookEvent string

// Values lists the catalogue.
func (WebhookEvent) Values() []string { return names(WebhookEvents()) }

// CheckWebhookEvents notes a fault for each event that is none of the catalogue of webhooks.
func CheckWebhookEvents(p *Problems, path string, events []WebhookEvent) {
	if !LimitWebhookEvents.Count(p, path, len(events)) {
		return
	}
	for i, e := range events {
		at := path + "." + strconv.Itoa(i)
		if e == "" {
			p.Required(at)
		}
		CheckEnum(p, at, e)
	}
}
