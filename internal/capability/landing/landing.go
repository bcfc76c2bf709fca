// Package landing writes the copy of a landing page: hero, benefits, proof, questions and
// the call to action. Proof appears word for word, with a model and without.
package landing

import (
	"context"
	_ "embed"
	"encoding/json"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "generate-landing-copy"

var (
	//go:embed settings.json
	schema []byte
	//go:embed task.tmpl
	task string
)

// Settings describe the page; see settings.json.
type Settings struct {
	draft.Common
	Benefits  []string `json:"benefits,omitempty"`
	Proof     []string `json:"proof,omitempty"`
	Questions []string `json:"questions,omitempty"`
}

// New returns the capability.
func New() capability.Capability {
	w := steps{draft.NewWriter("landing", task)}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             11,
			Slug:           Slug,
			Name:           "Landing Page Copy",
			Description:    "Write a landing page: hero, benefits, proof, questions and answers, and a call to action",
			Category:       domain.CategoryGeneration,
			Credits:        3,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(draft.Outputs()),
		},
		Tidy:       Settings.tidy,
		Title:      func(s Settings) string { return s.Common.Title("Landing page") },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources:    func(_ capability.Input, s Settings) capability.Query { return s.Query() },
		Compose:    func(s Settings, found []string) Settings { s.Common = s.With(found); return s },
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{
				{Key: "brief", Name: "Brief", Kind: "brief", DependsOn: []string{}},
				{Key: "page", Name: "Page", Kind: "page", DependsOn: []string{"brief"}, Credits: 3},
			}, nil
		},
		Steps: map[string]capability.Step[Settings]{"brief": brief, "page": w.page},
	})
}

func (s Settings) tidy() Settings {
	s.Common = s.Common.Tidy()
	s.Benefits, s.Proof, s.Questions = draft.Lines(s.Benefits), draft.Lines(s.Proof), draft.Lines(s.Questions)
	return s
}

func (s Settings) brief(in capability.Input) draft.Brief {
	fields := append(s.Head("Offer"),
		draft.Field{Setting: "benefits", Label: "Benefits", List: s.Benefits},
		draft.Field{Setting: "proof", Label: "Proof, which the page shows word for word", List: s.Proof},
		draft.Field{Setting: "questions", Label: "Questions that visitors ask", List: s.Questions},
	)
	return draft.Brief{
		Kind: "a landing page", Fields: append(fields, s.Body()...),
		Background: in.Background(), Passages: in.Passages,
	}
}

func brief(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	return capability.Result{Output: s, Findings: s.brief(in).Suspicious(in.Step.Key)}, nil
}

const pageSchema = `{"type":"object","additionalProperties":false,
"required":["headline","subline","summary","benefits","questions","action"],"properties":{
"headline":{"type":"string","minLength":1,"maxLength":120},"subline":{"type":"string","maxLength":300},
"summary":{"type":"string","maxLength":300},"action":{"type":"string","maxLength":300},
"benefits":{"type":"array","maxItems":8,"items":{"type":"object","additionalProperties":false,
"required":["heading","text"],"properties":{"heading":{"type":"string","minLength":1,"maxLength":120},"text":{"type":"string"}}}},
"questions":{"type":"array","maxItems":10,"items":{"type":"object","additionalProperties":false,
"required":["question","answer"],"properties":{"question":{"type":"string","minLength":1},"answer":{"type":"string","minLength":1}}}}}}`

type steps struct{ draft.Writer }

func (w steps) page(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	b := s.brief(in)
	composed := s.composed(in.BrandVoice)
	item := domain.ContentItem{Type: domain.ContentText, Language: s.Language, Keywords: s.Keywords}
	c, err := w.Checked(ctx, in, draft.Job{
		Brief: b, Language: s.Language, Data: s, Schema: json.RawMessage(pageSchema), MaxTokens: 6000,
		Compose: func() (string, error) { return composed.Body, nil },
	}, b.Guard(domain.ContentText, s.Language, append(s.Proof, s.CallToAction)...), func(raw string) (draft.Text, error) {
		if in.Origin.Kind == domain.OriginComposer {
			composed.Body = raw
			return composed, nil
		}
		var p page
		if err := capability.Decode(json.RawMessage(raw), &p); err != nil {
			return draft.Text{}, err
		}
		if len(s.Questions)+len(s.Facts)+len(s.KeyPoints) == 0 {
			p.Questions = nil // nothing that an answer could rest on
		}
		return draft.Text{
			Title: prose.Line(p.Headline), MetaTitle: prose.Clip(prose.Line(p.Headline), compose.MetaTitleMax),
			MetaDescription: prose.Line(p.Summary), Body: p.markdown(s),
		}, nil
	})
	if err != nil {
		return capability.Result{}, err
	}
	item.NeedsInput = s.needs()
	return draft.Create(in, c, item, draft.Record{Inputs: s})
}
