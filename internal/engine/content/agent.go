package content

import (
	"cmp"
	"context"
	"reflect"

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

// CreateAgent is a new agent.
type CreateAgent struct {
	Name string
	Type domain.AgentType // custom, which empty means, or external
	domain.AgentEdit
}

// NewAgent is an agent, with its signing secret where one was generated: it is shown only
// once.
type NewAgent struct {
	Agent  domain.Agent
	Secret domain.Secret
}

// CreateAgent creates an agent. A workspace has at most [domain.MostAgents]. An external one
// gets the workspace's texts at an address outside, so only admins create it.
func (v *Verbs) CreateAgent(ctx context.Context, in CreateAgent) (NewAgent, error) {
	scope := domain.ScopeWrite
	if in.Type == domain.AgentExternal {
		scope = domain.ScopeAdmin
	}
	if _, err := verb.Caller(ctx, scope); err != nil {
		return NewAgent{}, err
	}
	agent := domain.Agent{Name: in.Name, Type: cmp.Or(in.Type, domain.AgentCustom), IsActive: true}
	in.Apply(&agent)
	invalid := v.checkAgent(ctx, &agent, domain.Agent{}, in.Type)
	return verb.Change(ctx, v.store, scope, func(tx *store.Tx, a domain.Actor) (NewAgent, error) {
		if err := withBrandVoice(ctx, tx, a.WorkspaceID, agent.BrandVoiceID, invalid); err != nil {
			return NewAgent{}, err
		}
		l, err := tx.Agents(ctx, a.WorkspaceID, store.AgentFilter{}, domain.Page{Number: 1, Size: 1})
		if err != nil {
			return NewAgent{}, err
		}
		if l.Total >= domain.MostAgents {
			return NewAgent{}, tooMany("agents", domain.MostAgents)
		}
		out := NewAgent{}
		if out.Agent, err = tx.CreateAgent(ctx, a.WorkspaceID, agent); err != nil {
			return out, err
		}
		if agent.Type == domain.AgentExternal {
			if err := v.giveSecret(ctx, tx, a.WorkspaceID, &out); err != nil {
				return out, err
			}
		}
		return out, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.AgentCreated{AgentFacts: out.Agent.Facts()})
	})
}

// withBrandVoice returns the faults of an agent, that its brand voice (id, or 0) does not
// exist among them. The brand voice is locked: nobody deletes it before the agent is stored.
func withBrandVoice(
	ctx context.Context, tx *store.Tx, workspaceID, id int64, invalid error,
) error {
	var p domain.Problems
	p.Merge(invalid)
	if id != 0 {
		_, err := tx.LockBrandVoice(ctx, workspaceID, id)
		if domain.CodeOf(err) == domain.CodeNotFound {
			p.Missing("brand_voice_id", "brand voice", id)
		} else if err != nil {
			return err
		}
	}
	return p.Err()
}

// EditAgent changes an agent. A nil field stays as it is.
type EditAgent struct {
	ID   int64
	Name *string
	domain.AgentEdit
	verb.Precondition
}

// EditAgent changes an agent. Only admins change the address of an external one. A change
// raises its version. Executions that were accepted
// before go on with the provider and model that they were accepted with.
func (v *Verbs) EditAgent(ctx context.Context, in EditAgent) (domain.Agent, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.Agent{}, err
	}
	return whileStale(func() (domain.Agent, error) {
		was, unread := v.store.Read().Agent(ctx, a.WorkspaceID, in.ID)
		next := was
		verb.Set(&next.Name, in.Name)
		in.Apply(&next)
		if next.External.URL != was.External.URL && was.Type == domain.AgentExternal {
			if _, err := verb.Caller(ctx, domain.ScopeAdmin); err != nil {
				return domain.Agent{}, err
			}
		}
		invalid := v.checkAgent(ctx, &next, was, "")
		return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.Agent, error) {
			now, err := tx.LockAgent(ctx, a.WorkspaceID, in.ID)
			switch {
			case err != nil:
				return now, err
			case unread != nil || now.Version != was.Version:
				return now, errStale
			}
			if err := in.CheckRevision(now.Revision()); err != nil {
				return now, err
			}
			if err := withBrandVoice(ctx, tx, a.WorkspaceID, next.BrandVoiceID, invalid); err != nil {
				return now, err
			}
			if reflect.DeepEqual(next, now) {
				return now, nil
			}
			next, saved, err := tx.SaveAgent(ctx, a.WorkspaceID, next)
			if err != nil || !saved {
				return next, orStale(err)
			}
			return next, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
				domain.AgentChanged{AgentFacts: next.Facts()})
		})
	})
}

// orStale returns the error of a change, or that somebody else was faster.
func orStale(err error) error {
	if err != nil {
		return err
	}
	return errStale
}

// DeleteAgent deletes an agent that was made in the workspace. What it has begun goes on,
// and items and executions keep it.
func (v *Verbs) DeleteAgent(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		agent, err := tx.LockAgent(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(agent.Revision()); err != nil {
			return struct{}{}, err
		}
		if agent.Type == domain.AgentInternal {
			return struct{}{}, domain.Errorf(domain.CodeConflict,
				"The agent %q ships with Vellocity and cannot be deleted. Switch it off instead.", agent.Name)
		}
		if err := tx.DeleteAgent(ctx, a.WorkspaceID, agent.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.AgentDeleted{AgentFacts: agent.Facts()})
	})
	return err
}
