package mcp

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/api"
	"vellocity/internal/ops"
)

// quoted finds names of tools in a text.
var quoted = regexp.MustCompile("`([a-z_]+)`")

// TestPromptsNameToolsInOrder holds each text, with every argument and without, against the
// tools that it says it names, and against words that only a template has.
func TestPromptsNameToolsInOrder(t *testing.T) {
	s, _ := start(t)
	for _, p := range s.prompts {
		full, bare := map[string]string{}, map[string]string{}
		for _, a := range p.Arguments {
			full[a.Name] = "7"
			if a.Required {
				bare[a.Name] = "7"
			}
		}
		seen := map[string]bool{}
		for name, args := range map[string]map[string]string{"full": full, "bare": bare} {
			text, err := p.fill(args)
			if err != nil {
				t.Fatalf("%s, %s: %v", p.Name, name, err)
			}
			if strings.Contains(text, "{{") || strings.Contains(text, "<no value>") || strings.Contains(text, "  ") &&
				!strings.Contains(text, "\n   -") || strings.Contains(text, "\n\n\n") || len(text) > 4000 {
				t.Errorf("%s, %s:\n%s", p.Name, name, text)
			}
			if !strings.Contains(text, "ask me") && !strings.Contains(text, "Ask me") || !strings.Contains(text, "1. ") {
				t.Errorf("%s, %s asks nothing, or has no order", p.Name, name)
			}
			for _, m := range quoted.FindAllStringSubmatch(text, -1) {
				if s.tools.byName[m[1]] == nil {
					continue // an argument or a field
				}
				seen[m[1]] = true
				if !slices.Contains(p.Tools, m[1]) {
					t.Errorf("%s names %s, which is not among its tools", p.Name, m[1])
				}
			}
		}
		for _, tool := range p.Tools {
			if !seen[tool] {
				t.Errorf("%s does not name %s", p.Name, tool)
			}
		}
	}
	if len(s.prompts) != 4 {
		t.Errorf("%d prompts", len(s.prompts))
	}
}

// TestPromptsAsAClientSeesThem lists and gets them with keys of several scopes.
func TestPromptsAsAClientSeesThem(t *testing.T) {
	_, srv := start(t)
	s := connect(t, srv.URL+Path, "full")
	l, err := s.ListPrompts(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range l.Prompts {
		names = append(names, p.Name)
		if p.Title == "" || p.Description == "" || len(p.Arguments) == 0 {
			t.Errorf("%+v", p)
		}
	}
	want := []string{"execute_capability", "plan_campaign", "review_content", "write_brand_brief"}
	if !slices.Equal(names, want) {
		t.Errorf("prompts %v", names)
	}
	got, err := s.GetPrompt(t.Context(), &sdk.GetPromptParams{
		Name: "plan_campaign", Arguments: map[string]string{"topic": "Bees & <roofs>"},
	})
	if err != nil || len(got.Messages) != 1 || got.Messages[0].Role != "user" {
		t.Fatalf("%+v, %v", got, err)
	}
	text, ok := got.Messages[0].Content.(*sdk.TextContent)
	if !ok || !strings.Contains(text.Text, "It is about: Bees & <roofs>") {
		t.Errorf("%+v", got.Messages[0].Content)
	}
	for says, args := range map[string]map[string]string{
		"The argument topic is required":  {},
		"did you mean":                    {"topic": "x", "audienc": "x"},
		"has more than 10000 characters":  {"topic": strings.Repeat("x", mostArgument+1)},
		"The argument topic is required ": {"topic": " \n"},
	} {
		_, err := s.GetPrompt(t.Context(), &sdk.GetPromptParams{Name: "plan_campaign", Arguments: args})
		if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(says)) {
			t.Errorf("%v: %v", says, err)
		}
	}
	r := connect(t, srv.URL+Path, "reader")
	l, err = r.ListPrompts(t.Context(), nil)
	if err != nil || len(l.Prompts) != 1 || l.Prompts[0].Name != "review_content" {
		t.Errorf("a reader: %+v, %v", l, err)
	}
	if _, err := r.GetPrompt(t.Context(), &sdk.GetPromptParams{Name: "execute_capability"}); err == nil ||
		!strings.Contains(err.Error(), `This key lacks the`) {
		t.Errorf("a reader gets a prompt that it cannot follow: %v", err)
	}
	if _, err := connect(t, srv.URL+Path, "tools").ListPrompts(t.Context(), nil); err == nil ||
		!strings.Contains(err.Error(), "mcp:prompts") {
		t.Errorf("a key without prompts: %v", err)
	}
}

// TestAPromptOfNoToolIsRefused: a prompt cannot name what is not there.
func TestAPromptOfNoToolIsRefused(t *testing.T) {
	s, _ := start(t)
	for _, p := range []ops.Prompt{
		{Name: "a", Tools: []string{"write_poetry"}}, {Name: "b", Text: "{{"},
		{Name: "c", Arguments: []ops.PromptArgument{{Name: "x", From: "list_poems"}}},
	} {
		if _, err := promptsOf([]ops.Prompt{p}, s.tools); err == nil {
			t.Errorf("%s was read", p.Name)
		}
	}
	if _, err := promptsOf(api.Prompts(), s.tools); err != nil {
		t.Error(err)
	}
}
