package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a workspace's columns.
const (
	workspaceRead db.Set = 1 << iota
	workspaceCreate
	workspaceSave
)

var workspaceTable = db.NewTable("workspace", func(w *domain.Workspace) []db.Column {
	return []db.Column{
		{Name: "id", Field: &w.ID, In: workspaceRead},
		{Name: "slug", Field: &w.Slug, In: workspaceRead | workspaceCreate | workspaceSave},
		{Name: "name", Field: &w.Name, In: workspaceRead | workspaceCreate | workspaceSave},
		{Name: "plan", Field: db.Text(&w.Plan), In: workspaceRead | workspaceCreate | workspaceSave},
		{Name: "timezone", Field: &w.Timezone, In: workspaceRead | workspaceCreate | workspaceSave},
		{Name: "voice_id", Field: &w.BrandVoiceID, In: workspaceRead},
		{Name: "notify_emails", Field: db.JSONOr(&w.NotifyEmails, "[]"), In: workspaceRead | workspaceCreate | workspaceSave},
		{Name: "credits_low_at", Field: &w.CreditsLowAt, In: workspaceRead | workspaceCreate | workspaceSave},
		{Name: "require_approval", Field: &w.RequireApproval, In: workspaceRead | workspaceCreate | workspaceSave},
		{Name: "feed_enabled", Field: &w.FeedEnabled, In: workspaceRead | workspaceCreate | workspaceSave},
		{Name: "aws_connected", Field: &w.AWSConnected, In: workspaceRead},
		{Name: "revision", Field: &w.Revision, In: workspaceRead | workspaceCreate},
		{Name: "created_at", Field: db.Time(&w.CreatedAt), In: workspaceRead | workspaceCreate},
	}
})

var (
	workspaceColumns = workspaceTable.Columns(workspaceRead)
	createWorkspace  = workspaceTable.Write(workspaceCreate,
		`insert into workspace ({columns}) values ({values}) returning id`)
	saveWorkspace = workspaceTable.Write(workspaceSave,
		`update workspace set {set}, revision = revision + 1 where id = {id} returning revision`)
)

// Workspace returns a workspace.
func (q Q) Workspace(ctx context.Context, workspaceID int64) (domain.Workspace, error) {
	return q.workspace(ctx, `id = $1`, workspaceID)
}

// WorkspaceBySlug returns a workspace by the name in its feed's address.
func (q Q) WorkspaceBySlug(ctx context.Context, slug string) (domain.Workspace, error) {
	return q.workspace(ctx, `slug = $1`, slug)
}

func (q Q) workspace(ctx context.Context, cond string, arg any) (domain.Workspace, error) {
	w, ok, err := db.First(ctx, q.db, workspaceTable.Scan(workspaceRead),
		`select `+workspaceColumns+` from workspace where `+cond, arg)
	if err != nil {
		return w, fmt.Errorf("read workspace: %w", err)
	}
	if !ok {
		return w, domain.NotFound("Workspace")
	}
	return w, nil
}

// Workspaces returns every workspace: for the operator and for background work.
func (q Q) Workspaces(ctx context.Context) ([]domain.Workspace, error) {
	return db.Many(ctx, q.db, workspaceTable.Scan(workspaceRead), `select `+workspaceColumns+` from workspace order by id`)
}

// CreateWorkspace creates a workspace and its credit accounts. A slug that is taken
// is a CONFLICT.
func (t *Tx) CreateWorkspace(ctx context.Context, w domain.Workspace) (domain.Workspace, error) {
	w.CreatedAt, w.Revision = t.now, 1
	err := createWorkspace.One(ctx, t.db, &w, &w.ID)
	if db.Unique(err) {
		return w, slugTaken(w.Slug)
	}
	if err != nil {
		return w, fmt.Errorf("create workspace: %w", err)
	}
	return w, t.openAccounts(ctx, w.ID)
}

// SaveWorkspace stores what may change of a workspace. A slug that is taken is a
// CONFLICT.
func (t *Tx) SaveWorkspace(ctx context.Context, w domain.Workspace) (domain.Workspace, error) {
	err := saveWorkspace.One(ctx, t.db, &w, &w.Revision)
	if db.Unique(err) {
		return w, slugTaken(w.Slug)
	}
	if err != nil {
		return w, fmt.Errorf("save workspace: %w", err)
	}
	return w, nil
}

func slugTaken(slug string) error {
	return domain.Errorf(domain.CodeConflict, "Another workspace has the address %q already", slug)
}
