package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the schema up to date. Each migration is one transaction, so a
// crash in the middle leaves the last finished one. A database that is newer
// than this program is refused. On PostgreSQL one node at a time.
func (s *Store) Migrate(ctx context.Context) error {
	if s.pool == nil {
		return s.migrate(ctx)
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer conn.Release()
	// Also to look at the version makes goose's table, which two cannot do at once.
	const lock = 0x76656c6d // any number that nobody else locks
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", lock); err != nil {
		return fmt.Errorf("wait for other nodes' migration: %w", err)
	}
	err = s.migrate(ctx)
	_, unlock := conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", lock)
	return errors.Join(err, unlock)
}

func (s *Store) migrate(ctx context.Context) error {
	dir, kind := "migrations/sqlite", goose.DialectSQLite3
	if s.dialect == postgres {
		dir, kind = "migrations/postgres", goose.DialectPostgres
	}
	files, err := fs.Sub(migrations, dir)
	if err != nil {
		return fmt.Errorf("open the migrations: %w", err)
	}
	p, err := goose.NewProvider(kind, s.write, files, goose.WithVerbose(false))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	newest := p.ListSources()[len(p.ListSources())-1].Version
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if have > newest {
		return fmt.Errorf("the database has schema %d, this program knows %d: use the newer program", have, newest)
	}
	if have == newest {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
