package config

import (
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// Composer is the value of the option provider that uses no model at all.
const Composer = "composer"

// ProviderKind is a kind of model provider, as the options show it.
type ProviderKind struct {
	Name  string // "openai": the options are openai-api-key and openai-base-url
	Label string // "OpenAI": the service
	// Serves says which servers the address may name.
	Serves string
	// Wires are the protocols that people can choose from, with names for people; nil: there
	// is only one. Usual says which is spoken where none is chosen.
	Wires []Wire
	Usual string
}

// Wire is a protocol of a kind of provider.
type Wire struct {
	Name  string // "chat": a value of the option openai-wire
	Label string // "Chat Completions"
}

// WireNames returns the names of the protocols that people can choose from.
func (k ProviderKind) WireNames() (names []string) {
	for _, w := range k.Wires {
		names = append(names, w.Name)
	}
	return names
}

// WireHelp says for people what the names of the protocols mean.
func (k ProviderKind) WireHelp() string {
	var each []string
	for _, w := range k.Wires {
		each = append(each, w.Name+" for "+w.Label)
	}
	return "Which of " + k.Label + "'s protocols to speak: " + domain.Alternatives(each) + ". " + k.Usual
}

// KeyVariable is the environment variable in which the service's own tools expect
// the key: "OPENAI_API_KEY".
func (k ProviderKind) KeyVariable() string { return strings.ToUpper(k.Name) + "_API_KEY" }

func (k ProviderKind) addressVariable() string { return strings.ToUpper(k.Name) + "_BASE_URL" }

// Provider is what the options say about one kind of provider.
type Provider struct {
	Kind    string
	Key     domain.Secret
	BaseURL string // empty: the service's own
	Wire    string // one of the kind's protocols; empty: the usual one
}

// Configured reports whether there is a key or an address.
func (p Provider) Configured() bool { return p.Key != "" || p.BaseURL != "" }

// provider returns the settings of a kind, to be filled in.
func (c *Config) provider(kind string) *Provider {
	i := slices.IndexFunc(c.Providers, func(p Provider) bool { return p.Kind == kind })
	if i < 0 {
		c.Providers = append(c.Providers, Provider{Kind: kind})
		i = len(c.Providers) - 1
	}
	return &c.Providers[i]
}

func (k ProviderKind) options() []Option {
	list := []Option{
		{
			Name:   k.Name + "-api-key",
			Value:  "KEY",
			Secret: true,
			NoFlag: true,
			Env:    []string{envPrefix + k.KeyVariable(), k.KeyVariable()},
			apply:  secret(func(c *Config) *domain.Secret { return &c.provider(k.Name).Key }),
			Help:   "The key for " + k.Label + ", or for the server at " + k.Name + "-base-url.",
		},
		{
			Name:  k.Name + "-base-url",
			Value: "URL",
			Env:   []string{envPrefix + k.addressVariable(), k.addressVariable()},
			apply: webAddress(func(c *Config) *string { return &c.provider(k.Name).BaseURL }),
			Help:  k.Serves,
		},
	}
	if len(k.Wires) > 0 {
		list = append(list, Option{
			Name:  k.Name + "-wire",
			Value: strings.Join(k.WireNames(), "|"),
			apply: oneOf(func(c *Config) *string { return &c.provider(k.Name).Wire }, append([]string{""}, k.WireNames()...)...),
			Help:  k.WireHelp(),
		})
	}
	return list
}

// fault says what is missing where this kind is chosen and not configured.
func (k ProviderKind) fault(c *Config) string {
	if c.Provider != k.Name || c.provider(k.Name).Configured() {
		return ""
	}
	return fmt.Sprintf("provider is %s: set %s, or %s for a server that needs no key",
		k.Name, k.KeyVariable(), k.addressVariable())
}
