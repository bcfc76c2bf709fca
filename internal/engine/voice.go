package engine

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Voices returns a page of the workspace's brand voices.
func (e *Engine) Voices(ctx context.Context, p domain.Page) (domain.List[domain.BrandVoice], error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.BrandVoice]{}, err
	}
	return e.o.Store.Read().BrandVoices(ctx, a.WorkspaceID, p)
}

// Voice returns one brand voice.
func (e *Engine) Voice(ctx context.Context, id int64) (domain.BrandVoice, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.BrandVoice{}, err
	}
	return e.o.Store.Read().BrandVoice(ctx, a.WorkspaceID, id)
}

// Agents returns a page of the workspace's agents.
func (e *Engine) Agents(ctx context.Context, in ListAgents) (domain.List[domain.Agent], error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Agent]{}, err
	}
	return e.o.Store.Read().Agents(ctx, a.WorkspaceID, store.AgentFilter{Type: in.Type, ActiveOnly: in.ActiveOnly}, in.Page)
}

// Agent returns one agent.
func (e *Engine) Agent(ctx context.Context, id int64) (domain.Agent, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Agent{}, err
	}
	return e.o.Store.Read().Agent(ctx, a.WorkspaceID, id)
}
