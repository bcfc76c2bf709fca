package anthropic_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/wire"
	"vellocity/internal/golden"
)

func make(base string, client *http.Client) ai.Provider {
	p, err := anthropic.New(wire.Config{BaseURL: base, Key: aitest.Secret, Client: client})
	if err != nil {
		panic(err)
	}
	return p
}

func TestProvider(t *testing.T) { aitest.Run(t, make, aitest.Messages()) }

func TestNewRefusesAddresses(t *testing.T) {
	for _, base := range []string{"localhost:11434", "ftp://x.test/v1", "http://", "://"} {
		if _, err := anthropic.New(wire.Config{BaseURL: base}); err == nil {
			t.Errorf("%q is taken", base)
		}
	}
	if _, err := anthropic.New(wire.Config{Key: "sk-a\nb"}); err == nil || strings.Contains(err.Error(), "sk-a") {
		t.Errorf("a key with a line break: %v", err)
	}
}

// TestRequests compares what is sent with golden files.
func TestRequests(t *testing.T) {
	creativity := 0.7
	full := ai.Request{
		Model: "claude-sonnet-5-5", System: "You write for Acme.", Messages: ai.User("Outline a post."),
		Schema: json.RawMessage(
			`{"type":"object","properties":{"title":{"type":"string","maxLength":60,"default":"x"},"tags":{"type":"array","minItems":2,"items":{"type":"string"}}},"required":["title","tags"],"additionalProperties":false}`,
		),
		SchemaName: "blog outline", MaxTokens: 900, Creativity: &creativity,
	}
	omitted := full
	omitted.Omit = []string{"temperature", "output_config", "cache_control"}
	for _, c := range []struct {
		name   string
		config wire.Config
		req    ai.Request
	}{
		{"full", wire.Config{Key: "sk-test"}, full},
		{"omitted", wire.Config{Key: "sk-test"}, omitted},
		{"plain", wire.Config{Key: "sk-test", Model: "claude-sonnet-5-5"}, ai.Request{Messages: ai.User("Hello")}},
		{"lead", wire.Config{Key: "sk-test"}, ai.Request{Model: "m", System: "You write for Acme.", Messages: []ai.Message{
			{Role: ai.RoleUser, Lead: "The brief.", Text: "Write section 2."},
		}}},
		{"turns", wire.Config{Key: "sk-test"}, ai.Request{Model: "m", System: "You write for Acme.", Messages: []ai.Message{
			{Role: ai.RoleUser, Text: "Write a line."}, {Role: ai.RoleAssistant, Text: "A line."}, {Role: ai.RoleUser, Text: "Shorter."},
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := aitest.Anthropic(t, aitest.Text("yes"))
			c.config.BaseURL = server.BaseURL(aitest.AnthropicWire)
			p, err := anthropic.New(c.config)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Generate(context.Background(), c.req, ai.Sink{}); err != nil {
				t.Fatal(err)
			}
			call := server.Calls()[0]
			checkBody(t, c.name, call.Body)
		})
	}
}

func checkBody(t *testing.T, name string, body []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/"+name+".json", string(got)+"\n")
}

// TestEnvironmentIsIgnored makes sure that no key or address comes from outside
// the configuration.
func TestEnvironmentIsIgnored(t *testing.T) {
	t.Setenv("ANTHROPIC_API_KEY", "sk-from-environment")
	t.Setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
	server := aitest.Anthropic(t, aitest.Text("yes"))
	p, err := anthropic.New(wire.Config{BaseURL: server.BaseURL(aitest.AnthropicWire), Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Generate(context.Background(), ai.Request{Messages: ai.User("Hello")}, ai.Sink{}); err != nil {
		t.Fatal(err)
	}
	if key := server.Calls()[0].Header.Get("X-Api-Key"); key != "" {
		t.Errorf("sent %q", key)
	}
}
