package content

import (
	"context"

	"vellocity/internal/ai/external"
	"vellocity/internal/domain"
	"vellocity/internal/signature"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// UseAgents sets what calls external agents. Without it none can be created.
func (v *Verbs) UseAgents(a *external.Agents) { v.agents = a }

// giveSecret generates the signing secret of a new agent and stores it.
func (v *Verbs) giveSecret(ctx context.Context, tx *store.Tx, workspaceID int64, n *NewAgent) error {
	n.Secret = signature.NewSecret()
	n.Agent.External.Sealed = v.agents.Seal(n.Agent.ID, n.Secret)
	return tx.SaveAgentSecret(ctx, workspaceID, n.Agent.ID, n.Agent.External.Sealed)
}

// RotateAgentSecret replaces the signing secret of an external agent, at once: requests are
// signed with the new one from then on. It returns the new one, which is shown only once.
func (v *Verbs) RotateAgentSecret(ctx context.Context, in verb.ID) (NewAgent, error) {
	if _, err := verb.Caller(ctx, domain.ScopeAdmin); err != nil {
		return NewAgent{}, err
	}
	return whileStale(func() (NewAgent, error) {
		return verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (NewAgent, error) {
			agent, err := tx.LockAgent(ctx, a.WorkspaceID, in.ID)
			if err != nil {
				return NewAgent{}, err
			}
			if err := in.CheckRevision(agent.Revision()); err != nil {
				return NewAgent{}, err
			}
			if err := v.mustBeExternal(agent); err != nil {
				return NewAgent{}, err
			}
			out := NewAgent{Secret: signature.NewSecret()}
			agent.External.Sealed = v.agents.Seal(agent.ID, out.Secret)
			saved, ok, err := tx.SaveAgent(ctx, a.WorkspaceID, agent)
			if err != nil || !ok {
				return NewAgent{}, orStale(err)
			}
			out.Agent = saved
			return out, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
				domain.AgentChanged{AgentFacts: saved.Facts()})
		})
	})
}

func (v *Verbs) mustBeExternal(a domain.Agent) error {
	if a.Type == domain.AgentExternal && v.agents != nil {
		return nil
	}
	return domain.Errorf(domain.CodeConflict,
		"The agent %q is not external: it has no address to call and no signing secret", a.Name)
}

// TestAgent calls an external agent as an execution would, and once with a wrong signature.
// It stores nothing and costs no credits.
func (v *Verbs) TestAgent(ctx context.Context, id int64) (domain.AgentReport, error) {
	a, err := verb.Caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return domain.AgentReport{}, err
	}
	agent, err := v.store.Read().Agent(ctx, a.WorkspaceID, id)
	if err == nil {
		err = v.mustBeExternal(agent)
	}
	if err != nil {
		return domain.AgentReport{}, err
	}
	return v.agents.Test(ctx, agent)
}
