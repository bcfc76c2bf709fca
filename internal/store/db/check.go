package db

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"vellocity/internal/domain"
)

// smallFile is the size of a database file, in bytes, that is checked in a moment.
const smallFile = 8 << 20

// Damaged is the sentence for a database file that does not hold together.
const Damaged = "The database file %s is damaged: %s. It may be a copy that was made while the server wrote to it. " +
	"Restore a backup made with: sqlite3 vellocity.db \"vacuum into 'backup.db'\""

// Check looks through the SQLite file for damage, such as of a copy that was made while
// the server was running. The quick check leaves out whether indexes match their tables.
// The time grows with the file, about 3 s for each GB. PostgreSQL checks itself.
func (d *DB) Check(ctx context.Context, whole bool) error {
	if d.dialect != sqlite {
		return nil
	}
	pragma := "pragma quick_check(5)"
	if whole {
		pragma = "pragma integrity_check(20)"
	}
	// The connection is new, so that the result depends on the file alone: FTS5 checks an index with what the
	// connection remembers of it, and takes for damage what another one has written since.
	fresh, err := openPool(dsn(d.file, "deferred", "query_only(1)"))
	if err != nil {
		return fmt.Errorf("open SQLite to check it: %w", err)
	}
	defer fresh.Close()
	rows, err := Many(ctx, Runner{dialect: d.dialect, on: fresh}, func(row Row) (s string, err error) {
		err = row.Scan(&s)
		return s, err
	}, pragma)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return d.damaged(err.Error())
	case len(rows) == 1 && rows[0] == "ok":
		return nil
	}
	return d.damaged(strings.ReplaceAll(strings.Join(rows, "; "), "\n", " "))
}

func (d *DB) damaged(what string) error {
	if len(what) > 300 {
		what = what[:300] + "…"
	}
	return domain.Errorf(domain.CodeConflict, Damaged, d.file, what)
}

// Small reports whether [DB.Check] takes only a moment.
func (d *DB) Small() bool {
	info, err := os.Stat(d.file)
	return err == nil && info.Size() <= smallFile
}

// openError says in words why a SQLite file cannot be opened.
func openError(file string, err error) error {
	if sqliteCode(err) == 0 {
		return fmt.Errorf("open the database file %s: %w", file, err)
	}
	return fmt.Errorf("open the database file %s: %w", filepath.Clean(file), classify(err))
}
