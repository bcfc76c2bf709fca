package verb_test

import (
	"context"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/verb"
)

// A verb that forgets its scope lets nobody in.
func TestAVerbWithoutAScopeRefusesEverybody(t *testing.T) {
	owner := domain.Actor{Kind: domain.ActorPerson, Role: domain.RoleOwner, Scopes: []domain.Scope{domain.ScopeAdmin}}
	for _, ctx := range []context.Context{t.Context(), domain.WithActor(t.Context(), owner)} {
		if _, err := verb.Caller(ctx, ""); domain.CodeOf(err) != domain.CodeServer {
			t.Errorf("it returned %v", err)
		}
	}
	if _, err := verb.Caller(t.Context(), verb.AnyScope); domain.CodeOf(err) != domain.CodeUnauthorized {
		t.Errorf("nobody passed as any scope: %v", err)
	}
	if a, err := verb.Caller(domain.WithActor(t.Context(), owner), verb.AnyScope); err != nil ||
		a.Role != domain.RoleOwner {
		t.Errorf("the owner: %v", err)
	}
}

func TestPreconditions(t *testing.T) {
	for match, ok := range map[string]bool{"": true, `"7"`: true, `"6", "7"`: true, `"6"`: false, "7": false, "*": false} {
		err := verb.Precondition{IfMatch: match}.CheckRevision(7)
		if (err == nil) != ok || !ok && domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("%s: %v", match, err)
		}
	}
}

// Every slug that is made passes the check.
func TestSlugsAreMadeAndCheckedByOneRule(t *testing.T) {
	for _, title := range []string{
		"How to Choose a CRM?", "Café Zürich & Straße", "日本 語", "Привет, мир", "naïve - test -",
		"İstanbul", "ΟΔΟΣ", "हिन्दी में",
		"a very long title that goes on and on until it is longer than any address ought to be, and then some more",
	} {
		slug := prose.Slug(title, domain.LimitItemSlug.Max)
		var p domain.Problems
		domain.LimitItemSlug.Text(&p, "slug", slug)
		verb.CheckSlug(&p, "slug", &slug)
		if err := p.Err(); err != nil {
			t.Errorf("%q from %q: %v", slug, title, err)
		}
	}
	for _, slug := range []string{"", "-", "a-", "-a", "a--b", "A", "a b", "a/b", "café", "a.b"} {
		var p domain.Problems
		domain.LimitItemSlug.Text(&p, "slug", slug)
		verb.CheckSlug(&p, "slug", &slug)
		if p.Err() == nil {
			t.Errorf("%q was accepted", slug)
		}
	}
}
