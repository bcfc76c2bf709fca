package aitest

import (
	"encoding/json"
	"strings"
)

// text is a string, or a list of blocks that hold one.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var plain string
	if json.Unmarshal(data, &plain) == nil {
		*t = text(plain)
		return nil
	}
	var blocks []struct{ Text string }
	if err := json.Unmarshal(data, &blocks); err != nil {
		return err
	}
	var all []string
	for _, b := range blocks {
		all = append(all, b.Text)
	}
	*t = text(strings.Join(all, "\n"))
	return nil
}

// request has the fields of both wires.
type request struct {
	Model    string
	Stream   bool
	System   text
	Messages []struct {
		Role    string
		Content text
	}
	MaxTokens           *int `json:"max_tokens"`
	MaxCompletionTokens *int `json:"max_completion_tokens"`
	ResponseFormat      struct {
		Type       string
		JSONSchema struct{ Schema json.RawMessage } `json:"json_schema"`
	} `json:"response_format"`
	OutputConfig struct {
		Format struct {
			Type   string
			Schema json.RawMessage
		}
	} `json:"output_config"`
}

// parse reads the body and returns what a real server would refuse about it.
func (c *Call) parse() (problem string) {
	var r request
	if err := json.Unmarshal(c.Body, &r); err != nil {
		return "the body is not JSON"
	}
	c.Model, c.System = r.Model, string(r.System)
	for _, m := range r.Messages {
		if m.Role == "system" || m.Role == "developer" {
			c.System = string(m.Content)
		} else {
			c.Prompt = string(m.Content)
		}
	}
	c.Schema = r.ResponseFormat.JSONSchema.Schema
	if c.Wire == AnthropicWire {
		c.Schema = r.OutputConfig.Format.Schema
	}
	for _, limit := range []*int{r.MaxTokens, r.MaxCompletionTokens} {
		if limit != nil {
			c.MaxTokens = *limit
		}
	}
	return c.refuse(r)
}

func (c *Call) refuse(r request) string {
	switch {
	case r.Model == "":
		return "model: field required"
	case len(r.Messages) == 0:
		return "messages: field required"
	case !r.Stream:
		return "this server only streams"
	case c.Wire == AnthropicWire && r.MaxTokens == nil:
		return "max_tokens: field required"
	case c.Wire == AnthropicWire && c.Header.Get("Anthropic-Version") == "":
		return "anthropic-version: header is required"
	case r.MaxTokens != nil && r.MaxCompletionTokens != nil:
		return "max_tokens and max_completion_tokens are mutually exclusive"
	}
	return ""
}
