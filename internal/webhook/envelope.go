package webhook

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Envelope is the body of a request (Standard Webhooks, "Payload structure"), with more about the
// event than that standard asks for.
type Envelope struct {
	Type      domain.EventName `json:"type"`
	Timestamp time.Time        `json:"timestamp"`          // of the event
	EventID   string           `json:"event_id,omitempty"` // in the log; the same for all webhooks
	Test      bool             `json:"test,omitempty"`     // sent by hand, with the data of an example
	Links     *Links           `json:"links,omitempty"`
	// Data is the event's payload, an object, with the ids of what the event is about.
	Data json.RawMessage `json:"data"`
}

// Links are the addresses in the API of what an event is about.
type Links struct {
	Execution string `json:"execution,omitempty"`
	Content   string `json:"content,omitempty"`
}

// EnvelopeOf returns the body of an event.
func EnvelopeOf(e domain.Event) (Envelope, error) {
	m := Envelope{Type: e.Name, Timestamp: e.At.UTC(), EventID: e.ID, Data: e.Payload}
	ids := map[string]int64{}
	var links Links
	if e.ExecutionID != 0 {
		ids["execution_id"] = e.ExecutionID
		links.Execution = fmt.Sprintf("/api/v1/content-workflow/executions/%d", e.ExecutionID)
	}
	if e.ContentID != 0 {
		ids["content_id"] = e.ContentID
		links.Content = fmt.Sprintf("/api/v1/content-workflow/content/%d", e.ContentID)
	}
	if len(ids) == 0 {
		return m, nil
	}
	m.Links = &links
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(e.Payload, &fields); err != nil {
		return m, fmt.Errorf("read the payload of %s: %w", e.Name, err)
	}
	changed := false
	for key, id := range ids {
		if _, has := fields[key]; !has {
			fields[key], changed = fmt.Append(nil, id), true
		}
	}
	if !changed {
		return m, nil
	}
	var err error
	m.Data, err = json.Marshal(fields)
	return m, err
}

// Example returns the body of an event of the catalogue as it might be.
func Example(t domain.EventType, at time.Time) (Envelope, error) {
	payload, err := json.Marshal(t.Example)
	if err != nil {
		return Envelope{}, fmt.Errorf("write the example of %s: %w", t.Name, err)
	}
	e := domain.Event{ID: "48213", Name: t.Name, Payload: payload, At: at}
	var about struct {
		ContentID int64 `json:"content_id"`
	}
	if err := json.Unmarshal(payload, &about); err != nil {
		return Envelope{}, fmt.Errorf("read the example of %s: %w", t.Name, err)
	}
	if e.ContentID = about.ContentID; strings.HasPrefix(string(t.Name), "execution.") {
		e.ExecutionID = 789
	}
	return EnvelopeOf(e)
}

// newMessageID returns what names a delivery to its receiver. It has no dot, which separates the
// parts that are signed.
func newMessageID() string { return "msg_" + rand.Text() }

// Test returns a delivery with an example of an event, which is sent once.
func Test(w domain.Webhook, t domain.EventType, at time.Time) (domain.Delivery, error) {
	m, err := Example(t, at)
	if err != nil {
		return domain.Delivery{}, err
	}
	m.EventID, m.Test = "", true
	body, err := json.Marshal(m)
	return domain.Delivery{
		WorkspaceID: w.WorkspaceID, WebhookID: w.ID, MessageID: newMessageID(), Event: t.Name, Body: body, Test: true,
	}, err
}

// Events returns the names of the events that [Sender.Handle] wants at this moment.
func (s *Sender) Events(ctx context.Context) ([]domain.EventName, error) {
	list, err := s.Store.Read().WebhookEvents(ctx)
	// No name at all would mean every event. No webhook gets this one.
	return append(list, domain.EventWebhookCreated), err
}

// Handle writes a delivery for each event and each webhook that gets it. It is the handler of a
// consumer of [Sender.Events].
func (s *Sender) Handle(ctx context.Context, tx *store.Tx, events []domain.Event) error {
	hooks := map[int64][]store.Webhook{} // by workspace
	due := map[int64]int64{}             // the webhooks with something new, and their workspaces
	for _, e := range events {
		list, read := hooks[e.WorkspaceID]
		if !read {
			var err error
			if list, err = tx.ActiveWebhooks(ctx, e.WorkspaceID); err != nil {
				return err
			}
			hooks[e.WorkspaceID] = list
		}
		var body json.RawMessage
		for _, w := range list {
			if !w.Wants(e.Name) || e.At.Before(w.CreatedAt) {
				continue
			}
			if body == nil {
				m, err := EnvelopeOf(e)
				if err != nil {
					return err
				}
				if body, err = json.Marshal(m); err != nil {
					return fmt.Errorf("write the body of %s: %w", e.ID, err)
				}
			}
			_, err := tx.CreateDelivery(ctx, domain.Delivery{
				WorkspaceID: e.WorkspaceID, WebhookID: w.ID, MessageID: newMessageID(), EventID: e.ID, Event: e.Name,
				OrderKey: orderKey(e.Subject), Body: body,
			})
			if err != nil {
				return err
			}
			due[w.ID] = w.WorkspaceID
		}
	}
	for _, id := range slices.Sorted(maps.Keys(due)) { // always in one order, as each is locked
		if err := tx.WakeWebhook(ctx, due[id], id); err != nil {
			return err
		}
	}
	if len(due) > 0 {
		tx.AfterCommit(s.Wake)
	}
	return nil
}

// orderKey names what an event is about: an execution together with the items that it created, or
// an item that a person wrote.
func orderKey(s domain.Subject) int64 {
	if s.ExecutionID != 0 {
		return s.ExecutionID
	}
	return -s.ContentID
}
