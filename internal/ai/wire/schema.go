package wire

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/ai"
)

// Dialect says which keywords of JSON Schema a provider's structured output takes.
type Dialect struct {
	// Describe are keywords that the provider rejects. They are moved into the
	// description, and ai.Caller checks the response against the whole schema.
	Describe []string
	// Small keeps minItems of 0 and 1, although minItems is in Describe.
	Small bool
	// Closed adds additionalProperties: false to every object.
	Closed bool
}

// dropped are keywords that do not constrain a value.
var dropped = []string{"$schema", "$id", "$comment", "default", "examples", "deprecated", "readOnly", "writeOnly"}

// Narrow returns the schema in the provider's dialect. Strict reports whether
// every object is closed and requires all its properties, which is what OpenAI's
// strict mode asks for.
func (d Dialect) Narrow(schema json.RawMessage) (narrowed map[string]any, strict bool, err error) {
	if err := json.Unmarshal(schema, &narrowed); err != nil {
		return nil, false, fmt.Errorf("read schema: %w", err)
	}
	strict = true
	d.narrow(narrowed, &strict)
	return narrowed, strict, nil
}

func (d Dialect) narrow(node map[string]any, strict *bool) {
	for _, key := range dropped {
		delete(node, key)
	}
	d.describe(node)
	if node["type"] == "object" || node["properties"] != nil {
		d.narrowObject(node, strict)
	}
	for _, key := range []string{"properties", "$defs", "definitions"} {
		children, _ := node[key].(map[string]any)
		for _, child := range children {
			d.descend(child, strict)
		}
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf", "prefixItems"} {
		children, _ := node[key].([]any)
		for _, child := range children {
			d.descend(child, strict)
		}
	}
	if node["oneOf"] != nil || node["allOf"] != nil || node["not"] != nil || node["if"] != nil {
		*strict = false
	}
	d.descend(node["items"], strict)
}

func (d Dialect) descend(child any, strict *bool) {
	if node, ok := child.(map[string]any); ok {
		d.narrow(node, strict)
	}
}

func (d Dialect) narrowObject(node map[string]any, strict *bool) {
	if d.Closed {
		node["additionalProperties"] = false
	}
	if node["additionalProperties"] != false {
		*strict = false
	}
	required, _ := node["required"].([]any)
	properties, _ := node["properties"].(map[string]any)
	for name := range properties {
		if !slices.Contains(required, any(name)) {
			*strict = false
		}
	}
}

// describe moves what the provider rejects into the description.
func (d Dialect) describe(node map[string]any) {
	var moved []string
	for _, key := range d.Describe {
		value, ok := node[key]
		if !ok || d.Small && key == "minItems" && (value == 0.0 || value == 1.0) {
			continue
		}
		moved = append(moved, fmt.Sprintf("%s: %v", key, value))
		delete(node, key)
	}
	if len(moved) == 0 {
		return
	}
	description, _ := node["description"].(string)
	node["description"] = strings.TrimSpace(description + " (" + strings.Join(moved, ", ") + ")")
}

// Precede returns the messages with the system's text in front of the first one, for a
// model that takes no system's role.
func Precede(system string, messages []ai.Message) []ai.Message {
	messages = slices.Clone(messages)
	if len(messages) > 0 {
		if first := &messages[0]; first.Lead != "" {
			first.Lead = system + "\n\n" + first.Lead
		} else {
			first.Text = system + "\n\n" + first.Text
		}
	}
	return messages
}

// Ask returns the messages with the schema written into the last one, for a model
// that takes no schema as a parameter.
func Ask(req *ai.Request) []ai.Message {
	return req.Append("\n\nAnswer with one JSON value and nothing around it: no code fence, no remark. " +
		"It must be valid against this JSON Schema:\n" + string(req.Schema)).Messages
}
