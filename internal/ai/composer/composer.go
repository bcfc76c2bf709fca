// Package composer writes without a model: it builds a text out of the caller's
// own words, by ranking, templates and mechanical rewriting, and nothing else.
//
// The same brief always gives the same text. What the brief does not support is
// left out, so the text never holds a fact, number, quote or name that the caller
// did not give. From a topic alone it makes a short piece that gives the subject
// a shape. English has the most templates; German, French and Spanish have a few;
// in any other language only the caller's own sentences are used.
package composer

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"vellocity/internal/ai"
)

// Name and Model are what the composer is called in records.
const (
	Name  = "composer"
	Model = "composer/1"
)

// Composer is an [ai.Provider] that needs no network, no key and no model. The
// zero value is ready to use.
type Composer struct{}

// New returns the composer.
func New() *Composer { return &Composer{} }

// Name returns "composer".
func (c *Composer) Name() string { return Name }

// Generate writes what req.Task asks for out of req.Brief, and emits it a few
// words at a time without delay. It fails for a task that it does not know and
// for a brief with nothing to write about, each with a request error.
func (c *Composer) Generate(ctx context.Context, req ai.Request, emit func(text string) error) (ai.Response, error) {
	text, err := write(req)
	if err != nil {
		return ai.Response{}, err
	}
	for _, piece := range pieces(text) {
		if err := ctx.Err(); err != nil {
			return ai.Response{}, err
		}
		if err := emit(piece); err != nil {
			return ai.Response{}, err
		}
	}
	return ai.Response{Text: text, Model: Model, Stop: ai.StopEnd}, nil
}

func write(req ai.Request) (string, error) {
	b := req.Brief
	switch req.Task {
	case ai.TaskVoice:
		return voiced(b.Text, b.Voice), nil
	case ai.TaskFree:
		return free(b)
	}
	if strings.TrimSpace(b.Topic) == "" {
		return "", refuse("The composer needs a topic to write about.")
	}
	switch req.Task {
	case ai.TaskOutline:
		return asJSON(outline(b))
	case ai.TaskSection:
		return section(b), nil
	case ai.TaskMeta:
		return asJSON(meta(b))
	case ai.TaskSocialPost:
		return posted(b), nil
	}
	return "", refuse(fmt.Sprintf("The composer does not know how to write %q. Connect a model for this.", req.Task))
}

func refuse(message string) error {
	return &ai.Error{Provider: Name, Kind: ai.KindRequest, Message: message}
}

func asJSON(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode the composed text: %w", err)
	}
	return string(data), nil
}

// pieces cuts a text after every few words, so that a reader sees it grow.
func pieces(text string) []string {
	var out []string
	start, words := 0, 0
	for i, r := range text {
		if !unicode.IsSpace(r) {
			continue
		}
		if words++; words%4 == 0 {
			out = append(out, text[start:i+1])
			start = i + 1
		}
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
