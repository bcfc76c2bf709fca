package wire

import (
	"slices"
	"strings"

	"vellocity/internal/ai"
)

// Kind describes a kind of provider: a protocol and the service it belongs to.
// Options, commands and documents are made from it.
type Kind struct {
	Name    string // "openai": what records, options and commands call it
	Label   string // "OpenAI": what people call the service
	BaseURL string // the address of the service itself
	Serves  string // for people: which servers speak the protocol
	// Wires are the protocols that people can choose from; nil: there is only one.
	Wires []Protocol
	Usual string // for people: which of Wires is spoken where none is chosen
	New   func(c Config) (ai.Provider, error)
}

// Protocol is one of several that a kind of provider speaks. The path at the end of an
// address says which one its server gets.
type Protocol struct {
	Name  string // "chat": what options and commands call it
	Label string // "Chat Completions"
	Path  string // "chat/completions", without slashes around it
}

// Address returns the address of a provider with the path of the protocol that is chosen.
// An empty base is the service itself. A name that is empty, or unknown, chooses nothing:
// the base is returned as it is.
func (k Kind) Address(base, protocol string) string {
	i := slices.IndexFunc(k.Wires, func(w Protocol) bool { return w.Name == protocol })
	if i < 0 {
		return base
	}
	if base == "" {
		base = k.BaseURL
	}
	base = strings.TrimSuffix(base, "/")
	for _, w := range k.Wires {
		base = strings.TrimSuffix(base, "/"+w.Path)
	}
	return base + "/" + k.Wires[i].Path
}
