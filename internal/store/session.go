package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Session is a signed-in browser. Hash is the SHA-256 of what its cookie holds.
type Session struct {
	Hash        string
	WorkspaceID int64
	UserID      int64
	CreatedAt   time.Time
	SeenAt      time.Time // exact to a minute or so
	ExpiresAt   time.Time // however busy it is
}

const sessionAll db.Set = 1

var sessionTable = db.NewTable("session", func(s *Session) []db.Column {
	return []db.Column{
		{Name: "hash", Field: &s.Hash, In: sessionAll},
		{Name: "workspace_id", Field: &s.WorkspaceID, In: sessionAll},
		{Name: "user_id", Field: &s.UserID, In: sessionAll},
		{Name: "created_at", Field: db.Time(&s.CreatedAt), In: sessionAll},
		{Name: "seen_at", Field: db.Time(&s.SeenAt), In: sessionAll},
		{Name: "expires_at", Field: db.Time(&s.ExpiresAt), In: sessionAll},
	}
})

var (
	sessionColumns = sessionTable.QualifiedColumns(sessionAll)
	createSession  = sessionTable.Write(sessionAll, `insert into session ({columns}) values ({values})`)
)

// SessionHolder is a session with who is signed in, as a member.
type SessionHolder struct {
	Session
	Name string
	Role domain.Role
	Plan domain.Plan
}

func scanSessionHolder(row db.Row) (h SessionHolder, err error) {
	err = row.Scan(append(sessionTable.Dest(&h.Session, sessionAll), &h.Name, &h.Role, &h.Plan)...)
	return h, err
}

// SessionByHash returns a session and its member; ok is false where there is none,
// or where the user is no longer a member. It may have expired.
func (q Q) SessionByHash(ctx context.Context, hash string) (h SessionHolder, ok bool, err error) {
	h, ok, err = db.First(ctx, q.db, scanSessionHolder,
		`select `+sessionColumns+`, person.name, member.role, workspace.plan
		from session join person on person.id = session.user_id
		join member on member.workspace_id = session.workspace_id and member.user_id = session.user_id
		join workspace on workspace.id = session.workspace_id
		where session.hash = $1`, hash)
	if err != nil {
		return h, false, fmt.Errorf("look up session: %w", err)
	}
	return h, ok, nil
}

// CreateSession stores a session.
func (t *Tx) CreateSession(ctx context.Context, s Session) error {
	if _, err := createSession.Exec(ctx, t.db, &s); err != nil {
		return fmt.Errorf("create session: %w", err)
	}
	return nil
}

// TouchSession stores that a session was used at a moment, unless it was used later.
func (t *Tx) TouchSession(ctx context.Context, hash string, at time.Time) error {
	err := t.db.Exec(ctx, `update session set seen_at = $2 where hash = $1 and seen_at < $2`, hash, db.Millis(at))
	if err != nil {
		return fmt.Errorf("save the use of a session: %w", err)
	}
	return nil
}

// DeleteSession ends one session.
func (t *Tx) DeleteSession(ctx context.Context, hash string) error {
	if err := t.db.Exec(ctx, `delete from session where hash = $1`, hash); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// DeleteSessionsOf ends every session of a user in the workspace.
func (t *Tx) DeleteSessionsOf(ctx context.Context, workspaceID, userID int64) error {
	err := t.db.Exec(ctx, `delete from session where workspace_id = $1 and user_id = $2`, workspaceID, userID)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// DeleteExpiredSessions removes the sessions and sign-in links that have expired at
// the moment now, and the sessions not used since idle.
func (t *Tx) DeleteExpiredSessions(ctx context.Context, now, idle time.Time) error {
	err := t.db.Exec(ctx, `delete from session where expires_at <= $1 or seen_at <= $2`, db.Millis(now), db.Millis(idle))
	if err != nil {
		return fmt.Errorf("delete expired sessions: %w", err)
	}
	if err := t.db.Exec(ctx, `delete from sign_in where expires_at <= $1`, db.Millis(now)); err != nil {
		return fmt.Errorf("delete expired sign-in links: %w", err)
	}
	return nil
}
