package content

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
)

// AgentAttributes is who carries out capabilities.
type AgentAttributes struct {
	Name            string            `json:"name"`
	Type            domain.AgentType  `json:"type"`
	Description     string            `json:"description"`
	Capabilities    []string          `json:"capabilities" doc:"Slugs; empty: every capability"`
	Provider        *string           `json:"provider" doc:"Null: the installation's default"`
	Model           *string           `json:"model" doc:"Null: the provider's default"`
	Instructions    string            `json:"instructions"`
	BrandVoiceID    *int64            `json:"brand_voice_id"`
	GuardrailPolicy map[string]string `json:"guardrail_policy" doc:"What is done about a guardrail's findings: flag, redact, retry or block"`
	URL             *string           `json:"url" doc:"Where an external agent is called; null for any other"`
	TimeoutSeconds  *int              `json:"timeout_seconds" doc:"How long an external agent may take for one text; null for any other"`
	IsActive        bool              `json:"is_active"`

	MaxCreditsPerExecution *int `json:"max_credits_per_execution" doc:"Null: no limit"`
	MaxCreditsPerDay       *int `json:"max_credits_per_day" doc:"In the workspace's time zone; null: no limit"`

	Version   int       `json:"version" doc:"Raised by each change"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// AgentID names an agent in the path.
type AgentID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The agent's id"`
}

type listAgents struct {
	Type       domain.AgentType `json:"type,omitempty" doc:"Only this type"`
	ActiveOnly bool             `json:"active_only,omitempty" default:"true" doc:"Only active agents"`
	ops.Paging
}

const agents = "/content-workflow/agents"

func agentRows(v *content.Verbs) []ops.Op {
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "list_agents",
			Route: ops.Route{Method: http.MethodGet, Path: agents},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter: chapterVoices,
				Summary: "List Agents",
				Description: "Lists AI agents: the writers and reviewers that execute capabilities. " +
					"Pass an id as agent_id to choose one.",
			},
			Tool: ops.Tool{Set: "agents", Listed: true, Resources: []ops.Resource{{
				URI:         "vellocity://agents",
				Name:        "agents",
				Description: "Who carries out capabilities",
			}}},
			Command: ops.Command{
				Noun:    "agents",
				Verb:    "list",
				Columns: []string{"id", "name", "type", "provider", "model", "is_active"},
			},
		}, func(ctx context.Context, in listAgents) (domain.List[domain.Agent], error) {
			page := wire.PageOf(in.Paging)
			return v.Agents(ctx, content.ListAgents{Type: in.Type, ActiveOnly: in.ActiveOnly, Page: page})
		}, func(r *ops.Reply, l domain.List[domain.Agent]) []wire.Resource[AgentAttributes] {
			r.Total = l.Total
			return wire.Each(l.Items, agent)
		}, domain.List[domain.Agent]{Items: []domain.Agent{wire.SampleAgent()}, Total: 1}),
		ops.New(ops.Op{
			Name:  "get_agent",
			Route: ops.Route{Method: http.MethodGet, Path: agents + "/{id}"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapterVoices,
				Summary:     "Get Agent",
				Description: "One agent in full.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     map[string]any{"id": wire.SampleAgent().ID},
			},
			Tool: ops.Tool{Set: "agents", Listed: true, Resources: []ops.Resource{{
				URI:         "vellocity://agents/{id}",
				Name:        "agent",
				Description: "An agent",
			}}},
			Command: ops.Command{Noun: "agents", Verb: "get"},
		}, func(ctx context.Context, in AgentID) (domain.Agent, error) {
			return v.Agent(ctx, in.ID)
		}, viewAgent, wire.SampleAgent()),
		createAgentRow(v), editAgentRow(v), deleteAgentRow(v), rotateAgentRow(v), testAgentRow(v),
	}
}

// timeoutOf is how many seconds an external agent may take; 0 for any other.
func timeoutOf(a domain.Agent) int {
	if a.Type != domain.AgentExternal {
		return 0
	}
	return int(a.External.Timeout().Seconds())
}

func viewAgent(r *ops.Reply, a domain.Agent) wire.Resource[AgentAttributes] {
	r.Revision = wire.Number(a.Revision())
	return agent(a)
}

func agent(a domain.Agent) wire.Resource[AgentAttributes] {
	policy := map[string]string(a.GuardrailPolicy)
	if policy == nil {
		policy = map[string]string{}
	}
	return wire.Resource[AgentAttributes]{
		Type:  "agent",
		ID:    a.ID,
		Links: &wire.Links{Self: wire.Path(agents, a.ID)},
		Attributes: AgentAttributes{
			Name:            a.Name,
			Type:            a.Type,
			Description:     a.Description,
			Capabilities:    wire.List(a.Capabilities),
			Provider:        wire.Optional(a.Provider),
			Model:           wire.Optional(a.Model),
			Instructions:    a.Instructions,
			BrandVoiceID:    wire.Optional(a.BrandVoiceID),
			GuardrailPolicy: policy,
			URL:             wire.Optional(a.External.URL),
			TimeoutSeconds:  wire.Optional(timeoutOf(a)),
			IsActive:        a.IsActive,

			MaxCreditsPerExecution: wire.Optional(a.MaxCreditsPerExecution),
			MaxCreditsPerDay:       wire.Optional(a.MaxCreditsPerDay),

			Version:   a.Version,
			CreatedAt: a.CreatedAt.UTC(),
			UpdatedAt: a.UpdatedAt.UTC(),
		},
	}
}
