package store

import (
	"context"
	"errors"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a writer template's columns.
const (
	writerRead db.Set = 1 << iota
	writerCreate
	writerSave
)

// writerRow is a writer template with its workspace.
type writerRow struct {
	domain.WriterTemplate
	workspaceID int64
}

var writerTable = db.NewTable("writer_template", func(t *writerRow) []db.Column {
	const made, saved = writerRead | writerCreate, writerRead | writerCreate | writerSave
	return []db.Column{
		{Name: "id", Field: &t.ID, In: writerRead},
		{Name: "workspace_id", Field: &t.workspaceID, In: made},
		{Name: "slug", Field: &t.Slug, In: made},
		{Name: "title", Field: &t.Title, In: saved},
		{Name: "description", Field: &t.Description, In: saved},
		{Name: "category", Field: db.Text(&t.Category), In: saved},
		{Name: "content_type", Field: db.Text(&t.ContentType), In: saved},
		{Name: "fields", Field: db.JSON(&t.Fields), In: saved},
		{Name: "prompt", Field: &t.Prompt, In: saved},
		{Name: "version", Field: &t.Version, In: saved},
		{Name: "created_at", Field: db.Time(&t.CreatedAt), In: made},
		{Name: "updated_at", Field: db.Time(&t.UpdatedAt), In: saved},
	}
})

var (
	writerColumns = writerTable.Columns(writerRead)
	createWriter  = writerTable.Write(writerCreate, `insert into writer_template ({columns}) values ({values})
		on conflict (workspace_id, slug) do nothing returning id`)
	saveWriter = writerTable.Write(writerSave, `update writer_template set {set}
		where workspace_id = {workspace_id} and id = {id}`)
)

func scanWriter() func(db.Row) (domain.WriterTemplate, error) {
	scan := writerTable.Scan(writerRead)
	return func(row db.Row) (domain.WriterTemplate, error) {
		t, err := scan(row)
		return t.WriterTemplate, err
	}
}

// WriterTemplates returns the workspace's own writer templates, in the order of their creation.
func (q Q) WriterTemplates(ctx context.Context, workspaceID int64) ([]domain.WriterTemplate, error) {
	list, err := db.Many(ctx, q.db, scanWriter(),
		`select `+writerColumns+` from writer_template where workspace_id = $1 order by id`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("list writer templates: %w", err)
	}
	return list, nil
}

// CountWriterTemplates returns how many writer templates of its own the workspace has.
func (q Q) CountWriterTemplates(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from writer_template where workspace_id = $1`, workspaceID)
	return n, err
}

// WriterTemplate returns a writer template of the workspace.
func (q Q) WriterTemplate(ctx context.Context, workspaceID, id int64) (domain.WriterTemplate, error) {
	return q.writerTemplate(ctx, `id = $2`, workspaceID, id)
}

// WriterTemplateBySlug returns the writer template of the workspace with a slug.
func (q Q) WriterTemplateBySlug(ctx context.Context, workspaceID int64, slug string) (domain.WriterTemplate, error) {
	return q.writerTemplate(ctx, `slug = $2`, workspaceID, slug)
}

func (q Q) writerTemplate(ctx context.Context, which string, args ...any) (domain.WriterTemplate, error) {
	t, ok, err := db.First(ctx, q.db, scanWriter(),
		`select `+writerColumns+` from writer_template where workspace_id = $1 and `+which, args...)
	if err != nil {
		return t, fmt.Errorf("read writer template: %w", err)
	}
	if !ok {
		return t, domain.NotFound("Template")
	}
	return t, nil
}

// CreateWriterTemplate adds a writer template and returns it with its id. ok is false where the workspace
// has one with its slug.
func (t *Tx) CreateWriterTemplate(
	ctx context.Context, workspaceID int64, in domain.WriterTemplate,
) (out domain.WriterTemplate, ok bool, err error) {
	in.CreatedAt, in.UpdatedAt, in.Version = t.now, t.now, 1
	err = createWriter.One(ctx, t.db, &writerRow{in, workspaceID}, &in.ID)
	if errors.Is(err, db.ErrNoRow) {
		return in, false, nil
	}
	if err != nil {
		return in, false, fmt.Errorf("create writer template: %w", err)
	}
	return in, true, nil
}

// LockWriterTemplate locks a writer template of the workspace to the end of the transaction and returns it.
func (t *Tx) LockWriterTemplate(ctx context.Context, workspaceID, id int64) (domain.WriterTemplate, error) {
	err := t.db.Exec(ctx,
		`update writer_template set version = version where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return domain.WriterTemplate{}, fmt.Errorf("lock writer template: %w", err)
	}
	return t.WriterTemplate(ctx, workspaceID, id)
}

// SaveWriterTemplate stores all of a locked writer template but its slug, as its next version.
func (t *Tx) SaveWriterTemplate(
	ctx context.Context, workspaceID int64, in domain.WriterTemplate,
) (domain.WriterTemplate, error) {
	in.Version++
	in.UpdatedAt = t.now
	if _, err := saveWriter.Exec(ctx, t.db, &writerRow{in, workspaceID}); err != nil {
		return in, fmt.Errorf("save writer template: %w", err)
	}
	return in, nil
}

// DeleteWriterTemplate removes a locked writer template, for those who had it among their favorites too. Texts
// that were written from it stay.
func (t *Tx) DeleteWriterTemplate(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `delete from writer_favorite where workspace_id = $1 and template_id = $2`, workspaceID, id)
	if err != nil {
		return fmt.Errorf("delete favorites: %w", err)
	}
	return t.db.Exec(ctx, `delete from writer_template where workspace_id = $1 and id = $2`, workspaceID, id)
}

// WriterFavorites returns the ids of the writer templates that a caller has marked, in the order in which it did.
func (q Q) WriterFavorites(ctx context.Context, workspaceID int64, by domain.Starter) ([]int64, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (id int64, err error) {
		err = row.Scan(&id)
		return id, err
	},
		`select template_id from writer_favorite where workspace_id = $1 and actor_kind = $2 and actor_id = $3
			order by created_at, template_id`, workspaceID, string(by.Kind), by.ID)
	if err != nil {
		return nil, fmt.Errorf("list favorites: %w", err)
	}
	return list, nil
}

// AddWriterFavorite marks a writer template for a caller. It reports false where it was marked already.
func (t *Tx) AddWriterFavorite(ctx context.Context, workspaceID int64, by domain.Starter, id int64) (bool, error) {
	n, err := t.db.ExecCount(ctx, `insert into writer_favorite
		(workspace_id, actor_kind, actor_id, template_id, created_at)
		values ($1, $2, $3, $4, $5) on conflict do nothing`, workspaceID, string(by.Kind), by.ID, id, db.Millis(t.now))
	if err != nil {
		return false, fmt.Errorf("add favorite: %w", err)
	}
	return n > 0, nil
}

// RemoveWriterFavorite removes a caller's mark. It reports false where there was none.
func (t *Tx) RemoveWriterFavorite(ctx context.Context, workspaceID int64, by domain.Starter, id int64) (bool, error) {
	n, err := t.db.ExecCount(ctx, `delete from writer_favorite
		where workspace_id = $1 and actor_kind = $2 and actor_id = $3 and template_id = $4`,
		workspaceID, string(by.Kind), by.ID, id)
	if err != nil {
		return false, fmt.Errorf("remove favorite: %w", err)
	}
	return n > 0, nil
}
