package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// keptVoice is the part of a voice that is kept as one JSON text.
type keptVoice struct {
	Description    string                 `json:"description"`
	Tone           []string               `json:"tone"`
	Audience       string                 `json:"audience"`
	Do             []string               `json:"do"`
	Dont           []string               `json:"dont"`
	PreferredTerms []domain.PreferredTerm `json:"preferred_terms"`
	BannedTerms    []string               `json:"banned_terms"`
	SampleTexts    []string               `json:"sample_texts"`
	Language       string                 `json:"language"`
	ReadingLevel   string                 `json:"reading_level"`
}

const voiceColumns = `id, name, body, is_default, version, created_at, updated_at`

func scanVoice(row db.Row) (v domain.BrandVoice, err error) {
	var k keptVoice
	err = row.Scan(&v.ID, &v.Name, db.JSON(&k), &v.IsDefault, &v.Version, db.Time(&v.CreatedAt), db.Time(&v.UpdatedAt))
	v.Description, v.Tone, v.Audience, v.Do, v.Dont = k.Description, k.Tone, k.Audience, k.Do, k.Dont
	v.PreferredTerms, v.BannedTerms, v.SampleTexts = k.PreferredTerms, k.BannedTerms, k.SampleTexts
	v.Language, v.ReadingLevel = k.Language, k.ReadingLevel
	return v, err
}

// BrandVoice returns a brand voice of the workspace.
func (q Q) BrandVoice(ctx context.Context, workspaceID, id int64) (domain.BrandVoice, error) {
	v, ok, err := db.First(ctx, q.db, scanVoice, `select `+voiceColumns+` from voice where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return v, fmt.Errorf("read brand voice: %w", err)
	}
	if !ok {
		return v, domain.NotFound("Brand voice")
	}
	return v, nil
}

// BrandVoices returns a page of the workspace's brand voices.
func (q Q) BrandVoices(ctx context.Context, workspaceID int64, p domain.Page) (l domain.List[domain.BrandVoice], err error) {
	l.Items, err = db.Many(ctx, q.db, scanVoice, `select `+voiceColumns+` from voice where workspace_id = $1 order by id limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("list brand voices: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from voice where workspace_id = $1`, workspaceID)
	return l, err
}

// CreateBrandVoice adds a brand voice.
func (t *Tx) CreateBrandVoice(ctx context.Context, workspaceID int64, v domain.BrandVoice) (domain.BrandVoice, error) {
	body, err := toJSON(keptVoice{v.Description, v.Tone, v.Audience, v.Do, v.Dont, v.PreferredTerms, v.BannedTerms, v.SampleTexts, v.Language, v.ReadingLevel})
	if err != nil {
		return v, err
	}
	v.CreatedAt, v.UpdatedAt, v.Version = t.now, t.now, 1
	err = t.db.One(ctx, []any{&v.ID}, `insert into voice (workspace_id, name, body, is_default, created_at, updated_at) values ($1,$2,$3,$4,$5,$5) returning id`,
		workspaceID, v.Name, body, v.IsDefault, db.Millis(t.now))
	if err != nil {
		return v, fmt.Errorf("create brand voice: %w", err)
	}
	return v, nil
}
