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
	"vellocity/internal/verb"
)

// BrandVoiceVersion is one state of a brand voice, with who made it and when.
type BrandVoiceVersion struct {
	N              int                    `json:"n" doc:"Number, from 1"`
	Author         string                 `json:"author"`
	AuthorKind     domain.ActorKind       `json:"author_kind"`
	CreatedAt      time.Time              `json:"created_at"`
	Name           string                 `json:"name"`
	Description    string                 `json:"description"`
	Tone           []string               `json:"tone"`
	Audience       string                 `json:"audience"`
	Do             []string               `json:"do"`
	Dont           []string               `json:"dont"`
	PreferredTerms []domain.PreferredTerm `json:"preferred_terms"`
	BannedTerms    []string               `json:"banned_terms"`
	SampleTexts    []string               `json:"sample_texts"`
	Language       string                 `json:"language" doc:"BCP 47"`
	ReadingLevel   domain.ReadingLevel    `json:"reading_level"`
}

type createBrandVoice struct {
	Name string `json:"name" limit:"brand_voice_name" doc:"What people call it"`
	domain.BrandVoiceEdit
}

type editBrandVoice struct {
	BrandVoiceID
	Name *string `json:"name,omitempty" limit:"brand_voice_name" doc:"What people call it"`
	domain.BrandVoiceEdit
	ops.Conditional
}

type deleteBrandVoice struct {
	BrandVoiceID
	ops.Conditional
}

type listBrandVoiceVersions struct {
	BrandVoiceID
	ops.Paging
}

func createBrandVoiceRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_brand_voice",
		Route:          ops.Route{Method: http.MethodPost, Path: brandVoices, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterVoices,
			Summary: "Create a brand voice",
			Description: "Creates a brand voice; only the name is required. A preferred term replaces each other term once, " +
				"and contains no banned one. A workspace has at most 200.",
			Errors: []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"name":            "Acme",
				"tone":            []string{"plain", "warm"},
				"audience":        "Heads of engineering",
				"do":              []string{"Say what to do first"},
				"preferred_terms": []any{map[string]any{"use": "customers", "instead_of": "users"}},
				"banned_terms":    []string{"synergy"},
			},
		},
		Tool:    ops.Tool{Set: "voices"},
		Command: ops.Command{Noun: "brand-voices", Verb: "create"},
	}, func(ctx context.Context, in createBrandVoice) (domain.BrandVoice, error) {
		return v.CreateBrandVoice(ctx, content.CreateBrandVoice{Name: in.Name, BrandVoiceEdit: in.BrandVoiceEdit})
	}, func(r *ops.Reply, v domain.BrandVoice) wire.Resource[BrandVoiceAttributes] {
		r.Location = wire.Path(brandVoices, v.ID)
		return viewBrandVoice(r, v)
	}, sampleBrandVoice)
}

func editBrandVoiceRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_brand_voice",
		Route: ops.Route{Method: http.MethodPatch, Path: brandVoices + "/{id}"},
		Scope: domain.ScopeWrite,
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterVoices,
			Summary: "Edit a brand voice",
			Description: "Changes the fields that are given and creates a version. A list replaces the one before. " +
				"What was written before keeps the version that it was written with.",
			Errors: []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{
				"id":           sampleBrandVoice.ID,
				"banned_terms": []string{"synergy", "leverage"},
			},
		},
		Tool:    ops.Tool{Set: "voices"},
		Command: ops.Command{Noun: "brand-voices", Verb: "edit"},
	}, func(ctx context.Context, in editBrandVoice) (domain.BrandVoice, error) {
		return v.EditBrandVoice(ctx, content.EditBrandVoice{
			ID:             in.ID,
			Name:           in.Name,
			BrandVoiceEdit: in.BrandVoiceEdit,
			Precondition:   verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewBrandVoice, sampleBrandVoice)
}

func deleteBrandVoiceRow(v *content.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_brand_voice",
		Route: ops.Route{Method: http.MethodDelete, Path: brandVoices + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterVoices,
			Summary: "Delete a brand voice",
			Description: "The default and a brand voice that an agent writes in cannot be deleted: 409, and details.blockers " +
				"names each. Items and executions keep theirs, and those that run end with it.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleBrandVoice.ID},
		},
		Tool:    ops.Tool{Set: "voices"},
		Command: ops.Command{Noun: "brand-voices", Verb: "delete"},
	}, func(ctx context.Context, in deleteBrandVoice) error {
		return v.DeleteBrandVoice(ctx, verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	})
}

func brandVoiceVersionsRow(v *content.Verbs) ops.Op {
	sample := domain.BrandVoiceVersion{
		BrandVoice: sampleBrandVoice, AuthorKind: domain.ActorPerson, Author: "Ada", At: wire.SampleTime(),
	}
	return ops.New(ops.Op{
		Name:  "list_brand_voice_versions",
		Route: ops.Route{Method: http.MethodGet, Path: brandVoices + "/{id}/versions"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterVoices,
			Summary:     "List the versions of a brand voice",
			Description: "Every version in full, with who made it and when, newest first.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"id": sampleBrandVoice.ID},
		},
		Tool: ops.Tool{Set: "voices", Whole: true, Defaults: map[string]any{"per_page": 5}},
		Command: ops.Command{
			Noun:    "brand-voices",
			Verb:    "versions",
			Columns: []string{"n", "created_at", "author", "name"},
		},
	}, func(ctx context.Context, in listBrandVoiceVersions) (domain.List[domain.BrandVoiceVersion], error) {
		return v.BrandVoiceVersions(ctx, content.ListBrandVoiceVersions{ID: in.ID, Page: wire.PageOf(in.Paging)})
	}, func(r *ops.Reply, l domain.List[domain.BrandVoiceVersion]) []BrandVoiceVersion {
		r.Total = l.Total
		return wire.Each(l.Items, brandVoiceVersion)
	}, domain.List[domain.BrandVoiceVersion]{Items: []domain.BrandVoiceVersion{sample}, Total: 1})
}

func brandVoiceVersion(v domain.BrandVoiceVersion) BrandVoiceVersion {
	return BrandVoiceVersion{
		N:              v.Version,
		Author:         v.Author,
		AuthorKind:     v.AuthorKind,
		CreatedAt:      v.At.UTC(),
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
	}
}
