// Package verb has what the verbs of every area share: who calls and what they
// may do ([Caller]), one transaction with its Idempotency-Key ([Change]), the
// condition of an If-Match header ([Precondition]), whether this node takes on
// work ([Node]), and the checks of input that more than one area needs.
//
// It knows no noun. A verb itself stands in internal/engine/<area>, in the file
// of its noun.
package verb

import (
	"context"
	"errors"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
)

// AnyScope is for a verb whose scope depends on what it finds: every caller that
// was authenticated passes, and the verb itself asks for the scope later.
const AnyScope domain.Scope = "any"

// errNoScope is the error of a verb that names no scope. Every caller is refused.
var errNoScope = errors.New("the verb names no scope")

// Caller returns who calls, if that caller has the scope. It returns UNAUTHORIZED
// where nobody was authenticated, FORBIDDEN where the scope is missing.
func Caller(ctx context.Context, s domain.Scope) (domain.Actor, error) {
	a, ok := domain.ActorFrom(ctx)
	switch {
	case s == "":
		return a, errNoScope
	case !ok:
		return a, auth.Unauthorized()
	case s == AnyScope:
		return a, nil
	}
	return a, a.Require(s)
}

// Operator returns FORBIDDEN for every caller but the command line on the server.
func Operator(ctx context.Context) error {
	a, err := Caller(ctx, domain.ScopeAdmin)
	if err == nil && a.Kind != domain.ActorOperator {
		return domain.Errorf(domain.CodeForbidden, "Only the operator may do this, with the vellocity command on the server")
	}
	return err
}

// ReaderOrAuthor returns a caller with the scope read, or with the scope content,
// who may then read only what it started itself: check that with [MayReadOwn].
func ReaderOrAuthor(ctx context.Context) (domain.Actor, error) {
	a, err := Caller(ctx, AnyScope)
	if err != nil || a.May(domain.ScopeContent) {
		return a, err
	}
	return a, a.Require(domain.ScopeRead)
}

// MayReadOwn returns nil where the caller may read what the actor of a kind and an
// id started: with the scope read anything of the workspace, with the scope content
// what it started itself. Names do not count: two keys may have the same.
func MayReadOwn(a domain.Actor, kind domain.ActorKind, id int64) error {
	if a.May(domain.ScopeContent) && id != 0 && a.Kind == kind && a.ID == id {
		return nil
	}
	return a.Require(domain.ScopeRead)
}

// Node says whether this node may take on work.
type Node struct {
	// Alive returns nil while the node may take on work, else the reason. A nil
	// function means always.
	Alive func() error
}

// Accepting returns UNAVAILABLE, with a time to retry after, while this node may
// not take on work.
func (n Node) Accepting() error {
	if n.Alive == nil {
		return nil
	}
	if err := n.Alive(); err != nil {
		busy := domain.Errorf(domain.CodeUnavailable, "This node cannot take on work at the moment. Try again shortly.")
		busy.RetryAfter = 2 * time.Second
		return busy.Because(err)
	}
	return nil
}
