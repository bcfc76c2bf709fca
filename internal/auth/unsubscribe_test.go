package auth_test

import (
	"strings"
	"testing"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
)

// A token names its recipient, and no change to it names another.
func TestUnsubscribeTokens(t *testing.T) {
	vault := func(master string) *auth.Vault {
		v, err := auth.NewVault(domain.Secret(strings.Repeat(master, 40)))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	ours, theirs := vault("a"), vault("b")
	for _, r := range []domain.Recipient{
		{WorkspaceID: 1, UserID: 7},
		{WorkspaceID: 1 << 40, Address: `"odd:one"@example.com`},
		{WorkspaceID: 2, Address: "zoë@example.com"},
	} {
		token := ours.UnsubscribeToken(r)
		if got, ok := ours.Unsubscriber(token); !ok || got != r {
			t.Errorf("%+v reads as %+v %t", r, got, ok)
		}
		if _, ok := theirs.Unsubscriber(token); ok {
			t.Errorf("another master key accepts %q", token)
		}
		for i := range token {
			for _, c := range "Aa.-_9" {
				changed := token[:i] + string(c) + token[i+1:]
				if got, ok := ours.Unsubscriber(changed); ok && got != r {
					t.Fatalf("%q reads as %+v", changed, got)
				}
			}
		}
		for _, other := range []string{"", ".", token[:len(token)-1], "." + token, token[strings.Index(token, "."):]} {
			if got, ok := ours.Unsubscriber(other); ok {
				t.Errorf("%q reads as %+v", other, got)
			}
		}
	}
}
