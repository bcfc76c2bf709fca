package work

import (
	"context"
	"maps"
	"slices"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/verb"
)

// Plan is what an execution would do, before it is asked for.
type Plan struct {
	// Faults are why the same call would not be accepted from the same caller, by the path of
	// the field; none where it would. "credits" and "scope" stand for what no field has.
	Faults map[string][]string
	Steps  []PlannedStep // none where the settings or inputs are wrong
	// Credits is the price with a model of the steps that may run.
	Credits int
	// Held is how many credits would be held now: 0 where the composer writes, and no more than
	// the caller allows.
	Held        int
	Available   int           // credits of the workspace that are not held
	Origin      domain.Origin // what would write
	Agent       domain.Agent  // who would carry it out; without an id where no agent can
	AgentReason string
	// Guardrails are those that would run, with what the agent does about their findings.
	Guardrails []PlannedGuardrail
}

// PlannedGuardrail is a guardrail of a plan. Policy is what the agent does about its findings:
// flag, redact, retry or block.
type PlannedGuardrail capability.Guardrail

// Valid reports whether the execution would be accepted.
func (p Plan) Valid() bool { return len(p.Faults) == 0 }

// PlannedStep is a step of a plan.
type PlannedStep struct {
	domain.PlanStep
	Skip string // why it will not run; empty where it does, or may
}

// PlanCapability says what [Verbs.Execute] would do with the same input. It starts nothing
// and charges nothing. All that is wrong is in the plan; an error says that there is no such
// capability.
func (v *Verbs) PlanCapability(ctx context.Context, in Execute) (Plan, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return Plan{}, err
	}
	c, ok := v.capabilities[in.Capability]
	if !ok {
		return Plan{}, domain.NotFound("Capability")
	}
	var p domain.Problems
	order := execution.Order{
		Capabilities: []string{c.Slug}, Lead: c.Slug, Effects: c.Effects, NeedsModel: c.NeedsModel,
	}
	out := Plan{Credits: c.Credits}
	req, err := prepare(c, in)
	switch {
	case err == nil:
		order = execution.OfCapability(c, req)
		steps, err := order.Plan()
		if err != nil {
			return Plan{}, err
		}
		out.Credits = 0
		for _, s := range steps {
			out.Steps = append(out.Steps, PlannedStep{PlanStep: s})
			out.Credits += s.Credits
		}
	case domain.CodeOf(err) != domain.CodeValidation:
		return Plan{}, err
	default:
		p.Merge(err)
	}
	return v.plan(ctx, a, out, planned{order: order, in: in, least: out.Credits, problems: &p})
}

// PlanTemplate says what [Verbs.ExecuteTemplate] would do with the same input, like
// [Verbs.PlanCapability]. Its steps are those of the template; those of their capabilities are
// planned when they begin.
func (v *Verbs) PlanTemplate(ctx context.Context, in ExecuteTemplate) (Plan, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return Plan{}, err
	}
	program, err := v.program(ctx, a.WorkspaceID, in.Template)
	if err != nil {
		return Plan{}, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "priority", in.further().Priority)
	checkMaxCredits(&p, in.MaxCredits)
	checked, err := v.checkInputs(ctx, &p, a.WorkspaceID, program, in.Inputs, nil)
	if err != nil {
		return Plan{}, err
	}
	if err := checkReads(ctx, v.store.Read(), &p, a.WorkspaceID, checked.steps); err != nil {
		return Plan{}, err
	}
	skip := map[string]string{}
	for _, f := range checked.steps {
		skip[f.Key] = f.Skip
	}
	var out Plan
	for _, s := range program.Plan() {
		if skip[s.Key] != "" {
			s.Credits = 0
		}
		out.Steps = append(out.Steps, PlannedStep{s, skip[s.Key]})
		out.Credits += s.Credits
	}
	order := execution.OfTemplate(program, checked.inputs)
	return v.plan(ctx, a, out, planned{
		order: order, in: in.further(), least: v.certain(checked.steps), problems: &p,
	})
}

