// Package outline plans an article: its headings, the points below each, and what is
// still open.
package outline

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "generate-article-outline"

var (
	//go:embed settings.json
	schema []byte
	//go:embed task.tmpl
	task string
)

// Settings describe the article; see settings.json.
type Settings struct {
	draft.Common
	Format   string `json:"format"` // a name from [compose.Formats], or [compose.Automatic]
	Sections int    `json:"sections"`
}

// FormatName is the format in words, for a prompt; "" where a model chooses.
func (s Settings) FormatName() string {
	if s.Format == compose.Automatic {
		return ""
	}
	return strings.ReplaceAll(s.Format, "_", " ")
}

// New returns the capability.
func New() capability.Capability {
	w := steps{draft.NewWriter("outline", task)}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             8,
			Slug:           Slug,
			Name:           "Article Outline",
			Description:    "Plan an article: headings, the points below each, and the questions that are still open",
			Category:       domain.CategoryGeneration,
			Credits:        2,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(draft.Outputs()),
		},
		Tidy:       func(s Settings) Settings { s.Common = s.Tidy(); return s },
		Title:      func(s Settings) string { return s.Common.Title("Outline") },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources:    func(_ capability.Input, s Settings) capability.Query { return s.Query() },
		Compose:    func(s Settings, found []string) Settings { s.Common = s.With(found); return s },
		Plan:       plan,
		Steps:      map[string]capability.Step[Settings]{"brief": brief, "outline": w.outline},
	})
}

func plan(Settings) ([]domain.PlanStep, error) {
	return []domain.PlanStep{
		{Key: "brief", Name: "Brief", Kind: "brief", DependsOn: []string{}},
		{Key: "outline", Name: "Outline", Kind: "outline", DependsOn: []string{"brief"}, Credits: 2},
	}, nil
}

func (s Settings) brief(in capability.Input) draft.Brief {
	return draft.Brief{
		Kind:       "the outline of an article",
		Fields:     append(append(s.Head("Topic"), draft.Field{Label: "Kind of article", Text: s.FormatName()}), s.Body()...),
		Background: in.Background(), Passages: in.Passages,
	}
}

func brief(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	return capability.Result{Output: s, Findings: s.brief(in).Suspicious(in.Step.Key)}, nil
}

const outlineSchema = `{"type":"object","additionalProperties":false,"required":["title","sections"],"properties":{
"title":{"type":"string","minLength":1,"maxLength":160},
"sections":{"type":"array","minItems":1,"maxItems":%d,"items":{"type":"object","additionalProperties":false,
"required":["heading","points","questions"],"properties":{
"heading":{"type":"string","minLength":1,"maxLength":160},
"points":{"type":"array","items":{"type":"string"}},
"questions":{"type":"array","items":{"type":"string"}}}}}}}`

// outlined is what a model returns.
type outlined struct {
	Title    string
	Sections []struct {
		Heading   string
		Points    []string
		Questions []string
	}
}

type steps struct{ draft.Writer }

func (w steps) outline(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	b := s.brief(in)
	from := s.Compose(in.BrandVoice)
	from.Format, from.Sections = s.Format, 12
	composed := compose.NewOutline(from)
	c, err := w.Checked(ctx, in, draft.Job{
		Brief: b, Language: s.Language, Data: s, Schema: fmt.Appendf(nil, outlineSchema, s.Sections), MaxTokens: 6000,
		Compose: func() (string, error) { return compose.Voiced(composed.Plan(), in.BrandVoice), nil },
	}, b.Guard(domain.ContentText, s.Language, s.CallToAction), func(raw string) (draft.Text, error) {
		if in.Origin.Kind == domain.OriginComposer {
			return draft.Text{Title: composed.Title, Body: raw}, nil
		}
		return read(raw, s.Sections)
	})
	if err != nil {
		return capability.Result{}, err
	}
	item := domain.ContentItem{Type: domain.ContentText, Language: s.Language, Keywords: s.Keywords}
	record := draft.Record{Inputs: s}
	if in.Origin.Kind == domain.OriginComposer {
		item.NeedsInput, record.Format = composed.Needs, composed.Format
	}
	return draft.Create(in, c, item, record)
}

// read makes Markdown of what a model returned: points as a list, and questions in italics
// after them, so that nobody takes them for points.
func read(raw string, most int) (draft.Text, error) {
	var o outlined
	if err := capability.Decode(json.RawMessage(raw), &o); err != nil {
		return draft.Text{}, err
	}
	var b strings.Builder
	for _, s := range o.Sections[:min(most, len(o.Sections))] {
		fmt.Fprintf(&b, "## %s\n\n", prose.Line(s.Heading))
		for _, p := range draft.Lines(s.Points) {
			b.WriteString("- " + p + "\n")
		}
		for _, q := range draft.Lines(s.Questions) {
			b.WriteString("- *" + strings.ReplaceAll(q, "*", "") + "*\n")
		}
		b.WriteString("\n")
	}
	return draft.Text{Title: prose.Line(o.Title), Body: strings.TrimSpace(b.String())}, nil
}
