package studio

import "vellocity/internal/domain"

// TextStatus says what writes text now, and why.
type TextStatus struct {
	Origin    domain.Origin
	Why       string
	Providers []ProviderStatus // the default first
	// KeyVariables are the environment variables that connect a provider: OPENAI_API_KEY, …
	KeyVariables []string
}

// ProviderStatus is one configured provider, without its key.
type ProviderStatus struct {
	Name    string
	Kind    string // openai, anthropic
	BaseURL string
	Model   string
	Default bool
	Source  string // environment, or stored
}

// TextStatus returns what writes text now, and why.
func (v *Verbs) TextStatus() TextStatus {
	s := TextStatus{
		Origin:       v.providers.Default().Origin,
		Why:          "No AI model is connected, so texts are composed from your inputs by rules.",
		KeyVariables: v.keyVariables,
	}
	for i, c := range v.providers.All() {
		if i == 0 {
			s.Why = "It is the first provider that is configured."
		}
		s.Providers = append(s.Providers, ProviderStatus{
			Name:    c.Origin.Provider,
			Kind:    c.Kind,
			BaseURL: c.BaseURL,
			Model:   c.Origin.Model,
			Default: i == 0,
			Source:  c.Source,
		})
	}
	return s
}
