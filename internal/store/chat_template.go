package store

import (
	"context"
	"errors"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a chat template's columns.
const (
	chatTemplateRead db.Set = 1 << iota
	chatTemplateCreate
	chatTemplateSave
)

// chatTemplateRow is a chat template with its workspace.
type chatTemplateRow struct {
	domain.ChatTemplate
	workspaceID int64
}

var chatTemplateTable = db.NewTable("chat_template", func(t *chatTemplateRow) []db.Column {
	const made, saved = chatTemplateRead | chatTemplateCreate, chatTemplateRead | chatTemplateCreate | chatTemplateSave
	return []db.Column{
		{Name: "id", Field: &t.ID, In: chatTemplateRead},
		{Name: "workspace_id", Field: &t.workspaceID, In: made},
		{Name: "slug", Field: &t.Slug, In: made},
		{Name: "name", Field: &t.Name, In: saved},
		{Name: "short_name", Field: &t.ShortName, In: saved},
		{Name: "description", Field: &t.Description, In: saved},
		{Name: "role", Field: &t.Role, In: saved},
		{Name: "human_name", Field: &t.HumanName, In: saved},
		{Name: "helps_with", Field: &t.HelpsWith, In: saved},
		{Name: "color", Field: &t.Color, In: saved},
		{Name: "instructions", Field: &t.Instructions, In: saved},
		{Name: "version", Field: &t.Version, In: saved},
		{Name: "created_at", Field: db.Time(&t.CreatedAt), In: made},
		{Name: "updated_at", Field: db.Time(&t.UpdatedAt), In: saved},
	}
})

var (
	chatTemplateColumns = chatTemplateTable.Columns(chatTemplateRead)
	createChatTemplate  = chatTemplateTable.Write(chatTemplateCreate, `insert into chat_template ({columns})
		values ({values}) on conflict (workspace_id, slug) do nothing returning id`)
	saveChatTemplate = chatTemplateTable.Write(chatTemplateSave, `update chat_template set {set}
		where workspace_id = {workspace_id} and id = {id}`)
)

func scanChatTemplate() func(db.Row) (domain.ChatTemplate, error) {
	scan := chatTemplateTable.Scan(chatTemplateRead)
	return func(row db.Row) (domain.ChatTemplate, error) {
		t, err := scan(row)
		return t.ChatTemplate, err
	}
}

// ChatTemplates returns the workspace's own chat templates, in the order of their creation.
func (q Q) ChatTemplates(ctx context.Context, workspaceID int64) ([]domain.ChatTemplate, error) {
	list, err := db.Many(ctx, q.db, scanChatTemplate(),
		`select `+chatTemplateColumns+` from chat_template where workspace_id = $1 order by id`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("list chat templates: %w", err)
	}
	return list, nil
}

// ChatTemplate returns a chat template of the workspace.
func (q Q) ChatTemplate(ctx context.Context, workspaceID, id int64) (domain.ChatTemplate, error) {
	t, ok, err := db.First(ctx, q.db, scanChatTemplate(),
		`select `+chatTemplateColumns+` from chat_template where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return t, fmt.Errorf("read chat template: %w", err)
	}
	if !ok {
		return t, domain.NotFound("Chat template")
	}
	return t, nil
}

// CreateChatTemplate adds a chat template and returns it with its id. ok is false where the workspace has one with
// its slug.
func (t *Tx) CreateChatTemplate(
	ctx context.Context, workspaceID int64, in domain.ChatTemplate,
) (out domain.ChatTemplate, ok bool, err error) {
	in.CreatedAt, in.UpdatedAt, in.Version = t.now, t.now, 1
	err = createChatTemplate.One(ctx, t.db, &chatTemplateRow{in, workspaceID}, &in.ID)
	if errors.Is(err, db.ErrNoRow) {
		return in, false, nil
	}
	if err != nil {
		return in, false, fmt.Errorf("create chat template: %w", err)
	}
	return in, true, nil
}

// LockChatTemplate locks a chat template of the workspace to the end of the transaction and returns it.
func (t *Tx) LockChatTemplate(ctx context.Context, workspaceID, id int64) (domain.ChatTemplate, error) {
	err := t.db.Exec(ctx,
		`update chat_template set version = version where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return domain.ChatTemplate{}, fmt.Errorf("lock chat template: %w", err)
	}
	return t.ChatTemplate(ctx, workspaceID, id)
}

// SaveChatTemplate stores all of a locked chat template but its slug, as its next version.
func (t *Tx) SaveChatTemplate(
	ctx context.Context, workspaceID int64, in domain.ChatTemplate,
) (domain.ChatTemplate, error) {
	in.Version++
	in.UpdatedAt = t.now
	if _, err := saveChatTemplate.Exec(ctx, t.db, &chatTemplateRow{in, workspaceID}); err != nil {
		return in, fmt.Errorf("save chat template: %w", err)
	}
	return in, nil
}

// DeleteChatTemplate removes a locked chat template. Conversations that were begun with it stay.
func (t *Tx) DeleteChatTemplate(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `delete from chat_template where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return fmt.Errorf("delete chat template: %w", err)
	}
	return nil
}
