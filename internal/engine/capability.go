package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// describe adds what a capability's settings need and default to.
func describe(c capability.Capability) (CapabilityDetails, error) {
	defaults, err := json.Marshal(c.Schema.Defaults())
	if err != nil {
		return CapabilityDetails{}, fmt.Errorf("encode the defaults: %w", err)
	}
	return CapabilityDetails{
		Capability:       c.Capability,
		Schema:           c.Schema,
		RequiredSettings: c.Schema.Required(),
		DefaultSettings:  defaults,
	}, nil
}

// AllCapabilities returns the whole catalogue, for building tools, forms and
// documents when the program starts.
func (e *Engine) AllCapabilities() []domain.Capability { return e.catalogue }

// Capabilities returns the catalogue, filtered.
func (e *Engine) Capabilities(ctx context.Context, in ListCapabilities) ([]domain.Capability, error) {
	if _, err := caller(ctx, domain.ScopeRead); err != nil {
		return nil, err
	}
	var p domain.Problems
	oneOf(&p, "category", in.Category, domain.Categories())
	if err := p.Err(); err != nil {
		return nil, err
	}
	list := []domain.Capability{}
	for _, c := range e.catalogue {
		if (in.Category == "" || c.Category == in.Category) && (in.IncludeBeta || !c.IsBeta) {
			list = append(list, c)
		}
	}
	return list, nil
}

// Capability returns one capability with its settings.
func (e *Engine) Capability(ctx context.Context, slug string) (CapabilityDetails, error) {
	if _, err := caller(ctx, domain.ScopeRead); err != nil {
		return CapabilityDetails{}, err
	}
	d, ok := e.details[slug]
	if !ok {
		return d, domain.NotFound("Capability")
	}
	return d, nil
}

// Execute accepts a run of a capability. All that could refuse it is looked at
// before: settings, agent, credits. What is returned is on disk and will be
// carried out, whatever happens to this process.
func (e *Engine) Execute(ctx context.Context, in Execute) (Started, error) {
	if _, err := caller(ctx, domain.ScopeContent); err != nil {
		return Started{}, err
	}
	c, ok := e.o.Runner.Capability(in.Capability)
	if !ok {
		return Started{}, domain.NotFound("Capability")
	}
	if err := e.accepting(); err != nil {
		return Started{}, err
	}
	req, err := prepare(c, in)
	if err != nil {
		return Started{}, err
	}
	if in.Priority == "" {
		in.Priority = domain.PriorityNormal
	}
	started, err := change(ctx, e, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (Started, error) {
		return e.accept(ctx, tx, a, c, req, in, 0)
	})
	if err != nil || in.Wait <= 0 {
		return started, err
	}
	// The execution was accepted: a wait that is cut short takes nothing back. A caller
	// that may start one may see how it ends.
	x := started.Execution
	if d, err := e.wait(ctx, x.WorkspaceID, x.ID, in.Wait); err == nil {
		started.Execution = d.Execution
	}
	return started, nil
}

