package domain

import "slices"

// Scope is one permission of a key or token. A call needs the scope and the
// caller's role (API contract, section 2).
type Scope string

// The scopes of the contract.
const (
	ScopeRead         Scope = "read"
	ScopeContent      Scope = "content"
	ScopePublish      Scope = "publish"
	ScopeWrite        Scope = "write"
	ScopeAdmin        Scope = "admin"
	ScopeMCPFull      Scope = "mcp:full"
	ScopeMCPTools     Scope = "mcp:tools"
	ScopeMCPResources Scope = "mcp:resources"
	ScopeMCPPrompts   Scope = "mcp:prompts"
	// ScopeReview is no key's own scope: it stands for comment, approve and the
	// moves between review and ready, which content and publish both allow.
	ScopeReview Scope = "review"
	// ScopeWebhooks is no key's own either: write includes it, and the role editor lacks it.
	ScopeWebhooks Scope = "webhooks"
	// ScopeOperator is no key's either: it is held by the command line on the server
	// itself, and even admin does not include it.
	ScopeOperator Scope = "operator"
)

// Scopes lists the scopes that a key may be given, in the order they are shown.
func Scopes() []Scope {
	return []Scope{
		ScopeRead,
		ScopeContent,
		ScopePublish,
		ScopeWrite,
		ScopeAdmin,
		ScopeMCPFull,
		ScopeMCPTools,
		ScopeMCPResources,
		ScopeMCPPrompts,
	}
}

// implied says what a scope brings along beside itself.
var implied = map[Scope][]Scope{
	ScopeWrite:   {ScopeContent, ScopeReview, ScopeWebhooks},
	ScopeContent: {ScopeReview},
	ScopePublish: {ScopeReview},
	ScopeMCPFull: {ScopeMCPTools, ScopeMCPResources, ScopeMCPPrompts},
}

// Grants reports whether the scopes held allow want. Admin allows everything but what
// is the operator's alone.
func Grants(held []Scope, want Scope) bool {
	for _, h := range held {
		if h == want || h == ScopeAdmin && want != ScopeOperator || slices.Contains(implied[h], want) {
			return true
		}
	}
	return false
}

// Role is what a member, or a key on a member's behalf, may do at most.
type Role string

// The roles, weakest first.
const (
	RoleViewer   Role = "viewer"
	RoleReviewer Role = "reviewer"
	RoleEditor   Role = "editor"
	RoleAdmin    Role = "admin"
	RoleOwner    Role = "owner"
)

// Roles lists the roles, weakest first.
func Roles() []Role { return []Role{RoleViewer, RoleReviewer, RoleEditor, RoleAdmin, RoleOwner} }

var mcpScopes = []Scope{ScopeMCPFull, ScopeMCPTools, ScopeMCPResources, ScopeMCPPrompts}

var roleScopes = map[Role][]Scope{
	RoleViewer:   {ScopeRead},
	RoleReviewer: {ScopeRead, ScopePublish, ScopeReview},
	RoleEditor:   {ScopeRead, ScopeContent, ScopeWrite, ScopeReview},
}

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Has reports whether the role allows the scope.
func (r Role) Has(s Scope) bool {
	if r == RoleOwner || r == RoleAdmin || slices.Contains(mcpScopes, s) {
		return r.Valid()
	}
	return slices.Contains(roleScopes[r], s)
}

// Within reports whether r is no stronger than limit, so that a key can be
// capped by its creator's role.
func (r Role) Within(limit Role) bool {
	return slices.Index(Roles(), r) <= slices.Index(Roles(), limit)
}
