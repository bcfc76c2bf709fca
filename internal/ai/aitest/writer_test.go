package aitest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
)

const outline = `{"type":"object","properties":{
 "title":{"type":"string","minLength":10,"maxLength":70},
 "sections":{"type":"array","minItems":%[1]d,"maxItems":%[1]d,"items":{"type":"object","properties":{
  "heading":{"type":"string","maxLength":60},"points":{"type":"array","minItems":2,"items":{"type":"string","maxLength":120}}},
  "required":["heading","points"],"additionalProperties":false}}},
 "required":["title","sections"],"additionalProperties":false}`

const meta = `{"type":"object","properties":{"title":{"type":"string"},"meta_title":{"type":"string","maxLength":60},
 "meta_description":{"type":"string","minLength":50,"maxLength":155},"slug":{"type":"string","pattern":"^[a-z0-9-]+$","maxLength":30},
 "tone":{"enum":["warm","plain"]},"score":{"type":"integer","minimum":3,"maximum":9},"ok":{"type":"boolean"},"note":{"type":["string","null"]},
 "parent":{"$ref":"#/$defs/p"}},"$defs":{"p":{"type":"object","properties":{"name":{"const":"x"}},"required":["name"],"additionalProperties":false}},
 "required":["title","meta_title","meta_description","slug","tone","score","ok","note","parent"],"additionalProperties":false}`

// providers are made for both wires of one server.
func providers(t *testing.T, s *aitest.Server) []ai.Provider {
	t.Helper()
	o, err := openai.New(wire.Config{BaseURL: s.BaseURL(aitest.OpenAIWire)})
	if err != nil {
		t.Fatal(err)
	}
	a, err := anthropic.New(wire.Config{BaseURL: s.BaseURL(aitest.AnthropicWire)})
	if err != nil {
		t.Fatal(err)
	}
	return []ai.Provider{o, a}
}

// TestWriterMeetsSchemas has real providers ask for forms; ai.Caller checks each
// answer, and one call must do.
func TestWriterMeetsSchemas(t *testing.T) {
	s := aitest.NewServer(aitest.Writer(aitest.Pace{}))
	defer s.Close()
	for _, p := range providers(t, s) {
		for i, schema := range []string{fmt.Sprintf(outline, 1), fmt.Sprintf(outline, 5), fmt.Sprintf(outline, 14), meta} {
			before := s.Count()
			resp, err := ai.NewCaller(ai.Options{Provider: p}).Call(t.Context(), ai.Request{
				Model:    "scripted-1",
				Messages: ai.User("Topic: Überblick über cloud costs\nMake the form."),
				Schema:   json.RawMessage(schema),
			}, ai.Watch{})
			if err != nil {
				t.Fatalf("%s, schema %d: %v", p.Name(), i, err)
			}
			if s.Count() != before+1 {
				t.Errorf("%s, schema %d took %d calls: %s", p.Name(), i, s.Count()-before, resp.Text)
			}
			if i == 1 && strings.Count(resp.Text, `"heading"`) != 5 {
				t.Errorf("%s", resp.Text)
			}
		}
	}
}

func TestWriterProse(t *testing.T) {
	s := aitest.NewServer(aitest.Writer(aitest.Pace{}))
	defer s.Close()
	seen := map[string]string{}
	for _, prompt := range []string{"Write a post.", "Write a blog post outline about cloud cost optimization", ""} {
		for _, p := range providers(t, s) {
			resp, err := p.Generate(
				t.Context(),
				ai.Request{Model: "m", Messages: ai.User(prompt + " ")},
				ai.Sink{},
			)
			if err != nil {
				t.Fatal(err)
			}
			if n := len([]rune(resp.Text)); n < 100 || n > 280 || !strings.Contains(resp.Text, "\n\n") ||
				strings.ContainsAny(resp.Text, `0123456789"“`) {
				t.Errorf("%q gives %d characters: %s", prompt, n, resp.Text)
			}
			if before, ok := seen[prompt]; ok && before != resp.Text {
				t.Error("the same prompt gives another text")
			}
			seen[prompt] = resp.Text
		}
	}
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := aitest.NewMemoryServer(aitest.Writer(aitest.Pace{First: 2 * time.Second, TokensPerSecond: 10, Words: 50}))
		client := s.Client()
		defer func() { client.CloseIdleConnections(); s.Close(); synctest.Wait() }()
		p, err := openai.New(wire.Config{BaseURL: s.BaseURL(aitest.OpenAIWire), Client: client})
		if err != nil {
			t.Fatal(err)
		}
		start, n := time.Now(), 0
		var first time.Duration
		resp, err := p.Generate(
			t.Context(),
			ai.Request{Model: "m", Messages: ai.User("Rain")},
			ai.Sink{Text: func(string) error {
				if n++; n == 1 {
					first = time.Since(start)
				}
				return nil
			}},
		)
		if err != nil || first != 2*time.Second || n != len(strings.Fields(resp.Text)) ||
			time.Since(start) != 2*time.Second+time.Duration(n-1)*100*time.Millisecond {
			t.Errorf("%d pieces, first after %s, all after %s: %v", n, first, time.Since(start), err)
		}
	})
}
