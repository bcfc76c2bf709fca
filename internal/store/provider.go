package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Provider is a model provider that a workspace has stored. Sealed is its key,
// encrypted with the workspace and the name bound to it.
type Provider struct {
	ID          int64
	WorkspaceID int64
	Name        string
	Kind        string // "openai" or "anthropic"
	BaseURL     string // empty: the kind's own
	Model       string
	Sealed      string
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

const providerColumns = `id, workspace_id, name, kind, base_url, model, secret, created_at, updated_at`

func scanProvider(row db.Row) (p Provider, err error) {
	err = row.Scan(&p.ID, &p.WorkspaceID, &p.Name, &p.Kind, &p.BaseURL, &p.Model, &p.Sealed, db.Time(&p.CreatedAt), db.Time(&p.UpdatedAt))
	return p, err
}

// Providers returns the providers that the workspace has stored, by name.
func (q Q) Providers(ctx context.Context, workspaceID int64) ([]Provider, error) {
	list, err := db.Many(ctx, q.db, scanProvider, `select `+providerColumns+` from provider where workspace_id = $1 order by name`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read providers: %w", err)
	}
	return list, nil
}

// AllProviders returns the stored providers of every workspace, for the start of
// a node.
func (q Q) AllProviders(ctx context.Context) ([]Provider, error) {
	list, err := db.Many(ctx, q.db, scanProvider, `select `+providerColumns+` from provider order by workspace_id, name`)
	if err != nil {
		return nil, fmt.Errorf("read all providers: %w", err)
	}
	return list, nil
}

// SaveProvider stores a provider under its name, new or in place of the one
// that has it, and returns it with its id.
func (t *Tx) SaveProvider(ctx context.Context, p Provider) (Provider, error) {
	p.UpdatedAt = t.Now()
	err := t.db.One(ctx, []any{&p.ID, db.Time(&p.CreatedAt)}, `insert into provider (workspace_id, name, kind, base_url, model, secret, created_at, updated_at)
		values ($1,$2,$3,$4,$5,$6,$7,$7) on conflict (workspace_id, name) do update set kind = excluded.kind, base_url = excluded.base_url,
		model = excluded.model, secret = excluded.secret, updated_at = excluded.updated_at returning id, created_at`,
		p.WorkspaceID, p.Name, p.Kind, p.BaseURL, p.Model, p.Sealed, db.Millis(p.UpdatedAt))
	if err != nil {
		return p, fmt.Errorf("save provider: %w", err)
	}
	return p, nil
}

// DeleteProvider removes a provider of the workspace by its name.
func (t *Tx) DeleteProvider(ctx context.Context, workspaceID int64, name string) error {
	n, err := t.db.ExecCount(ctx, `delete from provider where workspace_id = $1 and name = $2`, workspaceID, name)
	if err != nil {
		return fmt.Errorf("delete provider: %w", err)
	}
	if n == 0 {
		return domain.NotFound("Provider")
	}
	return nil
}
