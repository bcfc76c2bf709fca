package work_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
)

var decodings, plans atomic.Int64

// countedSettings count how often they are decoded.
type countedSettings struct{ topic string }

func (s *countedSettings) UnmarshalJSON(data []byte) error {
	decodings.Add(1)
	var plain struct{ Topic string }
	err := json.Unmarshal(data, &plain)
	s.topic = plain.Topic
	return err
}

// Settings are decoded once when an execution is accepted and once when a worker
// claims it, whatever the number of its steps; so is the plan laid out.
func TestSettingsAreDecodedOnceAtEachEnd(t *testing.T) {
	step := func(_ context.Context, _ capability.Input, s countedSettings) (capability.Result, error) {
		return capability.Result{Output: s.topic}, nil
	}
	c := capability.Define(capability.Spec[countedSettings]{
		Capability: domain.Capability{
			Slug:           "counted",
			Credits:        1,
			NeedsModel:     true,
			SettingsSchema: json.RawMessage(`{"type":"object","required":["topic"],"properties":{"topic":{"type":"string"}}}`),
		},
		Title: func(s countedSettings) string { return s.topic },
		Reads: func(countedSettings) []int64 { return nil },
		Plan: func(countedSettings) ([]domain.PlanStep, error) {
			plans.Add(1)
			return []domain.PlanStep{
				{Key: "a", Name: "A", Kind: "step", DependsOn: []string{}, Credits: 1},
				{Key: "b", Name: "B", Kind: "step", DependsOn: []string{"a"}},
				{Key: "c", Name: "C", Kind: "step", DependsOn: []string{"a"}},
			}, nil
		},
		Steps: map[string]capability.Step[countedSettings]{"step": step},
	})
	enginetest.Each(t, enginetest.Config{Capabilities: []capability.Capability{c}, Idle: true}, func(k *enginetest.Kit) {
		decodings.Store(0)
		plans.Store(0)
		started, err := k.Work.Execute(k.Ctx(), work.Execute{Capability: "counted",
			Settings: json.RawMessage(`{"topic":"tea"}`)})
		if err != nil {
			t.Fatal(err)
		}
		if decodings.Load() != 1 || plans.Load() != 1 {
			t.Errorf("at acceptance: decoded %d times, planned %d times", decodings.Load(), plans.Load())
		}
		k.Start()
		k.Ended(started.Execution.ID, domain.ExecutionCompleted)
		if decodings.Load() != 2 || plans.Load() != 2 {
			t.Errorf("in all: decoded %d times, planned %d times", decodings.Load(), plans.Load())
		}
	})
}

// A capability that no agent lists, as one of a newer version, runs all the same:
// nothing but the list of capabilities needs an edit.
func TestACapabilityThatNoAgentListsRuns(t *testing.T) {
	c := capability.Define(capability.Spec[struct{}]{
		Capability: domain.Capability{Slug: "brand-new", SettingsSchema: json.RawMessage(`{"type":"object"}`)},
		Title:      func(struct{}) string { return "Brand new" },
		Plan: func(struct{}) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "only", Name: "Only", Kind: "step", DependsOn: []string{}}}, nil
		},
		Steps: map[string]capability.Step[struct{}]{
			"step": func(context.Context, capability.Input, struct{}) (capability.Result, error) {
				return capability.Result{}, nil
			},
		},
	})
	enginetest.Each(t, enginetest.Config{Capabilities: []capability.Capability{c}}, func(k *enginetest.Kit) {
		k.Exec(`update agent set body = '{"capabilities":["another"]}'`)
		started, err := k.Work.Execute(k.Ctx(), work.Execute{Capability: "brand-new"})
		if err != nil || started.Agent.Name != "Writer" {
			t.Fatalf("%+v %v", started, err)
		}
		k.Ended(started.Execution.ID, domain.ExecutionCompleted)
	})
}
