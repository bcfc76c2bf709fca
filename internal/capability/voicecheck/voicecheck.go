// Package voicecheck holds a text against a brand voice: by rules, and apart from them by a model's judgement
// where one is connected. It creates no item.
package voicecheck

import (
	"context"
	_ "embed"
	"fmt"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/voice"
)

// Slug names the capability.
const Slug = "check-brand-voice"

//go:embed settings.json
var schema []byte

// Settings are the text to check; see settings.json. Exactly one of ContentID and Text is given.
type Settings struct {
	ContentID    int64  `json:"content_id"`
	Text         string `json:"text"`
	BrandVoiceID int64  `json:"brand_voice_id"`
	Language     string `json:"language"`
}

// New returns the capability.
func New() capability.Capability {
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             6,
			Slug:           Slug,
			Name:           "Brand Voice Check",
			Description:    "Check how far a text follows a brand voice, with the places and what to write instead",
			Category:       domain.CategoryAnalysis,
			Credits:        1,
			NeedsModel:     true,
			SettingsSchema: schema,
			Outputs: capability.Outputs(map[string]domain.OutputField{
				"adherence":         {Kind: domain.OutputScore},
				"summary":           {Kind: domain.OutputLead},
				"checks":            {Kind: domain.OutputChecks},
				"brand_voice":       {Label: "Brand voice"},
				"distance":          {Label: "Distance from the samples, 0 to 1"},
				"distance_reason":   {Label: "No distance"},
				"differs":           {Label: "What differs most from the samples"},
				"evidence":          {Label: "Places"},
				"evidence.start":    {Kind: domain.OutputHidden},
				"evidence.end":      {Kind: domain.OutputHidden},
				"evidence.part":     {Label: "Part"},
				"evidence.text":     {Label: "Text"},
				"evidence.rule":     {Label: "Rule"},
				"evidence.instead":  {Label: "Instead"},
				"verdict":           {Label: "A model’s judgement"},
				"fits":              {Label: "Fits, as the model judges"},
				"quotes":            {Label: "What does not fit, as the model judges"},
				"quotes.quote":      {Label: "Text"},
				"quotes.why":        {Label: "Why"},
				"quotes.instead":    {Label: "Instead"},
				"not_in_text":       {Label: "Quotes left out because the text does not have them"},
				"without_judgement": {Label: "No judgement"},
			}),
		},
		Check:      check,
		Title:      title,
		Reads:      reads,
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Plan:       plan,
		Steps:      map[string]capability.Step[Settings]{"rules": rules, "judgement": judge},
	})
}

// check wants an item or a text, and not both.
func check(s Settings, p *domain.Problems) {
	switch {
	case s.ContentID == 0 && s.Text == "":
		p.Add("settings.content_id", "Name a content_id or give a text to check")
	case s.ContentID != 0 && s.Text != "":
		p.Add("settings.text", "Give a content_id or a text, not both")
	}
}

func title(s Settings) string {
	if s.ContentID != 0 {
		return fmt.Sprintf("Brand voice of item %d", s.ContentID)
	}
	return prose.Clip("Brand voice of “"+prose.Clip(prose.Line(prose.Plain(s.Text)), 60)+"”", 120)
}

func reads(s Settings) []int64 {
	if s.ContentID == 0 {
		return nil
	}
	return []int64{s.ContentID}
}

func plan(Settings) ([]domain.PlanStep, error) {
	return []domain.PlanStep{
		{Key: "rules", Name: "Rules", Kind: "rules", DependsOn: []string{}},
		{Key: "judgement", Name: "Judgement", Kind: "judgement", DependsOn: []string{"rules"}, Credits: 1},
	}, nil
}

// Held is the output of the rules.
type Held struct {
	ContentID  int64      `json:"content_id,omitempty"`
	Version    int        `json:"version,omitempty"`
	Summary    string     `json:"summary"`
	BrandVoice string     `json:"brand_voice"`
	Adherence  *int       `json:"adherence,omitempty"` // absent where no part applies
	Checks     []Check    `json:"checks"`
	Distance   *float64   `json:"distance,omitempty"`
	Reason     string     `json:"distance_reason,omitempty"`
	Differs    []string   `json:"differs"`
	Evidence   []Evidence `json:"evidence"`
}

// Check is a part of the brand voice in points.
type Check struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Points     int    `json:"points"`
	Max        int    `json:"max"`
	Applicable bool   `json:"applicable"`
	Found      string `json:"found"`
	Fix        string `json:"fix,omitempty"`
}

// Evidence is a place in the text, in code points.
type Evidence struct {
	Part    string `json:"part"`
	Start   int    `json:"start"`
	End     int    `json:"end"`
	Text    string `json:"text"`
	Rule    string `json:"rule"`
	Instead string `json:"instead,omitempty"`
}

// text returns what is checked, with its language, and the item that it is of.
func text(in capability.Input, s Settings) (body, language string, item domain.ContentItem, err error) {
	if s.ContentID == 0 {
		return s.Text, s.Language, item, nil
	}
	item, ok := in.Items[s.ContentID]
	if !ok {
		return "", "", item, domain.NotFound("Content item")
	}
	language = s.Language
	if language == "" {
		language = item.Language
	}
	return item.Body, language, item, nil
}

func rules(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	if in.BrandVoice == nil {
		return capability.Result{}, domain.Errorf(domain.CodeConflict,
			"There is no brand voice to check against. Name a brand_voice_id, or make one the workspace's default.")
	}
	body, language, item, err := text(in, s)
	if err != nil {
		return capability.Result{}, err
	}
	r := voice.Check(body, language, *in.BrandVoice)
	out := Held{
		ContentID: item.ID, Version: item.Version, BrandVoice: in.BrandVoice.Name, Reason: r.Distance.Reason,
		Differs: append([]string{}, r.Distance.Differs...), Checks: []Check{}, Evidence: []Evidence{}, Summary: r.Reason,
	}
	if r.Judged {
		out.Adherence = &r.Adherence
		out.Summary = fmt.Sprintf("The text follows the brand voice “%s” to %d of 100 by the rules that apply.",
			in.BrandVoice.Name, r.Adherence)
	}
	if r.Distance.Known {
		out.Distance = &r.Distance.Value
	}
	for _, p := range r.Parts {
		out.Checks = append(out.Checks, Check{
			ID: p.ID, Name: p.Name, Points: (p.Score*p.Weight + 50) / 100, Max: p.Weight, Applicable: p.Applicable,
			Found: p.Found, Fix: p.Fix,
		})
		for _, e := range p.Evidence {
			out.Evidence = append(out.Evidence, Evidence{p.ID, e.Start, e.End, e.Text, e.Rule, e.Instead})
		}
	}
	return capability.Result{Output: out}, nil
}
