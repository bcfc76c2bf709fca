package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a brand voice's columns.
const (
	brandVoiceRead db.Set = 1 << iota
	brandVoiceCreate
)

// brandVoiceRow is a brand voice with its workspace.
type brandVoiceRow struct {
	domain.BrandVoice
	workspaceID int64
}

// brandVoiceBody is what a brand voice stores as one JSON text.
type brandVoiceBody struct {
	Description    *string                 `json:"description"`
	Tone           *[]string               `json:"tone"`
	Audience       *string                 `json:"audience"`
	Do             *[]string               `json:"do"`
	Dont           *[]string               `json:"dont"`
	PreferredTerms *[]domain.PreferredTerm `json:"preferred_terms"`
	BannedTerms    *[]string               `json:"banned_terms"`
	SampleTexts    *[]string               `json:"sample_texts"`
	Language       *string                 `json:"language"`
	ReadingLevel   *string                 `json:"reading_level"`
}

func (v *brandVoiceRow) body() *brandVoiceBody {
	return &brandVoiceBody{
		Description:    &v.Description,
		Tone:           &v.Tone,
		Audience:       &v.Audience,
		Do:             &v.Do,
		Dont:           &v.Dont,
		PreferredTerms: &v.PreferredTerms,
		BannedTerms:    &v.BannedTerms,
		SampleTexts:    &v.SampleTexts,
		Language:       &v.Language,
		ReadingLevel:   &v.ReadingLevel,
	}
}

var brandVoiceTable = db.NewTable("voice", func(v *brandVoiceRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &v.ID, In: brandVoiceRead},
		{Name: "workspace_id", Field: &v.workspaceID, In: brandVoiceCreate},
		{Name: "name", Field: &v.Name, In: brandVoiceRead | brandVoiceCreate},
		{Name: "body", Field: db.JSONView(v.body), In: brandVoiceRead | brandVoiceCreate},
		{Name: "is_default", Field: &v.IsDefault, In: brandVoiceRead | brandVoiceCreate},
		{Name: "version", Field: &v.Version, In: brandVoiceRead | brandVoiceCreate},
		{Name: "created_at", Field: db.Time(&v.CreatedAt), In: brandVoiceRead | brandVoiceCreate},
		{Name: "updated_at", Field: db.Time(&v.UpdatedAt), In: brandVoiceRead | brandVoiceCreate},
	}
})

var (
	brandVoiceColumns = brandVoiceTable.Columns(brandVoiceRead)
	createBrandVoice  = brandVoiceTable.Write(brandVoiceCreate,
		`insert into voice ({columns}) values ({values}) returning id`)
)

func scanBrandVoice() func(db.Row) (domain.BrandVoice, error) {
	scan := brandVoiceTable.Scan(brandVoiceRead)
	return func(row db.Row) (domain.BrandVoice, error) {
		v, err := scan(row)
		return v.BrandVoice, err
	}
}

// BrandVoice returns a brand voice of the workspace.
func (q Q) BrandVoice(ctx context.Context, workspaceID, id int64) (domain.BrandVoice, error) {
	v, ok, err := db.First(ctx, q.db, scanBrandVoice(),
		`select `+brandVoiceColumns+` from voice where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return v, fmt.Errorf("read brand voice: %w", err)
	}
	if !ok {
		return v, domain.NotFound("Brand voice")
	}
	return v, nil
}

// BrandVoices returns a page of the workspace's brand voices, in the order of their
// creation.
func (q Q) BrandVoices(
	ctx context.Context, workspaceID int64, p domain.Page,
) (l domain.List[domain.BrandVoice], err error) {
	l.Items, err = db.Many(ctx, q.db, scanBrandVoice(), `select `+brandVoiceColumns+` from voice
		where workspace_id = $1 order by id limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("list brand voices: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from voice where workspace_id = $1`, workspaceID)
	return l, err
}

// CreateBrandVoice adds a brand voice and returns it with its id.
func (t *Tx) CreateBrandVoice(
	ctx context.Context, workspaceID int64, v domain.BrandVoice,
) (domain.BrandVoice, error) {
	v.CreatedAt, v.UpdatedAt, v.Version = t.now, t.now, 1
	if err := createBrandVoice.One(ctx, t.db, &brandVoiceRow{v, workspaceID}, &v.ID); err != nil {
		return v, fmt.Errorf("create brand voice: %w", err)
	}
	return v, nil
}
