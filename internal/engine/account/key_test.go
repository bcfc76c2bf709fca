package account_test

import (
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

// TestAKeyExpiresWhenItSays: the answer has the moment that is stored.
func TestAKeyExpiresWhenItSays(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		said, err := k.Account.CreateKey(k.Ctx(), account.CreateKey{
			Name: "k", ExpiresAt: time.Now().Add(time.Hour).Truncate(time.Millisecond).Add(123456),
		})
		if err != nil {
			t.Fatal(err)
		}
		keys, err := k.Account.Keys(k.Ctx(), account.ListKeys{Page: enginetest.FirstPage()})
		if err != nil || len(keys.Items) != 1 || !keys.Items[0].ExpiresAt.Equal(said.Key.ExpiresAt) {
			t.Errorf("said %v, stored %+v %v", said.Key.ExpiresAt, keys, err)
		}
	})
}

// TestNobodyManagesAKeyAboveTheirRole: rotating such a key would give its rights away,
// and revoking it would shut its owner out.
func TestNobodyManagesAKeyAboveTheirRole(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for _, caller := range []domain.Role{domain.RoleAdmin, domain.RoleOwner} {
			for _, role := range domain.Roles() {
				key, err := k.Account.CreateKey(k.Ctx(), account.CreateKey{Name: string(role), Role: role,
					Scopes: []domain.Scope{domain.ScopeRead}})
				if err != nil {
					t.Fatal(err)
				}
				want := domain.Code("")
				if !role.Within(caller) {
					want = domain.CodeForbidden
				}
				ctx := enginetest.As(k.Ours.ID, caller)
				_, err = k.Account.RotateKey(ctx, account.RotateKey{ID: key.Key.ID, Grace: time.Hour})
				if domain.CodeOf(err) != want {
					t.Errorf("%s rotates a key of %s: %v", caller, role, err)
				}
				if err := k.Account.RevokeKey(ctx, verb.ID{ID: key.Key.ID}); domain.CodeOf(err) != want {
					t.Errorf("%s revokes a key of %s: %v", caller, role, err)
				}
			}
		}
	})
}
