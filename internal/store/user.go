package store

import (
	"context"
	"errors"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// UserByEmail returns the user with the address, in whatever workspace; ok
// is false where there is none. Addresses are compared exactly as they are stored.
func (q Q) UserByEmail(ctx context.Context, email string) (u domain.User, ok bool, err error) {
	scan := func(row db.Row) (u domain.User, err error) {
		err = row.Scan(&u.ID, &u.Name, &u.Email, db.Time(&u.CreatedAt))
		return u, err
	}
	u, ok, err = db.First(ctx, q.db, scan, `select id, name, email, created_at from person where email = $1`, email)
	if err != nil {
		return u, false, fmt.Errorf("read user: %w", err)
	}
	return u, ok, nil
}

// CreateUser stores a user and returns it with its id. An address that is taken is a
// CONFLICT.
func (t *Tx) CreateUser(ctx context.Context, name, email string) (domain.User, error) {
	u := domain.User{Name: name, Email: email, CreatedAt: t.Now()}
	err := t.db.One(ctx, []any{&u.ID}, `insert into person (name, email, created_at) values ($1,$2,$3)
		on conflict (email) do nothing returning id`, name, email, db.Millis(u.CreatedAt))
	if errors.Is(err, db.ErrNoRow) {
		return u, domain.Errorf(domain.CodeConflict, "A user with this email address already exists")
	}
	if err != nil {
		return u, fmt.Errorf("create user: %w", err)
	}
	return u, nil
}
