package verb

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Change runs f in one transaction on behalf of a caller who has the scope. Where
// the call carries an Idempotency-Key, the answer is stored in the same
// transaction; where an answer is already stored, it returns a [domain.Replayed]. A
// key that claims the answer of another type is an error, before anything is done.
func Change[O any](
	ctx context.Context, st *store.Store, s domain.Scope, f func(tx *store.Tx, a domain.Actor) (O, error),
) (out O, err error) {
	a, err := Caller(ctx, s)
	if err != nil {
		return out, err
	}
	claim, claimed, err := domain.ClaimFrom[O](ctx)
	if err != nil {
		return out, err
	}
	err = st.InTx(ctx, func(tx *store.Tx) (err error) {
		if claimed {
			if err := tx.ClaimAnswer(ctx, a.WorkspaceID, claim.Claim); err != nil {
				return err
			}
		}
		if out, err = f(tx, a); err != nil || !claimed {
			return err
		}
		answer, err := claim.Render(out)
		if err != nil {
			return fmt.Errorf("render the answer to store: %w", err)
		}
		return tx.StoreAnswer(ctx, a.WorkspaceID, claim.Claim, answer)
	})
	return out, err
}
