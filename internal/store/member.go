package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Member is a user with a role in one workspace.
type Member struct {
	domain.User
	WorkspaceID int64
	Role        domain.Role
}

const memberFrom = `select person.id, person.name, person.email, person.created_at, member.workspace_id, member.role
	from member join person on person.id = member.user_id`

func scanMember(row db.Row) (m Member, err error) {
	err = row.Scan(&m.ID, &m.Name, &m.Email, db.Time(&m.CreatedAt), &m.WorkspaceID, &m.Role)
	return m, err
}

// Members returns the members of the workspace, in the order they joined.
func (q Q) Members(ctx context.Context, workspaceID int64) ([]Member, error) {
	list, err := db.Many(ctx, q.db, scanMember,
		memberFrom+` where member.workspace_id = $1 order by member.id`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return list, nil
}

// Member returns a user as a member of the workspace; ok is false for anyone else.
func (q Q) Member(ctx context.Context, workspaceID, userID int64) (m Member, ok bool, err error) {
	m, ok, err = db.First(ctx, q.db, scanMember,
		memberFrom+` where member.workspace_id = $1 and member.user_id = $2`, workspaceID, userID)
	if err != nil {
		return m, false, fmt.Errorf("read member: %w", err)
	}
	return m, ok, nil
}

// Owner returns the workspace's first owner; ok is false where there is none yet.
func (q Q) Owner(ctx context.Context, workspaceID int64) (m Member, ok bool, err error) {
	m, ok, err = db.First(ctx, q.db, scanMember,
		memberFrom+` where member.workspace_id = $1 and member.role = $2 order by member.id limit 1`,
		workspaceID, string(domain.RoleOwner))
	if err != nil {
		return m, false, fmt.Errorf("read owner: %w", err)
	}
	return m, ok, nil
}

// SaveMember gives a user a role in the workspace, new or in place of another.
func (t *Tx) SaveMember(ctx context.Context, workspaceID, userID int64, role domain.Role) error {
	err := t.db.Exec(ctx, `insert into member (workspace_id, user_id, role, created_at) values ($1,$2,$3,$4)
		on conflict (workspace_id, user_id) do update set role = excluded.role`,
		workspaceID, userID, string(role), db.Millis(t.Now()))
	if err != nil {
		return fmt.Errorf("set member: %w", err)
	}
	return nil
}

// RemoveMember removes a user from the workspace and ends the sessions there. The
// API keys that the user created stop working.
func (t *Tx) RemoveMember(ctx context.Context, workspaceID, userID int64) error {
	err := t.db.Exec(ctx, `delete from member where workspace_id = $1 and user_id = $2`, workspaceID, userID)
	if err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	return t.DeleteSessionsOf(ctx, workspaceID, userID)
}
