package ai

import (
	"slices"
	"sync/atomic"

	"vellocity/internal/domain"
)

// Connection is what writes text: a provider that is connected, or the composer.
type Connection struct {
	Origin domain.Origin // of the texts
	Caller *Caller       // nil for the composer, which calls nobody
	// Kind, BaseURL and Source say where a provider comes from, for people.
	Kind    string // openai, anthropic
	BaseURL string
	Source  string // environment, stored
}

// Providers are the providers that are connected. The set may be replaced while
// executions run. The zero value has none.
type Providers struct {
	set      atomic.Pointer[[]Connection]
	external func(domain.Agent) *Caller
}

// UseExternal sets what calls external agents. It is set before the first call; without
// it no external agent writes. The function calls nobody yet.
func (p *Providers) UseExternal(call func(domain.Agent) *Caller) { p.external = call }

// Use replaces the providers; the first one is the default.
func (p *Providers) Use(list []Connection) { p.set.Store(&list) }

// All returns the providers, the default first.
func (p *Providers) All() []Connection {
	if list := p.set.Load(); list != nil {
		return *list
	}
	return nil
}

// Default returns what writes text where nothing was chosen: the first provider, or
// the composer where there is none.
func (p *Providers) Default() Connection {
	if all := p.All(); len(all) > 0 {
		return all[0]
	}
	return composer()
}

func composer() Connection { return Connection{Origin: domain.ComposerOrigin()} }

// For returns what writes for an agent: an external agent itself; for others the provider
// and model that they name, else the default. It reports false where the agent names a provider that is not
// connected; nothing else takes its place silently.
func (p *Providers) For(a domain.Agent) (c Connection, ok bool) {
	if a.Type == domain.AgentExternal {
		return p.agent(a)
	}
	if a.Provider == "" {
		c, ok = p.Default(), true
	} else {
		c, ok = p.named(a.Provider)
	}
	if ok && a.Model != "" && c.Origin.Kind == domain.OriginModel {
		c.Origin.Model = a.Model
	}
	return c, ok
}

// agent returns the connection to an external agent.
func (p *Providers) agent(a domain.Agent) (c Connection, ok bool) {
	if p.external == nil {
		return c, false
	}
	origin := domain.Origin{Kind: domain.OriginModel, Provider: domain.ProviderExternal, Model: a.Name, AI: true}
	return Connection{Origin: origin, Caller: p.external(a), Kind: domain.ProviderExternal, BaseURL: a.External.URL}, true
}

// Of returns the connection for an origin that was fixed when an execution was accepted
// for an agent. It reports false where its provider is no longer connected.
func (p *Providers) Of(o domain.Origin, a domain.Agent) (c Connection, ok bool) {
	switch {
	case o.Kind == domain.OriginComposer:
		return composer(), true
	case o.Provider == domain.ProviderExternal:
		c, ok = p.agent(a)
		c.Origin = o
		return c, ok
	}
	c, ok = p.named(o.Provider)
	c.Origin = o
	return c, ok
}

func (p *Providers) named(provider string) (Connection, bool) {
	all := p.All()
	i := slices.IndexFunc(all, func(c Connection) bool { return c.Origin.Provider == provider })
	if i < 0 {
		return Connection{}, false
	}
	return all[i], true
}
