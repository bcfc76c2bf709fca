package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a rule's columns.
const (
	boardRuleRead db.Set = 1 << iota
	boardRuleCreate
	boardRuleSave
)

var boardRuleTable = db.NewTable("board_rule", func(r *domain.BoardRule) []db.Column {
	const made, saved = boardRuleRead | boardRuleCreate, boardRuleRead | boardRuleCreate | boardRuleSave
	return []db.Column{
		{Name: "id", Field: &r.ID, In: boardRuleRead},
		{Name: "workspace_id", Field: &r.WorkspaceID, In: made},
		{Name: "name", Field: &r.Name, In: saved},
		{Name: "condition", Field: &r.When, In: saved},
		{Name: "move_to", Field: db.Text(&r.MoveTo), In: saved},
		{Name: "enabled", Field: &r.Enabled, In: saved},
		{Name: "place", Field: &r.Order, In: saved},
		{Name: "owner_kind", Field: db.Text(&r.Owner.Kind), In: saved},
		{Name: "owner_id", Field: &r.Owner.ID, In: saved},
		{Name: "owner", Field: &r.OwnerName, In: saved},
		{Name: "version", Field: &r.Version, In: saved},
		{Name: "created_at", Field: db.Time(&r.CreatedAt), In: made},
		{Name: "updated_at", Field: db.Time(&r.UpdatedAt), In: saved},
	}
})

var (
	boardRuleColumns = boardRuleTable.Columns(boardRuleRead)
	createBoardRule  = boardRuleTable.Write(boardRuleCreate,
		`insert into board_rule ({columns}) values ({values}) returning id`)
	saveBoardRule = boardRuleTable.Write(boardRuleSave, `update board_rule set {set}
		where workspace_id = {workspace_id} and id = {id} and version = {version} - 1`)
)

// BoardRules returns the workspace's rules in the order in which they are asked.
func (q Q) BoardRules(ctx context.Context, workspaceID int64) ([]domain.BoardRule, error) {
	list, err := db.Many(ctx, q.db, boardRuleTable.Scan(boardRuleRead),
		`select `+boardRuleColumns+` from board_rule where workspace_id = $1 order by place, id`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read board rules: %w", err)
	}
	return list, nil
}

// BoardRule returns a rule of the workspace.
func (q Q) BoardRule(ctx context.Context, workspaceID, id int64) (domain.BoardRule, error) {
	r, ok, err := db.First(ctx, q.db, boardRuleTable.Scan(boardRuleRead),
		`select `+boardRuleColumns+` from board_rule where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return r, fmt.Errorf("read board rule: %w", err)
	}
	if !ok {
		return r, domain.NotFound("Board rule")
	}
	return r, nil
}

// CreateBoardRule adds a rule and returns it with its id.
func (t *Tx) CreateBoardRule(ctx context.Context, r domain.BoardRule) (domain.BoardRule, error) {
	r.CreatedAt, r.UpdatedAt, r.Version = t.now, t.now, 1
	if err := createBoardRule.One(ctx, t.db, &r, &r.ID); err != nil {
		return r, fmt.Errorf("create board rule: %w", err)
	}
	return r, nil
}

// SaveBoardRule stores the next version of a rule, of which r has the number of the present
// one. It reports false where another change was faster.
func (t *Tx) SaveBoardRule(ctx context.Context, r domain.BoardRule) (_ domain.BoardRule, saved bool, err error) {
	r.Version++
	r.UpdatedAt = t.now
	n, err := saveBoardRule.Exec(ctx, t.db, &r)
	if err != nil {
		return r, false, fmt.Errorf("save board rule: %w", err)
	}
	return r, n > 0, nil
}

// DeleteBoardRule removes a rule. What it has moved stays where it is.
func (t *Tx) DeleteBoardRule(ctx context.Context, workspaceID, id int64) error {
	return t.db.Exec(ctx, `delete from board_rule where workspace_id = $1 and id = $2`, workspaceID, id)
}

// LastWritten returns the newest items of the workspace that executions have written, with
// their bodies, newest first.
func (q Q) LastWritten(ctx context.Context, workspaceID int64, limit int) ([]domain.ContentItem, error) {
	list, err := db.Many(ctx, q.db, scanContent(contentWhole), `select `+contentWholeColumns+` from content
		where workspace_id = $1 and execution_id > 0 order by created_at desc, id desc limit 0 + $2`, workspaceID, limit)
	if err != nil {
		return nil, fmt.Errorf("read the newest items: %w", err)
	}
	return list, nil
}
