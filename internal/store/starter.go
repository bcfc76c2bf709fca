package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// PresentActor returns the one who started something as a caller with the rights that it
// has at the moment now. A person who has left the workspace and a key that is no
// longer valid have none. What was started before starters were recorded has those of
// an editor, so that it cannot publish.
func (q Q) PresentActor(
	ctx context.Context, workspaceID int64, s domain.Starter, now time.Time,
) (domain.Actor, error) {
	a := domain.Actor{Kind: s.Kind, ID: s.ID, WorkspaceID: workspaceID}
	switch s.Kind {
	case domain.ActorOperator:
		return domain.OperatorActor(workspaceID), nil
	case domain.ActorPerson:
		m, ok, err := q.Member(ctx, workspaceID, s.ID)
		if err != nil || !ok {
			return a, err
		}
		a.Name, a.Role, a.Scopes = m.Name, m.Role, []domain.Scope{domain.ScopeAdmin} // only the role limits a person
	case domain.ActorKey:
		h, ok, err := q.keyHolder(ctx, workspaceID, s.ID)
		if err != nil || !ok {
			return a, err
		}
		a.Name = h.Key.Name
		if role, valid := h.PresentRole(); valid && h.Key.Live(now) {
			a.Role, a.Scopes = role, h.Key.Scopes
		}
	case "":
		a.Role, a.Scopes = domain.RoleEditor, []domain.Scope{domain.ScopeWrite}
	}
	return a, nil
}

// keyHolder returns a key of the workspace with all that decides what it may do.
func (q Q) keyHolder(ctx context.Context, workspaceID, id int64) (KeyHolder, bool, error) {
	h, ok, err := db.First(ctx, q.db, scanKeyHolder,
		keyHolders+` where api_key.workspace_id = $1 and api_key.id = $2`, workspaceID, id)
	if err != nil {
		return h, false, fmt.Errorf("read what a key may do: %w", err)
	}
	return h, ok, nil
}

// PresentRole returns the key's role, limited to its creator's current one (API
// contract, section 2); ok is false if the creator is no longer a member.
func (h KeyHolder) PresentRole() (role domain.Role, ok bool) {
	if h.Key.CreatorID == 0 || h.Key.Role.Within(h.CreatorRole) {
		return h.Key.Role, h.Key.Role.Valid()
	}
	return h.CreatorRole, h.CreatorRole.Valid()
}
