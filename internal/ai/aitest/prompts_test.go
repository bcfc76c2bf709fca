package aitest_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/capability"
	"vellocity/internal/capability/blogpost"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/social"
	"vellocity/internal/domain"
)

// provider is a client of a server that follows the Writer, with a model's name
// filled in where a request has none.
func provider(t *testing.T) (ai.Provider, *aitest.Server) {
	t.Helper()
	s := aitest.NewServer(aitest.Writer(aitest.Pace{}))
	t.Cleanup(s.Close)
	p, err := openai.New(wire.Config{BaseURL: s.BaseURL(aitest.OpenAIWire), Model: "scripted-1"})
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

var plain = &domain.BrandVoice{ID: 3, Name: "Plain", Version: 2, Tone: []string{"plain"}}

// TestWriterUnderstandsTheBlogPost has the capability's real prompts answered:
// each section about its own heading, no findings, and a voice pass that is taken.
func TestWriterUnderstandsTheBlogPost(t *testing.T) {
	p, s := provider(t)
	settings := map[string]any{"topic": "Keeping a garden through winter", "word_count": 700}
	out := captest.Do(t, blogpost.New(), captest.Run{Settings: settings, Provider: p, Voice: plain})
	if out.Err != nil || len(out.Effects) != 1 {
		t.Fatal(out.Err, out.Effects)
	}
	item := out.Effects[0].Create
	if len(item.Findings) != 0 || !strings.Contains(item.Item.Title, "garden") || !strings.Contains(item.Item.Slug, "garden") {
		t.Errorf("findings %+v, title %q, slug %q", item.Findings, item.Item.Title, item.Item.Slug)
	}
	if n := len(strings.Fields(item.Item.Body)); n < 500 || n > 900 {
		t.Errorf("%d words:\n%s", n, item.Item.Body)
	}
	sections := strings.Split(item.Item.Body, "\n## ")
	if len(sections) != blogpost.Sections(700) {
		t.Errorf("%d sections:\n%s", len(sections), item.Item.Body)
	}
	for _, section := range sections[1:] {
		heading, text, _ := strings.Cut(section, "\n\n")
		if !strings.HasPrefix(text, heading+" is easier") {
			t.Errorf("section %q begins %.60q", heading, text)
		}
	}
	for _, call := range s.Calls() {
		if call.Schema != nil && !strings.Contains(call.Prompt, "Keeping a garden") {
			t.Errorf("a prompt does not name the topic: %s", call.Prompt)
		}
	}
}

// TestWriterKeepsToTheNetworks writes a post for each network within its limit.
func TestWriterKeepsToTheNetworks(t *testing.T) {
	p, _ := provider(t)
	out := captest.Do(t, social.New(), captest.Run{
		Settings: map[string]any{"topic": "Keeping a garden through winter", "networks": []string{"x", "bluesky", "linkedin"}}, Provider: p,
	})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	posts := items(out.Effects)
	if len(posts) != 3 {
		t.Fatalf("%d posts", len(posts))
	}
	for _, post := range posts {
		if n := utf8.RuneCountInString(post.Item.Body); n > 280 && post.Item.Channel == "x" || n < 40 {
			t.Errorf("%s: %d characters", post.Item.Channel, n)
		}
		if len(post.Findings) != 0 || !strings.Contains(post.Item.Body, "garden") {
			t.Errorf("%s: %+v\n%s", post.Item.Channel, post.Findings, post.Item.Body)
		}
	}
}

func items(effects []capability.Effect) (list []capability.CreateItem) {
	for _, e := range effects {
		if e.Create != nil {
			list = append(list, *e.Create)
		}
	}
	return list
}
