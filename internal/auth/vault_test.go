package auth_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

const (
	masterA domain.Secret = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
	masterB domain.Secret = "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
)

func vault(t *testing.T, master domain.Secret) *auth.Vault {
	t.Helper()
	v, err := auth.NewVault(master)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVaultOpensOnlyInItsPlace(t *testing.T) {
	v := vault(t, masterA)
	const secret = domain.Secret("sk-canary-1")
	blob := v.Seal("provider/1/openai", secret)
	if strings.Contains(blob, "canary") || blob == v.Seal("provider/1/openai", secret) {
		t.Errorf("sealed as %s", blob)
	}
	if got, err := v.Open("provider/1/openai", blob); err != nil || got != secret {
		t.Errorf("opened %q, %v", got.Reveal(), err)
	}
	damaged := blob[:len(blob)-4] + "AAAA"
	for name, try := range map[string]func() (domain.Secret, error){
		"another tenant's row": func() (domain.Secret, error) { return v.Open("provider/2/openai", blob) },
		"another master key":   func() (domain.Secret, error) { return vault(t, masterB).Open("provider/1/openai", blob) },
		"damaged":              func() (domain.Secret, error) { return v.Open("provider/1/openai", damaged) },
		"cut":                  func() (domain.Secret, error) { return v.Open("provider/1/openai", blob[:20]) },
		"empty":                func() (domain.Secret, error) { return v.Open("provider/1/openai", "") },
		"plain":                func() (domain.Secret, error) { return v.Open("provider/1/openai", "sk-plain") },
	} {
		if got, err := try(); err == nil || got != "" || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %q, %v", name, got.Reveal(), err)
		}
	}
}

func TestMasterKeyIsMadeOnceForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, fromFile, err := auth.MasterKey("", dir)
	if err != nil || !fromFile || len(first) < 40 {
		t.Fatalf("%d characters, %v, %v", len(first), fromFile, err)
	}
	info, err := os.Stat(filepath.Join(dir, "master.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if again, _, err := auth.MasterKey("", dir); err != nil || again != first {
		t.Errorf("the second start has another key: %v", err)
	}
	if given, fromFile, err := auth.MasterKey(masterA+"\n", dir); err != nil || given != masterA || fromFile {
		t.Errorf("given key: %v, %v", fromFile, err)
	}
	if _, _, err := auth.MasterKey("short", dir); err == nil || strings.Contains(err.Error(), "short;") {
		t.Errorf("a short key gave %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "master.key"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := auth.MasterKey("", dir); err == nil {
		t.Error("an empty key file is taken")
	}
}

func TestUnlockRefusesAnotherMasterKey(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *store.Store, _ *clock) {
		first, err := vault(t, masterA).Unlock(t.Context(), s)
		if err != nil || len(first) != 36 {
			t.Fatalf("first start: %q, %v", first, err)
		}
		if again, err := vault(t, masterA).Unlock(t.Context(), s); err != nil || again != first {
			t.Errorf("second start: %q, %v", again, err)
		}
		_, err = vault(t, masterB).Unlock(t.Context(), s)
		if err == nil || !strings.Contains(err.Error(), "VELLOCITY_MASTER_KEY") {
			t.Errorf("another master key: %v", err)
		}
	})
}

// Two nodes that start together on an empty database agree on one installation.
func TestUnlockTogether(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *clock) {
		type result struct {
			id  string
			err error
		}
		results := make(chan result)
		for range 4 {
			go func() {
				v, err := auth.NewVault(masterA)
				if err != nil {
					results <- result{err: err}
					return
				}
				id, err := v.Unlock(context.WithoutCancel(t.Context()), s)
				results <- result{id, err}
			}()
		}
		ids := map[string]bool{}
		for range 4 {
			r := <-results
			if r.err != nil {
				t.Error(r.err)
			}
			ids[r.id] = true
		}
		if len(ids) != 1 {
			t.Errorf("installations %v", ids)
		}
	})
}
