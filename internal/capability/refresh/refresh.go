// Package refresh brings an item up to date: it names what may be out of date, and has the
// text rewritten where new facts say so, as a new version or as a new item. What nothing
// new is given for stays word for word.
package refresh

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "refresh-content"

var (
	//go:embed settings.json
	schema []byte
	//go:embed task.tmpl
	task string
)

// Settings say what is new about which item; see settings.json.
type Settings struct {
	draft.Common
	ContentID    int64    `json:"content_id"`
	Sources      []string `json:"sources,omitempty"`
	Instructions string   `json:"instructions,omitempty"`
	Output       string   `json:"output"` // version, item
}

// New returns the capability.
func New() capability.Capability {
	w := steps{draft.NewWriter("refresh", task)}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             13,
			Slug:           Slug,
			Name:           "Content Refresh",
			Description:    "Bring an item up to date with new facts, and name what in it may be out of date",
			Category:       domain.CategoryWorkflow,
			Credits:        4,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate, domain.EffectRevise},
			SettingsSchema: schema,
			Outputs: capability.Outputs(draft.Outputs(), map[string]domain.OutputField{
				"summary": {Kind: domain.OutputLead}, "dated": {Label: "May be out of date"},
				"dated.text": {Label: "Text"}, "dated.sentence": {Label: "Sentence"}, "dated.why": {Label: "Why"},
				"replaces": {Label: "What new facts seem to replace"}, "replaces.fact": {Label: "New fact"},
				"replaces.sentence": {Label: "Sentence"},
			}),
		},
		Tidy:       Settings.tidy,
		Title:      func(s Settings) string { return fmt.Sprintf("Refresh of item %d", s.ContentID) },
		Reads:      func(s Settings) []int64 { return []int64{s.ContentID} },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources: func(in capability.Input, s Settings) capability.Query {
			return capability.Query{Sourcing: s.Sourcing, Text: strings.Join(append(s.Facts, in.Items[s.ContentID].Title), " ")}
		},
		Effects: func(s Settings) []domain.EffectKind {
			if s.Output == "item" {
				return []domain.EffectKind{domain.EffectCreate}
			}
			return []domain.EffectKind{domain.EffectRevise}
		},
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{
				{Key: "dated", Name: "What may be out of date", Kind: "dated", DependsOn: []string{}},
				{Key: "text", Name: "New text", Kind: "text", DependsOn: []string{"dated"}, Credits: 4},
			}, nil
		},
		Steps: map[string]capability.Step[Settings]{"dated": dated, "text": w.rewrite},
	})
}

func (s Settings) tidy() Settings {
	s.Common = s.Common.Tidy()
	s.Instructions = prose.Line(s.Instructions)
	return s
}

func (s Settings) brief(in capability.Input, item domain.ContentItem) draft.Brief {
	b := draft.FromItem("the refresh of an item", item,
		draft.Field{Setting: "audience", Label: "Audience", Text: s.Audience},
		draft.Field{Setting: "tone", Label: "Tone", Text: s.Tone},
		draft.Field{Setting: "facts", Label: "New facts, which are the only new figures allowed", List: s.Facts},
		draft.Field{Setting: "instructions", Label: "What else to change", Text: s.Instructions},
	)
	b.Sources, b.Passages = s.Sources, in.Passages // the text itself stands in the task, apart from what is new
	return b
}

// Report is the output of the first step.
type Report struct {
	ContentID int64     `json:"content_id"`
	Version   int       `json:"version"`
	Summary   string    `json:"summary"`
	Dated     []Dated   `json:"dated"`
	Replaces  []Replace `json:"replaces"`
}

// dated names what may be out of date, and what new facts seem to replace. No model is asked.
func dated(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	item, err := draft.Item(in, s.ContentID)
	if err != nil {
		return capability.Result{}, err
	}
	if prose.CountWords(prose.Plain(item.Body)) == 0 {
		return capability.Result{}, domain.Errorf(domain.CodeConflict,
			"“%s” has no text yet, so there is nothing to bring up to date. Write one first.", item.Title)
	}
	sentences := sentencesOf(item.Body)
	r := Report{ContentID: item.ID, Version: item.Version, Dated: find(sentences, item.Language)}
	r.Replaces = replaced(sentences, s.Facts)
	r.Summary = "Nothing in the text names a date, a price or a version that may be out of date."
	if n := len(r.Dated); n > 0 {
		r.Summary = domain.Plural(n, "place") + " may be out of date. Check each one; a new fact replaces it."
	}
	b := s.brief(in, item)
	b.Sources = append(slices.Clone(b.Sources), item.Body)
	return capability.Result{Output: r, Findings: b.Suspicious(in.Step.Key)}, nil
}
