// Package seoreport analyses how well a text can be found and read. No model is
// called, and no item is created.
package seoreport

import (
	"context"
	_ "embed"
	"fmt"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/seo"
)

// Slug names the capability.
const Slug = "analyze-seo"

//go:embed settings.json
var schema []byte

// Settings are the text to analyze; see settings.json. Exactly one of ContentID
// and Text is given.
type Settings struct {
	ContentID       int64    `json:"content_id"`
	Text            string   `json:"text"`
	Title           string   `json:"title"`
	MetaTitle       string   `json:"meta_title"`
	MetaDescription string   `json:"meta_description"`
	Slug            string   `json:"slug"`
	Keywords        []string `json:"keywords"`
	Language        string   `json:"language"`
}

// New returns the capability.
func New() capability.Capability {
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             4,
			Slug:           Slug,
			Name:           "SEO Analysis",
			Description:    "Score how well a text can be found and read, with reasons and what to fix",
			Category:       domain.CategoryAnalysis,
			SettingsSchema: schema,
			Outputs:        capability.Outputs(capability.SEOOutputs("")),
		},
		Check: check,
		Title: title,
		Reads: reads,
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "analysis", Name: "Analysis", Kind: "analysis", DependsOn: []string{}}}, nil
		},
		Steps: map[string]capability.Step[Settings]{"analysis": analyze},
	})
}

// check wants an item or a text, and not both.
func check(s Settings, p *domain.Problems) {
	switch {
	case s.ContentID == 0 && s.Text == "":
		p.Add("settings.content_id", "Name a content_id or give a text to analyze")
	case s.ContentID != 0 && s.Text != "":
		p.Add("settings.text", "Give a content_id or a text, not both")
	}
}

func title(s Settings) string {
	switch {
	case s.Title != "":
		return prose.Clip("SEO of "+prose.Line(s.Title), 120)
	case s.ContentID != 0:
		return fmt.Sprintf("SEO of item %d", s.ContentID)
	}
	return prose.Clip("SEO of “"+prose.Clip(prose.Line(prose.Plain(s.Text)), 60)+"”", 120)
}

func reads(s Settings) []int64 {
	if s.ContentID == 0 {
		return nil
	}
	return []int64{s.ContentID}
}

// Analysis is the step's output.
type Analysis struct {
	ContentID int64  `json:"content_id,omitempty"`
	Version   int    `json:"version,omitempty"`
	Title     string `json:"title"`
	seo.Report
}

func analyze(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	page := seo.Input{
		Title:           s.Title,
		MetaTitle:       s.MetaTitle,
		MetaDescription: s.MetaDescription,
		Slug:            s.Slug,
		Body:            s.Text,
		Keywords:        s.Keywords,
		Language:        s.Language,
	}
	out := Analysis{}
	if s.ContentID != 0 {
		item, ok := in.Items[s.ContentID]
		if !ok {
			return capability.Result{}, domain.NotFound("Content item")
		}
		page = ofItem(page, item)
		out.ContentID, out.Version = item.ID, item.Version
	}
	out.Title, out.Report = page.Title, seo.Analyze(page)
	return capability.Result{Output: out}, nil
}

// ofItem fills in from an item what the settings do not say.
func ofItem(page seo.Input, item domain.ContentItem) seo.Input {
	fill := func(to *string, with string) {
		if *to == "" {
			*to = with
		}
	}
	fill(&page.Title, item.Title)
	fill(&page.MetaTitle, item.MetaTitle)
	fill(&page.MetaDescription, item.MetaDescription)
	fill(&page.Slug, item.Slug)
	fill(&page.Language, item.Language)
	page.Body = item.Body
	if len(page.Keywords) == 0 {
		page.Keywords = item.Keywords
	}
	return page
}
