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

// The parameters that can be left out, as the wire calls them.
const (
	temperature         = "temperature"
	answerFormat        = "response_format"
	usageWanted         = "stream_options"
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
	store               = "store"
)

// body builds the request, and names the parameters in it that could be left out.
func (p *Provider) body(req *ai.Request) (body *request, optional []string, err error) {
	use := func(name string) bool {
		if slices.Contains(req.Omit, name) {
			return false
		}
		optional = append(optional, name)
		return true
	}
	body = &request{Model: req.Model, Stream: true}
	if body.Model == "" {
		body.Model = p.model
	}
	prompt := req.Prompt
	if len(req.Schema) > 0 {
		if !use(answerFormat) {
			prompt = wire.Ask(*req)
		} else if body.ResponseFormat, err = format(req); err != nil {
			return nil, nil, err
		}
	}
	if req.System != "" {
		body.Messages = append(body.Messages, message{"system", req.System})
	}
	body.Messages = append(body.Messages, message{"user", prompt})
	if req.Creativity != nil && use(temperature) {
		body.Temperature = req.Creativity
	}
	if use(usageWanted) {
		body.StreamOptions = &streamOptions{IncludeUsage: true}
	}
	if p.native && use(store) {
		body.Store = new(bool) // false: nothing is to be kept there
	}
	p.limit(body, req.MaxTokens, use)
	return body, optional, nil
}

// limit sets the bound of the answer. OpenAI calls it max_completion_tokens,
// compatible servers max_tokens; where one is refused the other is tried.
func (p *Provider) limit(body *request, limit int, use func(string) bool) {
	if limit <= 0 {
		return
	}
	names := []string{maxTokens, maxCompletionTokens}
	if p.native {
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

var dialect = wire.Dialect{Tell: []string{"minLength", "maxLength", "uniqueItems"}}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_-]`)

func format(req *ai.Request) (*responseFormat, error) {
	schema, strict, err := dialect.Narrow(req.Schema)
	if err != nil {
		return nil, fmt.Errorf("prepare answer format: %w", err)
	}
	name := notInName.ReplaceAllString(req.SchemaName, "_")
	if name == "" {
		name = "answer"
	}
	return &responseFormat{Type: "json_schema", Schema: namedSchema{name[:min(len(name), 64)], schema, strict}}, nil
}
