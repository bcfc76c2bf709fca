package openai_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/golden"
)

func make(base string, client *http.Client) ai.Provider {
	p, err := openai.New(wire.Config{BaseURL: base, Key: aitest.Secret, Client: client})
	if err != nil {
		panic(err)
	}
	return p
}

func TestProvider(t *testing.T) {
	for _, p := range []aitest.Protocol{aitest.ChatCompletions(), aitest.Responses()} {
		t.Run(string(p.Wire), func(t *testing.T) { aitest.Run(t, make, p) })
	}
}

func TestNewRefusesAddresses(t *testing.T) {
	for _, base := range []string{"localhost:11434", "ftp://x.test/v1", "http://", "://"} {
		if _, err := openai.New(wire.Config{BaseURL: base}); err == nil {
			t.Errorf("%q is taken", base)
		}
	}
	if _, err := openai.New(wire.Config{Key: "sk-a\nb"}); err == nil || strings.Contains(err.Error(), "sk-a") {
		t.Errorf("a key with a line break: %v", err)
	}
}

// TestRequests compares what is sent with golden files.
func TestRequests(t *testing.T) {
	creativity := 0.7
	full := ai.Request{
		Model: "gpt-6.1-terra", System: "You write for Acme.", Messages: ai.User("Outline a post."),
		Schema: json.RawMessage(
			`{"type":"object","properties":{"title":{"type":"string","maxLength":60,"default":"x"},"tags":{"type":"array","minItems":2,"items":{"type":"string"}}},"required":["title","tags"],"additionalProperties":false}`,
		),
		SchemaName: "blog outline", MaxTokens: 900, Creativity: &creativity,
	}
	loose := full
	loose.Schema = json.RawMessage(`{"type":"object","properties":{"title":{"type":"string"}}}`)
	omitted := full
	omitted.Omit = []string{"temperature", "stream_options", "response_format", "max_tokens", "max_completion_tokens"}
	swapped := full
	swapped.Omit = []string{"max_tokens"}
	bare := full
	bare.Omit = []string{"temperature", "text.format", "max_output_tokens", "store", "system_role"}
	short := ai.Request{Model: "m", Messages: ai.User("Hello"), MaxTokens: 3}
	keyed := wire.Config{Key: "sk-test"}
	const responses = aitest.ResponsesWire
	cases := []requestCase{
		{"native", wire.Config{Key: "sk-test", Native: true}, full},
		{"compatible", wire.Config{}, full},
		{"loose", wire.Config{}, loose},
		{"omitted", wire.Config{}, omitted},
		{"swapped", wire.Config{}, swapped},
		{"plain", wire.Config{Model: "llama3.3"}, ai.Request{Messages: ai.User("Hello")}},
		{"lead", wire.Config{Key: "sk-test"}, ai.Request{Model: "m", System: "You write for Acme.", Messages: []ai.Message{
			{Role: ai.RoleUser, Lead: "The brief.", Text: "Write section 2."},
		}}},
		{"turns", wire.Config{Key: "sk-test"}, ai.Request{Model: "m", System: "You write for Acme.", Messages: []ai.Message{
			{Role: ai.RoleUser, Text: "Write a line."}, {Role: ai.RoleAssistant, Text: "A line."}, {Role: ai.RoleUser, Text: "Shorter."},
		}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, aitest.OpenAIWire, "/chat/completions") })
	}
	for _, c := range []requestCase{
		{"responses-full", keyed, full},
		{"responses-loose", keyed, loose},
		{"responses-omitted", keyed, bare},
		{"responses-omitted-native", wire.Config{Key: "sk-test", Native: true}, bare},
		{"responses-plain", wire.Config{Model: "llama3.3"}, ai.Request{Messages: ai.User("Hello")}},
		{"responses-short", keyed, short},
		{"responses-lead", keyed, cases[len(cases)-2].req},
		{"responses-turns", keyed, cases[len(cases)-1].req},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, responses, "") })
	}
}

// requestCase is a request, and the configuration that it is sent with.
type requestCase struct {
	name   string
	config wire.Config
	req    ai.Request
}

