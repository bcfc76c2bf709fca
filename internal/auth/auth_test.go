package auth_test

import (
	"context"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// clock stands still until it is moved.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 3, 1, 10, 0, 20, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(d.Milliseconds()) }
func (c *clock) option(o *store.Options) { o.Now = c.now }

// each runs f on both databases with a clock of the test's own.
func each(t *testing.T, f func(t *testing.T, s *store.Store, c *clock)) {
	t.Helper()
	c := newClock()
	storetest.Each(t, func(t *testing.T, s *store.Store) { f(t, s, c) }, c.option)
}

// onSQLite runs f on SQLite alone, for what the statements have no part in.
func onSQLite(t *testing.T, f func(t *testing.T, s *store.Store, c *clock)) {
	t.Helper()
	c := newClock()
	f(t, storetest.SQLite(t, c.option), c)
}

func inTx(t testing.TB, s *store.Store, f func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// workspace makes a workspace with its owner.
func workspace(t testing.TB, s *store.Store, plan domain.Plan) (id int64, owner domain.User) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		w, err := tx.CreateWorkspace(ctx, domain.Workspace{Slug: "acme", Name: "Acme", Plan: plan, Timezone: "UTC"})
		if err != nil {
			return err
		}
		id = w.ID
		owner, err = auth.Bootstrap(ctx, tx, id, "Owner", "owner@example.com")
		return err
	})
	return id, owner
}

// newKey makes a key and returns it with its secret.
func newKey(t testing.TB, s *store.Store, k domain.Key) (domain.Key, string) {
	t.Helper()
	secret := auth.NewSecret()
	k.Name, k.Prefix, k.CreatedBy = "ci", auth.Shown(secret), "operator"
	inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		k, err = tx.CreateKey(ctx, k, auth.Hash(secret))
		return err
	})
	return k, secret
}

func wantCode(t testing.TB, err error, want domain.Code) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func TestBootstrapTwiceIsTheSameOwner(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, _ *clock) {
		id, owner := workspace(t, s, domain.PlanStarter)
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			again, err := auth.Bootstrap(ctx, tx, id, "Somebody", "owner@example.com")
			if again.ID != owner.ID || again.Name != "Owner" {
				t.Errorf("second bootstrap gave %+v", again)
			}
			return err
		})
		members, err := s.Read().Members(t.Context(), id)
		if err != nil || len(members) != 1 || members[0].Role != domain.RoleOwner {
			t.Errorf("members %+v, %v", members, err)
		}
	})
}