// planned is an order that is planned, with what is wrong with it so far.
type planned struct {
	order    execution.Order
	in       Execute
	least    int // credits that it is certain to need with a model
	problems *domain.Problems
}

// plan adds to a plan who would carry it out, and what the workspace has for it.
func (v *Verbs) plan(ctx context.Context, a domain.Actor, out Plan, o planned) (Plan, error) {
	p := o.problems
	if err := a.Require(domain.ScopeReview); err != nil {
		p.Add("scope", "%s", domain.AsError(err).Message)
	} else if err := a.RequireAll(domain.EffectScopes(o.order.Effects)); err != nil {
		p.Add("scope", "%s", domain.AsError(err).Message)
	}
	balance, err := v.store.Read().CreditBalance(ctx, a.WorkspaceID)
	if err != nil {
		return Plan{}, err
	}
	out.Available = balance.Available
	if err := v.choose(ctx, a, &out, o); err != nil {
		return Plan{}, err
	}
	if out.Held > out.Available {
		p.Add("credits", "This needs %s and the workspace has %d", domain.Plural(out.Held, "credit"), out.Available)
	}
	out.Faults = map[string][]string{}
	if err := p.Err(); err != nil {
		maps.Copy(out.Faults, domain.AsError(err).Fields)
	}
	return out, nil
}

// choose adds the agent, what it writes with, and what that holds.
func (v *Verbs) choose(ctx context.Context, a domain.Actor, out *Plan, o planned) error {
	r := reader{Q: v.store.Read(), now: v.store.Now()}
	team, err := v.chooseTeam(ctx, r, a.WorkspaceID, o.order, out.Credits, o.in)
	if err != nil {
		return refused(o.problems, "agent_id", err)
	}
	out.Agent, out.AgentReason = team.lead, team.why
	connection, ok := v.runner.Providers.For(team.lead)
	if !ok {
		return refused(o.problems, "agent_id", noProvider(team.lead))
	}
	if o.order.ModelFor != "" && connection.Origin.Kind != domain.OriginModel {
		return refused(o.problems, "agent_id", needsModel(o.order.ModelFor, team.lead))
	}
	out.Origin = originOf(o.order, connection)
	if out.Origin.Kind == domain.OriginModel {
		out.Held, err = execution.Hold(out.Credits, min(o.least, out.Credits), o.in.MaxCredits)
		if err != nil {
			o.problems.Merge(err)
			out.Held = *o.in.MaxCredits
		}
	}
	for _, slug := range o.order.Capabilities {
		for _, g := range capability.Guardrails(v.capabilities[slug].Capability, team.lead.GuardrailPolicy) {
			if !slices.ContainsFunc(out.Guardrails, func(h PlannedGuardrail) bool { return h.Slug == g.Slug }) {
				out.Guardrails = append(out.Guardrails, PlannedGuardrail(g))
			}
		}
	}
	if err := checkCredits(ctx, r, a.WorkspaceID, team.lead, out.Held, false); err != nil {
		if err := refused(o.problems, "agent_id", err); err != nil {
			return err
		}
	}
	if _, err = chooseBrandVoice(ctx, r, a.WorkspaceID, team.lead, o.order.BrandVoice); err == nil {
		err = checkReferences(ctx, r, a.WorkspaceID, o.order)
	}
	return refused(o.problems, "settings", err)
}

// refused notes a refusal: its own fields, or its sentence at a path. Another error comes back.
func refused(p *domain.Problems, path string, err error) error {
	switch code := domain.CodeOf(err); {
	case err == nil:
		return nil
	case code == domain.CodeValidation:
		p.Merge(err)
		return nil
	case code == domain.CodeConflict:
		p.Add(path, "%s", domain.AsError(err).Message)
		return nil
	}
	return err
}
