package eval

import (
	"context"
	_ "embed"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/prose"
)

//go:embed prompt.tmpl
var promptText string

// onePrompt writes a brief by a single call with everything in one prompt, as a careful
// person would ask a chat. It is the other side of the comparison, so it is as good as
// one prompt gets: it has the whole brief, the voice, the length and the same rule about facts.
func onePrompt(ctx context.Context, c *calls, b Brief) (page, error) {
	prompt := capability.MustPrompt("eval", promptText)
	text, err := prompt.Render(struct {
		Brief
		Language string
	}{b, prose.LanguageName(b.Settings.Language)})
	if err != nil {
		return page{}, err
	}
	resp, err := c.write(ctx, capability.Ask{
		Request:    ai.Request{Messages: ai.User(text), MaxTokens: 8*b.Settings.WordCount + 4000},
		PromptHash: prompt.Hash,
	})
	if err != nil {
		return page{}, err
	}
	return split(resp.Text), nil
}

// split takes the title off a text that begins with one.
func split(text string) page {
	text = strings.TrimSpace(text)
	first, rest, _ := strings.Cut(text, "\n")
	if title, ok := strings.CutPrefix(first, "# "); ok {
		return page{strings.TrimSpace(title), strings.TrimSpace(rest)}
	}
	return page{"", text}
}
