// Package translate translates an item with a model. Structure, links, numbers and the
// words to keep are compared with the source; what differs is tried once more and then
// named.
package translate

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "translate-content"

var (
	//go:embed settings.json
	schema []byte
	//go:embed piece.tmpl
	pieceTask string
	//go:embed head.tmpl
	headTask string
)

// Settings say which item to translate into which language; see settings.json.
type Settings struct {
	ContentID    int64    `json:"content_id"`
	Language     string   `json:"language"`
	Keep         []string `json:"keep,omitempty"`
	Formality    string   `json:"formality"` // auto, informal, formal
	BrandVoiceID int64    `json:"brand_voice_id,omitempty"`
}

// New returns the capability.
func New() capability.Capability {
	w := steps{piece: draft.NewWriter("piece", pieceTask), head: draft.NewWriter("head", headTask)}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:                 14,
			Slug:               Slug,
			Name:               "Translation",
			Description:        "Translate an item with a model, and check that its structure, links and numbers stay the same",
			Category:           domain.CategoryGeneration,
			Credits:            3,
			IsBeta:             true,
			NeedsModel:         true,
			Guarded:            true,
			RequiredExtensions: []string{domain.ExtensionModel},
			Effects:            []domain.EffectKind{domain.EffectCreate},
			SettingsSchema:     schema,
			Outputs: capability.Outputs(draft.Outputs(), map[string]domain.OutputField{
				"differs": {Label: "Differs from the source"},
			}),
		},
		Tidy: func(s Settings) Settings {
			s.Keep, s.Language = draft.Lines(s.Keep), strings.ReplaceAll(s.Language, "_", "-")
			return s
		},
		Title: func(s Settings) string {
			return fmt.Sprintf("Translation of item %d into %s", s.ContentID, prose.LanguageName(s.Language))
		},
		Reads:      func(s Settings) []int64 { return []int64{s.ContentID} },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{
				{Key: "translation", Name: "Translation", Kind: "translation", DependsOn: []string{}, Credits: 3},
			}, nil
		},
		Steps: map[string]capability.Step[Settings]{"translation": w.translate},
	})
}

type steps struct{ piece, head draft.Writer }

// page is the data of the prompts.
type page struct {
	Settings
	Name string // of the language
	Text string
}

// cannot is what the composer is asked instead; the execution is refused before that.
func cannot() (string, error) {
	return "", domain.Errorf(domain.CodeConflict, "Only a model can translate")
}

func (w steps) translate(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	item, err := draft.Item(in, s.ContentID)
	if err != nil {
		return capability.Result{}, err
	}
	switch {
	case strings.TrimSpace(item.Body) == "":
		return capability.Result{}, domain.Errorf(domain.CodeConflict,
			"“%s” has no text yet, so there is nothing to translate. Write one first.", item.Title)
	case strings.EqualFold(item.Language, s.Language):
		return capability.Result{}, domain.Errorf(domain.CodeConflict,
			"“%s” is in %s already. Choose another language.", item.Title, prose.LanguageName(s.Language))
	}
	b := draft.Brief{
		Kind: "a translation",
		Fields: []draft.Field{
			{Setting: "content_id", Label: "Title of the source", Text: item.Title},
			{Setting: "keep", Label: "Words to keep as they are", List: s.Keep},
		},
	}
	findings := capability.Suspicious(in.Step.Key, capability.Given{Setting: "content_id", Texts: []string{item.Body}})
	translated, err := w.top(ctx, in, s, b, item)
	if err != nil {
		return capability.Result{}, err
	}
	var parts []string
	for _, source := range pieces(item.Body) {
		part, trace, err := w.one(ctx, in, s, b, source)
		if err != nil {
			return capability.Result{}, err
		}
		parts, translated.trace = append(parts, part), trace
	}
	translated.Body = strings.Join(parts, "\n\n")
	return s.finished(ctx, in, item, translated, findings)
}

