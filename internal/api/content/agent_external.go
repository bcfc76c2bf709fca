package content

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// AgentMeta has the signing secret of an external agent where it is new, this once.
type AgentMeta struct {
	Secret  *string `json:"secret" doc:"The new signing secret of an external agent; null for any other, in a tool's result, and when the response is replayed"`
	Warning *string `json:"warning" doc:"What to do with the secret; null where the agent has none"`
}

// AgentTest is what a test of an external agent found out.
type AgentTest struct {
	OK         bool     `json:"ok" doc:"It accepted a signed request and wrote a text"`
	Message    string   `json:"message" doc:"What it did; or what is wrong, and what to do"`
	Warnings   []string `json:"warnings" doc:"What works and should be otherwise, such as a wrong signature that it accepts"`
	Text       *string  `json:"text" doc:"What it wrote; null: nothing"`
	Model      *string  `json:"model" doc:"The model that it named; null: none"`
	DurationMS int64    `json:"duration_ms" doc:"How long the signed request took"`
}

// viewNewAgent shows an agent with its new secret, or with a hint at how to get another.
func viewNewAgent(r *ops.Reply, n content.NewAgent) wire.Resource[AgentAttributes] {
	meta := AgentMeta{}
	switch {
	case n.Secret != "":
		meta = AgentMeta{wire.Optional(n.Secret.Reveal()), wire.Optional(secretShownOnce)}
	case n.Agent.Type == domain.AgentExternal:
		meta.Warning = wire.Optional(secretNotShown + " Rotate it to get another one.")
	}
	r.Meta = meta
	return viewAgent(r, n.Agent)
}

func withoutAgentSecret(n content.NewAgent) content.NewAgent { return content.NewAgent{Agent: n.Agent} }

// sampleExternal is an external agent.
func sampleExternal() domain.Agent {
	a := wire.SampleAgent()
	a.ID, a.Name, a.Type, a.Capabilities = 6, "Acme writer", domain.AgentExternal, []string{"generate-blog-post"}
	a.Provider, a.Model = "", ""
	a.External = domain.ExternalAgent{URL: "https://agent.example.com/write", TimeoutSeconds: 120}
	return a
}

func rotateAgentRow(v *content.Verbs) ops.Op {
	return ops.NewRedacted(ops.Op{
		Name:           "rotate_agent_secret",
		Route:          ops.Route{Method: http.MethodPost, Path: agents + "/{id}/rotate-secret"},
		Scope:          domain.ScopeAdmin,
		Hints:          ops.Hints{Destructive: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterVoices,
			Summary: "Rotate the secret of an external agent",
			Description: "Generates a new signing secret, which is in meta.secret, once. Requests are signed with it at once, " +
				"so let the agent's server accept both secrets for a moment.",
			Meta:    AgentMeta{},
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleExternal().ID},
		},
		Tool:    ops.Tool{None: noSecrets},
		Command: ops.Command{Noun: "agents", Verb: "rotate-secret"},
	}, func(ctx context.Context, in deleteAgent) (content.NewAgent, error) {
		return v.RotateAgentSecret(ctx, verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	}, viewNewAgent, withoutAgentSecret, content.NewAgent{Agent: sampleExternal()})
}

func testAgentRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "test_agent",
		Route: ops.Route{Method: http.MethodPost, Path: agents + "/{id}/test"},
		Scope: domain.ScopeAdmin,
		Hints: ops.Hints{Idempotent: true, OpenWorld: true},
		Docs: ops.Docs{
			Chapter: chapterVoices,
			Summary: "Test an external agent",
			Description: "Sends the agent a signed request for one sentence, then the same request with a wrong signature, " +
				"which it must refuse. Nothing is stored or charged. Each request takes at most the agent's timeout.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleExternal().ID},
		},
		Tool:    ops.Tool{Set: "agents"},
		Command: ops.Command{Noun: "agents", Verb: "test"},
	}, func(ctx context.Context, in AgentID) (domain.AgentReport, error) {
		return v.TestAgent(ctx, in.ID)
	}, func(_ *ops.Reply, t domain.AgentReport) AgentTest {
		return AgentTest{
			OK:         t.OK,
			Message:    t.Message,
			Warnings:   wire.List(t.Warnings),
			Text:       wire.Optional(t.Text),
			Model:      wire.Optional(t.Model),
			DurationMS: t.Took.Milliseconds(),
		}
	}, domain.AgentReport{
		OK:      true,
		Message: `The agent "Acme writer" accepted the signed request and wrote a text.`,
		Text:    "I am ready to write.",
		Took:    850 * time.Millisecond,
	})
}
