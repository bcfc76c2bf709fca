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
	"math"
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "generate-blog-post"

//go:embed settings.json
var schema []byte

//go:embed sample.json
var sampleBrief []byte

// Sample returns settings for a first execution: a small believable topic with points,
// facts and a source, and one promise that a guardrail finds, so that there is
// something to fix.
func Sample() json.RawMessage { return slices.Clone(sampleBrief) }

// Settings describe the post; see settings.json.
type Settings struct {
	Topic        string   `json:"topic"`
	Keywords     []string `json:"keywords,omitempty"`
	Audience     string   `json:"audience,omitempty"`
	Tone         string   `json:"tone,omitempty"`
	WordCount    int      `json:"word_count"`
	KeyPoints    []string `json:"key_points,omitempty"`
	Facts        []string `json:"facts,omitempty"`
	Sources      []string `json:"sources,omitempty"`
	Language     string   `json:"language"`
	BrandVoiceID int64    `json:"brand_voice_id,omitempty"`
	CallToAction string   `json:"call_to_action,omitempty"`
}

// New returns the capability.
func New() capability.Capability {
	s := steps{prompts: loadPrompts()}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			Slug:           Slug,
			Name:           "Blog Post Generator",
			Description:    "Generate SEO-optimized blog posts",
			Category:       domain.CategoryGeneration,
			Credits:        5,
			NeedsModel:     true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(capability.SEOOutputs("seo.")),
		},
		Tidy:       Settings.tidy,
		Title:      title,
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Plan:       plan,
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

func title(s Settings) string {
	if s.Topic == "" {
		return "Blog post"
	}
	return prose.Clip(prose.Capital(s.Topic), 120)
}

// Sections returns how many sections a post of so many words is planned with:
// one for about 160 words, 3 to 8.
func Sections(words int) int {
	return min(8, max(3, int(math.Round(float64(words)/160))))
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

// tidy returns the settings in the form that the steps use.
func (s Settings) tidy() Settings {
	s.Topic, s.Audience, s.Tone, s.CallToAction = prose.Line(
		s.Topic,
	), prose.Line(
		s.Audience,
	), prose.Line(
		s.Tone,
	), prose.Line(
		s.CallToAction,
	)
	s.Keywords, s.KeyPoints, s.Facts = tidied(
		s.Keywords,
		prose.Line,
	), tidied(
		s.KeyPoints,
		prose.Line,
	), tidied(
		s.Facts,
		prose.Line,
	)
	s.Sources = tidied(s.Sources, strings.TrimSpace)
	s.Language = strings.ReplaceAll(s.Language, "_", "-")
	return s
}

// tidied drops empty lines and duplicates.
func tidied(list []string, form func(string) string) []string {
	var out []string
	for _, s := range list {
		if s = form(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// support is everything that supports numbers, quotes and links in the post.
func (s Settings) support() []string {
	return slices.Concat([]string{s.Topic, s.Audience, s.Tone}, s.Keywords, s.KeyPoints, s.Facts, s.Sources)
}