// one translates a piece, and once more where it differs from its source.
func (w steps) one(
	ctx context.Context, in capability.Input, s Settings, b draft.Brief, source string,
) (string, capability.Trace, error) {
	j := draft.Job{
		Brief: b, Language: s.Language, Data: page{s, prose.LanguageName(s.Language), source},
		MaxTokens: len(source) + 4000, Compose: cannot,
	}
	first, trace, err := w.piece.Write(ctx, in, j)
	if err != nil {
		return "", trace, err
	}
	faults := differs(source, first, s.Keep)
	if len(faults) == 0 {
		return first, trace, nil
	}
	second, again, err := w.piece.Again(ctx, in, j, first, messages(faults))
	if err != nil {
		return "", trace, err
	}
	if len(differs(source, second, s.Keep)) < len(faults) {
		return second, again, nil
	}
	return first, trace, nil
}

const headSchema = `{"type":"object","additionalProperties":false,
"required":["title","meta_title","meta_description","keywords"],"properties":{
"title":{"type":"string","minLength":1,"maxLength":300},"meta_title":{"type":"string","maxLength":200},
"meta_description":{"type":"string","maxLength":400},"keywords":{"type":"array","items":{"type":"string"}}}}`

// text is a translated text with its keywords.
type text struct {
	draft.Text
	keywords []string
	trace    capability.Trace
}

// top translates what surrounds the text.
func (w steps) top(
	ctx context.Context, in capability.Input, s Settings, b draft.Brief, item domain.ContentItem,
) (text, error) {
	about, err := json.Marshal(map[string]any{
		"title": item.Title, "meta_title": item.MetaTitle, "meta_description": item.MetaDescription,
		"keywords": item.Keywords,
	})
	if err != nil {
		return text{}, fmt.Errorf("encode the title: %w", err)
	}
	raw, trace, err := w.head.Write(ctx, in, draft.Job{
		Brief: b, Language: s.Language, Data: page{s, prose.LanguageName(s.Language), string(about)},
		Schema: json.RawMessage(headSchema), MaxTokens: 4000, Compose: cannot,
	})
	if err != nil {
		return text{}, err
	}
	var h struct {
		Title           string
		MetaTitle       string `json:"meta_title"`
		MetaDescription string `json:"meta_description"`
		Keywords        []string
	}
	if err := capability.Decode(json.RawMessage(raw), &h); err != nil {
		return text{}, err
	}
	t := text{keywords: draft.Lines(h.Keywords), trace: trace}
	t.keywords = t.keywords[:min(len(t.keywords), len(item.Keywords))]
	t.Title, t.MetaTitle, t.MetaDescription = prose.Line(h.Title), prose.Line(h.MetaTitle), prose.Line(h.MetaDescription)
	if item.MetaTitle == "" {
		t.MetaTitle = ""
	}
	if item.MetaDescription == "" {
		t.MetaDescription = ""
	}
	return t, nil
}

// Translated is the output of the step.
type Translated struct {
	draft.Written
	Differs []string `json:"differs"`
}

// finished checks the whole translation and puts it on the board. Figures and links are
// compared with the source here, so the guardrails need not guess.
func (s Settings) finished(
	ctx context.Context, in capability.Input, item domain.ContentItem, t text, early []domain.Finding,
) (capability.Result, error) {
	guarded, err := capability.GuardWhole(ctx, in, guard.Input{
		Text: t.Body, Title: t.Title, MetaTitle: t.MetaTitle, MetaDescription: t.MetaDescription,
		Type: item.Type, Channel: item.Channel, Language: s.Language,
		Allowed: []string{item.Body, item.Title}, SupportUnknown: true,
	}, nil)
	if err != nil {
		return capability.Result{}, err
	}
	faults := differs(item.Body, t.Body, s.Keep)
	for _, f := range faults {
		guarded.Findings = append(guarded.Findings, domain.Finding{
			Guardrail: f.guardrail, Step: in.Step.Key, Severity: domain.SeverityWarning, Action: domain.ActionFlagged,
			Matches: []domain.Match{}, Message: f.message,
		})
	}
	c := draft.Checked{Text: t.Text, Guarded: guarded, Trace: t.trace}
	made := domain.ContentItem{
		Title: t.Title, Type: item.Type, Channel: item.Channel, Language: s.Language, Keywords: t.keywords,
	}
	result, err := draft.Create(in, c, made, draft.Record{Inputs: s, From: draft.Refs(item)})
	if err != nil {
		return result, err
	}
	result.Findings = append(early, result.Findings...)
	if out, ok := result.Output.(draft.Written); ok {
		result.Output = Translated{out, messages(faults)}
	}
	return result, nil
}
