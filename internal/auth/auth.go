// Package auth identifies callers and limits how often they call: API keys ([Keys]),
// browser sessions ([Sessions]), rate limits by plan ([Limiter]), the caller's
// address ([Edge]), and secrets at rest ([Vault]).
//
// No secret is stored in the clear: of keys, sessions and sign-in links only the
// SHA-256 is stored, and provider keys are encrypted with the master key.
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

// NewToken returns 256 random bits in a form that fits cookies and URLs.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Bootstrap makes a person the owner of a workspace, for the first start. If a person
// with the e-mail address exists already, that one is used unchanged.
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
