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

// The sets of a provider's columns.
const (
	providerRead db.Set = 1 << iota
	providerCreate
)

var providerTable = db.NewTable("provider", func(p *Provider) []db.Column {
	return []db.Column{
		{Name: "id", Field: &p.ID, In: providerRead},
		{Name: "workspace_id", Field: &p.WorkspaceID, In: providerRead | providerCreate},
		{Name: "name", Field: &p.Name, In: providerRead | providerCreate},
		{Name: "kind", Field: &p.Kind, In: providerRead | providerCreate},
		{Name: "base_url", Field: &p.BaseURL, In: providerRead | providerCreate},
		{Name: "model", Field: &p.Model, In: providerRead | providerCreate},
		{Name: "secret", Field: &p.Sealed, In: providerRead | providerCreate},
		{Name: "created_at", Field: db.Time(&p.CreatedAt), In: providerRead | providerCreate},
		{Name: "updated_at", Field: db.Time(&p.UpdatedAt), In: providerRead | providerCreate},
	}
})

var (
	providerColumns = providerTable.Columns(providerRead)
	// Each column but the key and created_at is new.
	saveProvider = providerTable.Write(providerCreate, `insert into provider ({columns}) values ({values})
		on conflict (workspace_id, name) do update set kind = excluded.kind, base_url = excluded.base_url,
		model = excluded.model, secret = excluded.secret, updated_at = excluded.updated_at returning id, created_at`)
)

// Providers returns the providers that the workspace has stored, by name.
func (q Q) Providers(ctx context.Context, workspaceID int64) ([]Provider, error) {
	list, err := db.Many(ctx, q.db, providerTable.Scan(providerRead),
		`select `+providerColumns+` from provider where workspace_id = $1 order by name`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read providers: %w", err)
	}
	return list, nil
}

// AllProviders returns the stored providers of every workspace, for the start of a
// node.
func (q Q) AllProviders(ctx context.Context) ([]Provider, error) {
	list, err := db.Many(ctx, q.db, providerTable.Scan(providerRead),
		`select `+providerColumns+` from provider order by workspace_id, name`)
	if err != nil {
		return nil, fmt.Errorf("read all providers: %w", err)
	}
	return list, nil
}

// SaveProvider stores a provider under its name, new or in place of the one that
// has it, and returns it with its id.
func (t *Tx) SaveProvider(ctx context.Context, p Provider) (Provider, error) {
	p.CreatedAt, p.UpdatedAt = t.now, t.now
	if err := saveProvider.One(ctx, t.db, &p, &p.ID, db.Time(&p.CreatedAt)); err != nil {
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
