package content

import (
	"context"
	"maps"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/verb"
)

// AgentOptions is what an agent can be made of.
type AgentOptions struct {
	Capabilities []domain.Capability
	Providers    []Provider // the default first; none: the composer writes
	Guardrails   []Guardrail
	Policies     []string // what can be done about the findings of a guardrail, mildest first
}

// Provider is a configured provider with its default model.
type Provider struct{ Name, Model string }

// Guardrail is a check, for people who choose what is done about its findings.
type Guardrail struct {
	Slug, Name, Description string
	Default                 string // the policy where none is chosen
}

// AgentOptions returns what an agent of this installation can be made of.
func (v *Verbs) AgentOptions(ctx context.Context) (o AgentOptions, err error) {
	if _, err := verb.Caller(ctx, domain.ScopeRead); err != nil {
		return o, err
	}
	for _, c := range v.runner.Capabilities {
		o.Capabilities = append(o.Capabilities, c.Capability)
	}
	for _, c := range v.runner.Providers.All() {
		o.Providers = append(o.Providers, Provider{c.Origin.Provider, c.Origin.Model})
	}
	for _, g := range guard.Guardrails() {
		o.Guardrails = append(o.Guardrails, Guardrail{g.Slug, g.Name, g.Description, g.Default})
	}
	o.Policies = guard.Policies()
	return o, nil
}

// checkAgent returns everything that is wrong with an agent, save that its brand voice may
// not exist. What it had before was right then, and stays: an agent whose provider is gone
// can still be switched off. asked is the type that a new one should have.
func (v *Verbs) checkAgent(
	ctx context.Context, a *domain.Agent, before domain.Agent, asked domain.AgentType,
) error {
	var p domain.Problems
	domain.LimitAgentName.Text(&p, "name", a.Name)
	v.checkNewType(&p, asked)
	domain.CheckLimits(&p, domain.AgentEdit{
		Description:            &a.Description,
		Capabilities:           &a.Capabilities,
		Provider:               &a.Provider,
		Model:                  &a.Model,
		Instructions:           &a.Instructions,
		URL:                    optionalText(a.External.URL),
		TimeoutSeconds:         optionalNumber(a.External.TimeoutSeconds),
		MaxCreditsPerExecution: &a.MaxCreditsPerExecution,
		MaxCreditsPerDay:       &a.MaxCreditsPerDay,
	})
	v.checkCapabilities(&p, a, before.Capabilities)
	v.checkExternal(ctx, &p, *a, before)
	if a.Provider != before.Provider || a.Model != before.Model {
		v.checkProvider(&p, *a)
	}
	checkPolicy(&p, a, before.GuardrailPolicy)
	return p.Err()
}

func (v *Verbs) checkNewType(p *domain.Problems, t domain.AgentType) {
	switch {
	case t == "" || t == domain.AgentCustom || t == domain.AgentExternal && v.agents != nil:
	case t == domain.AgentInternal:
		p.Add("type", "Internal agents ship with Vellocity. Create one of the type custom or external")
	default:
		p.NotOneOf("type", []string{string(domain.AgentCustom), string(domain.AgentExternal)})
	}
}

// checkExternal notes what an external agent lacks, and what only an external one has. Its
// capabilities are named: nothing that a later version brings is sent away unasked.
func (v *Verbs) checkExternal(ctx context.Context, p *domain.Problems, a, before domain.Agent) {
	if a.Type != domain.AgentExternal {
		if a.External.URL != "" {
			p.Add("url", "Only an external agent has a url. Leave it out, or create an agent of the type external")
		}
		if a.External.TimeoutSeconds != 0 {
			p.Add("timeout_seconds",
				"Only an external agent has a timeout_seconds. Leave it out, or create an agent of the type external")
		}
		return
	}
	if len(a.Capabilities) == 0 {
		p.Add("capabilities", "An external agent needs at least one capability: those whose texts it writes")
	}
	if a.Provider != "" || a.Model != "" {
		p.Add("provider", "An external agent writes by itself. Leave out provider and model")
	}
	if a.External.URL == "" {
		p.Required("url")
	} else if a.External.URL != before.External.URL && v.agents != nil {
		if err := v.agents.CheckURL(ctx, a.External.URL); err != nil {
			p.Add("url", "%s", domain.AsError(err).Message)
		}
	}
}

// optionalText and optionalNumber return nil for a value that was left out.
func optionalText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func optionalNumber(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func (v *Verbs) checkCapabilities(p *domain.Problems, a *domain.Agent, before []string) {
	known := slices.Clone(before)
	for _, c := range v.runner.Capabilities {
		known = append(known, c.Slug)
	}
	if len(a.Capabilities) == 0 {
		a.Capabilities = nil
	}
	for i, slug := range a.Capabilities {
		switch path := verb.Path("capabilities", i); {
		case slices.Contains(a.Capabilities[:i], slug):
			p.Twice(path, slug)
		case !slices.Contains(known, slug) && slug != "":
			p.Unknown(path, "capability", slug, known)
		case slug == "":
			p.Blank(path)
		}
	}
}

// checkProvider notes a provider that is not configured, and a model without its provider:
// which model there is depends on the provider.
func (v *Verbs) checkProvider(p *domain.Problems, a domain.Agent) {
	var names []string
	for _, c := range v.runner.Providers.All() {
		names = append(names, c.Origin.Provider)
	}
	switch {
	case a.Provider == "" && a.Model == "", slices.Contains(names, a.Provider):
	case len(names) == 0 && a.Provider != "":
		p.Add("provider", "The provider field names %q, but this server has no provider. Leave it out, or connect one",
			a.Provider)
	case a.Provider == "":
		p.Add("provider", "The provider field is required beside a model")
	default:
		p.NotOneOf("provider", names)
	}
}

func checkPolicy(p *domain.Problems, a *domain.Agent, before domain.GuardrailPolicy) {
	if len(a.GuardrailPolicy) == 0 {
		a.GuardrailPolicy = nil
	}
	known := slices.Collect(maps.Keys(before))
	for _, g := range guard.Guardrails() {
		known = append(known, g.Slug)
	}
	for _, slug := range slices.Sorted(maps.Keys(a.GuardrailPolicy)) {
		path := "guardrail_policy." + slug
		if !slices.Contains(known, slug) {
			p.Unknown("guardrail_policy", "guardrail", slug, known)
		} else if !slices.Contains(guard.Policies(), a.GuardrailPolicy[slug]) {
			p.NotOneOf(path, guard.Policies())
		}
	}
}
