package campaign

import (
	"context"
	"encoding/json"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

// Message is what all texts of a campaign share.
type Message struct {
	Message string   `json:"message"` // one sentence
	Shared  []string `json:"shared"`  // facts that every text has, where it has room
	Terms   []string `json:"terms"`   // names, and how they are written
	// Prompt is how it was written.
	Prompt *capability.Trace `json:"prompt,omitempty"`
}

const messageSchema = `{"type":"object","additionalProperties":false,"required":["message","shared","terms"],"properties":{
"message":{"type":"string","minLength":1,"maxLength":300},
"shared":{"type":"array","maxItems":3,"items":{"type":"string"}},
"terms":{"type":"array","maxItems":8,"items":{"type":"string"}}}}`

type steps struct{ draft.Writer }

func (s Settings) brief(in capability.Input) draft.Brief {
	return draft.Brief{
		Kind: "a campaign", Fields: append(s.Head("Topic"), s.Body()...),
		Background: in.Background(), Passages: in.Passages,
	}
}

// message decides what all texts say. The composer takes the first key point and the
// first facts. What a model adds to the brief is dropped, since the texts would rest on it.
func (w steps) message(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	b := s.brief(in)
	raw, trace, err := w.Write(ctx, in, draft.Job{
		Brief: b, Language: s.Language, Data: s, Schema: json.RawMessage(messageSchema), MaxTokens: 4000,
		Compose: func() (string, error) {
			m := Message{Message: compose.Sentence(s.Topic), Shared: s.Facts[:min(3, len(s.Facts))], Terms: []string{}}
			if len(s.KeyPoints) > 0 {
				m.Message = compose.Sentence(s.KeyPoints[0])
			}
			data, err := json.Marshal(m)
			return string(data), err //nolint:wrapcheck // texts always encode
		},
	})
	if err != nil {
		return capability.Result{}, err
	}
	var m Message
	if err := capability.Decode(json.RawMessage(raw), &m); err != nil {
		return capability.Result{}, err
	}
	supported := func(text string) bool {
		return len(guard.Check(guard.Input{
			Step: in.Step.Key, Text: text, Language: s.Language, Support: b.Support(), Allowed: []string{s.CallToAction},
		})) == 0
	}
	if m.Message = prose.Line(m.Message); in.Origin.Kind == domain.OriginModel && !supported(m.Message) {
		m.Message = s.Topic
	}
	shared := []string{}
	for _, one := range draft.Lines(m.Shared) {
		if in.Origin.Kind == domain.OriginComposer || supported(one) {
			shared = append(shared, one)
		}
	}
	m.Shared, m.Terms, m.Prompt = shared, draft.Lines(m.Terms), &trace
	return capability.Result{Output: m, Findings: b.Suspicious(in.Step.Key)}, nil
}

// line is the message with the caller's own context on one line, for the prompts of the parts.
func (m Message) line(background string) string {
	parts := []string{compose.Sentence(m.Message)}
	if len(m.Shared) > 0 {
		parts = append(
			parts,
			"Every text has these facts where it has room, with the same figures: "+strings.Join(m.Shared, " | "),
		)
	}
	if len(m.Terms) > 0 {
		parts = append(parts, "Every text writes these names and terms in the same way: "+strings.Join(m.Terms, ", "))
	}
	if background != "" {
		parts = append(parts, "Further background: "+prose.Line(background))
	}
	return strings.Join(parts, " ")
}
