package capability_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
)

type brief struct {
	Topic string `json:"topic"`
	Size  int    `json:"size"`
	Voice int64  `json:"voice"`
}

// defined returns a capability that counts how often its plan is laid out.
func defined(plans *int) capability.Capability {
	return capability.Define(capability.Spec[brief]{
		Capability: domain.Capability{Slug: "sample", SettingsSchema: json.RawMessage(`{"type":"object","required":["topic"],
			"properties":{"topic":{"type":"string"},"size":{"type":"integer","default":15},"voice":{"type":"integer"}}}`)},
		Tidy: func(b brief) brief { b.Topic = strings.TrimSpace(b.Topic); return b },
		Check: func(b brief, p *domain.Problems) {
			if b.Topic == "tea" && b.Size > 20 {
				p.Conflict("settings.size")
			}
		},
		Title:      func(b brief) string { return "About " + b.Topic },
		Reads:      func(b brief) []int64 { return []int64{int64(b.Size)} },
		BrandVoice: func(b brief) int64 { return b.Voice },
		Plan: func(b brief) ([]domain.PlanStep, error) {
			*plans++
			return []domain.PlanStep{{Key: "one", Kind: "write"}}, nil
		},
		Steps: map[string]capability.Step[brief]{
			"write": func(_ context.Context, in capability.Input, b brief) (capability.Result, error) {
				return capability.Result{Output: in.Step.Key + " " + b.Topic}, nil
			},
		},
	})
}

func TestARequestCarriesDecodedSettings(t *testing.T) {
	plans := 0
	c := defined(&plans)
	accepted, err := c.Prepare(json.RawMessage(`{"topic":" tea ","voice":3}`))
	if err != nil {
		t.Fatal(err)
	}
	if string(accepted.JSON()) != `{"size":15,"topic":" tea ","voice":3}` {
		t.Errorf("stored: %s", accepted.JSON())
	}
	r, err := c.Load(accepted.JSON())
	if err != nil || r.Title() != "About tea" || len(r.Reads()) != 1 || r.Reads()[0] != 15 || r.BrandVoice() != 3 {
		t.Errorf("%v %+v", err, r)
	}
	for range 2 {
		if plan, err := r.Plan(); err != nil || len(plan) != 1 {
			t.Errorf("%v %v", plan, err)
		}
	}
	if plans != 1 {
		t.Errorf("planned %d times", plans)
	}
	step, ok := r.Step("write")
	if !ok || !c.HasStep("write") || c.HasStep("read") {
		t.Fatal("the kinds of steps are not known")
	}
	result, err := step(t.Context(), capability.Input{Step: domain.PlanStep{Key: "one"}})
	if err != nil || result.Output != "one tea" {
		t.Errorf("%v %v", result, err)
	}
	if _, ok := r.Step("read"); ok {
		t.Error("there is a function for a kind that does not exist")
	}
}

func TestSettingsAreRefused(t *testing.T) {
	plans := 0
	c := defined(&plans)
	for raw, want := range map[string]string{
		`{}`:                        "The topic field is required",
		`{"topic":"tea","size":21}`: "The size field conflicts with another field",
	} {
		if _, err := c.Prepare(json.RawMessage(raw)); domain.AsError(err).Message != want {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if _, err := c.Load(json.RawMessage(`{"topic":7}`)); err == nil {
		t.Error("settings of another form are decoded")
	}
}

// TestSettingsThatDoNotFitAreAFaultOfTheirField has a schema that allows what the type of
// the settings cannot hold.
func TestSettingsThatDoNotFitAreAFaultOfTheirField(t *testing.T) {
	type settings struct {
		N int `json:"n"`
	}
	c := capability.Define(capability.Spec[settings]{
		Capability: domain.Capability{SettingsSchema: []byte(`{"type":"object","properties":{"n":{"type":"number"}}}`)},
		Title:      func(settings) string { return "" },
	})
	if _, err := c.Prepare([]byte(`{"n":5.0}`)); err != nil {
		t.Error(err)
	}
	_, err := c.Prepare([]byte(`{"n":1.5}`))
	if e := domain.AsError(err); e.Code != domain.CodeValidation || e.Fields["settings.n"] == nil {
		t.Errorf("%v", err)
	}
}
