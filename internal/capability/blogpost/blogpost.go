// Package blogpost generates a blog post: brief, outline, sections side by side,
// assembly, title and description, a pass in the brand voice, checks.
//
// The number of sections is fixed when the execution is planned. Where there is less
// to say, as often with the composer, the last ones stay empty and do not appear in
// the post.
package blogpost

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
)

// Slug names the capability.
const Slug = "generate-blog-post"

//go:embed sample.json
var sampleBrief []byte

// Sample returns settings for a first execution: a small believable topic with points,
// facts and a source, and one promise that a guardrail finds, so that there is
// something to fix.
func Sample() json.RawMessage { return slices.Clone(sampleBrief) }

// New returns the capability.
func New() capability.Capability {
	s := steps{prompts: loadPrompts()}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             1,
			IsFeatured:     true,
			Slug:           Slug,
			Name:           "Blog Post Generator",
			Description:    "Generate SEO-optimized blog posts",
			Category:       domain.CategoryGeneration,
			Credits:        5,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(capability.SEOOutputs("seo.")),
		},
		Tidy:       Settings.tidy,
		Title:      title,
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources: func(_ capability.Input, s Settings) capability.Query {
			return capability.Query{Sourcing: s.Sourcing, Text: strings.Join(append([]string{s.Topic}, s.Keywords...), " ")}
		},
		Compose: func(s Settings, found []string) Settings {
			s.Facts, s.found = append(slices.Clone(s.Facts), found...), len(found)
			return s
		},
		Plan: plan,
		Steps: map[string]capability.Step[Settings]{
			"brief":    s.brief,
			"outline":  s.outline,
			"section":  s.section,
			"assemble": s.assemble,
			"meta":     s.meta,
			"voice":    s.voice,
			"checks":   s.checks,
		},
	})
}

// plan gives a credit to the outline, to the first three sections, and to the
// title and description.
func plan(s Settings) ([]domain.PlanStep, error) {
	out := []domain.PlanStep{
		{Key: "brief", Name: "Brief", Kind: "brief", DependsOn: []string{}},
		{Key: "outline", Name: "Outline", Kind: "outline", DependsOn: []string{"brief"}, Credits: 1},
	}
	var sections []string
	for i := range Sections(s.WordCount) {
		step := domain.PlanStep{
			Key:       fmt.Sprintf("section-%d", i+1),
			Name:      fmt.Sprintf("Section %d", i+1),
			Kind:      "section",
			DependsOn: []string{"outline"},
		}
		if i < 3 {
			step.Credits = 1
		}
		out = append(out, step)
		sections = append(sections, step.Key)
	}
	return append(
		out,
		domain.PlanStep{Key: "assemble", Name: "Assembly", Kind: "assemble", DependsOn: sections},
		domain.PlanStep{
			Key:       "meta",
			Name:      "Title and description",
			Kind:      "meta",
			DependsOn: []string{"assemble"},
			Credits:   1,
		},
		domain.PlanStep{Key: "voice", Name: "Brand voice", Kind: "voice", DependsOn: []string{"assemble"}},
		domain.PlanStep{Key: "checks", Name: "Checks", Kind: "checks", DependsOn: []string{"meta", "voice"}},
	), nil
}
