// Package auth says who calls and how often it may: API keys ([Keys]), signed-in
// browsers ([Sessions]), rate limits by plan ([Limiter]), the address of the
// caller ([Edge]), and secrets at rest ([Vault]).
//
// Nothing secret is stored as it is: of keys, sessions and sign-in links only
// the SHA-256 is kept, of providers' keys only what the master key opens.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Hash returns the SHA-256 of a random secret as hex, the form in which keys,
// sessions and links are stored. They have 178 bits or more, so a slow hash
// would add nothing.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// newToken returns 256 random bits in a form that fits cookies and addresses.
func newToken() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Bootstrap makes a person the owner of a workspace, for the first start. A
// person with the e-mail address that is already there is taken, and stays as
// it is.
func Bootstrap(ctx context.Context, tx *store.Tx, workspaceID int64, name, email string) (domain.User, error) {
	person, ok, err := tx.UserByEmail(ctx, email)
	if err != nil {
		return person, err
	}
	if !ok {
		if person, err = tx.CreateUser(ctx, name, email); err != nil {
			return person, err
		}
	}
	if err := tx.SaveMember(ctx, workspaceID, person.ID, domain.RoleOwner); err != nil {
		return person, fmt.Errorf("make the first owner: %w", err)
	}
	return person, nil
}
