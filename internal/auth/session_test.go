package auth_test

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

var loopback = netip.MustParseAddr("127.0.0.1")

func link(t *testing.T, s *store.Store, ss *auth.Sessions, ws, user int64, target string) (token string) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		token, err = ss.Link(ctx, tx, ws, user, target)
		return err
	})
	return token
}

func TestLinkSignsInOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *clock) {
		ws, owner := workspace(t, s, domain.PlanBusiness)
		ss := auth.NewSessions(s, quiet)
		token := link(t, s, ss, ws, owner.ID, "/items/1?tab=findings")
		cookie, target, err := ss.Redeem(t.Context(), token, loopback)
		if err != nil || target != "/items/1?tab=findings" {
			t.Fatalf("target %q, %v", target, err)
		}
		got, err := ss.Authenticate(t.Context(), cookie)
		if err != nil {
			t.Fatal(err)
		}
		a := got.Actor
		if a.Kind != domain.ActorPerson || a.ID != owner.ID || a.WorkspaceID != ws || a.Role != domain.RoleOwner ||
			!a.May(domain.ScopeAdmin) {
			t.Errorf("signed in as %+v", a)
		}
		_, _, err = ss.Redeem(t.Context(), token, loopback)
		wantCode(t, err, domain.CodeUnauthorized)
	})
}

func TestLinkIsForThisMachineAndForAQuarterOfAnHour(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *store.Store, c *clock) {
		ws, owner := workspace(t, s, domain.PlanBusiness)
		ss := auth.NewSessions(s, quiet)
		token := link(t, s, ss, ws, owner.ID, "/")
		_, _, err := ss.Redeem(t.Context(), token, here)
		wantCode(t, err, domain.CodeUnauthorized)
		if !strings.Contains(err.Error(), "only in a browser on the server itself") {
			t.Errorf("a try from elsewhere does not get the reason: %v", err)
		}
		if _, _, err := ss.Redeem(t.Context(), token, netip.MustParseAddr("::1")); err != nil {
			t.Errorf("a try from elsewhere used the link up: %v", err)
		}
		late := link(t, s, ss, ws, owner.ID, "/")
		c.advance(auth.LinkLife)
		_, _, err = ss.Redeem(t.Context(), late, loopback)
		wantCode(t, err, domain.CodeUnauthorized)
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, c *clock) {
		ws, owner := workspace(t, s, domain.PlanBusiness)
		ss := auth.NewSessions(s, quiet)
		for _, end := range []struct {
			name string
			do   func(x auth.Session) error
		}{
			{"idle", func(auth.Session) error { c.advance(auth.SessionIdle); return nil }},
			{"signed out", func(x auth.Session) error { return ss.End(t.Context(), x) }},
			{"signed out everywhere", func(auth.Session) error {
				return s.InTx(t.Context(), func(tx *store.Tx) error {
					return tx.DeleteSessionsOf(t.Context(), ws, owner.ID)
				})
			}},
			{"no member any more", func(auth.Session) error {
				return s.InTx(t.Context(), func(tx *store.Tx) error { return tx.RemoveMember(t.Context(), ws, owner.ID) })
			}},
		} {
			cookie, err := ss.Start(t.Context(), ws, owner.ID)
			if err != nil {
				t.Fatal(err)
			}
			x, err := ss.Authenticate(t.Context(), cookie)
			if err != nil {
				t.Fatal(err)
			}
			if err := end.do(x); err != nil {
				t.Fatalf("%s: %v", end.name, err)
			}
			if _, err := ss.Authenticate(t.Context(), cookie); domain.CodeOf(err) != domain.CodeUnauthorized {
				t.Errorf("%s: the session goes on: %v", end.name, err)
			}
		}
	})
}

func TestBusySessionLives30Days(t *testing.T) {
	onSQLite(t, func(t *testing.T, s *store.Store, c *clock) {
		ws, owner := workspace(t, s, domain.PlanBusiness)
		ss := auth.NewSessions(s, quiet)
		cookie, err := ss.Start(t.Context(), ws, owner.ID)
		if err != nil {
			t.Fatal(err)
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		for used := time.Duration(0); used < auth.SessionLife; used += 11 * time.Hour {
			if _, err := ss.Authenticate(t.Context(), cookie); err != nil {
				t.Fatalf("after %v: %v", used, err)
			}
			if used > 100*time.Hour {
				ss.Run(stopped) // writes at its end
				ss = auth.NewSessions(s, quiet)
			}
			c.advance(11 * time.Hour)
		}
		_, err = ss.Authenticate(t.Context(), cookie)
		wantCode(t, err, domain.CodeUnauthorized)
	})
}

func TestCookies(t *testing.T) {
	secure, plain := auth.Cookie("v", true), auth.Cookie("v", false)
	for _, c := range []*http.Cookie{secure, plain} {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Valid() != nil {
			t.Errorf("cookie %s", c)
		}
	}
	if !secure.Secure || secure.Name != "__Host-vellocity" || plain.Secure || plain.Name != "vellocity" {
		t.Errorf("cookies %s and %s", secure, plain)
	}
	both := []*http.Cookie{{Name: "vellocity", Value: "planted"}, {Name: "__Host-vellocity", Value: "real"}}
	if got := auth.FromCookies(both, true); got != "real" {
		t.Errorf("over TLS: %q", got)
	}
	if got := auth.FromCookies(both[:1], true); got != "" {
		t.Errorf("a planted cookie counts over TLS: %q", got)
	}
	if c := auth.NoCookie(true); c.MaxAge >= 0 || c.Name != secure.Name {
		t.Errorf("removal %s", c)
	}
}

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{"/board": "/board", "": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/", "/a\r\nb": "/"} {
		if got := auth.LocalPath(in); got != want {
			t.Errorf("%q leads to %q", in, got)
		}
	}
}
