package studio_test

import (
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/studio"
)

// TestAGeneratedTextIsChecked: each result has its findings, and a secret is in none of what readers see, on the way
// or stored.
func TestAGeneratedTextIsChecked(t *testing.T) {
	m := server(t, aitest.Always(aitest.Reply{Pieces: []string{
		"Rain saves 37% of the ti", "me. Use AKIAIOSF", "ODNN7EXAMPLE for it. As an AI language model, I can", "not rain.",
	}}))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		id, err := k.Studio.GenerateOutput(k.Ctx(), studio.GenerateOutput{Prompt: "Write about rain", Results: 2})
		must(k, err)
		seen, _, err := tail(k.Studio, k.Ctx(), id, 0)
		must(k, err)
		got, err := k.Studio.WaitGeneratedText(k.Ctx(), id)
		must(k, err)
		if strings.Contains(seen+got.Text, "AKIA") || seen != got.Text || strings.Count(got.Text, "[redacted]") != 2 {
			t.Errorf("%q, stored %q", seen, got.Text)
		}
		if len(got.Results) != 2 || got.Results[0].Text+"\n\n---\n\n"+got.Results[1].Text != got.Text {
			t.Fatalf("%+v", got.Results)
		}
		for _, r := range got.Results {
			found := map[string]string{}
			for _, f := range r.Findings {
				found[f.Guardrail] = string(f.Action)
				for _, p := range f.Matches {
					if string([]rune(r.Text)[p.Start:p.End]) != p.Text && f.Guardrail == "unsupported-numbers" {
						t.Errorf("%+v in %q", p, r.Text)
					}
				}
			}
			if found["secrets"] != "redacted" || found["unsupported-numbers"] == "" || found["refusal-text"] == "" {
				t.Errorf("%v", found)
			}
		}
	})
}
