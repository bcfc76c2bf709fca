package aitest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Wire is a protocol that the server speaks.
type Wire string

// The wires.
const (
	OpenAIWire    Wire = "openai"    // POST /v1/chat/completions
	AnthropicWire Wire = "anthropic" // POST /v1/messages
	ResponsesWire Wire = "responses" // POST /v1/responses
)

// Wires lists them.
func Wires() []Wire { return []Wire{OpenAIWire, AnthropicWire, ResponsesWire} }

// Call is one request as it came in.
type Call struct {
	N      int // from 0
	Wire   Wire
	Path   string
	Header http.Header
	Body   []byte

	Model  string
	System string
	Prompt string          // the user's text
	Schema json.RawMessage // of the answer; nil: prose
	// MaxTokens is the bound asked for, 0 where there is none.
	MaxTokens int
}

// Field returns the value of a field of the body; nil where it is absent. Dots lead into
// objects: "text.format".
func (c Call) Field(name string) any {
	var value any
	if json.Unmarshal(c.Body, &value) != nil {
		return nil
	}
	for part := range strings.SplitSeq(name, ".") {
		object, _ := value.(map[string]any)
		value = object[part]
	}
	return value
}
