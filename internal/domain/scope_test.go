package domain_test

import (
	"slices"
	"testing"

	"vellocity/internal/domain"
)

// everyScope has the scopes of keys and those that only stand for others.
func everyScope() []domain.Scope {
	return append(domain.Scopes(), domain.ScopeReview, domain.ScopeWebhooks)
}

func TestGrants(t *testing.T) {
	for held, granted := range map[domain.Scope][]domain.Scope{
		domain.ScopeRead:    {domain.ScopeRead},
		domain.ScopeContent: {domain.ScopeContent, domain.ScopeReview},
		domain.ScopePublish: {domain.ScopePublish, domain.ScopeReview},
		domain.ScopeWrite: {
			domain.ScopeWrite, domain.ScopeContent, domain.ScopeReview, domain.ScopeWebhooks,
		},
		domain.ScopeAdmin:        everyScope(),
		domain.ScopeMCPTools:     {domain.ScopeMCPTools},
		domain.ScopeMCPResources: {domain.ScopeMCPResources},
		domain.ScopeMCPPrompts:   {domain.ScopeMCPPrompts},
		domain.ScopeMCPFull: {
			domain.ScopeMCPFull, domain.ScopeMCPTools, domain.ScopeMCPResources, domain.ScopeMCPPrompts,
		},
	} {
		for _, want := range everyScope() {
			if got := domain.Grants([]domain.Scope{held}, want); got != slices.Contains(granted, want) {
				t.Errorf("%s grants %s: %t", held, want, got)
			}
		}
	}
	if domain.Grants(nil, domain.ScopeRead) {
		t.Error("no scope grants reading")
	}
	if !domain.Grants([]domain.Scope{domain.ScopeRead, domain.ScopePublish}, domain.ScopeReview) {
		t.Error("the second of two scopes does not count")
	}
}

func TestRoleScopes(t *testing.T) {
	mcp := []domain.Scope{
		domain.ScopeMCPFull, domain.ScopeMCPTools, domain.ScopeMCPResources, domain.ScopeMCPPrompts,
	}
	for role, allowed := range map[domain.Role][]domain.Scope{
		domain.RoleViewer:   {domain.ScopeRead},
		domain.RoleReviewer: {domain.ScopeRead, domain.ScopePublish, domain.ScopeReview},
		domain.RoleEditor:   {domain.ScopeRead, domain.ScopeContent, domain.ScopeWrite, domain.ScopeReview},
		domain.RoleAdmin:    everyScope(),
		domain.RoleOwner:    everyScope(),
	} {
		for _, s := range everyScope() {
			if got, want := role.Has(s), slices.Contains(allowed, s) || slices.Contains(mcp, s); got != want {
				t.Errorf("%s has %s: %t, want %t", role, s, got, want)
			}
		}
	}
	for _, s := range everyScope() {
		if domain.Role("guest").Has(s) {
			t.Errorf("an unknown role has %s", s)
		}
	}
}

func TestRoleWithin(t *testing.T) {
	roles := domain.Roles()
	for i, r := range roles {
		for j, limit := range roles {
			if got := r.Within(limit); got != (i <= j) {
				t.Errorf("%s within %s: %t", r, limit, got)
			}
		}
	}
}

func TestMoveScope(t *testing.T) {
	for _, c := range []struct {
		from, to domain.ItemStatus
		want     domain.Scope
	}{
		{domain.ItemGenerated, domain.ItemReview, domain.ScopeContent},
		{domain.ItemReview, domain.ItemGenerated, domain.ScopeContent},
		{domain.ItemGenerated, domain.ItemReady, domain.ScopeContent},
		{domain.ItemReview, domain.ItemReady, domain.ScopeReview},
		{domain.ItemReady, domain.ItemReview, domain.ScopeReview},
		{domain.ItemReady, domain.ItemPublished, domain.ScopePublish},
		{domain.ItemGenerated, domain.ItemPublished, domain.ScopePublish},
		{domain.ItemPublished, domain.ItemReady, domain.ScopePublish},
		{domain.ItemPublished, domain.ItemGenerated, domain.ScopePublish},
	} {
		if got := domain.MoveScope(c.from, c.to); got != c.want {
			t.Errorf("%s to %s needs %s, want %s", c.from, c.to, got, c.want)
		}
	}
}
