package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	sqlitedriver "modernc.org/sqlite"
)

// minSQLite is the first release without the write-ahead log's reset bug.
const minSQLite = "3.51.3"

func (d *DB) openSQLite(ctx context.Context, dir string) error {
	file, err := databaseFile(dir)
	if err != nil {
		return err
	}
	d.file = file
	d.write, err = openPool(dsn(file, "immediate",
		"auto_vacuum(incremental)", "journal_mode(wal)", "synchronous(full)", "cache_size(-8000)"))
	if err != nil {
		return fmt.Errorf("open SQLite: %w", err)
	}
	d.write.SetMaxOpenConns(1)
	d.write.SetMaxIdleConns(1)
	d.read, err = openPool(dsn(file, "deferred", "query_only(1)", "cache_size(-4000)"))
	if err != nil {
		return fmt.Errorf("open SQLite for reading: %w", err)
	}
	d.read.SetMaxOpenConns(4)
	d.read.SetMaxIdleConns(4)
	d.dialect, d.writer = sqlite, newWriter()
	var version string
	if err := d.write.QueryRowContext(ctx, "select sqlite_version()").Scan(&version); err != nil {
		return openError(file, err)
	}
	if older(version, minSQLite) {
		return fmt.Errorf("SQLite %s can corrupt its log; %s or newer is needed", version, minSQLite)
	}
	return nil
}

// openPool returns a pool whose connections keep their statements prepared.
func openPool(dsn string) (*sql.DB, error) {
	connector, err := sqlitedriver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(cachingConnector{connector, maxStatements}), nil
}

// databaseFile creates the directory and the file where they are missing, readable
// by this user only.
func databaseFile(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("create the data directory: %w", err)
	}
	file := filepath.Join(dir, "vellocity.db")
	if f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return "", fmt.Errorf("open the database file: %w", err)
	} else if err := f.Close(); err != nil {
		return "", fmt.Errorf("close the database file: %w", err)
	}
	return file, nil
}

func dsn(file, lock string, pragmas ...string) string {
	pragmas = append([]string{"busy_timeout(5000)", "foreign_keys(1)", "temp_store(memory)"}, pragmas...)
	q := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode()
}

// older reports whether a version comes before another. One that cannot be read
// counts as 0.0.0.
func older(version, than string) bool {
	var a, b [3]int
	fmt.Sscanf(version, "%d.%d.%d", &a[0], &a[1], &a[2]) //nolint:errcheck // see above
	fmt.Sscanf(than, "%d.%d.%d", &b[0], &b[1], &b[2])    //nolint:errcheck // see above
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
