package storetest_test

import (
	"os"
	"testing"

	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// Every test has an empty, migrated database to itself.
func TestEach(t *testing.T) {
	for range 2 {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			var n int
			if err := s.DB().SQL().QueryRowContext(t.Context(), "select count(*) from node").Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n != 0 {
				t.Fatalf("%d nodes in a fresh database", n)
			}
			const insert = "insert into node (id, generation, seen) values ('a', 1, 1)"
			if _, err := s.DB().SQL().ExecContext(t.Context(), insert); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestCluster(t *testing.T) {
	c := storetest.NewCluster(t)
	s := storetest.Open(t, store.Options{URL: c.URL()})
	for name, halt := range map[string]func() error{"stop": c.Stop, "kill": c.Kill} {
		if err := halt(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for s.Ping(t.Context()) == nil { // a killed server's sessions notice a moment later
			if t.Context().Err() != nil {
				t.Fatalf("after %s the database still answers", name)
			}
		}
		if err := c.Start(); err != nil {
			t.Fatalf("start after %s: %v", name, err)
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Fatalf("ping after %s: %v", name, err)
		}
	}
}
