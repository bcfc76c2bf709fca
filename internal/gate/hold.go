package gate

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/domain"
)

// holdGap is how often a caller of a stream is authenticated again. A revocation on
// another node is known here after this and the few seconds that a look-up is kept.
const holdGap = 5 * time.Second

// Hold returns a context for a request that may last: it ends when the caller may no
// longer do what needs the scope, at once where this node revoked the key, else within
// 15 s. Then [Ended] returns why. The returned function must be called in the end.
func (g *Gate) Hold(ctx context.Context, r *http.Request, s domain.Scope) (context.Context, func()) {
	a, _ := domain.ActorFrom(ctx)
	if g.Recheck == nil || g.Changed == nil || a.Kind != domain.ActorKey {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		tick := time.NewTicker(holdGap)
		defer tick.Stop()
		for {
			changed := g.Changed() // before the check, so that none is missed
			if err := g.still(ctx, r, s); err != nil {
				cancel(err)
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-changed:
			case <-tick.C:
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// still returns why the caller may no longer do what needs the scope; nil while it
// may, or while nobody can know.
func (g *Gate) still(ctx context.Context, r *http.Request, s domain.Scope) error {
	c, err := g.Recheck(ctx, bearer(r), g.ClientIP(r))
	if err == nil && s != "" {
		err = c.Actor.Require(s)
	}
	switch domain.CodeOf(err) {
	case domain.CodeUnauthorized, domain.CodeForbidden:
		return err
	}
	return nil
}

// Ended returns why [Gate.Hold] ended a context; nil where it did not.
func Ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	switch domain.CodeOf(cause) {
	case domain.CodeUnauthorized, domain.CodeForbidden:
		return cause
	}
	return nil
}
