package openai

import (
	"fmt"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// responsesRequest is the body of a call, as far as it is used here: OpenAI's API
// reference, "Create a model response".
type responsesRequest struct {
	Model           string      `json:"model"`
	Instructions    string      `json:"instructions,omitempty"`
	Input           []message   `json:"input"`
	Stream          bool        `json:"stream"`
	Store           *bool       `json:"store,omitempty"`
	Text            *textFormat `json:"text,omitempty"`
	Temperature     *float64    `json:"temperature,omitempty"`
	MaxOutputTokens int         `json:"max_output_tokens,omitempty"`
}

// textFormat asks for structured output. Unlike in Chat Completions the schema and its
// name stand beside the type.
type textFormat struct {
	Format struct {
		Type string `json:"type"`
		namedSchema
	} `json:"format"`
}

// The optional parameters whose names on the wire differ from those of Chat Completions.
const (
	answerText      = "text.format"
	maxOutputTokens = "max_output_tokens"
)

// leastOutput is the lowest limit that the API takes, in tokens.
const leastOutput = 16

// responsesBody builds the request. OpenAI itself, which would keep texts for 30 days, is
// always told to keep nothing; a compatible server may not know that parameter.
func responsesBody(req *ai.Request, native bool, use func(name string) bool) (*responsesRequest, error) {
	out := &responsesRequest{Model: req.Model, Stream: true}
	messages := req.Messages
	if len(req.Schema) > 0 {
		if !use(answerText) {
			messages = wire.Ask(req)
		} else if err := out.structured(req); err != nil {
			return nil, err
		}
	}
	if req.System != "" && use(ai.SystemRole) {
		out.Instructions = req.System
	} else if req.System != "" {
		messages = wire.Precede(req.System, messages)
	}
	for _, m := range messages {
		out.Input = append(out.Input, message{string(m.Role), m.Whole()})
	}
	if req.Creativity != nil && use(temperature) {
		out.Temperature = req.Creativity
	}
	if native || use(store) {
		out.Store = new(bool) // false
	}
	if req.MaxTokens > 0 && use(maxOutputTokens) {
		out.MaxOutputTokens = max(req.MaxTokens, leastOutput)
	}
	return out, nil
}

func (r *responsesRequest) structured(req *ai.Request) error {
	schema, err := named(req)
	if err != nil {
		return fmt.Errorf("prepare answer format: %w", err)
	}
	r.Text = &textFormat{}
	r.Text.Format.Type, r.Text.Format.namedSchema = "json_schema", schema
	return nil
}
