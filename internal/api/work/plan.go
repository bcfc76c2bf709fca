package work

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
)

// ExecutionPlan is what an execution would do, before it is started.
type ExecutionPlan struct {
	Valid            bool                    `json:"valid"             doc:"The same call to execute would be accepted"`
	Errors           []FieldFault            `json:"errors"            doc:"Everything that is wrong, at once; the fields credits, scope and agent_id stand also for too few credits, a missing scope and no agent that can take it"`
	Steps            []PlannedPlanStep       `json:"steps"             doc:"Empty where the settings of a capability are wrong. Those of a template are its own steps; those of their capabilities are planned when they begin"`
	EstimatedCredits int                     `json:"estimated_credits" doc:"Price with a model of the steps that may run"`
	CreditsHeld      int                     `json:"credits_held"      doc:"Credits that execute would hold now: 0 where the composer writes; pass it as max_credits to pay no more than was planned"`
	CreditsAvailable int                     `json:"credits_available" doc:"Credits of the workspace that are not held"`
	Engine           ops.Maybe[wire.Origin]  `json:"engine"            doc:"What would write; null where no agent can take it"`
	Agent            ops.Maybe[PlannedAgent] `json:"agent"             doc:"Who would carry it out; null where no agent can"`
	AgentReason      string                  `json:"agent_reason"      doc:"Why this agent was chosen"`
	Guardrails       []PlannedGuardrail      `json:"guardrails"        doc:"The guardrails that will run, in their order"`
}

// PlannedPlanStep is one step of a plan.
type PlannedPlanStep struct {
	PlannedStep
	Skipped *string `json:"skipped" doc:"Why the step will not run; null where it does, or may"`
}

// PlannedAgent names the agent of a plan.
type PlannedAgent struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// PlannedGuardrail is a guardrail that will run.
type PlannedGuardrail struct {
	Slug   string `json:"slug"`
	Name   string `json:"name"`
	Policy string `json:"policy" doc:"What the agent does about its findings: flag, redact, retry or block"`
}

const planDescription = "Says what execute would do with the same body: its steps, credits, guardrails and agent, " +
	"or everything that is wrong at once. No model is called, and nothing is started, held or charged. There is no " +
	"plan to refer to later: execute with max_credits set to credits_held costs no more than was planned."

var samplePlan = work.Plan{
	Steps: []work.PlannedStep{
		{PlanStep: sampleExecution.Plan[0]},
		{PlanStep: sampleExecution.Plan[1]},
	},
	Credits: 5, Held: 5, Available: 9_995, Origin: wire.SampleOrigin(), Agent: wire.SampleAgent(),
	AgentReason: sampleStarted.AgentReason,
	Guardrails:  []work.PlannedGuardrail{{Slug: "secrets", Name: "Secrets", Policy: "redact"}},
}

func planCapabilityRow(v *work.Verbs, chapter ops.Chapter) ops.Op {
	return ops.New(ops.Op{
		Name:  "plan_capability",
		Route: ops.Route{Method: http.MethodPost, Path: capabilities + "/{slug}/plan"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Plan a capability", Description: planDescription,
			Errors: []domain.Code{domain.CodeNotFound},
			Example: map[string]any{
				"slug":     "generate-blog-post",
				"settings": map[string]any{"topic": "Cloud cost optimization"},
			},
		},
		Tool:    ops.Tool{Set: "capabilities"},
		Command: ops.Command{Noun: "capabilities", Verb: "plan"},
	}, func(ctx context.Context, in CapabilityInput) (work.Plan, error) {
		return v.PlanCapability(ctx, in.execute())
	}, viewPlan, samplePlan)
}

func planTemplateRow(v *work.Verbs) ops.Op {
	plan := samplePlan
	plan.Steps = []work.PlannedStep{
		{PlanStep: domain.PlanStep{Key: "post", Name: "Post", Kind: "generate-blog-post", Credits: 5}},
		{PlanStep: domain.PlanStep{Key: "review", Name: "Review", Kind: "review-content", DependsOn: []string{"post"}}},
	}
	return ops.New(ops.Op{
		Name:  "plan_workflow_template",
		Route: ops.Route{Method: http.MethodPost, Path: templates + "/{template}/plan"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Plan a workflow template", Description: planDescription,
			Errors: []domain.Code{domain.CodeNotFound},
			Example: map[string]any{
				"template": sampleTemplate.Slug,
				"inputs":   map[string]any{"topic": "Cloud cost optimization"},
			},
		},
		Tool:    ops.Tool{Set: templateTools},
		Command: ops.Command{Noun: "templates", Verb: "plan"},
	}, func(ctx context.Context, in TemplateInput) (work.Plan, error) {
		return v.PlanTemplate(ctx, in.execute())
	}, viewPlan, plan)
}

func viewPlan(_ *ops.Reply, p work.Plan) ExecutionPlan {
	out := ExecutionPlan{
		Valid: p.Valid(), Errors: fieldFaults(p.Faults), EstimatedCredits: p.Credits, CreditsHeld: p.Held,
		CreditsAvailable: p.Available, AgentReason: p.AgentReason,
		Steps: wire.Each(p.Steps, func(s work.PlannedStep) PlannedPlanStep {
			return PlannedPlanStep{planned(s.PlanStep), wire.Optional(s.Skip)}
		}),
		Guardrails: wire.Each(p.Guardrails, func(g work.PlannedGuardrail) PlannedGuardrail {
			return PlannedGuardrail(g)
		}),
	}
	if p.Agent.ID != 0 {
		engine := wire.Origin(p.Origin)
		out.Engine.Value, out.Agent.Value = &engine, &PlannedAgent{p.Agent.ID, p.Agent.Name}
	}
	return out
}
