package aitest

import (
	"encoding/json"
	"slices"
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

// request has the fields of all wires.
type request struct {
	Model               string
	Stream              bool
	System              text
	Instructions        text
	Messages            []turn
	Input               []turn
	MaxTokens           *int `json:"max_tokens"`
	MaxCompletionTokens *int `json:"max_completion_tokens"`
	MaxOutputTokens     *int `json:"max_output_tokens"`
	Text                struct {
		Format struct{ Schema json.RawMessage }
	}
	ResponseFormat struct {
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

type turn struct {
	Role    string
	Content text
}

// read reads the fields that all wires have, and returns what all refuse.
func (c *Call) read() (r request, problem string) {
	if err := json.Unmarshal(c.Body, &r); err != nil {
		return r, "the body is not JSON"
	}
	c.Model, c.System = r.Model, string(r.System+r.Instructions)
	for _, m := range slices.Concat(r.Messages, r.Input) {
		if m.Role == "system" || m.Role == "developer" {
			c.System = string(m.Content)
		} else {
			c.Prompt = string(m.Content)
		}
	}
	for _, limit := range []*int{r.MaxTokens, r.MaxCompletionTokens, r.MaxOutputTokens} {
		if limit != nil {
			c.MaxTokens = *limit
		}
	}
	switch {
	case r.Model == "":
		return r, "model: field required"
	case len(r.Messages) == 0 && c.Wire != ResponsesWire:
		return r, "messages: field required"
	case !r.Stream:
		return r, "this server only streams"
	}
	return r, ""
}
