package openai

import (
	"fmt"
	"regexp"
	"slices"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// request is the body of a call, as far as it is used here: OpenAI's API
// reference, "Create chat completion".
type request struct {
	Model               string          `json:"model"`
	Messages            []message       `json:"messages"`
	Stream              bool            `json:"stream"`
	StreamOptions       *streamOptions  `json:"stream_options,omitempty"`
	ResponseFormat      *responseFormat `json:"response_format,omitempty"`
	Temperature         *float64        `json:"temperature,omitempty"`
	MaxTokens           int             `json:"max_tokens,omitempty"`
	MaxCompletionTokens int             `json:"max_completion_tokens,omitempty"`
	Store               *bool           `json:"store,omitempty"`
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

type responseFormat struct {
	Type   string      `json:"type"`
	Schema namedSchema `json:"json_schema"`
}

type namedSchema struct {
	Name   string         `json:"name"`
	Schema map[string]any `json:"schema"`
	Strict bool           `json:"strict,omitempty"`
}

// The optional parameters, by their names on the wire.
const (
	temperature         = "temperature"
	answerFormat        = "response_format"
	usageWanted         = "stream_options"
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
	store               = "store"
)

// body builds the request. A native endpoint is OpenAI's own.
func body(req *ai.Request, native bool, use func(name string) bool) (*request, error) {
	out := &request{Model: req.Model, Stream: true}
	messages := req.Messages
	var err error
	if len(req.Schema) > 0 {
		if !use(answerFormat) {
			messages = wire.Ask(req)
		} else if out.ResponseFormat, err = format(req); err != nil {
			return nil, err
		}
	}
	if req.System != "" && use(ai.SystemRole) {
		out.Messages = append(out.Messages, message{"system", req.System})
	} else if req.System != "" {
		messages = wire.Precede(req.System, messages)
	}
	for _, m := range messages {
		out.Messages = append(out.Messages, message{string(m.Role), m.Whole()})
	}
	if req.Creativity != nil && use(temperature) {
		out.Temperature = req.Creativity
	}
	if use(usageWanted) {
		out.StreamOptions = &streamOptions{IncludeUsage: true}
	}
	if native && use(store) {
		out.Store = new(bool) // false: nothing is to be kept there
	}
	limit(out, req.MaxTokens, native, use)
	return out, nil
}

// limit sets the bound of the answer. OpenAI calls it max_completion_tokens,
// compatible servers max_tokens; where one is rejected the other is tried.
func limit(body *request, limit int, native bool, use func(string) bool) {
	if limit <= 0 {
		return
	}
	names := []string{maxTokens, maxCompletionTokens}
	if native {
		slices.Reverse(names)
	}
	for _, name := range names {
		if !use(name) {
			continue
		}
		if name == maxTokens {
			body.MaxTokens = limit
		} else {
			body.MaxCompletionTokens = limit
		}
		return
	}
}

var dialect = wire.Dialect{Describe: []string{"minLength", "maxLength", "uniqueItems"}}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_-]`)

func format(req *ai.Request) (*responseFormat, error) {
	schema, err := named(req)
	if err != nil {
		return nil, fmt.Errorf("prepare answer format: %w", err)
	}
	return &responseFormat{Type: "json_schema", Schema: schema}, nil
}

// named returns the schema of an answer in OpenAI's dialect, with a name that the API
// takes.
func named(req *ai.Request) (namedSchema, error) {
	schema, strict, err := dialect.Narrow(req.Schema)
	if err != nil {
		return namedSchema{}, err
	}
	name := notInName.ReplaceAllString(req.SchemaName, "_")
	if name == "" {
		name = "answer"
	}
	return namedSchema{name[:min(len(name), 64)], schema, strict}, nil
}
