package anthropic

import (
	"fmt"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// defaultMaxTokens bounds a response where the request sets no bound: the API
// requires one.
const defaultMaxTokens = 8192

// request is the body of a call, as far as it is used here: Anthropic's API
// reference, "Create a Message".
type request struct {
	Model       string    `json:"model"`
	MaxTokens   int       `json:"max_tokens"`
	System      []block   `json:"system,omitempty"`
	Messages    []message `json:"messages"`
	Stream      bool      `json:"stream"`
	Temperature *float64  `json:"temperature,omitempty"`
	Output      *output   `json:"output_config,omitempty"`
}

type message struct {
	Role    string  `json:"role"`
	Content []block `json:"content"`
}

// block is a piece of text. One with Cache ends a prefix that the provider is to cache
// for later calls.
type block struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Cache *cache `json:"cache_control,omitempty"`
}

type cache struct {
	Type string `json:"type"`
}

type output struct {
	Format format `json:"format"`
}

type format struct {
	Type   string         `json:"type"`
	Schema map[string]any `json:"schema"`
}

// The optional parameters, by their names on the wire.
const (
	temperature  = "temperature"
	outputConfig = "output_config"
	cacheControl = "cache_control"
)

// body builds the request.
func body(req *ai.Request, use func(name string) bool) (*request, error) {
	out := &request{Model: req.Model, MaxTokens: defaultMaxTokens, Stream: true}
	if req.MaxTokens > 0 {
		out.MaxTokens = req.MaxTokens
	}
	messages := req.Messages
	var err error
	if len(req.Schema) > 0 {
		if !use(outputConfig) {
			messages = wire.Ask(req)
		} else if out.Output, err = structured(req); err != nil {
			return nil, err
		}
	}
	if req.System != "" && !use(ai.SystemRole) {
		messages = wire.Precede(req.System, messages)
	} else if req.System != "" {
		system := block{Type: "text", Text: req.System}
		if use(cacheControl) {
			system.Cache = &cache{Type: "ephemeral"}
		}
		out.System = []block{system}
	}
	for _, m := range messages {
		out.Messages = append(out.Messages, message{Role: string(m.Role), Content: blocks(m, use(cacheControl))})
	}
	if req.Creativity != nil && use(temperature) {
		out.Temperature = req.Creativity
	}
	return out, nil
}

// blocks are the content of a message. What leads it is marked for the cache, like the
// system prompt before it.
func blocks(m ai.Message, cached bool) []block {
	text := block{Type: "text", Text: m.Text}
	if m.Lead == "" {
		return []block{text}
	}
	lead := block{Type: "text", Text: m.Lead}
	if cached {
		lead.Cache = &cache{Type: "ephemeral"}
	}
	return []block{lead, text}
}

// dialect is what structured outputs support: closed objects, and hardly any limits.
var dialect = wire.Dialect{
	Describe: []string{"minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern",
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minProperties", "maxProperties"},
	Small: true, Closed: true,
}

func structured(req *ai.Request) (*output, error) {
	schema, _, err := dialect.Narrow(req.Schema)
	if err != nil {
		return nil, fmt.Errorf("prepare answer format: %w", err)
	}
	return &output{format{"json_schema", schema}}, nil
}
