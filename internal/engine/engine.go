// Package engine has every verb of Vellocity once, a file per noun. A verb
// validates, authorises the [domain.Actor] in the context, opens one
// transaction, appends its event, enqueues its job and commits. REST, MCP, the
// dashboard, the command line and the clock all end here, so that they cannot
// drift apart. It knows no HTTP.
package engine

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/auth"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/live"
	"vellocity/internal/store"
)

// Options are what an Engine needs.
type Options struct {
	Store     *store.Store
	Runner    *execution.Runner
	Hub       *live.Hub
	Keys      *auth.Keys
	Providers *ai.Providers
	// KeyVariables are the environment variables that connect a provider, for hints.
	KeyVariables []string
	Capabilities []capability.Capability
	// Alive returns nil while this node may take on work, else why not.
	Alive func() error
	// ReaderGrace is how long a text goes on being written after its last reader
	// has left; 0 means 30 s.
	ReaderGrace time.Duration
	Log         *slog.Logger
}

// Engine holds what the verbs need. It is safe for use by several goroutines.
type Engine struct {
	o         Options
	catalogue []domain.Capability
	details   map[string]CapabilityDetails

	writing sync.WaitGroup // texts of generate-output under way
	texts   texts
}

// New returns an engine.
func New(o Options) (*Engine, error) {
	e := &Engine{o: o, details: map[string]CapabilityDetails{}}
	e.texts.grace = cmp.Or(o.ReaderGrace, readerGrace)
	for i, c := range o.Capabilities {
		c.ID = int64(i + 1)
		d, err := describe(c)
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", c.Slug, err)
		}
		e.catalogue = append(e.catalogue, d.Capability)
		e.details[c.Slug] = d
	}
	return e, nil
}

// caller returns who calls, if that caller may s. The empty scope is for verbs
// whose scope depends on what they find.
func caller(ctx context.Context, s domain.Scope) (domain.Actor, error) {
	a, ok := domain.ActorFrom(ctx)
	if !ok {
		return a, auth.Unauthorized()
	}
	if s == "" {
		return a, nil
	}
	return a, a.Require(s)
}

// operator refuses everybody but the command line on the server itself.
func operator(ctx context.Context) error {
	a, err := caller(ctx, domain.ScopeAdmin)
	if err == nil && a.Kind != domain.ActorOperator {
		err = domain.Errorf(domain.CodeForbidden, "Only the operator may do this, with the vellocity command on the server")
	}
	return err
}

// change runs f in one transaction on behalf of a caller who may s. Where the
// call carries an Idempotency-Key, the answer is stored in that transaction, and
// an answer that is stored already comes back as a [domain.Replayed].
func change[O any](ctx context.Context, e *Engine, s domain.Scope, f func(tx *store.Tx, a domain.Actor) (O, error)) (out O, err error) {
	a, err := caller(ctx, s)
	if err != nil {
		return out, err
	}
	claim, claimed, err := domain.ClaimFrom[O](ctx)
	if err != nil {
		return out, err
	}
	err = e.o.Store.InTx(ctx, func(tx *store.Tx) (err error) {
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
			return fmt.Errorf("render the answer to keep: %w", err)
		}
		return tx.StoreAnswer(ctx, a.WorkspaceID, claim.Claim, answer)
	})
	return out, err
}

// Replay returns a [domain.Replayed] error where the call's Idempotency-Key has a
// stored answer, a conflict where it was used otherwise, nil where it is new.
func (e *Engine) Replay(ctx context.Context, c domain.Claim) error {
	a, ok := domain.ActorFrom(ctx)
	if !ok {
		return auth.Unauthorized()
	}
	return e.o.Store.Read().StoredAnswer(ctx, a.WorkspaceID, c, e.o.Store.Now())
}

// accepting returns an error while this node may not take on work.
func (e *Engine) accepting() error {
	if e.o.Alive == nil {
		return nil
	}
	if err := e.o.Alive(); err != nil {
		busy := domain.Errorf(domain.CodeUnavailable, "This node cannot take on work at the moment. Try again shortly.")
		busy.RetryAfter = 2 * time.Second
		return busy.Because(err)
	}
	return nil
}

// check compares what the caller has seen with the present revision.
func (m Precondition) check(revision int64) error {
	if m.IfMatch == "" {
		return nil
	}
	want := strconv.Quote(strconv.FormatInt(revision, 10))
	for tag := range strings.SplitSeq(m.IfMatch, ",") {
		if strings.TrimSpace(tag) == want {
			return nil
		}
	}
	return domain.Errorf(domain.CodePreconditionFailed, "This was changed meanwhile. Read it again and repeat your change on what it says now.")
}

// oneOf notes a fault unless v is empty or one of the allowed values.
func oneOf[T ~string](p *domain.Problems, path string, v T, allowed []T) {
	if v == "" || slices.Contains(allowed, v) {
		return
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	p.Add(path, "%q is not one of %s", v, strings.Join(names, ", "))
}
