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
	brandVoiceSave
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
	ReadingLevel   *domain.ReadingLevel    `json:"reading_level"`
}

func bodyOfBrandVoice(v *domain.BrandVoice) *brandVoiceBody {
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

func (v *brandVoiceRow) body() *brandVoiceBody { return bodyOfBrandVoice(&v.BrandVoice) }

// isDefault is true of the brand voice that its workspace names as the default.
const isDefault = `exists (select 1 from workspace w where w.id = voice.workspace_id and w.voice_id = voice.id)`

var brandVoiceTable = db.NewTable("voice", func(v *brandVoiceRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &v.ID, In: brandVoiceRead},
		{Name: "workspace_id", Field: &v.workspaceID, In: brandVoiceCreate},
		{Name: "name", Field: &v.Name, In: brandVoiceRead | brandVoiceCreate | brandVoiceSave},
		{Name: "body", Field: db.JSONView(v.body), In: brandVoiceRead | brandVoiceCreate | brandVoiceSave},
		{Name: isDefault, Field: &v.IsDefault, In: brandVoiceRead},
		{Name: "version", Field: &v.Version, In: brandVoiceRead | brandVoiceCreate | brandVoiceSave},
		{Name: "created_at", Field: db.Time(&v.CreatedAt), In: brandVoiceRead | brandVoiceCreate},
		{Name: "updated_at", Field: db.Time(&v.UpdatedAt), In: brandVoiceRead | brandVoiceCreate | brandVoiceSave},
	}
})

var (
	brandVoiceColumns = brandVoiceTable.Columns(brandVoiceRead)
	createBrandVoice  = brandVoiceTable.Write(brandVoiceCreate,
		`insert into voice ({columns}) values ({values}) returning id`)
	saveBrandVoice = brandVoiceTable.Write(brandVoiceSave, `update voice set {set}
		where workspace_id = {workspace_id} and id = {id} and version = {version} - 1 and deleted_at = 0`)
)

func scanBrandVoice() func(db.Row) (domain.BrandVoice, error) {
	scan := brandVoiceTable.Scan(brandVoiceRead)
	return func(row db.Row) (domain.BrandVoice, error) {
		v, err := scan(row)
		return v.BrandVoice, err
	}
}

// BrandVoice returns a brand voice of the workspace that was not deleted.
func (q Q) BrandVoice(ctx context.Context, workspaceID, id int64) (domain.BrandVoice, error) {
	return q.brandVoice(ctx, `select `+brandVoiceColumns+` from voice
		where workspace_id = $1 and id = $2 and deleted_at = 0`, workspaceID, id)
}

// AnyBrandVoice returns a brand voice of the workspace, also one that was deleted: for
// what was written with it.
func (q Q) AnyBrandVoice(ctx context.Context, workspaceID, id int64) (domain.BrandVoice, error) {
	return q.brandVoice(ctx,
		`select `+brandVoiceColumns+` from voice where workspace_id = $1 and id = $2`, workspaceID, id)
}

func (q Q) brandVoice(ctx context.Context, query string, args ...any) (domain.BrandVoice, error) {
	v, ok, err := db.First(ctx, q.db, scanBrandVoice(), query, args...)
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
		where workspace_id = $1 and deleted_at = 0 order by id limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("list brand voices: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total},
		`select count(*) from voice where workspace_id = $1 and deleted_at = 0`, workspaceID)
	return l, err
}

// CreateBrandVoice adds a brand voice with its first version and returns it with its id.
// It is not the default; see [Tx.SetDefaultBrandVoice].
func (t *Tx) CreateBrandVoice(
	ctx context.Context, workspaceID int64, v domain.BrandVoice,
) (domain.BrandVoice, error) {
	v.CreatedAt, v.UpdatedAt, v.Version, v.IsDefault = t.now, t.now, 1, false
	if err := createBrandVoice.One(ctx, t.db, &brandVoiceRow{v, workspaceID}, &v.ID); err != nil {
		return v, fmt.Errorf("create brand voice: %w", err)
	}
	return v, t.addBrandVoiceVersion(ctx, workspaceID, v)
}

// SaveBrandVoice stores the next version of a brand voice, of which v has the number and
// the rules of the present one. It reports false where another change was faster.
func (t *Tx) SaveBrandVoice(
	ctx context.Context, workspaceID int64, v domain.BrandVoice,
) (_ domain.BrandVoice, saved bool, err error) {
	v.Version++
	v.UpdatedAt = t.now
	n, err := saveBrandVoice.Exec(ctx, t.db, &brandVoiceRow{v, workspaceID})
	if err != nil {
		return v, false, fmt.Errorf("save brand voice: %w", err)
	}
	if n == 0 {
		return v, false, nil
	}
	return v, true, t.addBrandVoiceVersion(ctx, workspaceID, v)
}

// SetDefaultBrandVoice makes a brand voice the one that the workspace uses where none is
// named, in place of any other; id 0 leaves it without one.
func (t *Tx) SetDefaultBrandVoice(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update workspace set voice_id = $2, revision = revision + 1 where id = $1 and voice_id <> $2`,
		workspaceID, id)
	if err != nil {
		return fmt.Errorf("set the default brand voice: %w", err)
	}
	return nil
}

// LockBrandVoice locks a brand voice to the end of the transaction, so that nothing
// begins to use it while it is deleted. It returns NOT_FOUND where it is gone.
func (t *Tx) LockBrandVoice(ctx context.Context, workspaceID, id int64) (domain.BrandVoice, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from voice where workspace_id = $1 and id = $2 for update`, workspaceID, id)
		if err != nil {
			return domain.BrandVoice{}, fmt.Errorf("lock brand voice: %w", err)
		}
	}
	return t.BrandVoice(ctx, workspaceID, id)
}

// DeleteBrandVoice takes a brand voice out of every list. What was written with it can
// still read it.
func (t *Tx) DeleteBrandVoice(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update voice set deleted_at = $3 where workspace_id = $1 and id = $2`,
		workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("delete brand voice: %w", err)
	}
	return nil
}
