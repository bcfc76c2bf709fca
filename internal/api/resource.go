package api

import (
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"vellocity/internal/domain"
)

// Resource is how a thing of the workspace looks from outside.
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
	Assets string `json:"assets,omitempty" doc:"What the execution made"`
	Events string `json:"events,omitempty" doc:"The execution as it happens"`
}

// Relationships are what a thing belongs to, inlined.
type Relationships struct {
	Agent      *AgentRef     `json:"agent,omitempty"`
	Execution  *ExecutionRef `json:"execution,omitempty"`
	BrandVoice *VoiceRef     `json:"brand_voice,omitempty"`
}

// AgentRef names an agent.
type AgentRef struct {
	ID   int64            `json:"id"`
	Name string           `json:"name"`
	Type domain.AgentType `json:"type" enum:"internal,custom,external"`
}

// ExecutionRef names an execution.
type ExecutionRef struct {
	ID         int64  `json:"id"`
	Capability string `json:"capability,omitempty"`
}

// VoiceRef names a brand voice.
type VoiceRef struct {
	ID   int64  `json:"id"`
	Name string `json:"name,omitempty"`
}

// Money is what the model provider was paid, by the price table.
type Money struct {
	Amount       Decimal `json:"amount" doc:"In the currency's main unit"`
	Currency     string  `json:"currency" doc:"ISO 4217"`
	PriceVersion string  `json:"price_version" doc:"Which price table it was counted by"`
	Estimated    bool    `json:"estimated" doc:"True where the provider gave no usage and the text was counted here"`
}

// price is Money with the schema of itself; a *Money is null where there is none.
type price Money

// Schema describes money or null.
func (Money) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{r.Schema(reflect.TypeFor[price](), true, ""), {Type: "null"}}}
}

func money(c domain.Cost) *Money {
	if !c.Known {
		return nil
	}
	return &Money{Decimal(c.MicroUSD), "USD", c.PriceVersion, c.Estimated}
}

// Origin says what wrote a text.
type Origin struct {
	Kind     domain.OriginKind `json:"kind" enum:"model,composer" doc:"composer: composed from the inputs by rules, without an AI model"`
	Provider string            `json:"provider,omitempty"`
	Model    string            `json:"model,omitempty"`
	AI       bool              `json:"ai" doc:"Whether an AI model wrote it"`
}

func writer(e domain.Origin) Origin { return Origin(e) }

// Need is something that would make the text better and that the input did not give.
type Need struct {
	What   string `json:"what"`
	Field  string `json:"field" doc:"The setting that would carry it"`
	Reason string `json:"reason"`
}

func needs(l []domain.Need) []Need { return each(l, func(n domain.Need) Need { return Need(n) }) }

// Finding is one thing that a guardrail had to say about a text.
type Finding struct {
	Guardrail string               `json:"guardrail" doc:"Slug of the check"`
	Step      string               `json:"step" doc:"Key of the step whose text was checked"`
	Severity  domain.Severity      `json:"severity" enum:"info,warning,blocking"`
	Action    domain.FindingAction `json:"action" enum:"flagged,redacted,retried,blocked"`
	Message   string               `json:"message" doc:"What is wrong and how to mend it"`
	ContentID *int64               `json:"content_id" doc:"The item whose text it is"`
	Version   *int                 `json:"version" doc:"The version that the offsets are of"`
	Matches   []Span               `json:"matches"`
}

// Span is a place in a text.
type Span struct {
	Start int    `json:"start" doc:"Offset in Unicode code points of the version's Markdown"`
	End   int    `json:"end" doc:"Offset after the last code point"`
	Text  string `json:"text" doc:"The text there, masked for secrets and personal data"`
}

func guardrails(l []domain.Finding) []Finding {
	return each(l, func(f domain.Finding) Finding {
		return Finding{f.Guardrail, f.Step, f.Severity, f.Action, f.Message, some(f.ContentID), some(f.Version),
			each(f.Matches, func(m domain.Match) Span { return Span(m) })}
	})
}

// each maps a list; the result is never nil, so that the wire has [].
func each[T, U any](l []T, f func(T) U) []U {
	out := make([]U, len(l))
	for i, e := range l {
		out[i] = f(e)
	}
	return out
}

// some returns nil for the zero value, which the wire shows as null.
func some[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func utc(t time.Time) time.Time { return t.UTC() }

func number(n int64) string { return strconv.FormatInt(n, 10) }
