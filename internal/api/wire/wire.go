// Package wire has the types that the rows of several areas show: a resource with its
// links and relationships, references, money, findings; and the small functions that
// turn values of domain into what JSON shows.
package wire

import (
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// Resource is a thing of the workspace as callers see it.
type Resource[A any] struct {
	Type          string         `json:"type" doc:"What it is"`
	ID            int64          `json:"id" doc:"Identifier, never reused"`
	Attributes    A              `json:"attributes"`
	Relationships *Relationships `json:"relationships,omitempty" doc:"What it belongs to"`
	Links         *Links         `json:"links,omitempty"`
}

// Links are addresses on this server.
type Links struct {
	Self   string `json:"self" doc:"This resource"`
	Assets string `json:"assets,omitempty" doc:"What the execution created"`
	Events string `json:"events,omitempty" doc:"The execution as it happens"`
}

// Relationships are what a resource belongs to, inlined.
type Relationships struct {
	Agent      *AgentRef      `json:"agent,omitempty"`
	Execution  *ExecutionRef  `json:"execution,omitempty"`
	BrandVoice *BrandVoiceRef `json:"brand_voice,omitempty"`
}

// AgentRef names an agent.
type AgentRef struct {
	ID   int64            `json:"id"`
	Name string           `json:"name"`
	Type domain.AgentType `json:"type"`
}

// ExecutionRef names an execution.
type ExecutionRef struct {
	ID         int64  `json:"id"`
	Capability string `json:"capability,omitempty"`
}

// BrandVoiceRef names a brand voice.
type BrandVoiceRef struct {
	ID      int64  `json:"id"`
	Name    string `json:"name,omitempty"`
	Version int    `json:"version,omitempty" doc:"The version that the text was written with"`
}

// Agent returns a reference to an agent; nil where there is none.
func Agent(a domain.Agent) *AgentRef {
	if a.ID == 0 {
		return nil
	}
	return &AgentRef{a.ID, a.Name, a.Type}
}

// Money is what the model provider was paid, by the price table.
type Money struct {
	Amount       ops.Decimal `json:"amount" doc:"In the currency's main unit"`
	Currency     string      `json:"currency" doc:"ISO 4217"`
	PriceVersion string      `json:"price_version" doc:"The price table that it was calculated with"`
	Estimated    bool        `json:"estimated" doc:"True where the provider reported no usage and the text was counted here"`
}

// Cost returns the money of a cost; null where it is not known.
func Cost(c domain.Cost) ops.Maybe[Money] {
	if !c.Known {
		return ops.Maybe[Money]{}
	}
	return ops.Maybe[Money]{Value: &Money{ops.Decimal(c.MicroUSD), "USD", c.PriceVersion, c.Estimated}}
}

// Origin says what wrote a text.
type Origin struct {
	Kind     domain.OriginKind `json:"kind" doc:"composer: composed from the inputs by rules, without an AI model; person: written by hand"`
	Provider string            `json:"provider,omitempty"`
	Model    string            `json:"model,omitempty"`
	AI       bool              `json:"ai" doc:"Whether an AI model wrote it"`
}

// Need is something that would make the text better and that the input did not give.
type Need struct {
	What   string `json:"what"`
	Field  string `json:"field" doc:"The setting for it"`
	Reason string `json:"reason"`
}

// Needs returns what a text needs.
func Needs(l []domain.Need) []Need { return Each(l, func(n domain.Need) Need { return Need(n) }) }

// Finding is one fault that a guardrail found in a text.
type Finding struct {
	Guardrail string               `json:"guardrail" doc:"Slug of the check"`
	Step      string               `json:"step" doc:"Key of the step whose text was checked"`
	Severity  domain.Severity      `json:"severity"`
	Action    domain.FindingAction `json:"action"`
	Message   string               `json:"message" doc:"What is wrong and how to fix it"`
	ContentID *int64               `json:"content_id" doc:"The item whose text it is"`
	Version   *int                 `json:"version" doc:"The version that the offsets refer to"`
	Matches   []Span               `json:"matches" doc:"Its places, the first 100 of them"`
	Total     int                  `json:"total" doc:"How many places there are; 0 where the finding is about the whole text"`
}

// Span is a place in a text.
type Span struct {
	Start int    `json:"start" doc:"Offset in Unicode code points of the version's Markdown"`
	End   int    `json:"end" doc:"Offset after the last code point"`
	Text  string `json:"text" doc:"The text there, masked for secrets and personal data"`
}

// Findings returns the findings of a text.
func Findings(l []domain.Finding) []Finding {
	return Each(l, FindingOf)
}

// FindingOf returns one finding.
func FindingOf(f domain.Finding) Finding {
	return Finding{
		Guardrail: f.Guardrail,
		Step:      f.Step,
		Severity:  f.Severity,
		Action:    f.Action,
		Message:   f.Message,
		ContentID: Optional(f.ContentID),
		Version:   Optional(f.Version),
		Matches:   Each(f.Matches, func(m domain.Match) Span { return Span(m) }),
		Total:     f.Places(),
	}
}

// Page is the input of a list that has no filter.
type Page struct{ ops.Paging }

// PageOf returns the page that a list's input asks for.
func PageOf(p ops.Paging) domain.Page { return domain.Page{Number: p.Page, Size: p.PerPage} }

// Path returns the full path of a resource, for its links.
func Path(collection string, id int64) string { return ops.Base + collection + "/" + Number(id) }

// Each maps a list; the result is never nil, so that the wire has [].
func Each[T, U any](l []T, f func(T) U) []U {
	out := make([]U, len(l))
	for i, e := range l {
		out[i] = f(e)
	}
	return out
}

// List returns an empty list in place of nil, so that the wire has [].
func List[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// Optional returns nil for the zero value, which the wire shows as null.
func Optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// Time returns the time in UTC; nil, which the wire shows as null, for the zero time.
func Time(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// Number writes an id.
func Number(n int64) string { return strconv.FormatInt(n, 10) }
