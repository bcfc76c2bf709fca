package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// inTx runs f in a transaction and fails the test on an error.
func inTx(t *testing.T, s *store.Store, f func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// twoWorkspaces makes two tenants, for tests that one does not see the other's.
func twoWorkspaces(t *testing.T, s *store.Store) (a, b int64) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, to := range []struct {
			id   *int64
			slug string
		}{{&a, "acme"}, {&b, "other"}} {
			w, err := tx.CreateWorkspace(ctx,
				domain.Workspace{Slug: to.slug, Name: to.slug, Plan: domain.PlanBusiness, Timezone: "UTC"})
			if err != nil {
				return err
			}
			*to.id = w.ID
		}
		return nil
	})
	return a, b
}

func TestKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, theirs := twoWorkspaces(t, s)
		var made domain.Key
		inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			made, err = tx.CreateKey(ctx, domain.Key{
				WorkspaceID: ours,
				Name:        "ci",
				Prefix:      "vell_pk_abcd",
				Role:        domain.RoleEditor,
				Scopes:      []domain.Scope{domain.ScopeRead, domain.ScopeWrite},
				AllowedIPs:  []string{"10.0.0.0/8"},
				CreatedBy:   "operator",
			}, "hash-1")
			return err
		})
		got, err := s.Read().Key(t.Context(), ours, made.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Name != "ci" || got.Role != domain.RoleEditor || len(got.Scopes) != 2 ||
			got.AllowedIPs[0] != "10.0.0.0/8" || got.Revision != 1 {
			t.Errorf("key read back as %+v", got)
		}
		if _, err := s.Read().Key(t.Context(), theirs, made.ID); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("another workspace reads the key: %v", err)
		}
		list, err := s.Read().Keys(t.Context(), theirs, domain.Page{Number: 1, Size: 20})
		if err != nil || list.Total != 0 || len(list.Items) != 0 {
			t.Errorf("another workspace lists %+v, %v", list, err)
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			changed, err := tx.RevokeKey(ctx, theirs, made.ID, tx.Now())
			if changed {
				t.Error("another workspace revoked the key")
			}
			return err
		})
		if n, err := s.Read().LiveKeyCount(t.Context(), ours, s.Now()); err != nil || n != 1 {
			t.Errorf("live keys %d, %v", n, err)
		}
	})
}

func TestRevokeKeyOnlyShortensItsLife(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		now := s.Now()
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			k, err := tx.CreateKey(ctx,
				domain.Key{WorkspaceID: ours, Name: "k", Prefix: "p", Role: domain.RoleOwner, CreatedBy: "operator"}, "h")
			if err != nil {
				return err
			}
			for _, step := range []struct {
				at   time.Time
				want bool
			}{{now.Add(time.Hour), true}, {now.Add(2 * time.Hour), false}, {now, true}, {now, false}} {
				changed, err := tx.RevokeKey(ctx, ours, k.ID, step.at)
				if err != nil || changed != step.want {
					t.Errorf("revoke at %v: changed %v, %v", step.at, changed, err)
				}
			}
			return nil
		})
	})
}

func TestKeyByHashKnowsTheCreatorsPresentRole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		var person domain.User
		inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			if person, err = tx.CreateUser(ctx, "Ada", "ada@example.com"); err != nil {
				return err
			}
			if err := tx.SaveMember(ctx, ours, person.ID, domain.RoleAdmin); err != nil {
				return err
			}
			_, err = tx.CreateKey(ctx, domain.Key{
				WorkspaceID: ours, Name: "k", Prefix: "p", Role: domain.RoleAdmin, CreatedBy: "Ada", CreatorID: person.ID,
			}, "h")
			return err
		})
		role := func() domain.Role {
			h, ok, err := s.Read().KeyByHash(t.Context(), "h")
			if err != nil || !ok || h.Plan != domain.PlanBusiness || h.Hash != "h" {
				t.Fatalf("look-up gave %+v, %v, %v", h, ok, err)
			}
			return h.CreatorRole
		}
		if got := role(); got != domain.RoleAdmin {
			t.Errorf("role %q", got)
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveMember(ctx, ours, person.ID, domain.RoleViewer)
		})
		if got := role(); got != domain.RoleViewer {
			t.Errorf("after the change: role %q", got)
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.RemoveMember(ctx, ours, person.ID) })
		if got := role(); got != "" {
			t.Errorf("after the member left: role %q", got)
		}
	})
}

