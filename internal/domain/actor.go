package domain

import (
	"context"
	"fmt"
)

// ActorKind says what sort of caller acts.
type ActorKind string

// The kinds of caller.
const (
	ActorPerson   ActorKind = "person"   // a signed-in member in the dashboard
	ActorKey      ActorKind = "key"      // an API key
	ActorSystem   ActorKind = "agent"    // an execution
	ActorOperator ActorKind = "operator" // the command line on the server's own machine
	ActorReviewer ActorKind = "reviewer" // somebody without an account, with a review link
	ActorRule     ActorKind = "rule"     // a board rule, with the rights of its owner
)

// Actor is who calls: always within one workspace, with a role and scopes.
type Actor struct {
	Kind        ActorKind
	ID          int64 // of the person, key, execution or board rule; 0 for the operator
	Name        string
	WorkspaceID int64
	Role        Role
	Plan        Plan // of the workspace; empty where nothing depends on it
	Scopes      []Scope
	For         Starter // of an agent or a rule: whose rights it has
}

// SystemActor returns the actor under whose name an execution acts. It may do nothing
// by itself: [Actor.OnBehalfOf] gives it the rights of the caller who started it.
func SystemActor(workspaceID, executionID int64, name string) Actor {
	return Actor{Kind: ActorSystem, ID: executionID, Name: name, WorkspaceID: workspaceID}
}

// ExecutionID is the execution that acts; 0: none does.
func (a Actor) ExecutionID() int64 {
	if a.Kind != ActorSystem {
		return 0
	}
	return a.ID
}

// OnBehalfOf returns the actor with the rights of another.
func (a Actor) OnBehalfOf(other Actor) Actor {
	a.Role, a.Scopes, a.Plan, a.For = other.Role, other.Scopes, other.Plan, other.Starter()
	return a
}

// OperatorActor returns the actor of the command line on the server's own machine.
func OperatorActor(workspaceID int64) Actor {
	return Actor{
		Kind:        ActorOperator,
		Name:        "operator",
		WorkspaceID: workspaceID,
		Role:        RoleOwner,
		Scopes:      []Scope{ScopeAdmin, ScopeOperator},
	}
}

// May reports whether both layers allow s: the caller's scopes and its role.
func (a Actor) May(s Scope) bool {
	return Grants(a.Scopes, s) && a.Role.Has(s)
}

// Require returns a FORBIDDEN error that names what is missing unless a may s.
func (a Actor) Require(s Scope) error {
	name, needed := fmt.Sprintf("%q", s), s
	switch s {
	case ScopeReview: // what content and publish both allow is no scope of its own to callers
		name, needed = fmt.Sprintf("%q or %q", ScopeContent, ScopePublish), ScopeContent
	case ScopeWebhooks:
		name, needed = fmt.Sprintf("%q", ScopeWrite), ScopeWrite
	}
	if !Grants(a.Scopes, s) {
		return Errorf(CodeForbidden, "This key lacks the %s scope", name).With("scope", string(needed))
	}
	if s == ScopeWebhooks && !a.Role.Has(s) {
		return Errorf(CodeForbidden, "The role %q may not change webhooks. Ask an admin or owner.", a.Role)
	}
	if !a.Role.Has(s) {
		return Errorf(CodeForbidden, "The role %q does not allow this; it needs the %s scope", a.Role, name).
			With("scope", string(needed))
	}
	return nil
}

// RequireAll returns the first error of [Actor.Require]; nil where a may do everything.
func (a Actor) RequireAll(scopes []Scope) error {
	for _, s := range scopes {
		if err := a.Require(s); err != nil {
			return err
		}
	}
	return nil
}

// MayAll reports whether a may do everything.
func (a Actor) MayAll(scopes []Scope) bool { return a.RequireAll(scopes) == nil }

// Starter returns who starts what the caller starts: of an agent or a rule, the one on whose
// behalf it acts.
func (a Actor) Starter() Starter {
	if a.Kind == ActorSystem || a.Kind == ActorRule {
		return a.For
	}
	return Starter{a.Kind, a.ID}
}

type actorKey struct{}

// WithActor returns a context that carries the caller.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns the caller; ok is false where nobody has been authenticated.
func ActorFrom(ctx context.Context) (a Actor, ok bool) {
	a, ok = ctx.Value(actorKey{}).(Actor)
	return a, ok
}
