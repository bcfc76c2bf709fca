package content

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListAgents filters and pages through the agents. An empty type is any.
type ListAgents struct {
	Type       domain.AgentType
	ActiveOnly bool
	Page       domain.Page
}

// Agents returns a page of the workspace's agents.
func (v *Verbs) Agents(ctx context.Context, in ListAgents) (domain.List[domain.Agent], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Agent]{}, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "type", in.Type)
	if err := p.Err(); err != nil {
		return domain.List[domain.Agent]{}, err
	}
	filter := store.AgentFilter{Type: in.Type, ActiveOnly: in.ActiveOnly}
	return v.store.Read().Agents(ctx, a.WorkspaceID, filter, in.Page)
}

// Agent returns one agent.
func (v *Verbs) Agent(ctx context.Context, id int64) (domain.Agent, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Agent{}, err
	}
	return v.store.Read().Agent(ctx, a.WorkspaceID, id)
}
