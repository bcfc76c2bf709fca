package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of an agent's columns.
const (
	agentRead db.Set = 1 << iota
	agentCreate
	agentSave
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
	URL             *string                 `json:"url"`
	TimeoutSeconds  *int                    `json:"timeout_seconds"`

	MaxCreditsPerExecution *int `json:"max_credits_per_execution"`
	MaxCreditsPerDay       *int `json:"max_credits_per_day"`
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
		URL:             &a.External.URL,
		TimeoutSeconds:  &a.External.TimeoutSeconds,

		MaxCreditsPerExecution: &a.MaxCreditsPerExecution,
		MaxCreditsPerDay:       &a.MaxCreditsPerDay,
	}
}

var agentTable = db.NewTable("agent", func(a *agentRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &a.ID, In: agentRead},
		{Name: "workspace_id", Field: &a.workspaceID, In: agentCreate},
		{Name: "name", Field: &a.Name, In: agentRead | agentCreate | agentSave},
		{Name: "type", Field: db.Text(&a.Type), In: agentRead | agentCreate},
		{Name: "body", Field: db.JSONView(a.body), In: agentRead | agentCreate | agentSave},
		{Name: "secret", Field: &a.External.Sealed, In: agentRead | agentSave},
		{Name: "is_active", Field: &a.IsActive, In: agentRead | agentCreate | agentSave},
		{Name: "version", Field: &a.Version, In: agentRead | agentCreate | agentSave},
		{Name: "created_at", Field: db.Time(&a.CreatedAt), In: agentRead | agentCreate},
		{Name: "updated_at", Field: db.Time(&a.UpdatedAt), In: agentRead | agentCreate | agentSave},
	}
})

var (
	agentColumns = agentTable.Columns(agentRead)
	createAgent  = agentTable.Write(agentCreate, `insert into agent ({columns}) values ({values}) returning id`)
	saveAgent    = agentTable.Write(agentSave, `update agent set {set}
		where workspace_id = {workspace_id} and id = {id} and version = {version} - 1 and deleted_at = 0`)
)

func scanAgent() func(db.Row) (domain.Agent, error) {
	scan := agentTable.Scan(agentRead)
	return func(row db.Row) (domain.Agent, error) {
		a, err := scan(row)
		return a.Agent, err
	}
}

// Agent returns an agent of the workspace that was not deleted.
func (q Q) Agent(ctx context.Context, workspaceID, id int64) (domain.Agent, error) {
	return q.agent(ctx, `select `+agentColumns+` from agent
		where workspace_id = $1 and id = $2 and deleted_at = 0`, workspaceID, id)
}

// AnyAgent returns an agent of the workspace, also one that was deleted: for what it has
// begun or written.
func (q Q) AnyAgent(ctx context.Context, workspaceID, id int64) (domain.Agent, error) {
	return q.agent(ctx, `select `+agentColumns+` from agent where workspace_id = $1 and id = $2`, workspaceID, id)
}

func (q Q) agent(ctx context.Context, query string, args ...any) (domain.Agent, error) {
	a, ok, err := db.First(ctx, q.db, scanAgent(), query, args...)
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
	w := where{args: []any{workspaceID}, terms: []string{"workspace_id = $1", "deleted_at = 0"}}
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

// AgentsByID returns the agents of the workspace with the ids, deleted ones included,
// without those that never existed.
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

// SaveAgent stores the next version of an agent, of which a has the number of the present
// one. It reports false where another change was faster.
func (t *Tx) SaveAgent(
	ctx context.Context, workspaceID int64, a domain.Agent,
) (_ domain.Agent, saved bool, err error) {
	a.Version++
	a.UpdatedAt = t.now
	n, err := saveAgent.Exec(ctx, t.db, &agentRow{a, workspaceID})
	if err != nil {
		return a, false, fmt.Errorf("save agent: %w", err)
	}
	return a, n > 0, nil
}

// SaveAgentSecret stores the encrypted signing secret of a new external agent. It makes no
// version.
func (t *Tx) SaveAgentSecret(ctx context.Context, workspaceID, id int64, sealed string) error {
	err := t.db.Exec(ctx, `update agent set secret = $3 where workspace_id = $1 and id = $2`, workspaceID, id, sealed)
	if err != nil {
		return fmt.Errorf("save the secret of an agent: %w", err)
	}
	return nil
}

// LockAgent locks an agent to the end of the transaction, and returns it as it is then.
func (t *Tx) LockAgent(ctx context.Context, workspaceID, id int64) (domain.Agent, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from agent where workspace_id = $1 and id = $2 for update`, workspaceID, id)
		if err != nil {
			return domain.Agent{}, fmt.Errorf("lock agent: %w", err)
		}
	}
	return t.Agent(ctx, workspaceID, id)
}

// DeleteAgent takes an agent out of every list. What it has begun or written can still
// read it.
func (t *Tx) DeleteAgent(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update agent set deleted_at = $3 where workspace_id = $1 and id = $2`,
		workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("delete agent: %w", err)
	}
	return nil
}

// AgentCreditsSince returns the credits of the agent's executions that were accepted since
// a moment: what they have used, and what is still held for them.
func (q Q) AgentCreditsSince(ctx context.Context, workspaceID, id int64, since time.Time) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select coalesce(sum(credits_used + credits_held), 0) from execution
		where workspace_id = $1 and agent_id = $2 and created_at >= $3`, workspaceID, id, db.Millis(since))
	if err != nil {
		return 0, fmt.Errorf("read the credits of an agent: %w", err)
	}
	return n, nil
}
