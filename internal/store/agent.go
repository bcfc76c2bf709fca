package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of an agent's columns.
const (
	agentRead db.Set = 1 << iota
	agentCreate
)

// agentRow is an agent with its workspace.
type agentRow struct {
	domain.Agent
	workspaceID int64
}

// agentBody is what an agent stores as one JSON text.
type agentBody struct {
	Description     *string                 `json:"description"`
	Capabilities    *[]string               `json:"capabilities"`
	Provider        *string                 `json:"provider"`
	Model           *string                 `json:"model"`
	Instructions    *string                 `json:"instructions"`
	BrandVoiceID    *int64                  `json:"voice_id"`
	GuardrailPolicy *domain.GuardrailPolicy `json:"guardrail_policy"`
}

func (a *agentRow) body() *agentBody {
	return &agentBody{
		Description:     &a.Description,
		Capabilities:    &a.Capabilities,
		Provider:        &a.Provider,
		Model:           &a.Model,
		Instructions:    &a.Instructions,
		BrandVoiceID:    &a.BrandVoiceID,
		GuardrailPolicy: &a.GuardrailPolicy,
	}
}

var agentTable = db.NewTable("agent", func(a *agentRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &a.ID, In: agentRead},
		{Name: "workspace_id", Field: &a.workspaceID, In: agentCreate},
		{Name: "name", Field: &a.Name, In: agentRead | agentCreate},
		{Name: "type", Field: db.Text(&a.Type), In: agentRead | agentCreate},
		{Name: "body", Field: db.JSONView(a.body), In: agentRead | agentCreate},
		{Name: "is_active", Field: &a.IsActive, In: agentRead | agentCreate},
		{Name: "version", Field: &a.Version, In: agentRead | agentCreate},
		{Name: "created_at", Field: db.Time(&a.CreatedAt), In: agentRead | agentCreate},
		{Name: "updated_at", Field: db.Time(&a.UpdatedAt), In: agentRead | agentCreate},
	}
})

var (
	agentColumns = agentTable.Columns(agentRead)
	createAgent  = agentTable.Write(agentCreate, `insert into agent ({columns}) values ({values}) returning id`)
)

func scanAgent() func(db.Row) (domain.Agent, error) {
	scan := agentTable.Scan(agentRead)
	return func(row db.Row) (domain.Agent, error) {
		a, err := scan(row)
		return a.Agent, err
	}
}

// Agent returns an agent of the workspace.
func (q Q) Agent(ctx context.Context, workspaceID, id int64) (domain.Agent, error) {
	a, ok, err := db.First(ctx, q.db, scanAgent(),
		`select `+agentColumns+` from agent where workspace_id = $1 and id = $2`, workspaceID, id)
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

// Agents returns a page of the workspace's agents, in the order of their creation.
func (q Q) Agents(
	ctx context.Context, workspaceID int64, f AgentFilter, p domain.Page,
) (l domain.List[domain.Agent], err error) {
	w := where{args: []any{workspaceID}, terms: []string{"workspace_id = $1"}}
	if f.Type != "" {
		w.add("type = ?", string(f.Type))
	}
	if f.ActiveOnly {
		w.add("is_active = ?", true)
	}
	n := len(w.args)
	l.Items, err = db.Many(ctx, q.db, scanAgent(), `select `+agentColumns+` from agent where `+w.String()+
		fmt.Sprintf(` order by id limit 0 + $%d offset $%d`, n+1, n+2), append(w.args, p.Size, p.Offset())...)
	if err != nil {
		return l, fmt.Errorf("list agents: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from agent where `+w.String(), w.args...)
	return l, err
}

// AgentsByID returns the agents of the workspace with the ids, without those that
// do not exist.
func (q Q) AgentsByID(ctx context.Context, workspaceID int64, ids []int64) (map[int64]domain.Agent, error) {
	byID := map[int64]domain.Agent{}
	if len(ids) == 0 {
		return byID, nil
	}
	list, err := db.Many(ctx, q.db, scanAgent(), `select `+agentColumns+` from agent
		where workspace_id = $1 and id in (`+placeholders(2, len(ids))+`)`, append([]any{workspaceID}, anyIDs(ids)...)...)
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	for _, a := range list {
		byID[a.ID] = a
	}
	return byID, nil
}

// CreateAgent adds an agent and returns it with its id.
func (t *Tx) CreateAgent(ctx context.Context, workspaceID int64, a domain.Agent) (domain.Agent, error) {
	a.CreatedAt, a.UpdatedAt, a.Version = t.now, t.now, 1
	if err := createAgent.One(ctx, t.db, &agentRow{a, workspaceID}, &a.ID); err != nil {
		return a, fmt.Errorf("create agent: %w", err)
	}
	return a, nil
}
