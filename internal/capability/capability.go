// Package capability holds what Vellocity can be asked to do. Each capability is a
// folder with its code, the schema of its settings (settings.json), its prompts
// (*.tmpl), its composing (compose.go) and its tests, for which captest runs it
// whole. Its New function declares it with [Define]; app/capabilities.go lists
// them all. Nothing outside the folder knows a capability by name.
//
// A capability touches no store and knows no HTTP. Package execution gives a step
// its settings, decoded, what it declared it would read ([Input]) and a way to have
// text written ([Input.Write]); the step returns a [Result]: an output to record,
// findings, and effects, which are applied in the transaction that records the step.
package capability

import (
	"context"
	"encoding/json"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// Input is everything that a step can read, and its way to have text written.
type Input struct {
	ExecutionID int64
	Step        domain.PlanStep
	Context     json.RawMessage // further context from the caller, an object
	Agent       domain.Agent
	BrandVoice  *domain.BrandVoice // nil: none
	Origin      domain.Origin
	// Outputs are the recorded outputs of all steps that this one depends on,
	// directly or through others, by key.
	Outputs map[string]json.RawMessage
	// Items are the content items that Reads named, with bodies.
	Items map[int64]domain.ContentItem
	// Write has a text written by the execution's origin, a model or the composer,
	// and streams it to everyone who watches the execution. Calls of a model are
	// retried, counted and recorded as attempts; the model and the agent's
	// instructions are filled in.
	Write func(ctx context.Context, ask Ask) (ai.Response, error)
	// Answer is what a person decided, where the step had asked for one.
	Answer *Answer
}

// Ask asks for a text, in both ways that it can be written.
type Ask struct {
	// Request is what a model is asked. A schema makes the text one JSON value, which
	// is not streamed.
	ai.Request
	PromptHash string // of the template that made the prompt
	// Compose writes the same text from the caller's own words, where no model is
	// used. It is fast and makes no call.
	Compose func() (string, error)
}

// Answer is a person's decision about an item that an execution waited for.
type Answer struct {
	Approved bool
	By       string
}

// Result is the outcome of a step.
type Result struct {
	Output     any // recorded as JSON; later steps find it in Input.Outputs
	Findings   []domain.Finding
	NeedsInput []domain.Need
	Effects    []Effect
	// Wait, if set, records nothing yet: the execution waits for a person to move the
	// item out of review and then runs the step again with an Answer.
	Wait *Wait
}

// Wait asks for a person's decision about an item.
type Wait struct {
	ContentID int64
}

// Effect is a change to the board. Exactly one field is set.
type Effect struct {
	Create  *CreateItem
	Revise  *ReviseItem
	Move    *MoveItem
	Publish *PublishItem
	// Schedule puts an item on the calendar.
	Schedule *ScheduleItem
}

// Kind returns what the effect does.
func (e Effect) Kind() domain.EffectKind {
	switch {
	case e.Create != nil:
		return domain.EffectCreate
	case e.Revise != nil:
		return domain.EffectRevise
	case e.Schedule != nil:
		return domain.EffectSchedule
	case e.Publish != nil, e.Move != nil && e.Move.To == domain.ItemPublished:
		return domain.EffectPublish
	}
	return domain.EffectMove
}

// CreateItem creates an item in the Generated column.
type CreateItem struct {
	Item domain.ContentItem // title, type, body, meta fields, keywords, scores, language, channel
	// Findings are of the item's first version.
	Findings []domain.Finding
	// Provenance says where each part of the text came from.
	Provenance json.RawMessage
}

// ReviseItem makes a new version of an item. One that was approved goes back to review,
// and what is published stays as it is until somebody publishes the new version.
type ReviseItem struct {
	// Item is the item as the step read it, with what changes about it. Where it has
	// another version by then, the step fails with CONFLICT and changes nothing.
	Item domain.ContentItem
	// Findings are all of the new version.
	Findings   []domain.Finding
	Reason     string // for the history: "Refreshed"
	Provenance json.RawMessage
}

// MoveItem moves an item to a column.
type MoveItem struct {
	ContentID int64
	// Version is the one that was looked at. Where the item has another by then, the step
	// fails with CONFLICT and changes nothing. 0: whichever it is.
	Version  int
	To       domain.ItemStatus  // empty: stay
	Scores   map[string]float64 // new scores of the version; nil keeps them
	Findings []domain.Finding   // all findings of the version; nil keeps them
}

// PublishItem publishes the current version of an item.
type PublishItem struct {
	ContentID int64
	Channels  []string // slugs of those to publish on; empty: those that take the item
}

// ScheduleItem puts an item on the calendar, to be published at a time.
type ScheduleItem struct {
	ContentID int64
	Title     string // of the event
	At        time.Time
	Timezone  string   // IANA name
	Channels  []string // slugs of those to publish on; empty: those that take the item
}
