package work

import (
	"context"
	"encoding/json"

	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// AllCapabilities returns the whole catalogue, for building tools when the program
// starts.
func (v *Verbs) AllCapabilities() []CapabilityDetails {
	list := make([]CapabilityDetails, len(v.catalogue))
	for i, c := range v.catalogue {
		list[i] = v.details[c.Slug]
	}
	return list
}

// ListCapabilities filters the catalogue. An empty category is any.
type ListCapabilities struct {
	Category    domain.Category
	IncludeBeta bool
}

// Capabilities returns the catalogue, filtered.
func (v *Verbs) Capabilities(ctx context.Context, in ListCapabilities) ([]domain.Capability, error) {
	if _, err := verb.Caller(ctx, domain.ScopeRead); err != nil {
		return nil, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "category", in.Category)
	if err := p.Err(); err != nil {
		return nil, err
	}
	list := []domain.Capability{}
	for _, c := range v.catalogue {
		if (in.Category == "" || c.Category == in.Category) && (in.IncludeBeta || !c.IsBeta) {
			list = append(list, c)
		}
	}
	return list, nil
}

// Capability returns one capability with its settings.
func (v *Verbs) Capability(ctx context.Context, slug string) (CapabilityDetails, error) {
	if _, err := verb.Caller(ctx, domain.ScopeRead); err != nil {
		return CapabilityDetails{}, err
	}
	d, ok := v.details[slug]
	if !ok {
		return d, domain.NotFound("Capability")
	}
	d.MissingExtensions = v.missing(d.Capability)
	return d, nil
}

// Sample executes a capability once on a new workspace, as the operator, so that
// the board starts with a finished item.
func (v *Verbs) Sample(
	ctx context.Context, workspaceID int64, slug string, settings json.RawMessage,
) (Started, error) {
	a := domain.OperatorActor(workspaceID)
	a.Name = "Vellocity"
	in := Execute{Capability: slug, Settings: settings, Priority: domain.PriorityHigh}
	return v.Execute(domain.WithActor(ctx, a), in)
}

// missing lists the integrations that a capability needs and the server does not have: no
// provider of any agent is a model.
func (v *Verbs) missing(c domain.Capability) []string {
	if !c.RequiresModel() {
		return []string{}
	}
	for _, c := range v.runner.Providers.All() {
		if c.Origin.Kind == domain.OriginModel {
			return []string{}
		}
	}
	return []string{domain.ExtensionModel}
}
