package store

import (
	"context"
	"errors"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a template's columns.
const (
	templateRead db.Set = 1 << iota
	templateCreate
	templateSave
)

// templateRow is a template with its workspace.
type templateRow struct {
	domain.Template
	workspaceID int64
}

var templateTable = db.NewTable("template", func(t *templateRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &t.ID, In: templateRead},
		{Name: "workspace_id", Field: &t.workspaceID, In: templateRead | templateCreate},
		{Name: "slug", Field: &t.Slug, In: templateRead | templateCreate},
		{Name: "name", Field: &t.Name, In: templateRead | templateCreate | templateSave},
		{Name: "description", Field: &t.Description, In: templateRead | templateCreate | templateSave},
		{Name: "category", Field: db.Text(&t.Category), In: templateRead | templateCreate | templateSave},
		{Name: "input_schema", Field: db.Raw(&t.InputSchema, "{}"), In: templateRead | templateCreate | templateSave},
		{Name: "steps", Field: db.JSON(&t.Steps), In: templateRead | templateCreate | templateSave},
		{Name: "version", Field: &t.Version, In: templateRead | templateCreate | templateSave},
		{Name: "created_at", Field: db.Time(&t.CreatedAt), In: templateRead | templateCreate},
		{Name: "updated_at", Field: db.Time(&t.UpdatedAt), In: templateRead | templateCreate | templateSave},
	}
})

var (
	templateColumns = templateTable.Columns(templateRead)
	createTemplate  = templateTable.Write(templateCreate, `insert into template ({columns}) values ({values})
		on conflict (workspace_id, slug) do nothing returning id`)
	saveTemplate = templateTable.Write(templateSave, `update template set {set}
		where workspace_id = {workspace_id} and id = {id}`)
)

func scanTemplate() func(db.Row) (domain.Template, error) {
	scan := templateTable.Scan(templateRead)
	return func(row db.Row) (domain.Template, error) {
		t, err := scan(row)
		return t.Template, err
	}
}

// Templates returns the workspace's own templates, in the order of their creation.
func (q Q) Templates(ctx context.Context, workspaceID int64) ([]domain.Template, error) {
	list, err := db.Many(ctx, q.db, scanTemplate(),
		`select `+templateColumns+` from template where workspace_id = $1 order by id`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	return list, nil
}

// CountTemplates returns how many templates of its own the workspace has.
func (q Q) CountTemplates(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from template where workspace_id = $1`, workspaceID)
	return n, err
}

// Template returns a template of the workspace.
func (q Q) Template(ctx context.Context, workspaceID, id int64) (domain.Template, error) {
	return q.template(ctx, `id = $2`, workspaceID, id)
}

// TemplateBySlug returns the template of the workspace with a slug.
func (q Q) TemplateBySlug(ctx context.Context, workspaceID int64, slug string) (domain.Template, error) {
	return q.template(ctx, `slug = $2`, workspaceID, slug)
}

func (q Q) template(ctx context.Context, which string, args ...any) (domain.Template, error) {
	t, ok, err := db.First(ctx, q.db, scanTemplate(),
		`select `+templateColumns+` from template where workspace_id = $1 and `+which, args...)
	if err != nil {
		return t, fmt.Errorf("read template: %w", err)
	}
	if !ok {
		return t, domain.NotFound("Template")
	}
	return t, nil
}

// CreateTemplate adds a template and returns it with its id. ok is false where the
// workspace has one with its slug.
func (t *Tx) CreateTemplate(
	ctx context.Context, workspaceID int64, in domain.Template,
) (out domain.Template, ok bool, err error) {
	in.CreatedAt, in.UpdatedAt, in.Version = t.now, t.now, 1
	err = createTemplate.One(ctx, t.db, &templateRow{in, workspaceID}, &in.ID)
	if errors.Is(err, db.ErrNoRow) {
		return in, false, nil
	}
	if err != nil {
		return in, false, fmt.Errorf("create template: %w", err)
	}
	return in, true, nil
}

// LockTemplate locks a template of the workspace to the end of the transaction and
// returns it.
func (t *Tx) LockTemplate(ctx context.Context, workspaceID, id int64) (domain.Template, error) {
	err := t.db.Exec(ctx, `update template set version = version where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return domain.Template{}, fmt.Errorf("lock template: %w", err)
	}
	return t.Template(ctx, workspaceID, id)
}

// SaveTemplate stores all of a locked template but its slug, as its next version.
func (t *Tx) SaveTemplate(ctx context.Context, workspaceID int64, in domain.Template) (domain.Template, error) {
	in.Version++
	in.UpdatedAt = t.now
	if _, err := saveTemplate.Exec(ctx, t.db, &templateRow{in, workspaceID}); err != nil {
		return in, fmt.Errorf("save template: %w", err)
	}
	return in, nil
}

// DeleteTemplate removes a locked template. Executions of it keep what they need.
func (t *Tx) DeleteTemplate(ctx context.Context, workspaceID, id int64) error {
	return t.db.Exec(ctx, `delete from template where workspace_id = $1 and id = $2`, workspaceID, id)
}
