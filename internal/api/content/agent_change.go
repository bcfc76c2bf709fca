package content

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

type createAgent struct {
	Name string `json:"name" limit:"agent_name" doc:"What people call it"`
	// Type is plain text, so that the verb says why a type cannot be created.
	Type string `json:"type,omitempty" doc:"custom, which is the default, or external: an address of your own writes its texts, for which url and capabilities are required. Internal agents ship with Vellocity"`
	domain.AgentEdit
}

type editAgent struct {
	AgentID
	Name *string `json:"name,omitempty" limit:"agent_name" doc:"What people call it"`
	domain.AgentEdit
	ops.Conditional
}

type deleteAgent struct {
	AgentID
	ops.Conditional
}

func createAgentRow(v *content.Verbs) ops.Op {
	return ops.NewRedacted(ops.Op{
		Name:           "create_agent",
		Route:          ops.Route{Method: http.MethodPost, Path: agents, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterVoices,
			Summary: "Create an agent",
			Description: "Creates an agent; only the name is required. An execution that would take it above one of its " +
				"limits is refused with 409 and the figures, or goes to another agent where none was named. A workspace has " +
				"at most 200. An external agent needs the admin scope; its signing secret is in meta.secret, once.",
			Meta:   AgentMeta{},
			Errors: []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"name":                "Launch writer",
				"capabilities":        []string{"generate-blog-post"},
				"instructions":        "Prefer short paragraphs.",
				"guardrail_policy":    map[string]any{"banned-terms": "block"},
				"max_credits_per_day": 100,
			},
		},
		Tool:    ops.Tool{Set: "agents"},
		Command: ops.Command{Noun: "agents", Verb: "create"},
	}, func(ctx context.Context, in createAgent) (content.NewAgent, error) {
		return v.CreateAgent(ctx, content.CreateAgent{
			Name: in.Name, Type: domain.AgentType(in.Type), AgentEdit: in.AgentEdit,
		})
	}, func(r *ops.Reply, n content.NewAgent) wire.Resource[AgentAttributes] {
		r.Location = wire.Path(agents, n.Agent.ID)
		return viewNewAgent(r, n)
	}, withoutAgentSecret, content.NewAgent{Agent: wire.SampleAgent()})
}

func editAgentRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_agent",
		Route: ops.Route{Method: http.MethodPatch, Path: agents + "/{id}"},
		Scope: domain.ScopeWrite,
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterVoices,
			Summary: "Edit an agent",
			Description: "Changes the fields that are given and raises the version. A list and a policy replace the one " +
				"before. Its type stays. What was accepted before goes on with the same provider and model.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": wire.SampleAgent().ID, "is_active": false},
		},
		Tool:    ops.Tool{Set: "agents"},
		Command: ops.Command{Noun: "agents", Verb: "edit"},
	}, func(ctx context.Context, in editAgent) (domain.Agent, error) {
		return v.EditAgent(ctx, content.EditAgent{
			ID:           in.ID,
			Name:         in.Name,
			AgentEdit:    in.AgentEdit,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewAgent, wire.SampleAgent())
}

func deleteAgentRow(v *content.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_agent",
		Route: ops.Route{Method: http.MethodDelete, Path: agents + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterVoices,
			Summary: "Delete an agent",
			Description: "Items and executions keep it, and those that run end with it. Agents that ship with Vellocity " +
				"cannot be deleted; switch them off with is_active.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": wire.SampleAgent().ID},
		},
		Tool:    ops.Tool{Set: "agents"},
		Command: ops.Command{Noun: "agents", Verb: "delete"},
	}, func(ctx context.Context, in deleteAgent) error {
		return v.DeleteAgent(ctx, verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	})
}
