// Package readability analyses how easy a text is to read: as a whole, paragraph by paragraph, and in its
// hardest sentences. No model is called, and no item is created.
package readability

import (
	"context"
	_ "embed"
	"fmt"

	"vellocity/internal/capability"
	"vellocity/internal/check"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/voice"
)

// Slug names the capability.
const Slug = "analyze-readability"

//go:embed settings.json
var schema []byte

// Settings are the text to analyze; see settings.json. Exactly one of ContentID and Text is given.
type Settings struct {
	ContentID    int64               `json:"content_id"`
	Text         string              `json:"text"`
	ReadingLevel domain.ReadingLevel `json:"reading_level"`
	Language     string              `json:"language"`
}

// New returns the capability.
func New() capability.Capability {
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             7,
			Slug:           Slug,
			Name:           "Readability Analysis",
			Description:    "Measure how easy a text is to read, with its hardest sentences and what to change",
			Category:       domain.CategoryAnalysis,
			SettingsSchema: schema,
			Outputs: capability.Outputs(map[string]domain.OutputField{
				"summary":              {Kind: domain.OutputLead},
				"score":                {Kind: domain.OutputScore},
				"school_years":         {Label: "Years of school"},
				"target":               {Label: "Reading ease of the level"},
				"language":             {Label: "Language measured in"},
				"average_sentence":     {Label: "Average sentence", Unit: "words"},
				"advice":               {Label: "What would help most"},
				"hardest":              {Label: "Hardest sentences"},
				"hardest.text":         {Label: "Sentence"},
				"hardest.words":        {Label: "Words"},
				"hardest.why":          {Label: "Why"},
				"paragraphs":           {Label: "Paragraphs"},
				"paragraphs.begins":    {Label: "Begins"},
				"paragraphs.words":     {Label: "Words"},
				"paragraphs.ease":      {Label: "Reading ease, 0 to 100"},
				"paragraphs.verdict":   {Label: "For"},
				"paragraphs.sentences": {Label: "Sentences"},
			}),
		},
		Check: checkSettings,
		Title: title,
		Reads: reads,
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "analysis", Name: "Analysis", Kind: "analysis", DependsOn: []string{}}}, nil
		},
		Steps: map[string]capability.Step[Settings]{"analysis": analyze},
	})
}

// checkSettings wants an item or a text, and not both.
func checkSettings(s Settings, p *domain.Problems) {
	switch {
	case s.ContentID == 0 && s.Text == "":
		p.Add("settings.content_id", "Name a content_id or give a text to analyze")
	case s.ContentID != 0 && s.Text != "":
		p.Add("settings.text", "Give a content_id or a text, not both")
	}
}

func title(s Settings) string {
	if s.ContentID != 0 {
		return fmt.Sprintf("Readability of item %d", s.ContentID)
	}
	return prose.Clip("Readability of “"+prose.Clip(prose.Line(prose.Plain(s.Text)), 60)+"”", 120)
}

func reads(s Settings) []int64 {
	if s.ContentID == 0 {
		return nil
	}
	return []int64{s.ContentID}
}

// Analysis is the step's output.
type Analysis struct {
	ContentID int64   `json:"content_id,omitempty"`
	Version   int     `json:"version,omitempty"`
	Summary   string  `json:"summary"`
	Score     *int    `json:"score,omitempty"` // reading ease; absent for a language without a formula
	Years     float64 `json:"school_years,omitempty"`
	Target    int     `json:"target"`
	Language  string  `json:"language"`
	Words     int     `json:"words"`
	Sentences int     `json:"sentences"`
	Average   float64 `json:"average_sentence"`
	// Advice says what would help most, at most three points.
	Advice     []string             `json:"advice"`
	Hardest    []check.HardSentence `json:"hardest"` // at most five
	Paragraphs []Paragraph          `json:"paragraphs"`
}

// Paragraph is one paragraph of the text, headings and short ones aside.
type Paragraph struct {
	Begins    string   `json:"begins"`
	Words     int      `json:"words"`
	Sentences int      `json:"sentences"`
	Ease      *float64 `json:"ease,omitempty"`
	Verdict   string   `json:"verdict,omitempty"` // whom it suits: simple, general, expert, or nobody
}

const (
	mostHard       = 5
	mostParagraphs = 100 // of a long text the hardest count, and they are listed by sentence
	leastParagraph = 15  // words: fewer say nothing about reading ease
)

func analyze(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	body, out := s.Text, Analysis{Advice: []string{}, Paragraphs: []Paragraph{}, Language: s.Language}
	if s.ContentID != 0 {
		item, ok := in.Items[s.ContentID]
		if !ok {
			return capability.Result{}, domain.NotFound("Content item")
		}
		body, out.ContentID, out.Version = item.Body, item.ID, item.Version
		if out.Language == "" {
			out.Language = item.Language
		}
	}
	doc := prose.Parse(body)
	text := doc.Text()
	if out.Language == "" {
		out.Language = prose.GuessLanguage(text)
	}
	level, _ := voice.LevelOf(s.ReadingLevel, out.Language)
	out.Target = int(level.Ease)
	m := prose.Measure(text, out.Language)
	out.Words, out.Sentences, out.Average = m.Words, m.Sentences, m.Average
	out.Hardest = check.Hardest(text, out.Language, mostHard)
	for _, p := range doc.Paragraphs {
		if n := prose.CountWords(p); n >= leastParagraph && len(out.Paragraphs) < mostParagraphs {
			out.Paragraphs = append(out.Paragraphs, paragraph(p, out.Language, n))
		}
	}
	out.conclude(text, s.ReadingLevel, level)
	return capability.Result{Output: out}, nil
}

// conclude says what the measures come to, and what to change.
func (a *Analysis) conclude(text string, name domain.ReadingLevel, level voice.Level) {
	e, ok := prose.EaseOf(text, a.Language)
	switch {
	case a.Words == 0:
		a.Summary = "There is no text to measure."
		return
	case !ok || a.Language == "":
		a.Summary = "Reading ease is measured for English, German, French and Spanish. Here are the longest sentences."
	default:
		score := int(e.Score + 0.5)
		a.Score, a.Years = &score, e.Grade
		a.Summary = fmt.Sprintf("Reading ease is %d of 100; the level “%s” asks for %d.", score, name, a.Target)
		if score < a.Target {
			a.Advice = append(a.Advice, "Use more common words, and say one thing in each sentence.")
		}
	}
	if a.Average > float64(level.Average) {
		a.Advice = append(
			a.Advice,
			fmt.Sprintf("Sentences have %.0f words on average. Aim for %d.", a.Average, level.Average),
		)
	}
	if len(a.Hardest) > 0 && a.Hardest[0].Words > level.Longest {
		a.Advice = append(a.Advice, fmt.Sprintf("Split the longest sentences: at most %d words.", level.Longest))
	}
}

func paragraph(text, language string, words int) Paragraph {
	p := Paragraph{Begins: prose.Clip(prose.Line(text), 60), Words: words, Sentences: len(prose.Sentences(text))}
	e, ok := prose.EaseOf(text, language)
	if !ok || language == "" {
		return p
	}
	p.Ease, p.Verdict = &e.Score, "hardly anybody"
	for _, name := range []domain.ReadingLevel{domain.ReadingSimple, domain.ReadingGeneral, domain.ReadingExpert} {
		if level, _ := voice.LevelOf(name, language); e.Score >= level.Ease {
			p.Verdict = string(name)
			break
		}
	}
	return p
}
