// Package product describes a product for the people who may buy it. Specifications
// appear in a table, word for word, with a model and without.
package product

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "generate-product-description"

var (
	//go:embed settings.json
	schema []byte
	//go:embed task.tmpl
	task string
)

// Settings describe the product; see settings.json.
type Settings struct {
	draft.Common
	Name     string   `json:"name"`
	Features []string `json:"features,omitempty"`
	Specs    []string `json:"specs,omitempty"`
	Length   string   `json:"length"`
	Listing  string   `json:"listing_id,omitempty"` // of what the texts are for: lst_7
}

// Words is the length of the text in words, the table aside.
func (s Settings) Words() int {
	switch s.Length {
	case "short":
		return 60
	case "long":
		return 300
	}
	return 150
}

// New returns the capability.
func New() capability.Capability {
	w := steps{draft.NewWriter("product", task)}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             10,
			Slug:           Slug,
			Name:           "Product Description",
			Description:    "Describe a product by what it has and does, with its specifications in a table",
			Category:       domain.CategoryGeneration,
			Credits:        2,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(draft.Outputs()),
		},
		Tidy:       Settings.tidy,
		Title:      func(s Settings) string { return s.Common.Title("Product description") },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources:    func(_ capability.Input, s Settings) capability.Query { return s.Query() },
		Compose:    func(s Settings, found []string) Settings { s.Common = s.With(found); return s },
		Listing:    Settings.listing,
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{
				{Key: "brief", Name: "Brief", Kind: "brief", DependsOn: []string{}},
				{Key: "description", Name: "Description", Kind: "description", DependsOn: []string{"brief"}, Credits: 2},
			}, nil
		},
		Steps: map[string]capability.Step[Settings]{"brief": brief, "description": w.describe},
	})
}

func (s Settings) tidy() Settings {
	s.Common = s.Common.Tidy()
	s.Topic, s.KeyPoints = prose.Line(s.Name), draft.Lines(s.Features)
	s.Name, s.Features, s.Specs = s.Topic, s.KeyPoints, draft.Lines(s.Specs)
	return s
}

func (s Settings) listing() int64 {
	id, _ := domain.ListingID(s.Listing) // the schema has checked it
	return id
}

// from fills in from the listing what the settings do not say: its highlights, or else its sentences, are the features.
func (s Settings) from(l *domain.Listing) Settings {
	if l == nil {
		return s
	}
	if len(s.Features) == 0 {
		s.Features = draft.Lines(l.Highlights)
		if len(s.Features) == 0 {
			text := cmp.Or(l.LongDescription, l.ShortDescription)
			s.Features = draft.Lines(prose.SentenceTexts(text))
			s.Features = s.Features[:min(len(s.Features), mostSentences)]
		}
		s.KeyPoints = s.Features
	}
	if len(s.Keywords) == 0 {
		s.Keywords = draft.Lines(l.Keywords)
	}
	return s
}

// mostSentences is how many sentences of a listing are taken for features, as many as a caller may give.
const mostSentences = 20

func (s Settings) brief(in capability.Input) draft.Brief {
	fields := s.Head("Product")
	fields[0].Setting = "name"
	body := s.Body()
	body[0].Setting, body[0].Label = "features", "Features, some with their benefit"
	fields = append(append(fields, body...), draft.Field{
		Setting: "specs", Label: "Specifications, which a table below the text shows", List: s.Specs,
	})
	return draft.Brief{Kind: "a product description", Fields: fields, Background: in.Background(), Passages: in.Passages}
}

func brief(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	s = s.from(in.Listing)
	return capability.Result{Output: s, Findings: s.brief(in).Suspicious(in.Step.Key)}, nil
}

const productSchema = `{"type":"object","additionalProperties":false,"required":["summary","text"],"properties":{
"summary":{"type":"string","minLength":1,"maxLength":300},"text":{"type":"string","minLength":1}}}`

type steps struct{ draft.Writer }

