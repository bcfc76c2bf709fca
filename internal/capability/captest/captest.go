// Package captest runs a capability whole, in one process, with a given provider:
// settings checked, steps in the order of their dependencies, outputs passed on as
// the JSON that would be recorded. It has a provider that follows a script, for
// tests that are about what a capability does with what it gets.
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

// Run says what to run a capability with.
type Run struct {
	Settings any // marshalled to JSON; a json.RawMessage goes through as it is
	Context  string
	Provider ai.Provider
	Voice    *domain.BrandVoice
	Agent    domain.Agent
	Items    []domain.ContentItem
	Answer   *capability.Answer
	// Waited is called where a step waits for a person, and gives the answer; nil
	// ends the run there.
	Waited func(capability.Wait) *capability.Answer
}

// Outcome is all that a run left behind.
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
	settings, err := capability.Prepare(c, raw)
	if err != nil {
		t.Fatalf("settings: %v", err)
	}
	plan, err := c.Plan(settings)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	checkPlan(t, c, plan)
	checkSchema(t, c)
	if c.Title(settings) == "" {
		t.Error("the run has no title")
	}
	out := Outcome{Plan: plan, Outputs: map[string]json.RawMessage{}}
	for _, step := range plan {
		if out.Err = one(t, c, r, settings, step, &out); out.Err != nil {
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
		if seen[s.Key] || s.Name == "" || c.Steps[s.Kind] == nil {
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
	var s struct {
		Order      []string `json:"x-order"`
		Additional *bool    `json:"additionalProperties"`
		Properties map[string]struct {
			Title, Description string
			Examples           []any
		}
	}
	if err := json.Unmarshal(c.SettingsSchema, &s); err != nil {
		t.Fatal(err)
	}
	if s.Additional == nil || *s.Additional || len(s.Order) != len(s.Properties) {
		t.Errorf("the schema takes unknown settings, or x-order lacks some: %v", s.Order)
	}
	for name, p := range s.Properties {
		if p.Title == "" || p.Description == "" || len(p.Examples) == 0 || !slices.Contains(s.Order, name) {
			t.Errorf("the setting %s lacks a title, a description, an example or its place in x-order", name)
		}
	}
}

func one(t *testing.T, c capability.Capability, r Run, settings json.RawMessage, step domain.PlanStep, out *Outcome) error {
	t.Helper()
	in := capability.Input{ExecutionID: 1, Step: step, Settings: settings, Context: json.RawMessage(r.Context), Agent: r.Agent, Voice: r.Voice,
		Engine: engine(r.Provider), Outputs: upstream(out, step), Items: map[int64]domain.ContentItem{}, Answer: r.Answer}
	for _, item := range r.Items {
		in.Items[item.ID] = item
	}
	in.Write = func(ctx context.Context, req ai.Request, hash string) (ai.Response, error) {
		if r.Agent.Instructions != "" {
			req.System += "\n\n" + r.Agent.Instructions
		}
		resp, err := r.Provider.Generate(ctx, req, func(string) error { return nil })
		out.Written = append(out.Written, Written{step.Key, req, hash, resp.Text})
		return resp, err
	}
	result, err := c.Steps[step.Kind](t.Context(), in)
	for err == nil && result.Wait != nil {
		out.Waits = append(out.Waits, *result.Wait)
		if r.Waited == nil {
			return nil
		}
		if in.Answer = r.Waited(*result.Wait); in.Answer == nil {
			return nil
		}
		result, err = c.Steps[step.Kind](t.Context(), in)
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

func engine(p ai.Provider) domain.Origin {
	if p == nil || p.Name() == string(domain.OriginComposer) {
		return domain.ComposerOrigin()
	}
	return domain.Origin{Kind: domain.OriginModel, Provider: p.Name(), Model: "scripted-1", AI: true}
}

// Script is a provider that answers by calling the function, with no network.
type Script func(req ai.Request) (string, error)

// Name returns "scripted".
func (s Script) Name() string { return "scripted" }

// Generate answers with what the function returns, in one piece.
func (s Script) Generate(ctx context.Context, req ai.Request, emit func(string) error) (ai.Response, error) {
	if err := ctx.Err(); err != nil {
		return ai.Response{}, err
	}
	text, err := s(req)
	if err != nil {
		return ai.Response{}, err
	}
	if err := emit(text); err != nil {
		return ai.Response{}, err
	}
	return ai.Response{Text: text, Model: "scripted-1", Status: 200, Stop: ai.StopEnd}, nil
}

// Golden compares got with the file testdata/name; with -update it writes it.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	golden.Check(t, "testdata/"+name, got)
}
