// Package captest runs a capability whole, in one process, with a given provider:
// settings checked, steps in the order of their dependencies, outputs passed on as
// the JSON that would be recorded. [Script] is a model for tests that are about what
// a capability does with what it gets.
package captest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/golden"
)

// Run says how to run a capability.
type Run struct {
	Settings any // marshalled to JSON; a json.RawMessage goes through as it is
	Context  string
	// Model or Provider writes the texts; with neither, they are composed.
	Model      Script
	Provider   ai.Provider
	BrandVoice *domain.BrandVoice
	Agent      domain.Agent
	Items      []domain.ContentItem
	Listing    *domain.Listing
	Answer     *capability.Answer
	Passages   []domain.Citation // of the workspace's sources, whatever the settings ask for
	// Images makes the images that steps ask for.
	Images func(ctx context.Context, ask capability.ImageAsk) (domain.ImageGeneration, error)
	// Waited is called where a step waits for a person, and returns the decision; nil
	// ends the execution there.
	Waited func(capability.Wait) *capability.Answer
}

// Outcome is all that an execution produced.
type Outcome struct {
	Plan     []domain.PlanStep
	Outputs  map[string]json.RawMessage
	Findings []domain.Finding
	Needs    []domain.Need
	Effects  []capability.Effect
	Waits    []capability.Wait
	Written  []Written // in the order of the steps
	Err      error     // of the step that failed
}

// Written is one text that a step had written.
type Written struct {
	Step    string
	Request ai.Request
	Hash    string
	Text    string
}

// Do runs the capability and fails the test where it breaks its own rules: a
// plan with loops, unknown kinds of step or weights that do not sum to the price.
func Do(t *testing.T, c capability.Capability, r Run) Outcome {
	t.Helper()
	raw, ok := r.Settings.(json.RawMessage)
	if !ok {
		var err error
		if raw, err = json.Marshal(r.Settings); err != nil {
			t.Fatal(err)
		}
	}
	accepted, err := c.Prepare(raw)
	if err != nil {
		t.Fatalf("settings: %v", err)
	}
	work, err := c.Load(accepted.JSON()) // as a worker does
	if err != nil {
		t.Fatalf("settings: %v", err)
	}
	plan, err := work.Plan()
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	checkPlan(t, c, plan)
	checkSchema(t, c)
	if work.Title() == "" {
		t.Error("the execution has no title")
	}
	out := Outcome{Plan: plan, Outputs: map[string]json.RawMessage{}}
	for _, step := range plan {
		if out.Err = one(t, work, r, step, &out); out.Err != nil {
			break
		}
	}
	return out
}

func checkPlan(t *testing.T, c capability.Capability, plan []domain.PlanStep) {
	t.Helper()
	seen := map[string]bool{}
	credits := 0
	for _, s := range plan {
		for _, d := range s.DependsOn {
			if !seen[d] {
				t.Fatalf("step %s depends on %s, which does not come before it", s.Key, d)
			}
		}
		if seen[s.Key] || s.Name == "" || !c.HasStep(s.Kind) {
			t.Fatalf("step %+v: double key, no name or unknown kind", s)
		}
		seen[s.Key] = true
		credits += s.Credits
	}
	if credits != c.Credits {
		t.Fatalf("the steps weigh %d, the price is %d", credits, c.Credits)
	}
}

// checkSchema wants what forms, tools and documentation are made from: a title, a
// description and an example of each setting, and a place in the form.
func checkSchema(t *testing.T, c capability.Capability) {
	t.Helper()
	if !c.Schema.Closed() {
		t.Error("the schema accepts unknown settings")
	}
	var order struct {
		Names []string `json:"x-order"`
	}
	if err := json.Unmarshal(c.Schema.JSON(), &order); err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Schema.Fields() {
		if f.Title == "" || f.Help == "" || len(f.Examples) == 0 || !slices.Contains(order.Names, f.Name) {
			t.Errorf("the setting %s lacks a title, a description, an example or its place in x-order", f.Name)
		}
	}
	if len(order.Names) != len(c.Schema.Fields()) {
		t.Errorf("x-order has other names than the schema: %v", order.Names)
	}
}

func one(t *testing.T, work capability.Request, r Run, step domain.PlanStep, out *Outcome) error {
	t.Helper()
	f, _ := work.Step(step.Kind)
	in := capability.Input{
		ExecutionID: 1,
		Step:        step,
		Context:     json.RawMessage(r.Context),
		Agent:       r.Agent,
		BrandVoice:  r.BrandVoice,
		Origin:      r.origin(),
		Outputs:     upstream(out, step),
		Items:       map[int64]domain.ContentItem{},
		Listing:     r.Listing,
		Answer:      r.Answer,
		MakeImages:  r.Images,
	}
	in.Find = func(context.Context, capability.Query) ([]domain.Citation, error) { return r.Passages, nil }
	for _, item := range r.Items {
		in.Items[item.ID] = item
	}
	in.Write = func(ctx context.Context, ask capability.Ask) (resp ai.Response, err error) {
		if r.Agent.Instructions != "" {
			ask.System += "\n\n" + r.Agent.Instructions
		}
		switch {
		case r.Model != nil:
			resp.Model = in.Origin.Model
			resp.Text, err = r.Model(step.Key, ask.Request)
		case r.Provider != nil:
			resp, err = r.Provider.Generate(ctx, ask.Request, ai.Sink{})
		default:
			resp.Model = in.Origin.Model
			resp.Text, err = ask.Compose()
		}
		out.Written = append(out.Written, Written{step.Key, ask.Request, ask.PromptHash, resp.Text})
		return resp, err
	}
	result, err := f(t.Context(), in)
	for err == nil && result.Wait != nil {
		out.Waits = append(out.Waits, *result.Wait)
		if r.Waited == nil {
			return nil
		}
		if in.Answer = r.Waited(*result.Wait); in.Answer == nil {
			return nil
		}
		result, err = f(t.Context(), in)
	}
	if err != nil {
		return fmt.Errorf("step %s: %w", step.Key, err)
	}
	if out.Outputs[step.Key], err = json.Marshal(result.Output); err != nil {
		t.Fatal(err)
	}
	out.Findings = append(out.Findings, result.Findings...)
	out.Needs = append(out.Needs, result.NeedsInput...)
	out.Effects = append(out.Effects, result.Effects...)
	return nil
}

// upstream returns the outputs of the steps that this one depends on, directly
// or through others, and no more.
func upstream(out *Outcome, step domain.PlanStep) map[string]json.RawMessage {
	want := slices.Clone(step.DependsOn)
	for i := 0; i < len(want); i++ {
		for _, s := range out.Plan {
			if s.Key == want[i] {
				want = append(want, s.DependsOn...)
			}
		}
	}
	outputs := map[string]json.RawMessage{}
	for _, k := range want {
		outputs[k] = out.Outputs[k]
	}
	return outputs
}

func (r Run) origin() domain.Origin {
	o := domain.Origin{Kind: domain.OriginModel, Provider: "scripted", Model: "scripted-1", AI: true}
	switch {
	case r.Model != nil:
		return o
	case r.Provider != nil:
		o.Provider = r.Provider.Name()
		return o
	}
	return domain.ComposerOrigin()
}

// Script is a model that writes what the test wants: the text of a step, given what
// the step asked for. A step may ask more than once.
type Script func(step string, req ai.Request) (string, error)

// Golden compares got with the file testdata/name; with -update it writes it.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	golden.Check(t, "testdata/"+name, got)
}