// prepare checks everything about the input that needs no database, and decodes
// the settings with their defaults filled in.
func prepare(c capability.Capability, in Execute) (capability.Request, error) {
	req, err := c.Prepare(in.Settings)
	var p domain.Problems
	oneOf(&p, "priority", in.Priority, domain.Priorities())
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

// joined tells the faults of two checks at once.
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

func (e *Engine) accept(
	ctx context.Context, tx *store.Tx, a domain.Actor, c capability.Capability, req capability.Request, in Execute, retryOf int64,
) (Started, error) {
	agent, why, err := e.chooseAgent(ctx, tx, a.WorkspaceID, c.Slug, in.AgentID)
	if err != nil {
		return Started{}, err
	}
	voiceID, err := e.chooseVoice(ctx, tx, a.WorkspaceID, agent, req.BrandVoice())
	if err != nil {
		return Started{}, err
	}
	if err := readable(ctx, tx, a.WorkspaceID, req.Reads()); err != nil {
		return Started{}, err
	}
	connection, ok := e.o.Providers.For(agent)
	if !ok {
		return Started{}, domain.Errorf(domain.CodeConflict, "The agent %q writes with the provider %q, which is not configured", agent.Name, agent.Provider)
	}
	if !c.NeedsModel {
		connection = ai.Connection{Origin: domain.ComposerOrigin()}
	}
	x := domain.Execution{
		WorkspaceID: a.WorkspaceID,
		Capability:  c.Slug,
		Title:       req.Title(),
		AgentID:     agent.ID,
		Priority:    in.Priority,
		Origin:      connection.Origin,
		Settings:    req.JSON(),
		Context:     in.Context,
		Notify:      in.Notify,
		RetryOf:     retryOf,
		CreatedBy:   a.Name,
	}
	x, err = e.o.Runner.Accept(ctx, tx, x, req, voiceID)
	return Started{Execution: x, Agent: agent, AgentReason: why}, err
}

// readable makes sure that the items a capability will look at are there.
func readable(ctx context.Context, tx *store.Tx, workspaceID int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	missing, err := tx.MissingContent(ctx, workspaceID, ids)
	if err != nil || len(missing) == 0 {
		return err
	}
	var p domain.Problems
	p.Missing("settings.content_id", "content item", missing[0])
	return p.Err()
}

// chooseAgent returns the agent that was asked for, or chooses one, and says why.
func (e *Engine) chooseAgent(ctx context.Context, tx *store.Tx, workspaceID int64, slug string, id int64) (domain.Agent, string, error) {
	l, err := tx.Agents(ctx, workspaceID, store.AgentFilter{ActiveOnly: true}, domain.Page{Number: 1, Size: 100})
	if err != nil {
		return domain.Agent{}, "", err
	}
	if id != 0 {
		agent, err := askedFor(ctx, tx, workspaceID, slug, id, l.Items)
		return agent, "It was asked for.", err
	}
	if i := slices.IndexFunc(l.Items, func(a domain.Agent) bool { return slices.Contains(a.Capabilities, slug) }); i >= 0 {
		a := l.Items[i]
		return a, fmt.Sprintf("%s is the first active agent that lists %s.", a.Name, slug), nil
	}
	if i := slices.IndexFunc(l.Items, func(a domain.Agent) bool { return a.Can(slug) }); i >= 0 {
		a := l.Items[i]
		return a, fmt.Sprintf("No active agent lists %s; %s is the first that carries out everything.", slug, a.Name), nil
	}
	if i := slices.IndexFunc(l.Items, func(a domain.Agent) bool { return fallsTo(a, slug, l.Items) }); i >= 0 {
		a := l.Items[i]
		return a, fmt.Sprintf("No active agent lists %s, so it falls to %s, the first that ships with Vellocity.", slug, a.Name), nil
	}
	return domain.Agent{}, "", domain.Errorf(domain.CodeConflict, "No active agent of this workspace carries out %s", slug)
}

// fallsTo reports whether an agent takes a capability that is on nobody's list,
// as one is that came with a newer version.
func fallsTo(a domain.Agent, slug string, active []domain.Agent) bool {
	return a.Type == domain.AgentInternal && !slices.ContainsFunc(active, func(a domain.Agent) bool { return a.Can(slug) })
}

func askedFor(ctx context.Context, tx *store.Tx, workspaceID int64, slug string, id int64, active []domain.Agent) (domain.Agent, error) {
	var p domain.Problems
	agent, err := tx.Agent(ctx, workspaceID, id)
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		p.Add("agent_id", "There is no agent %d", id)
	case err != nil:
		return agent, err
	case !agent.IsActive:
		p.Add("agent_id", "The agent %q is switched off", agent.Name)
	case !agent.Can(slug) && !fallsTo(agent, slug, active):
		p.Add("agent_id", "The agent %q does not carry out %s", agent.Name, slug)
	}
	return agent, p.Err()
}

// chooseVoice returns the brand voice that the settings name, else the agent's,
// else the workspace's.
func (e *Engine) chooseVoice(ctx context.Context, tx *store.Tx, workspaceID int64, agent domain.Agent, chosen int64) (int64, error) {
	if chosen != 0 {
		_, err := tx.BrandVoice(ctx, workspaceID, chosen)
		if domain.CodeOf(err) == domain.CodeNotFound {
			var p domain.Problems
			p.Missing("settings.brand_voice_id", "brand voice", chosen)
			err = p.Err()
		}
		return chosen, err
	}
	if agent.BrandVoiceID != 0 {
		return agent.BrandVoiceID, nil
	}
	w, err := tx.Workspace(ctx, workspaceID)
	return w.BrandVoiceID, err
}
