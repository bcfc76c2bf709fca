package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// keptAgent is the part of an agent that is kept as one JSON text.
type keptAgent struct {
	Description     string                 `json:"description"`
	Capabilities    []string               `json:"capabilities"`
	Provider        string                 `json:"provider"`
	Model           string                 `json:"model"`
	Instructions    string                 `json:"instructions"`
	VoiceID         int64                  `json:"voice_id"`
	GuardrailPolicy domain.GuardrailPolicy `json:"guardrail_policy"`
}

const agentColumns = `id, name, type, body, is_active, version, created_at, updated_at`

func scanAgent(row db.Row) (a domain.Agent, err error) {
	var k keptAgent
	err = row.Scan(&a.ID, &a.Name, &a.Type, db.JSON(&k), &a.IsActive, &a.Version, db.Time(&a.CreatedAt), db.Time(&a.UpdatedAt))
	a.Description, a.Capabilities, a.Provider, a.Model = k.Description, k.Capabilities, k.Provider, k.Model
	a.Instructions, a.BrandVoiceID, a.GuardrailPolicy = k.Instructions, k.VoiceID, k.GuardrailPolicy
	return a, err
}

// Agent returns an agent of the workspace.
func (q Q) Agent(ctx context.Context, workspaceID, id int64) (domain.Agent, error) {
	a, ok, err := db.First(ctx, q.db, scanAgent, `select `+agentColumns+` from agent where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return a, fmt.Errorf("read agent: %w", err)
	}
	if !ok {
		return a, domain.NotFound("Agent")
	}
	return a, nil
}

// AgentFilter narrows a list of agents. A zero field does not.
type AgentFilter struct {
	Type       domain.AgentType
	ActiveOnly bool
}

// Agents returns a page of the workspace's agents.
func (q Q) Agents(ctx context.Context, workspaceID int64, f AgentFilter, p domain.Page) (l domain.List[domain.Agent], err error) {
	w := where{args: []any{workspaceID}, terms: []string{"workspace_id = $1"}}
	if f.Type != "" {
		w.add("type = ?", string(f.Type))
	}
	if f.ActiveOnly {
		w.add("is_active = ?", true)
	}
	n := len(w.args)
	l.Items, err = db.Many(ctx, q.db, scanAgent, `select `+agentColumns+` from agent where `+w.String()+fmt.Sprintf(` order by id limit 0 + $%d offset $%d`, n+1, n+2),
		append(w.args, p.Size, p.Offset())...)
	if err != nil {
		return l, fmt.Errorf("list agents: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from agent where `+w.String(), w.args...)
	return l, err
}

// AgentsByID returns the named agents of the workspace, without those that are gone.
func (q Q) AgentsByID(ctx context.Context, workspaceID int64, ids []int64) (map[int64]domain.Agent, error) {
	byID := map[int64]domain.Agent{}
	if len(ids) == 0 {
		return byID, nil
	}
	args := []any{workspaceID}
	for _, id := range ids {
		args = append(args, id)
	}
	list, err := db.Many(ctx, q.db, scanAgent, `select `+agentColumns+` from agent where workspace_id = $1 and id in (`+placeholders(2, len(ids))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	for _, a := range list {
		byID[a.ID] = a
	}
	return byID, nil
}

// CreateAgent adds an agent.
func (t *Tx) CreateAgent(ctx context.Context, workspaceID int64, a domain.Agent) (domain.Agent, error) {
	body, err := toJSON(keptAgent{a.Description, a.Capabilities, a.Provider, a.Model, a.Instructions, a.BrandVoiceID, a.GuardrailPolicy})
	if err != nil {
		return a, err
	}
	a.CreatedAt, a.UpdatedAt, a.Version = t.now, t.now, 1
	err = t.db.One(ctx, []any{&a.ID}, `insert into agent (workspace_id, name, type, body, is_active, created_at, updated_at) values ($1,$2,$3,$4,$5,$6,$6) returning id`,
		workspaceID, a.Name, string(a.Type), body, a.IsActive, db.Millis(t.now))
	if err != nil {
		return a, fmt.Errorf("create agent: %w", err)
	}
	return a, nil
}