func TestNoteKeyUseKeepsTheLatest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		now := s.Now()
		var id int64
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			k, err := tx.CreateKey(ctx,
				domain.Key{WorkspaceID: ours, Name: "k", Prefix: "p", Role: domain.RoleOwner, CreatedBy: "operator"}, "h")
			if err != nil {
				return err
			}
			id = k.ID
			return tx.SaveKeyUse(ctx, []store.KeyUse{
				{ours, id, now, "192.0.2.1"},
				{ours, id, now.Add(-time.Second), "192.0.2.2"},
			})
		})
		k, err := s.Read().Key(t.Context(), ours, id)
		if err != nil || !k.LastUsedAt.Equal(now) || k.LastUsedIP != "192.0.2.1" || k.Revision != 1 {
			t.Errorf("use noted as %v %s, revision %d, %v", k.LastUsedAt, k.LastUsedIP, k.Revision, err)
		}
	})
}

func TestPersonAddressIsUnique(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, theirs := twoWorkspaces(t, s)
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			u, err := tx.CreateUser(ctx, "Ada", "ada@example.com")
			if err != nil {
				return err
			}
			if _, err := tx.CreateUser(ctx, "Eve", "ada@example.com"); domain.CodeOf(err) != domain.CodeConflict {
				t.Errorf("second person with the address: %v", err)
			}
			return tx.SaveMember(ctx, ours, u.ID, domain.RoleOwner)
		})
		owner, ok, err := s.Read().Owner(t.Context(), ours)
		if err != nil || !ok || owner.Email != "ada@example.com" {
			t.Errorf("owner %+v, %v, %v", owner, ok, err)
		}
		if _, ok, err := s.Read().Member(t.Context(), theirs, owner.ID); ok || err != nil {
			t.Errorf("member of another workspace: %v, %v", ok, err)
		}
	})
}

func TestSignInLinkWorksOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.CreateSignIn(ctx, store.SignIn{
				Hash: "h", WorkspaceID: ours, UserID: 1, Target: "/board", ExpiresAt: tx.Now().Add(time.Minute),
			})
		})
		var taken int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := s.InTx(t.Context(), func(tx *store.Tx) error {
					got, ok, err := tx.TakeSignIn(t.Context(), "h")
					if ok {
						mu.Lock()
						taken++
						mu.Unlock()
						if got.Target != "/board" {
							t.Errorf("target %q", got.Target)
						}
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if taken != 1 {
			t.Errorf("the link was taken %d times", taken)
		}
	})
}

func TestSessionsEndWithMembership(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		now := s.Now()
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			u, err := tx.CreateUser(ctx, "Ada", "ada@example.com")
			if err != nil {
				return err
			}
			if err := tx.SaveMember(ctx, ours, u.ID, domain.RoleEditor); err != nil {
				return err
			}
			for _, h := range []string{"live", "idle", "over"} {
				x := store.Session{
					Hash: h, WorkspaceID: ours, UserID: u.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour),
				}
				switch h {
				case "idle":
					x.SeenAt = now.Add(-time.Hour)
				case "over":
					x.ExpiresAt = now
				}
				if err := tx.CreateSession(ctx, x); err != nil {
					return err
				}
			}
			if err := tx.DeleteExpiredSessions(ctx, now, now.Add(-30*time.Minute)); err != nil {
				return err
			}
			for h, want := range map[string]bool{"live": true, "idle": false, "over": false} {
				if got, ok, err := tx.SessionByHash(ctx, h); err != nil || ok != want || ok && got.Role != domain.RoleEditor {
					t.Errorf("session %s: %+v, %v, %v", h, got, ok, err)
				}
			}
			return tx.RemoveMember(ctx, ours, u.ID)
		})
		if _, ok, err := s.Read().SessionByHash(t.Context(), "live"); ok || err != nil {
			t.Errorf("a session outlived the membership: %v", err)
		}
	})
}

func TestLeaseUsageNeverExceedsTheLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, theirs := twoWorkspaces(t, s)
		starts := s.Now().Truncate(time.Minute)
		const limit = 95
		var mu sync.Mutex
		total := 0
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				err := s.InTx(t.Context(), func(tx *store.Tx) error {
					got, _, err := tx.LeaseUsage(t.Context(),
						store.Usage{WorkspaceID: ours, Span: "minute", Starts: starts, N: 10}, limit)
					tx.AfterCommit(func() { mu.Lock(); total += got; mu.Unlock() })
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if total != limit {
			t.Errorf("leased %d of %d", total, limit)
		}
		if n, err := s.Read().Usage(t.Context(), ours, "minute", starts); err != nil || n != limit {
			t.Errorf("the window counts %d, %v", n, err)
		}
		if n, err := s.Read().Usage(t.Context(), theirs, "minute", starts); err != nil || n != 0 {
			t.Errorf("another workspace's window counts %d, %v", n, err)
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.ReturnUsage(ctx, store.Usage{WorkspaceID: ours, Span: "minute", Starts: starts, N: 5})
		})
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, used, err := tx.LeaseUsage(ctx, store.Usage{WorkspaceID: ours, Span: "minute", Starts: starts, N: 10}, limit)
			if got != 5 || used != limit {
				t.Errorf("after 5 came back: got %d, used %d", got, used)
			}
			return err
		})
	})
}

func TestClaimAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, theirs := twoWorkspaces(t, s)
		claim := domain.Claim{Scope: "POST /x", Key: "k1", Fingerprint: "f1"}
		answer := domain.StoredAnswer{Status: 201, Headers: map[string]string{"ETag": `"1"`}, Body: []byte(`{"id":1}`)}
		do := func(ws int64, c domain.Claim) error {
			return s.InTx(t.Context(), func(tx *store.Tx) error {
				if err := tx.ClaimAnswer(t.Context(), ws, c); err != nil {
					return err
				}
				return tx.StoreAnswer(t.Context(), ws, c, answer)
			})
		}
		if err := do(ours, claim); err != nil {
			t.Fatal(err)
		}
		var replay *domain.Replayed
		if err := do(ours, claim); !errors.As(err, &replay) || string(replay.Answer.Body) != `{"id":1}` ||
			replay.Answer.Headers["ETag"] != `"1"` {
			t.Errorf("the second call got %v", err)
		}
		other := claim
		other.Fingerprint = "f2"
		if err := do(ours, other); domain.CodeOf(err) != domain.CodeIdempotencyMismatch {
			t.Errorf("another body got %v", err)
		}
		if err := do(theirs, claim); err != nil {
			t.Errorf("another workspace's same key got %v", err)
		}
		if err := s.Read().StoredAnswer(t.Context(), ours, claim, s.Now()); !errors.As(err, &replay) {
			t.Errorf("looked up: %v", err)
		}
		if err := s.Read().StoredAnswer(t.Context(), ours, claim, s.Now().Add(25*time.Hour)); err != nil {
			t.Errorf("a day later: %v", err)
		}
	})
}

func TestClaimAnswerRolledBackLeavesTheKeyFree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		claim := domain.Claim{Scope: "POST /x", Key: "k1", Fingerprint: "f1"}
		broken := errors.New("broken")
		for range 2 {
			err := s.InTx(t.Context(), func(tx *store.Tx) error {
				return errors.Join(tx.ClaimAnswer(t.Context(), ours, claim), broken)
			})
			if !errors.Is(err, broken) || domain.CodeOf(err) != domain.CodeServer {
				t.Fatalf("got %v", err)
			}
		}
	})
}

func TestClaimAnswerTogetherRunsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		claim := domain.Claim{Scope: "POST /x", Key: "k1", Fingerprint: "f1"}
		results := make([]error, 8)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				results[i] = s.InTx(t.Context(), func(tx *store.Tx) error {
					if err := tx.ClaimAnswer(t.Context(), ours, claim); err != nil {
						return err
					}
					return tx.StoreAnswer(t.Context(), ours, claim, domain.StoredAnswer{Status: 201})
				})
			})
		}
		wg.Wait()
		done := slices.DeleteFunc(results, func(err error) bool {
			var replay *domain.Replayed
			return errors.As(err, &replay)
		})
		if len(done) != 1 || done[0] != nil {
			t.Errorf("not replayed: %v", done)
		}
	})
}

func TestProvidersBelongToTheirWorkspace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, theirs := twoWorkspaces(t, s)
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			a, err := tx.SaveProvider(ctx,
				store.Provider{WorkspaceID: ours, Name: "openai", Kind: "openai", Model: "m1", Sealed: "x"})
			if err != nil {
				return err
			}
			b, err := tx.SaveProvider(ctx,
				store.Provider{WorkspaceID: ours, Name: "openai", Kind: "openai", Model: "m2", Sealed: "y"})
			if a.ID != b.ID {
				t.Errorf("saved twice as %d and %d", a.ID, b.ID)
			}
			return err
		})
		list, err := s.Read().Providers(t.Context(), ours)
		if err != nil || len(list) != 1 || list[0].Model != "m2" || list[0].Sealed != "y" {
			t.Errorf("providers %+v, %v", list, err)
		}
		err = s.InTx(t.Context(), func(tx *store.Tx) error { return tx.DeleteProvider(t.Context(), theirs, "openai") })
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("another workspace deletes it: %v", err)
		}
	})
}

func TestInstallationIsMadeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if _, ok, err := s.Read().Installation(t.Context()); ok || err != nil {
			t.Fatalf("before the first start: %v, %v", ok, err)
		}
		for _, uuid := range []string{"first", "second"} {
			inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
				return tx.CreateInstallation(ctx, store.Installation{UUID: uuid, Canary: "c"})
			})
		}
		if i, ok, err := s.Read().Installation(t.Context()); err != nil || !ok || i.UUID != "first" {
			t.Errorf("installation %+v, %v, %v", i, ok, err)
		}
	})
}
