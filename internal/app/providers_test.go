package app

import (
	"log/slog"
	"strings"
	"testing"

	"vellocity/internal/config"
)

// A provider's connection stays the same while nothing about it changes: its limit of
// calls at once and its circuit breaker would begin from scratch with another.
func TestProvidersThatDidNotChangeAreKept(t *testing.T) {
	cfg, err := config.Load(config.Sources{Flags: map[string]string{"data": t.TempDir(), "no-demo": "on"},
		Kinds: ProviderKinds(), Env: []string{"OPENAI_API_KEY=sk-a"}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	acme := provider{name: "acme", kind: "openai", baseURL: "http://127.0.0.1:1/v1", model: "m", source: "stored"}
	if err := a.connect(t.Context(), acme); err != nil {
		t.Fatal(err)
	}
	before := a.providers.All()
	if len(before) != 2 {
		t.Fatalf("%d providers", len(before))
	}
	for range 3 {
		if err := a.useProviders(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range a.providers.All() {
		if c.Caller != before[i].Caller {
			t.Errorf("%s is another connection", c.Origin.Provider)
		}
	}
	acme.model = "n"
	if err := a.connect(t.Context(), acme); err != nil {
		t.Fatal(err)
	}
	after := a.providers.All()
	if after[0].Caller != before[0].Caller || after[1].Caller == before[1].Caller {
		t.Error("only the provider that changed is connected again")
	}
	if err := a.disconnect(t.Context(), "acme"); err != nil || len(a.providers.All()) != 1 || len(a.connected.kept) != 1 {
		t.Errorf("%d providers, %d kept, %v", len(a.providers.All()), len(a.connected.kept), err)
	}
}

// A model server in the same network may take minutes until its first word.
func TestServersInTheSameNetwork(t *testing.T) {
	for base, want := range map[string]bool{
		"http://127.0.0.1:1/v1": true, "http://localhost:1/v1": true, "http://ollama:11434/v1": true,
		"http://10.1.2.3/v1": true, "http://[::1]:1/v1": true, "http://models.lan/v1": true,
		"http://host.docker.internal:11434/v1": true, "https://93.184.215.14/v1": false, "": false,
		"https://no-such-name.invalid/v1": false,
	} {
		if near(t.Context(), base) != want {
			t.Errorf("%q: near %v", base, !want)
		}
	}
	for _, base := range []string{"http://ollama:11434/v1", "http://169.254.169.254/v1", "http://models.lan/v1"} {
		if local(base) {
			t.Errorf("%q counts as a private address that was typed in", base)
		}
	}
}

// The protocol of a provider comes from the option, or from the command, and its address
// says which one it is.
func TestTheProtocolIsChosen(t *testing.T) {
	load := func(t *testing.T, wire string) *App {
		t.Helper()
		env := []string{"OPENAI_BASE_URL=http://127.0.0.1:1/v1"}
		if wire != "" {
			env = append(env, "VELLOCITY_OPENAI_WIRE="+wire)
		}
		cfg, err := config.Load(config.Sources{Flags: map[string]string{"data": t.TempDir(), "no-demo": "on"},
			Kinds: ProviderKinds(), Env: env})
		if err != nil {
			t.Fatal(err)
		}
		a, err := New(t.Context(), cfg, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Store.Close() })
		return a
	}
	for wire, want := range map[string]string{
		"": "http://127.0.0.1:1/v1", "chat": "http://127.0.0.1:1/v1/chat/completions",
		"responses": "http://127.0.0.1:1/v1/responses",
	} {
		if got := load(t, wire).providers.All()[0].BaseURL; got != want {
			t.Errorf("openai-wire %q: %s, want %s", wire, got, want)
		}
	}
	a := load(t, "")
	in := Connect{Name: "acme", Kind: "openai", BaseURL: "http://127.0.0.1:2/v1", Model: "m", Wire: "responses"}
	if err := a.connectProvider(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if got := a.providers.All()[1].BaseURL; got != "http://127.0.0.1:2/v1/responses" {
		t.Errorf("connected to %s", got)
	}
	for _, c := range [][3]string{
		{"openai", "Responses", "The wire field must be one of responses or chat"},
		{"anthropic", "chat", "The wire field must be left out: Anthropic has one protocol"},
	} {
		err := a.connectProvider(t.Context(), Connect{Name: "x", Kind: c[0], Wire: c[1]})
		if err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%v: %v, want %q", c, err, c[2])
		}
	}
	if n := len(a.providers.All()); n != 2 {
		t.Errorf("%d providers: a fault connects none", n)
	}
	_, err := config.Load(config.Sources{Flags: map[string]string{"data": t.TempDir()}, Kinds: ProviderKinds(),
		Env: []string{"VELLOCITY_OPENAI_WIRE=soap"}})
	if err == nil || !strings.Contains(err.Error(), `must be responses or chat, not "soap"`) {
		t.Errorf("an option that is wrong: %v", err)
	}
}
