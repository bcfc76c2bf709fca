package auth_test

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

var (
	quiet = slog.New(slog.DiscardHandler)
	here  = netip.MustParseAddr("192.0.2.7")
)

func TestAuthenticate(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *clock) {
		id, _ := workspace(t, s, domain.PlanBusiness)
		key, secret := newKey(t, s,
			domain.Key{WorkspaceID: id, Role: domain.RoleEditor, Scopes: []domain.Scope{domain.ScopeRead}})
		keys := auth.NewKeys(s, quiet)
		for range 2 { // looked up, and remembered
			got, err := keys.Authenticate(t.Context(), secret, here)
			if err != nil {
				t.Fatal(err)
			}
			a := got.Actor
			if a.Kind != domain.ActorKey || a.ID != key.ID || a.WorkspaceID != id || a.Role != domain.RoleEditor ||
				got.Plan != domain.PlanBusiness {
				t.Errorf("caller %+v", got)
			}
			if !a.May(domain.ScopeRead) || a.May(domain.ScopeContent) {
				t.Errorf("scopes %v", a.Scopes)
			}
		}
	})
}

// Of a missing, mistyped, unknown, expired and revoked key the answers are alike.
func TestBadKeysAnswerAlike(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *store.Store, c *clock) {
		id, _ := workspace(t, s, domain.PlanBusiness)
		_, expired := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner, ExpiresAt: c.now()})
		k, revoked := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner})
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.RevokeKey(ctx, id, k.ID, tx.Now())
			return err
		})
		keys := auth.NewKeys(s, quiet)
		_, want := keys.Authenticate(t.Context(), "", here)
		wantCode(t, want, domain.CodeUnauthorized)
		for name, secret := range map[string]string{"mistyped": revoked[:47] + "!", "unknown": auth.NewSecret(), "expired": expired, "revoked": revoked} {
			_, err := keys.Authenticate(t.Context(), secret, here)
			if err == nil || err.Error() != want.Error() {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestRevocationHoldsAtOnceHereAndWithin5SecondsElsewhere(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		id, _ := workspace(t, s, domain.PlanBusiness)
		k, secret := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner})
		here1, elsewhere := auth.NewKeys(s, quiet), auth.NewKeys(s, quiet)
		for _, n := range []*auth.Keys{here1, elsewhere} {
			if _, err := n.Authenticate(t.Context(), secret, here); err != nil {
				t.Fatal(err)
			}
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			tx.AfterCommit(func() { here1.Forget(id) })
			_, err := tx.RevokeKey(ctx, id, k.ID, tx.Now())
			return err
		})
		_, err := here1.Authenticate(t.Context(), secret, here)
		wantCode(t, err, domain.CodeUnauthorized)
		c.advance(5 * time.Second)
		_, err = elsewhere.Authenticate(t.Context(), secret, here)
		wantCode(t, err, domain.CodeUnauthorized)
	})
}

func TestRotationGraceEndsByItself(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *store.Store, c *clock) {
		id, _ := workspace(t, s, domain.PlanBusiness)
		k, secret := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner})
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.RevokeKey(ctx, id, k.ID, tx.Now().Add(time.Second))
			return err
		})
		keys := auth.NewKeys(s, quiet)
		if _, err := keys.Authenticate(t.Context(), secret, here); err != nil {
			t.Fatalf("within the grace: %v", err)
		}
		c.advance(time.Second) // still remembered, but its time is over
		_, err := keys.Authenticate(t.Context(), secret, here)
		wantCode(t, err, domain.CodeUnauthorized)
	})
}

func TestKeyIsCappedByItsCreatorsPresentRole(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *store.Store, _ *clock) {
		id, owner := workspace(t, s, domain.PlanBusiness)
		_, secret := newKey(t, s,
			domain.Key{WorkspaceID: id, Role: domain.RoleAdmin, Scopes: []domain.Scope{domain.ScopeAdmin}, CreatorID: owner.ID})
		keys := auth.NewKeys(s, quiet)
		for _, step := range []struct{ creator, want domain.Role }{
			{domain.RoleOwner, domain.RoleAdmin}, {domain.RoleViewer, domain.RoleViewer}, {domain.RoleEditor, domain.RoleEditor}} {
			inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveMember(ctx, id, owner.ID, step.creator) })
			keys.Forget(id)
			got, err := keys.Authenticate(t.Context(), secret, here)
			if err != nil || got.Actor.Role != step.want {
				t.Errorf("creator %s: role %q, %v", step.creator, got.Actor.Role, err)
			}
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.RemoveMember(ctx, id, owner.ID) })
		keys.Forget(id)
		_, err := keys.Authenticate(t.Context(), secret, here)
		wantCode(t, err, domain.CodeUnauthorized)
	})
}

