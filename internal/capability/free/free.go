// Package free writes a text from a free prompt: what generate-output asks of a
// model (free.tmpl), and how the same is composed without one (compose.go), from the
// sentences that come with the prompt. Instructions are known in several languages
// (instructions.json). It is no capability: nothing is planned, and the text is not put on the board.
package free

import (
	_ "embed"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
)

//go:embed free.tmpl
var systemTemplate string

var system = capability.MustPrompt("free", systemTemplate)

// defaultWords is the longest text where the caller gives no length.
const defaultWords = 500

// Request says what to write.
type Request struct {
	Prompt     string
	Words      int    // at most
	Language   string // a language code; "" leaves it to the prompt
	Tone       string
	Creativity *float64           // 0 to 1; nil leaves it to the model
	BrandVoice *domain.BrandVoice // nil: none
	Template   *Template          // nil: the prompt is the caller's own
	Passage    *Passage           // nil: nothing is written again
}

// Template is what a request is made from beside its prompt, where somebody only filled in a template.
type Template struct {
	Name    string   // what people call it
	Support []string // what was given: all that figures, quotations and links may rest on
	// Form, Topic and Lines are what the composer makes the text of: a form, such as email, what it is
	// about, and sentences. An empty form means that only a model can write it.
	Form, Topic string
	Lines       []string
	Blame       string // the field to change where the composer cannot use what was given
}

// blame is the field to change where the composer cannot write the request.
func (r Request) blame() string {
	switch {
	case r.Passage != nil:
		return "action"
	case r.Template != nil:
		return r.Template.Blame
	}
	return "prompt"
}

// support is all that figures, quotations and links in the text may rest on.
func (r Request) support() []string {
	switch {
	case r.Passage != nil:
		return r.Passage.Support
	case r.Template != nil:
		return r.Template.Support
	}
	return []string{r.Prompt}
}

// Ask returns the nth text of a request, counted from 0, to be written either way.
func (r Request) Ask(n int) (capability.Ask, error) {
	common, err := capability.System(r.BrandVoice, r.Language)
	if err != nil {
		return capability.Ask{}, err
	}
	rules, err := system.Render(struct {
		Request
		Rules   string
		Another bool
	}{r, common, n > 0})
	if err != nil {
		return capability.Ask{}, err
	}
	return capability.Ask{
		Request: ai.Request{
			System:     rules,
			Messages:   ai.User(r.Prompt),
			Creativity: r.Creativity,
			MaxTokens:  r.Words*3 + 200,
		},
		PromptHash: system.Hash,
		Compose:    r.text,
	}, nil
}
