package domain

import (
	"encoding/json"
	"strings"
)

// TriggerFacts is what every event about a trigger says.
type TriggerFacts struct {
	ID       int64       `json:"id"`
	Name     string      `json:"name"`
	Type     TriggerType `json:"type"`
	Template string      `json:"template"` // slug
	Enabled  bool        `json:"enabled"`
}

// Facts returns the trigger's facts for an event.
func (t Trigger) Facts() TriggerFacts {
	return TriggerFacts{t.ID, t.Name, t.Type, t.Template, t.Enabled}
}

// TriggerCreated says that a trigger was created.
type TriggerCreated struct{ TriggerFacts }

// EventName returns trigger.created.
func (TriggerCreated) EventName() EventName { return EventTriggerCreated }

// TriggerChanged says that a trigger was changed or switched.
type TriggerChanged struct{ TriggerFacts }

// EventName returns trigger.changed.
func (TriggerChanged) EventName() EventName { return EventTriggerChanged }

// TriggerDeleted says that a trigger was deleted.
type TriggerDeleted struct{ TriggerFacts }

// EventName returns trigger.deleted.
func (TriggerDeleted) EventName() EventName { return EventTriggerDeleted }

// TriggerFired says that somebody fired a trigger by hand.
type TriggerFired struct {
	TriggerFacts
	Outcome FiringOutcome `json:"outcome"`
}

// EventName returns trigger.fired.
func (TriggerFired) EventName() EventName { return EventTriggerFired }

// TriggerFailed says that a trigger has paused itself after failures in a row.
type TriggerFailed struct {
	TriggerFacts
	Failures int    `json:"failures"`
	Error    string `json:"error"` // the last one
}

// EventName returns trigger.failed.
func (TriggerFailed) EventName() EventName { return EventTriggerFailed }

// Where the event that a trigger sees comes from.
const (
	SourceVellocity = "vellocity" // the server itself
	SourceAPI       = "api"       // a caller of the API
)

// Received is an event that a caller sent over the API. It stands in the log under one name,
// so that nothing but a trigger takes it for an event of the server's own.
type Received struct {
	Name    EventName       `json:"name"`
	Source  string          `json:"source"` // always api
	Payload json.RawMessage `json:"payload"`
}

// EventName returns event.received.
func (Received) EventName() EventName { return EventReceived }

// triggerEventTypes is the part of the catalogue that is about triggers.
func triggerEventTypes() []EventType {
	trigger := TriggerFacts{
		ID: 9, Name: "Nightly post", Type: TriggerSchedule, Template: "blog-and-social", Enabled: true,
	}
	return []EventType{
		{"", "A trigger was created.", TriggerCreated{trigger}},
		{"", "A trigger was changed.", TriggerChanged{trigger}},
		{"", "A trigger was deleted.", TriggerDeleted{trigger}},
		{"", "A person or a program fired a trigger by hand.", TriggerFired{trigger, FiringFired}},
		{"", "A trigger has failed several times in a row and has paused itself.",
			TriggerFailed{trigger, MostTriggerFails, "Execution 812 failed: the provider refused the request."}},
		{"", "An event was sent over the API. Only triggers see it.",
			Received{"crm.deal_won", SourceAPI, json.RawMessage(`{"company":"Acme"}`)}},
	}
}

// CheckEventName notes a fault unless name is one that a trigger can fire on: an event of
// the catalogue, or one of the caller's own, such as crm.deal_won, whose first part is none
// of the catalogue's.
func CheckEventName(p *Problems, path string, name EventName) {
	LimitEventName.Text(p, path, string(name))
	if strings.TrimSpace(string(name)) == "" || !ValidText(string(name)) {
		return
	}
	if !dottedName(string(name)) {
		p.Format(path, "lower-case words with dots between them, such as crm.deal_won")
		return
	}
	if name == EventReceived {
		p.Add(path, "The %s field must be the name that the event was sent with, not %s", Leaf(path), name)
		return
	}
	noun, _, _ := strings.Cut(string(name), ".")
	var known []string
	reserved := false
	for _, t := range EventTypes() {
		if t.Name == name {
			return
		}
		of, _, _ := strings.Cut(string(t.Name), ".")
		reserved = reserved || of == noun
		known = append(known, string(t.Name))
	}
	if reserved || Nearest(string(name), known) != "" {
		p.Unknown(path, "event", string(name), known)
	}
}

// dottedName reports whether s is two words or more with dots between them, each of
// lower-case letters, digits and underscores and beginning with a letter.
func dottedName(s string) bool {
	words := strings.Split(s, ".")
	for _, w := range words {
		if w == "" || w[0] < 'a' || w[0] > 'z' || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return false
		}
	}
	return len(words) > 1
}
