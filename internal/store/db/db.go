// Package db runs SQL on SQLite and PostgreSQL alike: it opens the database, runs
// transactions, keeps statements prepared, waits for locks, migrates, notifies other
// nodes, and turns the errors of both drivers into [domain.Error]s. It knows no
// table; store, which is built on it, knows them all. One SQL text with $1
// placeholders serves both databases, and [Table] names the columns of a table in
// one place.
//
// Reads go through [DB.Read]; every write happens inside [DB.InTx]. When InTx has
// returned nil, the write is on disk.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// Options say which database to open.
type Options struct {
	// Dir holds the SQLite file vellocity.db; used when URL is empty.
	Dir string
	// URL of a PostgreSQL database, postgres://…; empty means SQLite.
	URL string
	// MaxConns bounds the PostgreSQL pool; 0 means 24, and less than 4 means 4.
	MaxConns int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log gets what no caller sees, such as a connection that broke; nil means none.
	Log *slog.Logger
}

// DB is an open database. It is safe for use by several goroutines.
type DB struct {
	dialect dialect
	write   *sql.DB // SQLite: one connection, immediate transactions
	read    *sql.DB // SQLite: query_only; PostgreSQL: the same pool as write
	pool    *pgxpool.Pool
	url     string
	file    string  // SQLite only
	writer  *writer // SQLite only
	pulse   *pulse  // PostgreSQL only
	now     func() time.Time
	log     *slog.Logger
}

// Open opens the database and checks that its library is fit for use. It does
// not migrate; see [DB.Migrate].
func Open(ctx context.Context, o Options) (*DB, error) {
	d := &DB{now: o.Now, log: o.Log, url: o.URL}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if o.URL != "" {
		return d, d.openPostgres(ctx, o)
	}
	return d, d.openSQLite(ctx, o.Dir)
}

func (d *DB) openPostgres(ctx context.Context, o Options) error {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		// pgx redacts the password in its own message.
		return fmt.Errorf("read the database URL: %w", err)
	}
	cfg.MaxConns = int32(max(4, o.MaxConns))
	if o.MaxConns == 0 {
		cfg.MaxConns = 24
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = "vellocity"
	// A 2xx is on disk, whatever the server's default.
	cfg.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	// As on SQLite, nobody waits without end for what another program has locked.
	cfg.ConnConfig.RuntimeParams["lock_timeout"] = strconv.FormatInt(lockTimeout.Milliseconds(), 10)
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("open PostgreSQL: %w", err)
	}
	d.dialect, d.pool = postgres, pool
	d.write = stdlib.OpenDBFromPool(pool)
	// The pool underneath keeps the connections; if database/sql kept idle ones
	// too, it would hold all of them.
	d.write.SetMaxIdleConns(0)
	d.read = d.write
	if err := d.write.PingContext(ctx); err != nil {
		return fmt.Errorf("reach PostgreSQL: %w", errors.Join(err, d.Close()))
	}
	d.pulse = newPulse(cfg.ConnConfig, d.log)
	return nil
}

// Close closes every connection.
func (d *DB) Close() error {
	d.pulse.stop()
	var err error
	if d.read != nil && d.read != d.write {
		err = d.read.Close()
	}
	if d.write != nil {
		err = errors.Join(err, d.write.Close())
	}
	if d.pool != nil {
		d.pool.Close()
	}
	return err
}

// Postgres reports whether the database is PostgreSQL.
func (d *DB) Postgres() bool { return d.dialect == postgres }

// URL returns the PostgreSQL URL that the database was opened with; empty for
// SQLite.
func (d *DB) URL() string { return d.url }

// SQL returns the pool that writes, for a package with statements that a [Runner]
// cannot run. On SQLite it has a single connection, which a transaction holds.
func (d *DB) SQL() *sql.DB { return d.write }

// Pool returns the pgx pool, nil on SQLite.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Now returns the time by the database's clock, cut to the millisecond that is
// stored.
func (d *DB) Now() time.Time { return d.now().UTC().Truncate(time.Millisecond) }

// Clock returns the time by the same clock, uncut.
func (d *DB) Clock() time.Time { return d.now() }

// Ping reports whether the database responds.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return d.Read().One(ctx, []any{&one}, "select 1")
}

// Read returns a runner outside any transaction. It is for reading only.
func (d *DB) Read() Runner {
	return Runner{dialect: d.dialect, on: d.read, pulse: d.pulse}
}
