package eval_test

import (
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/eval"
	"vellocity/internal/golden"
)

// The form of the report: as a table for people, as JSON for programs.
func TestForm(t *testing.T) {
	cost := 0.0123
	text := func(brief string, way eval.Way, m eval.Measures, u eval.Usage) eval.Text {
		return eval.Text{Brief: brief, Way: way, Measures: m, Usage: u}
	}
	long := eval.Measures{Words: 431, Facts: 8, FactsUsed: 7, Repeated: 1, LengthError: -4, Findings: 1}
	mean := long
	mean.LengthError = 4
	short := eval.Measures{
		Words: 512, Facts: 8, FactsUsed: 6, Invented: 2, Stock: 3, LengthError: 14, VoiceBroken: 1, Findings: 4,
	}
	r := eval.Report{
		Provider: "openai", Model: "scripted-1", Failed: 1,
		Texts: []eval.Text{
			text(
				"launch",
				eval.Product,
				long,
				eval.Usage{Calls: 6, InputTokens: 6000, OutputTokens: 900, CostUSD: &cost, Seconds: 14.2},
			),
			text(
				"launch",
				eval.Prompt,
				short,
				eval.Usage{Calls: 1, InputTokens: 400, OutputTokens: 700, Estimated: true, Seconds: 6.5},
			),
			{
				Brief:    "event",
				Way:      eval.Prompt,
				Missing:  []string{"Entry: free"},
				Messages: []string{"length-format: Too short."},
			},
			{Brief: "notice", Way: eval.Product, Error: "product: step outline: the provider\nis down"},
		},
		Totals: []eval.Total{
			{
				Way:      eval.Product,
				Texts:    1,
				Measures: mean,
				Usage:    eval.Usage{InputTokens: 6000, OutputTokens: 900, CostUSD: &cost},
			},
			{Way: eval.Prompt, Texts: 1, Measures: short, Usage: eval.Usage{InputTokens: 400, OutputTokens: 700}},
		},
		Ratio: &eval.Ratio{Tokens: &cost},
	}
	var b strings.Builder
	if err := r.Table(&b); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/table.txt", b.String())
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/report.json", string(raw)+"\n")
}
