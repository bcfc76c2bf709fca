package wire

import "vellocity/internal/ai"

// Kind describes a kind of provider: a protocol and the service it belongs to.
// Options, commands and documents are made from it.
type Kind struct {
	Name    string // "openai": what records, options and commands call it
	Label   string // "OpenAI": what people call the service
	BaseURL string // the address of the service itself
	Serves  string // for people: which servers speak the protocol
	New     func(c Config) (ai.Provider, error)
}
