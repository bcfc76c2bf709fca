package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"vellocity/internal/store"
	"vellocity/internal/store/db"
)

// Migration brings a part's own tables up to date, as [vellocity/internal/queue.Migrate] does.
type Migration func(context.Context, *db.DB) error

// errMissing says that this machine has no PostgreSQL. Any other error is a failure.
var errMissing = errors.New("neither VELLOCITY_TEST_DATABASE_URL nor the programs initdb and postgres are there")

func unusable(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errMissing) && os.Getenv("VELLOCITY_REQUIRE_ALL") != "1" {
		t.Skipf("no PostgreSQL: %v", err)
	}
	t.Fatalf("PostgreSQL: %v", err)
}

func migrate(ctx context.Context, s *store.Store, extra []Migration) error {
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	for _, m := range extra {
		if err := m(ctx, s.DB()); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	return nil
}
