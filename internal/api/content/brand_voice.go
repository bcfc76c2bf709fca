package content

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
)

// BrandVoiceAttributes is how a workspace wants its texts to sound.
type BrandVoiceAttributes struct {
	Name           string                 `json:"name"`
	Description    string                 `json:"description"`
	Tone           []string               `json:"tone"`
	Audience       string                 `json:"audience"`
	Do             []string               `json:"do"`
	Dont           []string               `json:"dont"`
	PreferredTerms []domain.PreferredTerm `json:"preferred_terms"`
	BannedTerms    []string               `json:"banned_terms"`
	SampleTexts    []string               `json:"sample_texts"`
	Language       string                 `json:"language" doc:"BCP 47; empty: no language of its own"`
	ReadingLevel   domain.ReadingLevel    `json:"reading_level" doc:"How much a reader is expected to know"`
	IsDefault      bool                   `json:"is_default" doc:"Whether it is the profile's default_brand_voice_id"`
	Version        int                    `json:"version" doc:"Raised by each change of its rules"`
	CreatedAt      time.Time              `json:"created_at"`
	UpdatedAt      time.Time              `json:"updated_at"`
}

// BrandVoiceID names a brand voice in the path.
type BrandVoiceID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The brand voice's id"`
}

var (
	chapterVoices = ops.Chapter{
		Name:        "Brand voices and agents",
		Description: "How texts sound, and who writes them.",
	}
	sampleBrandVoice = domain.BrandVoice{
		ID:             2,
		Name:           "Acme",
		Description:    "Plain and warm",
		Tone:           []string{"plain", "warm"},
		Audience:       "Heads of engineering",
		Do:             []string{"Say what to do first"},
		Dont:           []string{"Boast"},
		PreferredTerms: []domain.PreferredTerm{{Use: "customers", InsteadOf: "users"}},
		BannedTerms:    []string{"synergy"},
		SampleTexts:    []string{"We fix it, then we explain it."},
		Language:       "en",
		ReadingLevel:   domain.ReadingGeneral,
		IsDefault:      true,
		Version:        1,
		CreatedAt:      wire.SampleTime(),
		UpdatedAt:      wire.SampleTime(),
	}
)

const brandVoices = "/content-workflow/brand-voices"

func brandVoiceRows(v *content.Verbs) []ops.Op {
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "list_brand_voices",
			Route: ops.Route{Method: http.MethodGet, Path: brandVoices},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter: chapterVoices,
				Summary: "List Brand Voices",
				Description: "Lists brand voices: tone of voice, preferred and banned terms, audience. " +
					"Pass an id as brand_voice_id.",
			},
			Tool: ops.Tool{Set: "voices", Listed: true, Resources: []ops.Resource{{
				URI:         "vellocity://brand-voices",
				Name:        "brand-voices",
				Description: "How texts should sound",
			}}},
			Command: ops.Command{
				Noun:    "brand-voices",
				Verb:    "list",
				Columns: []string{"id", "name", "language", "is_default"},
			},
		}, func(ctx context.Context, in wire.Page) (domain.List[domain.BrandVoice], error) {
			return v.BrandVoices(ctx, wire.PageOf(in.Paging))
		}, func(r *ops.Reply, l domain.List[domain.BrandVoice]) []wire.Resource[BrandVoiceAttributes] {
			r.Total = l.Total
			return wire.Each(l.Items, brandVoice)
		}, domain.List[domain.BrandVoice]{Items: []domain.BrandVoice{sampleBrandVoice}, Total: 1}),
		ops.New(ops.Op{
			Name:  "get_brand_voice",
			Route: ops.Route{Method: http.MethodGet, Path: brandVoices + "/{id}"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapterVoices,
				Summary:     "Get Brand Voice",
				Description: "One brand voice in full.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     map[string]any{"id": sampleBrandVoice.ID},
			},
			Tool: ops.Tool{Set: "voices", Listed: true, Resources: []ops.Resource{{
				URI:         "vellocity://brand-voices/{id}",
				Name:        "brand-voice",
				Description: "A brand voice",
			}}},
			Command: ops.Command{Noun: "brand-voices", Verb: "get"},
		}, func(ctx context.Context, in BrandVoiceID) (domain.BrandVoice, error) {
			return v.BrandVoice(ctx, in.ID)
		}, viewBrandVoice, sampleBrandVoice),
		createBrandVoiceRow(v), editBrandVoiceRow(v), deleteBrandVoiceRow(v), brandVoiceVersionsRow(v),
	}
}

func viewBrandVoice(r *ops.Reply, v domain.BrandVoice) wire.Resource[BrandVoiceAttributes] {
	r.Revision = wire.Number(v.Revision())
	return brandVoice(v)
}

func brandVoice(v domain.BrandVoice) wire.Resource[BrandVoiceAttributes] {
	return wire.Resource[BrandVoiceAttributes]{
		Type:  "brand_voice",
		ID:    v.ID,
		Links: &wire.Links{Self: wire.Path(brandVoices, v.ID)},
		Attributes: BrandVoiceAttributes{
			Name:           v.Name,
			Description:    v.Description,
			Tone:           wire.List(v.Tone),
			Audience:       v.Audience,
			Do:             wire.List(v.Do),
			Dont:           wire.List(v.Dont),
			PreferredTerms: wire.List(v.PreferredTerms),
			BannedTerms:    wire.List(v.BannedTerms),
			SampleTexts:    wire.List(v.SampleTexts),
			Language:       v.Language,
			ReadingLevel:   cmp.Or(v.ReadingLevel, domain.ReadingGeneral),
			IsDefault:      v.IsDefault,
			Version:        v.Version,
			CreatedAt:      v.CreatedAt.UTC(),
			UpdatedAt:      v.UpdatedAt.UTC(),
		},
	}
}
