package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/store/db"
)

// SignIn is a link that signs a user in once. Hash is the SHA-256 of its token.
type SignIn struct {
	Hash        string
	WorkspaceID int64
	UserID      int64
	Target      string // the page to go to
	ExpiresAt   time.Time
}

const signInAll db.Set = 1

var signInTable = db.NewTable("sign_in", func(s *SignIn) []db.Column {
	return []db.Column{
		{Name: "hash", Field: &s.Hash, In: signInAll},
		{Name: "workspace_id", Field: &s.WorkspaceID, In: signInAll},
		{Name: "user_id", Field: &s.UserID, In: signInAll},
		{Name: "target", Field: &s.Target, In: signInAll},
		{Name: "expires_at", Field: db.Time(&s.ExpiresAt), In: signInAll},
	}
})

var (
	signInColumns = signInTable.Columns(signInAll)
	createSignIn  = signInTable.Write(signInAll, `insert into sign_in ({columns}) values ({values})`)
)

// CreateSignIn stores a sign-in link.
func (t *Tx) CreateSignIn(ctx context.Context, s SignIn) error {
	if _, err := createSignIn.Exec(ctx, t.db, &s); err != nil {
		return fmt.Errorf("create sign-in link: %w", err)
	}
	return nil
}

// TakeSignIn removes a sign-in link and returns it, so that it works only once; ok
// is false where there is none. It may have expired.
func (t *Tx) TakeSignIn(ctx context.Context, hash string) (s SignIn, ok bool, err error) {
	s, ok, err = db.First(ctx, t.db, signInTable.Scan(signInAll),
		`delete from sign_in where hash = $1 returning `+signInColumns, hash)
	if err != nil {
		return s, false, fmt.Errorf("use sign-in link: %w", err)
	}
	return s, ok, nil
}
