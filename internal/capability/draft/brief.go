// Package draft has what capabilities share that write a text from a brief: the brief as
// data in a prompt, a writer that asks a model or the composer, the guardrails with one
// second try, and the item with the record of where its text came from.
package draft

import (
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

// Brief is what a text is written from. It leads every prompt of an execution, the same
// each time, so that providers can cache it.
type Brief struct {
	Kind       string            // what is written, with its article: "a product description"
	Fields     []Field           // in the order of the prompt
	Sources    []string          // texts to draw on
	Passages   []domain.Citation // of the workspace's sources
	Background string            // the caller's further context
}

// Field is a setting in a brief. Either Text or List is set; a field with neither is left out.
type Field struct {
	Setting string // its name
	Label   string // what it is, for a model: "Facts, which are the only figures allowed"
	Text    string
	List    []string
}

// Support is everything that figures, quotes and links in the text may rest on.
func (b Brief) Support() []string {
	out := append(slices.Clone(b.Sources), b.Background)
	for _, f := range b.Fields {
		out = append(append(out, f.Text), f.List...)
	}
	for _, p := range b.Passages {
		out = append(out, p.Title, p.Heading, p.Quote)
	}
	return out
}

// Suspicious looks for instructions to a model in the brief.
func (b Brief) Suspicious(step string) []domain.Finding {
	given := []capability.Given{
		{Setting: "sources", Texts: b.Sources}, {Setting: "context", Texts: []string{b.Background}},
	}
	for _, f := range b.Fields {
		given = append(given, capability.Given{Setting: f.Setting, Texts: append(slices.Clone(f.List), f.Text)})
	}
	return capability.Suspicious(step, given...)
}

// Common are the settings that most texts take. A capability embeds them.
type Common struct {
	Topic        string   `json:"topic,omitempty"`
	KeyPoints    []string `json:"key_points,omitempty"`
	Facts        []string `json:"facts,omitempty"`
	Audience     string   `json:"audience,omitempty"`
	Tone         string   `json:"tone,omitempty"`
	Keywords     []string `json:"keywords,omitempty"`
	CallToAction string   `json:"call_to_action,omitempty"`
	Link         string   `json:"link,omitempty"`
	Language     string   `json:"language,omitempty"`
	BrandVoiceID int64    `json:"brand_voice_id,omitempty"`
	capability.Sourcing

	found int // how many facts, the last ones, are sentences of sources
}

// Query asks for passages that fit the settings.
func (c Common) Query() capability.Query {
	text := strings.Join(append([]string{c.Topic}, c.Keywords...), " ")
	return capability.Query{Sourcing: c.Sourcing, Text: text}
}

// With returns the settings with sentences of sources, for the composer.
func (c Common) With(sentences []string) Common {
	c.Facts, c.found = append(slices.Clone(c.Facts), sentences...), len(sentences)
	return c
}

// Tidy returns the settings as the steps use them: each on one line, lists without
// empty lines and repetitions.
func (c Common) Tidy() Common {
	for _, s := range []*string{&c.Topic, &c.Audience, &c.Tone, &c.CallToAction, &c.Link} {
		*s = prose.Line(*s)
	}
	c.KeyPoints, c.Facts, c.Keywords = Lines(c.KeyPoints), Lines(c.Facts), Lines(c.Keywords)
	c.Language = strings.ReplaceAll(c.Language, "_", "-")
	return c
}

// Lines returns the texts of a list, each on one line, without empty ones and repetitions.
func Lines(list []string) []string {
	var out []string
	for _, s := range list {
		if s = prose.Line(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Head are the fields of a brief that say what a text is about and for whom.
func (c Common) Head(topic string) []Field {
	return []Field{
		{Setting: "topic", Label: topic, Text: c.Topic},
		{Setting: "audience", Label: "Audience", Text: c.Audience},
		{Setting: "tone", Label: "Tone", Text: c.Tone},
		{Setting: "keywords", Label: "Keywords, most important first", Text: strings.Join(c.Keywords, "; ")},
	}
}

// Body are the fields of a brief that say what a text may say.
func (c Common) Body() []Field {
	return []Field{
		{Setting: "key_points", Label: "Points to make", List: c.KeyPoints},
		{Setting: "facts", Label: "Facts, which are the only figures allowed", List: c.Facts},
		{Setting: "call_to_action", Label: "What the reader should do", Text: c.CallToAction},
		{Setting: "link", Label: "The address for it", Text: c.Link},
	}
}

// Title names an execution: its topic, or what it writes where there is none.
func (c Common) Title(otherwise string) string {
	if c.Topic == "" {
		return otherwise
	}
	return prose.Clip(prose.Capital(c.Topic), 120)
}

// Compose is the brief for the composer.
func (c Common) Compose(v *domain.BrandVoice) compose.Brief {
	return compose.Brief{
		Topic: c.Topic, Keywords: c.Keywords, KeyPoints: c.KeyPoints, Facts: c.Facts, Found: c.found, Language: c.Language,
		CallToAction: c.CallToAction, BrandVoice: v, Sections: 12,
	}
}

// Guard is what the guardrails know about a text from the brief.
func (b Brief) Guard(t domain.ContentType, language string, allowed ...string) guard.Input {
	return guard.Input{Type: t, Language: language, Support: b.Support(), Allowed: allowed}
}
