package domain

import (
	"context"
	"fmt"
)

// Claim is a caller's Idempotency-Key for one call (API contract, section 1). The answer
// is stored under it in the transaction of the effect, so that a crash can never
// separate the two.
type Claim struct {
	Scope       string // method and path
	Key         string
	Fingerprint string // of the body: another body under the same key is refused
}

// ClaimOf is a claim for the answer of a verb that returns an R.
type ClaimOf[R any] struct {
	Claim
	// Render turns the verb's result into the answer to be stored, with secrets that
	// are shown only once left out.
	Render func(result R) (StoredAnswer, error)
}

// StoredAnswer is an answer kept for 24 hours under an Idempotency-Key.
type StoredAnswer struct {
	Status  int
	Headers map[string]string
	Body    []byte
	// Began is the id of what goes on after the answer: of a text, which is streamed again
	// from where it is stored, or of an execution, whose end can be waited for; else 0.
	Began int64
}

// Replayed is returned in place of a verb's result when its claim was already
// used with the same body: nothing was done, the stored answer stands.
type Replayed struct {
	Answer StoredAnswer
	// Waited means that the verb waited for the end of what was begun. Then its result
	// stands, in place of the stored answer.
	Waited bool
}

// Error implements error.
func (*Replayed) Error() string { return "answered before under this Idempotency-Key" }

type claimKey struct{}

// WithClaim returns a context that carries the claim.
func WithClaim[R any](ctx context.Context, c ClaimOf[R]) context.Context {
	return context.WithValue(ctx, claimKey{}, c)
}

// ClaimFrom returns the claim of this call, for a verb that returns an R; ok is false
// where the call has none. A claim for another type of result is an error: the caller
// was promised a stored answer that the verb cannot give. A claim of any result fits
// every verb.
func ClaimFrom[R any](ctx context.Context) (c ClaimOf[R], ok bool, err error) {
	switch found := ctx.Value(claimKey{}).(type) {
	case nil:
		return c, false, nil
	case ClaimOf[R]:
		return found, true, nil
	case ClaimOf[any]:
		render := func(r R) (StoredAnswer, error) { return found.Render(r) }
		return ClaimOf[R]{Claim: found.Claim, Render: render}, true, nil
	default:
		var want R
		return c, false, fmt.Errorf("the row claims an answer as %T and the verb returns %T: they must agree", found, want)
	}
}
