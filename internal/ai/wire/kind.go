package wire

import (
	"strings"

	"vellocity/internal/ai"
)

// Kind describes a kind of provider: a protocol and the service it belongs to.
// Options, commands and documents are made from it.
type Kind struct {
	Name    string // "openai": what records, options and commands call it
	Label   string // "OpenAI": what people call the service
	BaseURL string // the address of the service itself
	Serves  string // a sentence that says which servers speak the protocol
	New     func(c Config) (ai.Provider, error)
}

// KeyVariable is the environment variable in which the service's own tools expect
// the key: "OPENAI_API_KEY".
func (k Kind) KeyVariable() string { return strings.ToUpper(k.Name) + "_API_KEY" }