func (c requestCase) run(t *testing.T, w aitest.Wire, path string) {
	server := aitest.OpenAI(t, aitest.Text("yes"))
	c.config.BaseURL = server.BaseURL(w) + path
	p, err := openai.New(c.config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Generate(context.Background(), c.req, ai.Sink{}); err != nil {
		t.Fatal(err)
	}
	call := server.Calls()[0]
	if c.config.Key == "" && call.Header.Get("Authorization") != "" {
		t.Error("a key is sent where there is none")
	}
	checkBody(t, c.name, call.Body)
}

// seen is a transport that notes the address of a call, and makes none.
type seen struct{ address string }

func (s *seen) RoundTrip(r *http.Request) (*http.Response, error) {
	s.address = r.URL.String()
	return nil, http.ErrUseLastResponse
}

// TestTheAddressChoosesTheProtocol holds which of its two protocols a server gets.
func TestTheAddressChoosesTheProtocol(t *testing.T) {
	for base, want := range map[string]string{
		"":                             "https://api.openai.com/v1/responses",
		"https://api.openai.com/v1":    "https://api.openai.com/v1/responses",
		"https://API.OpenAI.com/v1/":   "https://API.OpenAI.com/v1/responses",
		"https://eu.api.openai.com/v1": "https://eu.api.openai.com/v1/responses",
		"https://api.openai.com/v1/chat/completions":    "https://api.openai.com/v1/chat/completions",
		"https://api.openai.com.example.com/v1":         "https://api.openai.com.example.com/v1/chat/completions",
		"https://openrouter.ai/api/v1":                  "https://openrouter.ai/api/v1/chat/completions",
		"http://127.0.0.1:11434/v1/responses":           "http://127.0.0.1:11434/v1/responses",
		"http://127.0.0.1:11434/v1/responses/":          "http://127.0.0.1:11434/v1/responses",
		"http://127.0.0.1:11434/v1/chat/completions/":   "http://127.0.0.1:11434/v1/chat/completions",
		"https://gateway.example.com/openai/v1?api=2":   "https://gateway.example.com/openai/v1/chat/completions?api=2",
		"https://gateway.example.com/v1/my-responses":   "https://gateway.example.com/v1/my-responses/chat/completions",
		"https://gateway.example.com/v1/responses?v=20": "https://gateway.example.com/v1/responses?v=20",
	} {
		s := &seen{}
		p, err := openai.New(wire.Config{BaseURL: base, Model: "m", Client: &http.Client{Transport: s}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Generate(context.Background(), ai.Request{Messages: ai.User("Hello")}, ai.Sink{}) // the address is enough
		if s.address != want {
			t.Errorf("%q: called %s, want %s", base, s.address, want)
		}
	}
}

// TestAddress holds what a chosen protocol makes of an address.
func TestAddress(t *testing.T) {
	for _, c := range [][3]string{
		{"", "", ""},
		{"https://x.test/v1", "", "https://x.test/v1"},
		{"", "chat", "https://api.openai.com/v1/chat/completions"},
		{"", "responses", "https://api.openai.com/v1/responses"},
		{"https://x.test/v1/", "responses", "https://x.test/v1/responses"},
		{"https://x.test/v1/chat/completions", "responses", "https://x.test/v1/responses"},
		{"https://x.test/v1/responses", "responses", "https://x.test/v1/responses"},
	} {
		if got := openai.Kind().Address(c[0], c[1]); got != c[2] {
			t.Errorf("%q with %q: %q, want %q", c[0], c[1], got, c[2])
		}
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
	t.Setenv("OPENAI_API_KEY", "sk-from-environment")
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
	server := aitest.OpenAI(t, aitest.Text("yes"))
	p, err := openai.New(wire.Config{BaseURL: server.BaseURL(aitest.OpenAIWire), Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Generate(context.Background(), ai.Request{Messages: ai.User("Hello")}, ai.Sink{}); err != nil {
		t.Fatal(err)
	}
	if key := server.Calls()[0].Header.Get("Authorization"); key != "" {
		t.Errorf("sent %q", key)
	}
}
