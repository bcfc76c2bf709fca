package work

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/schema"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// CapabilityDetails is a capability with the settings that it requires and their
// defaults, a JSON object.
type CapabilityDetails struct {
	domain.Capability
	Schema           *schema.Schema  // SettingsSchema, compiled: its fields, for forms
	ToolSchema       json.RawMessage // SettingsSchema in the standard's keywords alone, for tools
	RequiredSettings []string
	DefaultSettings  json.RawMessage
}

// describe adds what a capability's settings need and default to.
func describe(c capability.Capability) (CapabilityDetails, error) {
	defaults, err := json.Marshal(c.Schema.Defaults())
	if err != nil {
		return CapabilityDetails{}, fmt.Errorf("encode the defaults: %w", err)
	}
	standard, err := c.Schema.Standard()
	if err != nil {
		return CapabilityDetails{}, err
	}
	return CapabilityDetails{
		Capability:       c.Capability,
		Schema:           c.Schema,
		ToolSchema:       standard,
		RequiredSettings: c.Schema.Required(),
		DefaultSettings:  defaults,
	}, nil
}

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
	return d, nil
}

// Execute asks for an execution of a capability.
type Execute struct {
	Capability string          // slug
	AgentID    int64           // 0: chosen automatically
	Settings   json.RawMessage // an object; empty: {}
	Context    json.RawMessage // an object, or empty
	Priority   domain.Priority // empty: normal
	Notify     bool
	Wait       time.Duration // how long to wait for the end before returning
}

// Started is an accepted execution, with the agent and the reason for choosing it.
type Started struct {
	Execution   domain.Execution
	Agent       domain.Agent
	AgentReason string
}

// Execute accepts an execution of a capability. It takes the scopes of what the
// execution may do to items ([domain.EffectScopes]). Settings, agent and credits are
// checked first. What is returned is on disk and will run, whatever happens to
// this process.
func (v *Verbs) Execute(ctx context.Context, in Execute) (Started, error) {
	a, err := verb.Caller(ctx, domain.ScopeReview)
	if err != nil {
		return Started{}, err
	}
	c, ok := v.runner.Capability(in.Capability)
	if !ok {
		return Started{}, domain.NotFound("Capability")
	}
	if err := v.node.Accepting(); err != nil {
		return Started{}, err
	}
	req, err := prepare(c, in)
	if err != nil {
		if missing := a.RequireAll(domain.EffectScopes(c.Effects)); missing != nil {
			return Started{}, missing // first what no other settings would change
		}
		return Started{}, err
	}
	in.Priority = cmp.Or(in.Priority, domain.PriorityNormal)
	started, err := verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (Started, error) {
		return v.accept(ctx, tx, a, c, req, in, 0)
	})
	if err != nil || in.Wait <= 0 {
		return started, err
	}
	// The execution was accepted, even if the wait is cut short. A caller that may
	// start one may see how it ends.
	x := started.Execution
	if d, err := v.wait(ctx, x.WorkspaceID, x.ID, in.Wait); err == nil {
		started.Execution = d.Execution
	}
	return started, nil
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

// prepare checks everything about the input that needs no database, and decodes
// the settings with their defaults filled in.
func prepare(c capability.Capability, in Execute) (capability.Request, error) {
	req, err := c.Prepare(in.Settings)
	var p domain.Problems
	domain.CheckEnum(&p, "priority", in.Priority)
	if len(in.Context) > 0 && !isObject(in.Context) {
		p.Type("context", "an object")
	}
	if other := p.Err(); other != nil {
		if err == nil {
			return req, other
		}
		return req, joined(err, other)
	}
	return req, err
}

// joined returns the faults of two checks as one error.
func joined(first, second error) error {
	a, b := domain.AsError(first), domain.AsError(second)
	if a.Code != domain.CodeValidation || b.Code != domain.CodeValidation {
		return first
	}
	for path, messages := range b.Fields {
		a.Fields[path] = append(a.Fields[path], messages...)
	}
	return a
}

func isObject(j json.RawMessage) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal(j, &m) == nil && m != nil
}
