// Package storetest runs tests on real databases: SQLite in a fresh directory
// always, PostgreSQL when there is one. A test process starts at most one
// PostgreSQL of its own, migrates a template once and copies it for every test.
//
// PostgreSQL, 15 or newer, comes from the URL in VELLOCITY_TEST_DATABASE_URL (a role
// that may create databases), else from server programs found on this machine. Where
// there is neither, that half of a test is skipped; VELLOCITY_REQUIRE_ALL=1
// makes it fail instead.
package storetest

import (
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"

	"vellocity/internal/store"
)

// Option changes how a test's store is opened, its clock for instance.
type Option func(*store.Options)

// Main runs the tests of a package and then removes the databases. The templates
// get the store's own schema and then what the migrations make. Call it from
// TestMain: os.Exit(storetest.Main(m)). Without it, Each and the others work too,
// with the store's schema alone.
func Main(m *testing.M, migrations ...Migration) int {
	shared.extra = migrations
	defer shared.close()
	return m.Run()
}

// Each runs f on SQLite and on PostgreSQL as subtests of those names.
func Each(t *testing.T, f func(t *testing.T, s *store.Store), opts ...Option) {
	t.Helper()
	On(t, func(t *testing.T) { f(t, SQLite(t, opts...)) }, func(t *testing.T) { f(t, Postgres(t, opts...)) })
}

// On runs the subtests "sqlite" and "postgres". A short run, such as that of the race detector, has only one of
// them, by the name of the test: half of the tests on each database.
func On(t *testing.T, sqlite, postgres func(t *testing.T)) {
	t.Helper()
	half := fnv.New32a()
	half.Write([]byte(t.Name()))
	if !testing.Short() || half.Sum32()%2 == 0 {
		t.Run("sqlite", sqlite)
	}
	if !testing.Short() || half.Sum32()%2 == 1 {
		t.Run("postgres", postgres)
	}
}

// SQLite returns a migrated store in a directory of its own. Both go when the test ends.
func SQLite(t testing.TB, opts ...Option) *store.Store {
	t.Helper()
	return Open(t, store.Options{Dir: SQLiteDir(t)}, opts...)
}

// SQLiteDir returns a data directory with a migrated database, not yet opened.
func SQLiteDir(t testing.TB) string {
	t.Helper()
	template, err := shared.sqlite()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "vellocity.db"), template, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Postgres returns a migrated store on a database of its own, which is dropped
// when the test ends. Its URL is [store.Store.URL].
func Postgres(t testing.TB, opts ...Option) *store.Store {
	t.Helper()
	return Open(t, store.Options{URL: URL(t)}, opts...)
}

// URL returns the address of a migrated PostgreSQL database that belongs to the
// test alone, for tests that open it themselves.
func URL(t testing.TB) string {
	t.Helper()
	server, err := shared.postgres()
	if err != nil {
		unusable(t, err)
	}
	name := server.nextName()
	if err := server.create(name, shared.template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.drop(name); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return server.url(name)
}

// Open opens a store for the length of the test. Its pool on PostgreSQL has four connections unless an option says
// otherwise: each is a process, whose start costs more than most tests.
func Open(t testing.TB, o store.Options, opts ...Option) *store.Store {
	t.Helper()
	o.MaxConns = 4
	for _, opt := range opts {
		opt(&o)
	}
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}
