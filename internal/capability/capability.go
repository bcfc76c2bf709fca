// Package capability says what a step of a run can do. There is a folder per
// capability with its code, the schema of its settings (settings.json), its
// prompts (*.tmpl) and its tests, for which captest runs it whole; each exports
// New() returning a [Capability], and app/capabilities.go lists them.
//
// A capability touches no store and knows no HTTP. The execution room hands a
// step what it declared it would read ([Input]) and a way to have text written
// ([Input.Write]); the step returns a [Result]: an output to record, findings,
// and effects that the board applies in the transaction that records the step.
package capability

import (
	"context"
	"encoding/json"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/schema"
)

// Capability is one thing that Vellocity can be asked to do.
type Capability struct {
	domain.Capability
	// Check notes what is wrong with settings that the schema lets through, where
	// fields depend on one another; nil where there is nothing of the kind.
	Check func(settings json.RawMessage, p *domain.Problems)
	// Title returns a short name for a run with these settings: its topic.
	Title func(settings json.RawMessage) string
	// Reads returns the ids of the content items that the steps will look at. Each
	// must exist in the workspace when the run is accepted.
	Reads func(settings json.RawMessage) []int64
	// Plan lays out the steps. It is pure: the same settings give the same plan.
	// The weights of the steps sum to the capability's price.
	Plan func(settings json.RawMessage) ([]domain.PlanStep, error)
	// Steps holds the function of each kind of step that Plan uses.
	Steps map[string]StepFunc

	// Schema is the compiled SettingsSchema; Must fills it in.
	Schema *schema.Schema
}

// StepFunc runs one step. It may be called again after a crash until its result
// has been recorded, so it must not act on the outside world except through in.
type StepFunc func(ctx context.Context, in Input) (Result, error)

// Input is everything a step may know.
type Input struct {
	ExecutionID int64
	Step        domain.PlanStep
	Settings    json.RawMessage // valid against the schema, defaults filled in
	Context     json.RawMessage // the caller's further context, an object
	Agent       domain.Agent
	Voice       *domain.BrandVoice // nil: none
	Engine      domain.Origin
	// Outputs are the recorded outputs of all steps that this one depends on,
	// directly or through others, by key.
	Outputs map[string]json.RawMessage
	// Items are the content items that Reads named, with bodies.
	Items map[int64]domain.ContentItem
	// Write has text written: streamed to whoever watches the run, retried,
	// counted and recorded as attempts. It fills in the model and the agent's
	// instructions. promptHash names the template that made the prompt.
	Write func(ctx context.Context, req ai.Request, promptHash string) (ai.Response, error)
	// Answer is what a person decided, where the step had asked for one.
	Answer *Answer
}

// Answer is a person's decision about an item that a run waited for.
type Answer struct {
	Approved bool
	By       string
}

// Result is what a step leaves behind.
type Result struct {
	Output     any // recorded as JSON; later steps find it in Input.Outputs
	Findings   []domain.Finding
	NeedsInput []domain.Need
	Effects    []Effect
	// Wait, where set, records nothing yet: the run waits for a person to move the
	// item out of review and then calls the step again with an Answer.
	Wait *Wait
}

// Wait asks for a person's decision about an item.
type Wait struct {
	ContentID int64
}

// Effect is a change to the board. Exactly one field is set.
type Effect struct {
	Create  *CreateItem
	Move    *MoveItem
	Publish *PublishItem
}

// CreateItem puts a new item into the generated column.
type CreateItem struct {
	Item domain.ContentItem // title, type, body, meta fields, keywords, scores, language, channel
	// Findings are of the item's first version.
	Findings []domain.Finding
	// Provenance says where each part of the text came from.
	Provenance json.RawMessage
}

// MoveItem moves an item to a column.
type MoveItem struct {
	ContentID int64
	To        domain.ItemStatus
	Reason    string
	Scores    map[string]float64 // new scores of the present version; nil leaves them
	Findings  []domain.Finding   // new findings of the present version; nil leaves them
}

// PublishItem publishes the present version of an item on the named channels.
type PublishItem struct {
	ContentID int64
	Channels  []string // "feed"
}
