package auth

import (
	"context"

	"vellocity/internal/store"
)

// Start signs a person in without a link and returns the cookie's value.
func (s *Sessions) Start(ctx context.Context, workspaceID, userID int64) (cookie string, err error) {
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		cookie, err = s.start(ctx, tx, workspaceID, userID)
		return err
	})
	return cookie, err
}