func TestAllowList(t *testing.T) {
	s := storetest.SQLite(t)
	id, _ := workspace(t, s, domain.PlanBusiness)
	_, secret := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner,
		AllowedIPs: []string{"192.0.2.7", "10.0.0.0/8", "2001:db8::/32", "::ffff:198.51.100.0/120", "nonsense"}})
	keys := auth.NewKeys(s, quiet)
	for ip, want := range map[string]domain.Code{
		"192.0.2.7": "", "192.0.2.8": domain.CodeForbidden, "10.255.0.1": "", "11.0.0.1": domain.CodeForbidden,
		"::ffff:10.1.2.3": "", "2001:db8:1::1": "", "2001:db9::1": domain.CodeForbidden, "198.51.100.20": "", "127.0.0.1": domain.CodeForbidden,
	} {
		_, err := keys.Authenticate(t.Context(), secret, netip.MustParseAddr(ip))
		if got := domain.CodeOf(err); got != want {
			t.Errorf("from %s: %q, want %q", ip, got, want)
		}
	}
	if _, err := keys.Authenticate(t.Context(), secret, netip.Addr{}); domain.CodeOf(err) != domain.CodeForbidden {
		t.Errorf("from nowhere: %v", err)
	}
}

func TestBadKeysAreThrottledByAddress(t *testing.T) {
	c := newClock()
	s := storetest.SQLite(t, c.option)
	id, _ := workspace(t, s, domain.PlanBusiness)
	_, known := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner})
	_, fresh := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner})
	keys := auth.NewKeys(s, quiet)
	if _, err := keys.Authenticate(t.Context(), known, here); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		_, err := keys.Authenticate(t.Context(), "nonsense", here)
		wantCode(t, err, domain.CodeUnauthorized)
	}
	_, err := keys.Authenticate(t.Context(), auth.NewSecret(), here)
	wantCode(t, err, domain.CodeRateLimited)
	if e := domain.AsError(err); e.RetryAfter <= 0 || e.RetryAfter > time.Minute {
		t.Errorf("retry after %v", e.RetryAfter)
	}
	// As after a restart, when the node has not seen any key yet.
	if _, err := keys.Authenticate(t.Context(), fresh, here); err != nil {
		t.Errorf("a live key is shut out by wrong ones: %v", err)
	}
	c.advance(10 * time.Second)
	if _, err := keys.Authenticate(t.Context(), known, here); err != nil {
		t.Errorf("a key that was good before is shut out: %v", err)
	}
	if _, err := keys.Authenticate(t.Context(), fresh, netip.MustParseAddr("192.0.2.8")); err != nil {
		t.Errorf("the neighbour is shut out: %v", err)
	}
	_, other := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner})
	c.advance(time.Minute)
	if _, err := keys.Authenticate(t.Context(), other, here); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

// Clients of some protocols ask without a key first; that is no wrong key.
func TestNoKeyIsNotAWrongKey(t *testing.T) {
	s := storetest.SQLite(t)
	id, _ := workspace(t, s, domain.PlanBusiness)
	_, secret := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner})
	keys := auth.NewKeys(s, quiet)
	for range 50 {
		_, err := keys.Authenticate(t.Context(), "", here)
		wantCode(t, err, domain.CodeUnauthorized)
	}
	if _, err := keys.Authenticate(t.Context(), secret, here); err != nil {
		t.Errorf("a good key after many calls without one: %v", err)
	}
}

func TestLastUseIsWrittenInBatches(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		id, _ := workspace(t, s, domain.PlanBusiness)
		k, secret := newKey(t, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner})
		keys := auth.NewKeys(s, quiet)
		if _, err := keys.Authenticate(t.Context(), secret, here); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read().Key(t.Context(), id, k.ID); err != nil || !got.LastUsedAt.IsZero() {
			t.Errorf("a request wrote its use at once: %v, %v", got.LastUsedAt, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		keys.Run(ctx) // writes at its end
		got, err := s.Read().Key(t.Context(), id, k.ID)
		if err != nil || !got.LastUsedAt.Equal(c.now()) || got.LastUsedIP != here.String() {
			t.Errorf("last use %v from %q, %v", got.LastUsedAt, got.LastUsedIP, err)
		}
	})
}

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := auth.NewThrottle(2, time.Minute, nil)
		th.Add("a")
		th.Add("a")
		wait := th.Blocked("a")
		if wait <= 0 || wait > time.Minute || th.Blocked("b") != 0 {
			t.Fatalf("wait %v", wait)
		}
		if err := await.Pause(t.Context(), wait); err != nil {
			t.Fatal(err)
		}
		if left := th.Blocked("a"); left != 0 {
			t.Errorf("after the wait: %v", left)
		}
	})
}

func BenchmarkAuthenticateCached(b *testing.B) {
	s := storetest.SQLite(b)
	id, _ := workspace(b, s, domain.PlanBusiness)
	_, secret := newKey(b, s, domain.Key{WorkspaceID: id, Role: domain.RoleOwner, AllowedIPs: []string{"192.0.2.0/24"}})
	keys := auth.NewKeys(s, quiet)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := keys.Authenticate(b.Context(), secret, here); err != nil {
				b.Fatal(err)
			}
		}
	})
}
