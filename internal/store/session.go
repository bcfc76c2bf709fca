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
	SeenAt      time.Time // kept to a minute or so
	ExpiresAt   time.Time // however busy it is
}

// SessionHolder is a session with who is signed in, as a member.
type SessionHolder struct {
	Session
	Name string
	Role domain.Role
	Plan domain.Plan
}

func scanSessionHolder(row db.Row) (h SessionHolder, err error) {
	err = row.Scan(&h.Hash, &h.WorkspaceID, &h.UserID, db.Time(&h.CreatedAt), db.Time(&h.SeenAt), db.Time(&h.ExpiresAt), &h.Name, &h.Role, &h.Plan)
	return h, err
}

// SessionByHash returns a session and its member; ok is false where there is
// none, or where the person is no member any more. Whether it has run out is
// the caller's to decide.
func (q Q) SessionByHash(ctx context.Context, hash string) (h SessionHolder, ok bool, err error) {
	h, ok, err = db.First(ctx, q.db, scanSessionHolder, `select session.hash, session.workspace_id, session.user_id, session.created_at,
			session.seen_at, session.expires_at, person.name, member.role, workspace.plan
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
	err := t.db.Exec(ctx, `insert into session (hash, workspace_id, user_id, created_at, seen_at, expires_at) values ($1,$2,$3,$4,$5,$6)`,
		s.Hash, s.WorkspaceID, s.UserID, db.Millis(s.CreatedAt), db.Millis(s.SeenAt), db.Millis(s.ExpiresAt))
	if err != nil {
		return fmt.Errorf("create session: %w", err)
	}
	return nil
}

// TouchSession remembers that a session was used.
func (t *Tx) TouchSession(ctx context.Context, hash string, at time.Time) error {
	if err := t.db.Exec(ctx, `update session set seen_at = $2 where hash = $1 and seen_at < $2`, hash, db.Millis(at)); err != nil {
		return fmt.Errorf("note the use of a session: %w", err)
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

// DeleteSessionsOf ends every session of a person in the workspace.
func (t *Tx) DeleteSessionsOf(ctx context.Context, workspaceID, userID int64) error {
	if err := t.db.Exec(ctx, `delete from session where workspace_id = $1 and user_id = $2`, workspaceID, userID); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// DeleteExpiredSessions removes the sessions and sign-in links that have run out at the
// moment now, or were not used since idle.
func (t *Tx) DeleteExpiredSessions(ctx context.Context, now, idle time.Time) error {
	if err := t.db.Exec(ctx, `delete from session where expires_at <= $1 or seen_at <= $2`, db.Millis(now), db.Millis(idle)); err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	if err := t.db.Exec(ctx, `delete from sign_in where expires_at <= $1`, db.Millis(now)); err != nil {
		return fmt.Errorf("sweep sign-in links: %w", err)
	}
	return nil
}

// SignIn is a link that signs a person in once. Hash is the SHA-256 of its token.
type SignIn struct {
	Hash        string
	WorkspaceID int64
	UserID      int64
	Target      string // the page to go to
	ExpiresAt   time.Time
}

// CreateSignIn stores a sign-in link.
func (t *Tx) CreateSignIn(ctx context.Context, s SignIn) error {
	err := t.db.Exec(ctx, `insert into sign_in (hash, workspace_id, user_id, target, expires_at) values ($1,$2,$3,$4,$5)`,
		s.Hash, s.WorkspaceID, s.UserID, s.Target, db.Millis(s.ExpiresAt))
	if err != nil {
		return fmt.Errorf("create sign-in link: %w", err)
	}
	return nil
}

// TakeSignIn removes a sign-in link and returns it, so that it works once only;
// ok is false where there is none.
func (t *Tx) TakeSignIn(ctx context.Context, hash string) (s SignIn, ok bool, err error) {
	scan := func(row db.Row) (s SignIn, err error) {
		err = row.Scan(&s.Hash, &s.WorkspaceID, &s.UserID, &s.Target, db.Time(&s.ExpiresAt))
		return s, err
	}
	s, ok, err = db.First(ctx, t.db, scan, `delete from sign_in where hash = $1 returning hash, workspace_id, user_id, target, expires_at`, hash)
	if err != nil {
		return s, false, fmt.Errorf("use sign-in link: %w", err)
	}
	return s, ok, nil
}
