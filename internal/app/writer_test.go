package app

import (
	"log/slog"
	"os"
	"testing"

	"vellocity/internal/config"
)

// What writes without a server is what a server with the same settings writes with.
func TestWriterIsWhatAServerWouldUse(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	load := func(dir string, env ...string) *config.Config {
		t.Helper()
		cfg, err := config.Load(config.Sources{
			Flags: map[string]string{"data": dir, "no-demo": "on"}, Kinds: ProviderKinds(), Env: env,
		})
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	empty, used := t.TempDir(), t.TempDir()
	a, err := New(t.Context(), load(used), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	acme := provider{
		name:    "acme",
		kind:    "openai",
		baseURL: "http://127.0.0.1:1/v1",
		model:   "m",
		key:     "sk-b",
		source:  "stored",
	}
	for _, c := range []struct {
		name            string
		cfg             *config.Config
		connect         bool
		provider, model string
	}{
		{"no installation", load(empty), false, "", ""},
		{"nothing connected", load(used), false, "", ""},
		{"environment", load(empty, "ANTHROPIC_API_KEY=sk-a", "VELLOCITY_MODEL=n"), false, "anthropic", "n"},
		{"connected", load(used), true, "acme", "m"},
		{"environment before connected", load(used, "OPENAI_API_KEY=sk-a", "VELLOCITY_MODEL=n"), true, "openai", "n"},
		{"composer before both", load(used, "OPENAI_API_KEY=sk-a", "VELLOCITY_PROVIDER=composer"), true, "", ""},
	} {
		if c.connect {
			if err := a.connect(t.Context(), acme); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Writer(t.Context(), c.cfg, log)
		if err != nil || got.Origin.Provider != c.provider || c.provider != "" && got.Origin.Model != c.model {
			t.Errorf("%s: %+v: %v", c.name, got.Origin, err)
		}
		if (got.Caller == nil) != (c.provider == "") {
			t.Errorf("%s: it can call: %v", c.name, got.Caller != nil)
		}
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) != 0 {
		t.Errorf("it left %v: %v", left, err)
	}
}
