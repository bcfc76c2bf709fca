package domain

import "context"

// Claim is a caller's Idempotency-Key for one call (API contract, section 1). The engine
// stores the answer under it in the transaction of the effect, so that a crash
// can never separate the two.
type Claim struct {
	Scope       string // method and path
	Key         string
	Fingerprint string // of the body: another body under the same key is refused
	// Render turns the verb's result into the answer to be stored, with secrets
	// that are shown once left out.
	Render func(result any) (StoredAnswer, error)
}

// StoredAnswer is an answer kept for 24 hours under an Idempotency-Key.
type StoredAnswer struct {
	Status    int
	Headers   map[string]string
	Body      []byte
	MessageID int64 // of a stream, which is streamed again from its stored text; else 0
}

// Replayed is returned in place of a verb's result when its claim was already
// used with the same body: nothing was done, the stored answer stands.
type Replayed struct{ Answer StoredAnswer }

// Error implements error.
func (*Replayed) Error() string { return "answered before under this Idempotency-Key" }

type claimKey struct{}

// WithClaim returns a context that carries the claim.
func WithClaim(ctx context.Context, c Claim) context.Context {
	return context.WithValue(ctx, claimKey{}, c)
}

// ClaimFrom returns the claim of this call, if it has one.
func ClaimFrom(ctx context.Context) (Claim, bool) {
	c, ok := ctx.Value(claimKey{}).(Claim)
	return c, ok
}