func (w steps) describe(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	s = s.from(in.Listing)
	b := s.brief(in)
	from := s.Compose(in.BrandVoice)
	from.Format = "listing"
	composed := compose.NewArticle(from)
	g := b.Guard(domain.ContentProduct, s.Language, s.CallToAction)
	if in.Origin.Kind == domain.OriginModel {
		g.MaxWords = s.Words()*13/10 + prose.CountWords(strings.Join(s.Specs, " ")) + 20
	}
	c, err := w.Checked(ctx, in, draft.Job{
		Brief: b, Language: s.Language, Data: s, Schema: json.RawMessage(productSchema), MaxTokens: 4*s.Words() + 4000,
		Compose: func() (string, error) { return compose.Voiced(s.composed(composed), in.BrandVoice), nil },
	}, g, func(raw string) (draft.Text, error) {
		t := draft.Text{Title: s.Name, MetaTitle: prose.Clip(s.Name, compose.MetaTitleMax), Body: raw}
		if in.Origin.Kind == domain.OriginComposer {
			t.Title, t.MetaDescription = composed.Title, compose.NewMeta(from, composed.Title).Description
			return t, nil
		}
		var said struct{ Summary, Text string }
		if err := capability.Decode(json.RawMessage(raw), &said); err != nil {
			return t, err
		}
		t.MetaDescription, t.Body = prose.Line(said.Summary), strings.TrimSpace(said.Text)
		if rows := table(s.Specs, s.Language); rows != "" {
			t.Body += "\n\n" + rows
		}
		return t, nil
	})
	if err != nil {
		return capability.Result{}, err
	}
	item := domain.ContentItem{Type: domain.ContentProduct, Language: s.Language, Keywords: s.Keywords}
	record := draft.Record{Inputs: s}
	if in.Origin.Kind == domain.OriginComposer {
		item.NeedsInput, record.Format = needs(composed.Needs), composed.Format
	}
	return draft.Create(in, c, item, record)
}

// composed is the text in the caller's own words, with the table before the next step.
func (s Settings) composed(a compose.Article) string {
	last := compose.Article{Title: a.Title}
	if n := len(a.Parts) - 1; n > 0 && a.Parts[n].Heading == compose.Heading(s.Language, "next") {
		last.Parts, a.Parts = a.Parts[n:], a.Parts[:n]
	}
	var blocks []string
	for _, text := range []string{a.Markdown(), table(s.Specs, s.Language), last.Markdown()} {
		if text != "" {
			blocks = append(blocks, text)
		}
	}
	return strings.Join(blocks, "\n\n")
}

// needs names the settings of this capability.
func needs(list []domain.Need) []domain.Need {
	for i := range list {
		if list[i].Field == "key_points" {
			list[i].Field = "features"
		}
	}
	return list
}

// headings of the table, by language. Others get the table without a heading.
var headings = map[string]string{
	"en": "Specifications", "de": "Technische Daten", "fr": "Caractéristiques", "es": "Especificaciones", "ja": "仕様",
	"it": "Specifiche", "nl": "Specificaties", "pt": "Especificações",
}

// table shows specifications word for word: those with a label in a table, the others in
// a list below it.
func table(specs []string, language string) string {
	var rows, rest []string
	for _, s := range specs {
		label, value, ok := strings.Cut(s, ":")
		if !ok {
			label, value, ok = strings.Cut(s, "：")
		}
		if ok && strings.TrimSpace(label) != "" && strings.TrimSpace(value) != "" {
			rows = append(rows, "| "+cell(label)+" | "+cell(value)+" |")
		} else {
			rest = append(rest, s)
		}
	}
	var blocks []string
	code, _, _ := strings.Cut(strings.ToLower(language), "-")
	if h := headings[code]; h != "" && len(specs) > 0 {
		blocks = append(blocks, "## "+h)
	}
	if len(rows) > 0 {
		blocks = append(blocks, "| | |\n| --- | --- |\n"+strings.Join(rows, "\n"))
	}
	if len(rest) > 0 {
		blocks = append(blocks, compose.Lines(rest))
	}
	return strings.Join(blocks, "\n\n")
}

func cell(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "|", `\|`) }
