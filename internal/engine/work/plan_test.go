package work_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
)

func model(t *testing.T) *aitest.Server {
	t.Helper()
	m := aitest.NewServer(aitest.Always(aitest.Text("Some ", "words ", "came.")))
	t.Cleanup(m.Close)
	return m
}

// staged is a template of three steps of 5 credits each: a and b always run, c where the
// result of b says so, and off skips b, and c with it.
func staged() domain.Template {
	one := func(key, when string, after ...string) domain.TemplateStep {
		return domain.TemplateStep{
			Key: key, Capability: enginetest.Slug, DependsOn: after, When: when,
			Settings: json.RawMessage(`{"steps":[{"key":"w","do":"text","credits":5}]}`),
		}
	}
	return domain.Template{
		ID: 1, Slug: "staged", Name: "Staged", Category: domain.TemplateOther, IsBuiltin: true, Version: 1,
		InputSchema: json.RawMessage(`{"type":"object","required":["topic"],"properties":{
			"topic":{"type":"string"},"off":{"type":"boolean","default":false}}}`),
		Steps: []domain.TemplateStep{
			one("a", ""), one("b", "!inputs.off", "a"), one("c", `steps.b.output != ""`, "b"),
		},
	}
}

func atMost(n int) *int { return &n }

func faulty(p work.Plan) (fields []string) {
	for field := range p.Faults {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	return fields
}

func TestAPlanOfACapability(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: model(t), Idle: true}, func(k *enginetest.Kit) {
		in := work.Execute{Capability: enginetest.Slug, Settings: enginetest.Settings(
			step{Key: "a", Credits: 2, Do: "text"}, step{Key: "b", Credits: 3, After: []string{"a"}},
		)}
		plan, err := k.Work.PlanCapability(k.Ctx(), in)
		must(k, err)
		if !plan.Valid() || plan.Credits != 5 || plan.Held != 5 || len(plan.Steps) != 2 || plan.Agent.ID == 0 ||
			plan.AgentReason == "" || plan.Origin.Kind != domain.OriginModel || plan.Available != 10_000 {
			t.Errorf("%+v", plan)
		}
		if b := plan.Steps[1]; b.Key != "b" || b.Name == "" || b.Kind == "" || b.DependsOn[0] != "a" || b.Credits != 3 {
			t.Errorf("%+v", b)
		}
		if n := k.Count(`select count(*) from execution`); n != 0 || k.Credits().Held != 0 {
			t.Errorf("a plan has started %d executions and holds %+v", n, k.Credits())
		}
		// What was planned is what is accepted.
		in.MaxCredits = &plan.Held
		started, err := k.Work.Execute(k.Ctx(), in)
		must(k, err)
		if x := started.Execution; x.CreditsHeld != 5 || x.MaxCredits == nil || *x.MaxCredits != 5 ||
			started.Agent.ID != plan.Agent.ID || started.AgentReason != plan.AgentReason {
			t.Errorf("%+v", started)
		}
	})
}

func TestAPlanHasAllFaultsAtOnce(t *testing.T) {
	c := enginetest.Config{Provider: model(t), Idle: true, Templates: []domain.Template{staged()}}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		for name, c := range map[string]struct {
			plan func() (work.Plan, error)
			want string
		}{
			"settings, priority, cap and agent": {func() (work.Plan, error) {
				return k.Work.PlanCapability(k.Ctx(), work.Execute{
					Capability: enginetest.Slug, Priority: "soon", AgentID: 99_999, MaxCredits: atMost(-1),
				})
			}, "agent_id max_credits priority settings.steps"},
			"a missing item": {func() (work.Plan, error) {
				return k.Work.PlanCapability(k.Ctx(), work.Execute{
					Capability: enginetest.Slug, Settings: enginetest.Settings(step{Key: "a", Item: 99_999}),
				})
			}, "settings.content_id"},
			"too low a cap": {func() (work.Plan, error) {
				return k.Work.PlanCapability(k.Ctx(), work.Execute{
					Capability: enginetest.Slug, MaxCredits: atMost(4), Settings: enginetest.Settings(step{Key: "a", Credits: 5}),
				})
			}, "max_credits"},
			"too few credits": {func() (work.Plan, error) {
				return k.Work.PlanCapability(k.Ctx(), work.Execute{
					Capability: enginetest.Slug, Settings: enginetest.Settings(step{Key: "a", Credits: 10_001}),
				})
			}, "credits"},
			"no scope": {func() (work.Plan, error) {
				return k.Work.PlanCapability(enginetest.As(k.Ours.ID, domain.RoleViewer), work.Execute{
					Capability: enginetest.Slug, Settings: enginetest.Settings(step{Key: "a"}),
				})
			}, "scope"},
			"a template without its input": {func() (work.Plan, error) {
				return k.Work.PlanTemplate(k.Ctx(), work.ExecuteTemplate{
					Template: "staged", MaxCredits: atMost(-1), Inputs: json.RawMessage(`{"off":7}`),
				})
			}, "inputs.off inputs.topic max_credits"},
			"a template that is certain to cost more": {func() (work.Plan, error) {
				return k.Work.PlanTemplate(k.Ctx(), work.ExecuteTemplate{
					Template: "staged", MaxCredits: atMost(9), Inputs: json.RawMessage(`{"topic":"Tea"}`),
				})
			}, "max_credits"},
		} {
			plan, err := c.plan()
			must(k, err)
			if got := strings.Join(faulty(plan), " "); got != c.want {
				t.Errorf("%s: faults at %q, not %q: %v", name, got, c.want, plan.Faults)
			}
		}
	})
}

