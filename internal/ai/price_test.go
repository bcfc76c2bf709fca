package ai_test

import (
	"testing"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

func table(t *testing.T, override string) *ai.PriceTable {
	t.Helper()
	p, err := ai.LoadPrices([]byte(override))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCost(t *testing.T) {
	p := table(t, "")
	for _, c := range []struct {
		model string
		usage ai.Usage
		want  int64
		known bool
	}{
		{"gpt-6.1-sol", ai.Usage{InputTokens: 1_000_000, OutputTokens: 1_000_000}, 12_000_000, true},
		{"gpt-6.1-sol-2026-10-01", ai.Usage{InputTokens: 1_000_000}, 2_000_000, true},
		{"claude-sonnet-5-5-20261007", ai.Usage{InputTokens: 1000, CachedTokens: 600, CacheWriteTokens: 200}, 400 + 60 + 500, true},
		{"gpt-6.1-terra", ai.Usage{InputTokens: 272_000}, 272_000, true},
		{"gpt-6.1-terra", ai.Usage{InputTokens: 272_001, OutputTokens: 1000}, 544_002 + 7_500, true},
		{"claude-haiku-5-5", ai.Usage{InputTokens: 100_001}, 50_001, true},
		{"gpt-6-luna", ai.Usage{InputTokens: 1}, 1, true}, // rounded up
		{"gpt-6.1-sol", ai.Usage{InputTokens: 10, CachedTokens: 10}, 20, true},
		{"llama3.3", ai.Usage{InputTokens: 1_000_000}, 0, false},
		{"gpt-6.1", ai.Usage{InputTokens: 1_000_000}, 0, false},
		{"gpt-6.1-terra-mini", ai.Usage{InputTokens: 1_000_000}, 0, false},
	} {
		got := p.Cost(c.model, c.usage)
		if got != (domain.Cost{MicroUSD: c.want, PriceVersion: p.Version(), Known: c.known}) {
			t.Errorf("%s %+v: %+v", c.model, c.usage, got)
		}
	}
	if !p.Cost("gpt-6-luna", ai.Usage{InputTokens: 5, Estimated: true}).Estimated {
		t.Error("an estimate is not marked")
	}
	var none *ai.PriceTable
	if none.Cost("gpt-6-luna", ai.Usage{InputTokens: 5}).Known {
		t.Error("no table knows a price")
	}
}

func TestPriceOverride(t *testing.T) {
	p := table(
		t,
		`{"version":"acme-1","defaults":{"openai":"llama3.3"},"models":[{"model":"llama3.3","input":10,"output":20},{"model":"gpt-6-luna","input":1000000,"output":0}]}`,
	)
	if c := p.Cost("llama3.3", ai.Usage{InputTokens: 1_000_000, OutputTokens: 1_000_000}); c.MicroUSD != 30 || !c.Known {
		t.Errorf("%+v", c)
	}
	if c := p.Cost("gpt-6-luna", ai.Usage{InputTokens: 7}); c.MicroUSD != 7 {
		t.Errorf("%+v", c)
	}
	if p.Version() != table(t, "").Version()+"+acme-1" {
		t.Errorf("version %s", p.Version())
	}
	if p.DefaultModel("openai") != "llama3.3" || p.DefaultModel("anthropic") != "claude-sonnet-5-5" ||
		p.DefaultModel("ollama") != "" {
		t.Error("default models")
	}
	for _, bad := range []string{
		`{`, `{"models":[]}`, `{"version":"x","models":[{"input":1}]}`, `{"version":"x","models":[{"model":"m","input":-1}]}`,
		`{"version":"x","models":[{"model":"m","tiers":[{"output":-1}]}]}`, `{"version":"x","retirements":[{"model":"m","on":"soon"}]}`,
	} {
		if _, err := ai.LoadPrices([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestRetiring(t *testing.T) {
	p := table(t, "")
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		model, now string
		warn       bool
		days       int
	}{
		{"gpt-5", "2026-11-21", true, 20},
		{"gpt-5-2025-08-07", "2026-11-21", true, 20},
		{"gpt-5", "2026-10-01", false, 0},
		{"dall-e-3", "2026-11-21", true, -193},
		{"gpt-6.1-terra", "2026-11-21", false, 0},
	} {
		r, warn := p.Retiring(c.model, day(c.now))
		if warn != c.warn || warn && (r.Days(day(c.now)) != c.days || r.Instead == "") {
			t.Errorf("%s on %s: %v, %d days, %+v", c.model, c.now, warn, r.Days(day(c.now)), r)
		}
	}
}
