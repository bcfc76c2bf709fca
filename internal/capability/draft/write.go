package draft

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

var (
	//go:embed lead.tmpl
	leadTemplate string
	//go:embed fix.tmpl
	fixTemplate string
)

// Writer has the prompts of one kind of text.
type Writer struct{ lead, task, fix capability.Prompt }

// NewWriter returns the writer of a task. The hash in the record of its texts names the
// wording of all that is sent.
func NewWriter(name, task string) Writer {
	const separate = `{{define "unused"}}`
	return Writer{
		lead: capability.MustPrompt("brief", leadTemplate),
		task: capability.MustPrompt(name, task+separate+leadTemplate+fixTemplate+"{{end}}"),
		fix:  capability.MustPrompt("fix", fixTemplate),
	}
}

// Job is one text to be written.
type Job struct {
	Brief    Brief
	Language string // a language code; "" leaves it to the voice or the brief
	Data     any    // of the task's template
	// Schema makes the text one JSON value; nil: Markdown.
	Schema    json.RawMessage
	MaxTokens int // of the answer; 0 sets no limit
	// Compose writes the text without a model.
	Compose func() (string, error)
}

// fault is what a second try gets.
type fault struct {
	Text   string
	Faults []string
}

// Write has a text written, by a model or by the composer.
func (w Writer) Write(ctx context.Context, in capability.Input, j Job) (string, capability.Trace, error) {
	return w.write(ctx, in, j, nil)
}

// Again has a text written a second time, with what is wrong with the first.
func (w Writer) Again(
	ctx context.Context, in capability.Input, j Job, text string, faults []string,
) (string, capability.Trace, error) {
	return w.write(ctx, in, j, &fault{Text: text, Faults: faults})
}

func (w Writer) write(
	ctx context.Context, in capability.Input, j Job, again *fault,
) (text string, trace capability.Trace, err error) {
	req, err := w.request(in, j, again)
	if err != nil {
		return "", trace, err
	}
	resp, err := in.Write(ctx, capability.Ask{Request: req, PromptHash: w.task.Hash, Compose: j.Compose})
	if err != nil {
		return "", trace, err
	}
	return strings.TrimSpace(resp.Text), w.task.Trace(in.Origin, resp), nil
}

// request is what a model is asked. The composer reads no prompt.
func (w Writer) request(in capability.Input, j Job, again *fault) (req ai.Request, err error) {
	req = ai.Request{Schema: j.Schema, MaxTokens: j.MaxTokens}
	if in.Origin.Kind != domain.OriginModel {
		return req, nil
	}
	message := ai.Message{Role: ai.RoleUser}
	if message.Lead, err = w.lead.Render(j.Brief); err != nil {
		return req, err
	}
	if message.Text, err = w.task.Render(j.Data); err != nil {
		return req, err
	}
	if again != nil {
		fix, err := w.fix.Render(again)
		if err != nil {
			return req, err
		}
		message.Text += "\n\n" + fix
	}
	req.Messages = []ai.Message{message}
	if j.Schema != nil {
		req.SchemaName = w.task.Name
	}
	req.System, err = capability.System(in.BrandVoice, j.Language)
	return req, err
}

// Text is a text with what surrounds it.
type Text struct {
	Title           string
	MetaTitle       string
	MetaDescription string
	Body            string // Markdown
}

// Checked is a text after the guardrails.
type Checked struct {
	Text
	capability.Guarded
	Trace capability.Trace
}

// Checked has a text written and checked, and written once more where the agent's policy
// asks for it. read makes the text of what was written; g says what supports it.
func (w Writer) Checked(
	ctx context.Context, in capability.Input, j Job, g guard.Input, read func(raw string) (Text, error),
) (Checked, error) {
	first, trace, err := w.Write(ctx, in, j)
	if err != nil {
		return Checked{}, err
	}
	t, err := read(first)
	if err != nil {
		return Checked{}, err
	}
	out := Checked{Trace: trace}
	guarded, err := capability.GuardWhole(ctx, in, t.into(g),
		func(ctx context.Context, g guard.Input, faults []string) (guard.Input, error) {
			second, trace, err := w.write(ctx, in, j, &fault{Text: whole(g), Faults: faults})
			if err != nil {
				return g, err
			}
			t, err := read(second)
			out.Trace = trace
			return t.into(g), err
		})
	if err != nil {
		return Checked{}, err
	}
	out.Guarded = guarded
	out.Text = Text{guarded.Input.Title, guarded.Input.MetaTitle, guarded.Input.MetaDescription, guarded.Text}
	return out, nil
}

func (t Text) into(g guard.Input) guard.Input {
	g.Title, g.MetaTitle, g.MetaDescription, g.Text = t.Title, t.MetaTitle, t.MetaDescription, t.Body
	return g
}

// whole is a text with its title and description, for a second try.
func whole(g guard.Input) string {
	var parts []string
	for _, s := range []string{g.Title, g.MetaDescription, g.Text} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n")
}
