package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// brandVoiceVersionRow is a version of a brand voice with its workspace.
type brandVoiceVersionRow struct {
	domain.BrandVoiceVersion
	workspaceID int64
}

func (v *brandVoiceVersionRow) body() *brandVoiceBody { return bodyOfBrandVoice(&v.BrandVoice) }

const brandVoiceVersionAll db.Set = 1

var brandVoiceVersionTable = db.NewTable("voice_version", func(v *brandVoiceVersionRow) []db.Column {
	return []db.Column{
		{Name: "workspace_id", Field: &v.workspaceID, In: brandVoiceVersionAll},
		{Name: "voice_id", Field: &v.ID, In: brandVoiceVersionAll},
		{Name: "n", Field: &v.Version, In: brandVoiceVersionAll},
		{Name: "author_kind", Field: db.Text(&v.AuthorKind), In: brandVoiceVersionAll},
		{Name: "author", Field: &v.Author, In: brandVoiceVersionAll},
		{Name: "name", Field: &v.Name, In: brandVoiceVersionAll},
		{Name: "body", Field: db.JSONView(v.body), In: brandVoiceVersionAll},
		{Name: "created_at", Field: db.Time(&v.At), In: brandVoiceVersionAll},
	}
})

var addBrandVoiceVersion = brandVoiceVersionTable.Write(brandVoiceVersionAll,
	`insert into voice_version ({columns}) values ({values})`)

// addBrandVoiceVersion stores the present state of a brand voice as a version of the
// context's actor.
func (t *Tx) addBrandVoiceVersion(ctx context.Context, workspaceID int64, v domain.BrandVoice) error {
	row := brandVoiceVersionRow{domain.BrandVoiceVersion{
		BrandVoice: v, Author: "Vellocity", AuthorKind: domain.ActorSystem, At: t.now,
	}, workspaceID}
	if a, ok := domain.ActorFrom(ctx); ok {
		row.Author, row.AuthorKind = a.Name, a.Kind
	}
	if _, err := addBrandVoiceVersion.Exec(ctx, t.db, &row); err != nil {
		return fmt.Errorf("add a version of a brand voice: %w", err)
	}
	return nil
}

// BrandVoiceVersions returns a page of the versions of a brand voice, newest first.
func (q Q) BrandVoiceVersions(
	ctx context.Context, workspaceID, id int64, p domain.Page,
) (l domain.List[domain.BrandVoiceVersion], err error) {
	scan := brandVoiceVersionTable.Scan(brandVoiceVersionAll)
	l.Items, err = db.Many(ctx, q.db, func(row db.Row) (domain.BrandVoiceVersion, error) {
		v, err := scan(row)
		return v.BrandVoiceVersion, err
	}, `select `+brandVoiceVersionTable.Columns(brandVoiceVersionAll)+` from voice_version
		where workspace_id = $1 and voice_id = $2 order by n desc limit 0 + $3 offset $4`,
		workspaceID, id, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read the versions of a brand voice: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total},
		`select count(*) from voice_version where workspace_id = $1 and voice_id = $2`, workspaceID, id)
	return l, err
}
