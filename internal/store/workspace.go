package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

const workspaceColumns = `id, slug, name, plan, timezone, voice_id, notify_emails, require_approval, feed_enabled, aws_connected, revision, created_at`

func scanWorkspace(row db.Row) (w domain.Workspace, err error) {
	err = row.Scan(&w.ID, &w.Slug, &w.Name, &w.Plan, &w.Timezone, &w.BrandVoiceID, db.JSON(&w.NotifyEmails), &w.RequireApproval,
		&w.FeedEnabled, &w.AWSConnected, &w.Revision, db.Time(&w.CreatedAt))
	return w, err
}

// Workspace returns a workspace.
func (q Q) Workspace(ctx context.Context, workspaceID int64) (domain.Workspace, error) {
	return q.workspace(ctx, `id = $1`, workspaceID)
}

// WorkspaceBySlug returns a workspace by the name in its feed's address.
func (q Q) WorkspaceBySlug(ctx context.Context, slug string) (domain.Workspace, error) {
	return q.workspace(ctx, `slug = $1`, slug)
}

func (q Q) workspace(ctx context.Context, cond string, arg any) (domain.Workspace, error) {
	w, ok, err := db.First(ctx, q.db, scanWorkspace, `select `+workspaceColumns+` from workspace where `+cond, arg)
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
	return db.Many(ctx, q.db, scanWorkspace, `select `+workspaceColumns+` from workspace order by id`)
}

// CreateWorkspace makes a workspace and its accounts. A slug that is taken is a
// CONFLICT.
func (t *Tx) CreateWorkspace(ctx context.Context, w domain.Workspace) (domain.Workspace, error) {
	emails, err := toJSON(append([]string{}, w.NotifyEmails...))
	if err != nil {
		return w, err
	}
	w.CreatedAt, w.Revision = t.now, 1
	err = t.db.One(ctx, []any{&w.ID}, `insert into workspace (slug, name, plan, timezone, notify_emails, require_approval, feed_enabled, created_at)
		values ($1,$2,$3,$4,$5,$6,$7,$8) returning id`,
		w.Slug, w.Name, string(w.Plan), w.Timezone, emails, w.RequireApproval, w.FeedEnabled, db.Millis(w.CreatedAt))
	if db.Unique(err) {
		return w, slugTaken(w.Slug)
	}
	if err != nil {
		return w, fmt.Errorf("create workspace: %w", err)
	}
	return w, t.openAccounts(ctx, w.ID)
}

// SaveWorkspace stores what may change of a workspace.
func (t *Tx) SaveWorkspace(ctx context.Context, w domain.Workspace) (domain.Workspace, error) {
	emails, err := toJSON(append([]string{}, w.NotifyEmails...))
	if err != nil {
		return w, err
	}
	err = t.db.One(ctx, []any{&w.Revision}, `update workspace set slug = $2, name = $3, plan = $4, timezone = $5, voice_id = $6, notify_emails = $7,
		require_approval = $8, feed_enabled = $9, revision = revision + 1 where id = $1 returning revision`,
		w.ID, w.Slug, w.Name, string(w.Plan), w.Timezone, w.BrandVoiceID, emails, w.RequireApproval, w.FeedEnabled)
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
