package domain

import "context"

// ActorKind says what sort of caller acts.
type ActorKind string

// The kinds of caller.
const (
	ActorPerson   ActorKind = "person"   // a signed-in member in the dashboard
	ActorKey      ActorKind = "key"      // an API key
	ActorSystem   ActorKind = "agent"    // an execution
	ActorOperator ActorKind = "operator" // the command line on the server's own machine
)

// Actor is who calls: always within one workspace, with a role and scopes.
type Actor struct {
	Kind        ActorKind
	ID          int64 // of the person, key or execution; 0 for the operator
	Name        string
	WorkspaceID int64
	Role        Role
	Plan        Plan // of the workspace; empty where nothing depends on it
	Scopes      []Scope
}

// SystemActor returns the actor that an execution acts as.
func SystemActor(workspaceID, executionID int64, name string) Actor {
	return Actor{
		Kind:        ActorSystem,
		ID:          executionID,
		Name:        name,
		WorkspaceID: workspaceID,
		Role:        RoleOwner,
		Scopes:      []Scope{ScopeAdmin},
	}
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
	if !Grants(a.Scopes, s) {
		return Errorf(CodeForbidden, "This key lacks the %q scope", s).With("scope", string(s))
	}
	if !a.Role.Has(s) {
		return Errorf(CodeForbidden, "The role %q does not allow this; it needs the %q scope", a.Role, s).
			With("scope", string(s))
	}
	return nil
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