func TestAPlanOfATemplate(t *testing.T) {
	c := enginetest.Config{Provider: model(t), Idle: true, Templates: []domain.Template{staged()}}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		for inputs, want := range map[string]struct{ credits, skipped int }{
			`{"topic":"Tea"}`: {15, 0}, `{"topic":"Tea","off":true}`: {5, 2},
		} {
			plan, err := k.Work.PlanTemplate(k.Ctx(), work.ExecuteTemplate{
				Template: "staged", Inputs: json.RawMessage(inputs), MaxCredits: atMost(12),
			})
			must(k, err)
			skipped := 0
			for _, s := range plan.Steps {
				if s.Skip != "" {
					skipped++
				}
			}
			if !plan.Valid() || plan.Credits != want.credits || skipped != want.skipped || len(plan.Steps) != 3 ||
				plan.Held != min(12, want.credits) {
				t.Errorf("%s: %+v", inputs, plan)
			}
		}
	})
}

// The composer costs nothing, so no cap is too low for it.
func TestAPlanWithoutAModelCostsNothing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Templates: []domain.Template{staged()}}, func(k *enginetest.Kit) {
		plan, err := k.Work.PlanTemplate(k.Ctx(), work.ExecuteTemplate{
			Template: "staged", Inputs: json.RawMessage(`{"topic":"Tea"}`), MaxCredits: atMost(0),
		})
		must(k, err)
		if !plan.Valid() || plan.Credits != 15 || plan.Held != 0 || plan.Origin.Kind != domain.OriginComposer {
			t.Errorf("%+v", plan)
		}
		started, err := k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{
			Template: "staged", Inputs: json.RawMessage(`{"topic":"Tea"}`), MaxCredits: atMost(0),
		})
		must(k, err)
		k.Ended(started.Execution.ID, domain.ExecutionCompleted)
	})
}

func TestMaxCreditsIsAHardLimit(t *testing.T) {
	c := enginetest.Config{Provider: model(t), Templates: []domain.Template{staged()}}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		in := work.ExecuteTemplate{Template: "staged", Inputs: json.RawMessage(`{"topic":"Tea"}`), MaxCredits: atMost(9)}
		_, err := k.Work.ExecuteTemplate(k.Ctx(), in)
		if e := domain.AsError(err); e.Code != domain.CodeValidation ||
			!strings.Contains(e.Message, "The max_credits field is 9, and this execution needs 10 credits") {
			t.Fatalf("certain to cost more: %v", err)
		}
		calls := k.Config.Provider.Count()
		in.MaxCredits = atMost(12)
		started, err := k.Work.ExecuteTemplate(k.Ctx(), in)
		must(k, err)
		if started.Execution.CreditsHeld != 12 {
			t.Errorf("%d held", started.Execution.CreditsHeld)
		}
		x := k.Ended(started.Execution.ID, domain.ExecutionFailed)
		if x.CreditsUsed != 10 || x.CreditsHeld != 0 ||
			!strings.Contains(x.Error, `The step "C" needs 5 credits, and 2 of the 12 that max_credits allows are left.`) {
			t.Errorf("used %d, held %d: %s", x.CreditsUsed, x.CreditsHeld, x.Error)
		}
		if n := k.Config.Provider.Count() - calls; n != 2 {
			t.Errorf("%d calls: the step that costs too much has written", n)
		}
		if b := k.Credits(); b.Held != 0 || b.Available != 9_990 {
			t.Errorf("%+v", b)
		}
		// A retry has what is left of the limit, unless it names one of its own.
		again, err := k.Work.Retry(k.Ctx(), verb.ID{ID: x.ID})
		must(k, err)
		if again.Execution.CreditsHeld != 2 {
			t.Errorf("the retry holds %d", again.Execution.CreditsHeld)
		}
		x = k.Ended(again.Execution.ID, domain.ExecutionFailed)
		again, err = k.Work.RetryWithin(k.Ctx(), verb.ID{ID: x.ID}, atMost(5))
		must(k, err)
		if x = k.Ended(again.Execution.ID, domain.ExecutionCompleted); x.CreditsUsed != 5 {
			t.Errorf("the retry used %d", x.CreditsUsed)
		}
		k.Audit()
	})
}

func TestACapabilityWithTooLowALimitIsNotStarted(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: model(t), Idle: true}, func(k *enginetest.Kit) {
		_, err := k.Work.Execute(k.Ctx(), work.Execute{
			Capability: enginetest.Slug, MaxCredits: atMost(4), Settings: enginetest.Settings(step{Key: "a", Credits: 5}),
		})
		if domain.AsError(err).Fields["max_credits"] == nil || k.Credits().Held != 0 {
			t.Errorf("%v, %+v", err, k.Credits())
		}
	})
}
