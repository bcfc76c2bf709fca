package studio

import "vellocity/internal/domain"

// TextStatus says what writes text now, and why.
type TextStatus struct {
	Engine    domain.Origin
	Why       string
	Providers []ProviderStatus // the default first
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
		Engine: v.writers.Default().Engine,
		Why:    "No AI model is connected, so texts are composed from your inputs by rules.",
	}
	for i, w := range v.writers.Models() {
		if i == 0 {
			s.Why = "It is the first provider that is configured."
		}
		s.Providers = append(s.Providers, ProviderStatus{
			Name:    w.Engine.Provider,
			Kind:    w.Kind,
			BaseURL: w.BaseURL,
			Model:   w.Engine.Model,
			Default: i == 0,
			Source:  w.Source,
		})
	}
	return s
}
