package domain

import "time"

// WebhookFacts is what every event about a webhook says. Its secret is never in an event.
type WebhookFacts struct {
	ID     int64       `json:"id"`
	URL    string      `json:"url"`
	Events []EventName `json:"events"`
	Active bool        `json:"active"`
}

// Facts returns the webhook's facts for an event.
func (w Webhook) Facts() WebhookFacts { return WebhookFacts{w.ID, w.URL, w.Events, w.Active} }

// WebhookCreated says that a webhook was created.
type WebhookCreated struct{ WebhookFacts }

// EventName returns webhook.created.
func (WebhookCreated) EventName() EventName { return EventWebhookCreated }

// WebhookChanged says that a webhook was changed, or has a new secret.
type WebhookChanged struct{ WebhookFacts }

// EventName returns webhook.changed.
func (WebhookChanged) EventName() EventName { return EventWebhookChanged }

// WebhookDeleted says that a webhook was deleted.
type WebhookDeleted struct{ WebhookFacts }

// EventName returns webhook.deleted.
func (WebhookDeleted) EventName() EventName { return EventWebhookDeleted }

// WebhookResent says that somebody sent deliveries of a webhook again, or a test.
type WebhookResent struct {
	WebhookFacts
	Deliveries int  `json:"deliveries"`
	Test       bool `json:"test"`
}

// EventName returns webhook.resent.
func (WebhookResent) EventName() EventName { return EventWebhookResent }

// WebhookFailing warns that a delivery of a webhook has failed for good, and that nothing has
// succeeded since.
type WebhookFailing struct {
	WebhookFacts
	FailingSince time.Time `json:"failing_since"`
	DisableAt    time.Time `json:"disable_at"` // when it is switched off unless a request succeeds before
	Error        string    `json:"error"`      // the last one
}

// EventName returns webhook.failing.
func (WebhookFailing) EventName() EventName { return EventWebhookFailing }

// WebhookDisabled says that the server has switched a webhook off.
type WebhookDisabled struct {
	WebhookFacts
	Reason string `json:"reason"`
}

// EventName returns webhook.disabled.
func (WebhookDisabled) EventName() EventName { return EventWebhookDisabled }

// webhookEventTypes is the part of the catalogue that is about webhooks.
func webhookEventTypes() []EventType {
	on := WebhookFacts{3, "https://example.com/hooks/vellocity", []EventName{EventContentPublished}, true}
	off := on
	off.Active = false
	since := time.Date(2026, 2, 26, 10, 0, 0, 0, time.UTC)
	return []EventType{
		{"", "A webhook was created.", WebhookCreated{on}},
		{"", "A webhook was changed, or has a new secret.", WebhookChanged{on}},
		{"", "A webhook was deleted.", WebhookDeleted{off}},
		{"", "Somebody sent deliveries of a webhook again, or a test.", WebhookResent{on, 12, false}},
		{"", "A delivery of a webhook has failed for good, and nothing has succeeded since.", WebhookFailing{
			on, since, since.Add(WebhookPatience), "It answered 503 Service Unavailable.",
		}},
		{"", "The server has switched a webhook off.", WebhookDisabled{off, "Every request has failed for 5 days."}},
	}
}
