// Package store holds the tables, a file each: what is read from them and written
// to them, by methods that carry their noun. Times are integer milliseconds from
// Go, JSON is opaque text, and every statement on a tenant's rows has the workspace
// id in it. How SQL is run on both databases is db's business.
//
// Reads go through [Store.Read]; every write happens inside [Store.InTx]. A write
// that has returned without error is on disk.
package store

import (
	"context"
	"embed"
	"io/fs"
	"sync"
	"time"

	"vellocity/internal/store/db"
)

// Options say which database to open.
type Options = db.Options

// Store is an open database with its tables. It is safe for use by several
// goroutines.
type Store struct {
	db *db.DB

	mu      sync.Mutex
	onEvent []func()
}

// Open opens the database and checks that its library is fit for use. It does
// not migrate; see [Store.Migrate].
func Open(ctx context.Context, o Options) (*Store, error) {
	d, err := db.Open(ctx, o)
	return &Store{db: d}, err
}

//go:embed migrations
var migrations embed.FS

// Migrate brings the schema up to date. A database that is newer than this program
// is refused.
func (s *Store) Migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return s.db.Migrate(ctx, files)
}

// DB returns the database underneath, for queue, which has tables of its own.
func (s *Store) DB() *db.DB { return s.db }

// Close closes every connection.
func (s *Store) Close() error { return s.db.Close() }

// Postgres reports whether the database is PostgreSQL, which several nodes may share.
func (s *Store) Postgres() bool { return s.db.Postgres() }

// URL returns the PostgreSQL URL that the store was opened with; empty for SQLite.
func (s *Store) URL() string { return s.db.URL() }

// Now returns the time by the store's clock, cut to the millisecond that is stored.
func (s *Store) Now() time.Time { return s.db.Now() }

// Ping reports whether the database responds.
func (s *Store) Ping(ctx context.Context) error { return s.db.Ping(ctx) }

// Check looks through the SQLite file for damage; see [db.DB.Check].
func (s *Store) Check(ctx context.Context, whole bool) error { return s.db.Check(ctx, whole) }

// Small reports whether [Store.Check] takes only a moment.
func (s *Store) Small() bool { return s.db.Small() }

// Failed returns a channel that gets an error when the program should end; see
// [db.DB.Failed].
func (s *Store) Failed() <-chan error { return s.db.Failed() }

// Probe writes a row for the node and waits until it is on disk. An error says why
// writes do not work.
func (s *Store) Probe(ctx context.Context, node string) error {
	return s.InTx(ctx, func(t *Tx) error {
		return t.db.Exec(ctx, `insert into probe (node, at) values ($1, $2)
			on conflict (node) do update set at = excluded.at`, node, db.Millis(t.now))
	})
}

// Notify sends payload on a channel to the Listen of every node immediately. On
// SQLite, which has one node, it does nothing. The payload is at most 8,000 bytes.
func (s *Store) Notify(ctx context.Context, channel, payload string) error {
	return s.db.Notify(ctx, channel, payload)
}

// Listen calls f for each payload sent on channel by any node, until ctx ends.
// It reconnects when the connection breaks, and calls f("") then, since a payload
// may have been missed. On SQLite it only waits for the end of ctx.
func (s *Store) Listen(ctx context.Context, channel string, f func(payload string)) {
	s.db.Listen(ctx, channel, f)
}

// OnCommit registers f to be called after each commit that appended an event.
// It is called from the committing goroutine and must not block.
func (s *Store) OnCommit(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onEvent = append(s.onEvent, f)
}

func (s *Store) eventCommitted() {
	s.mu.Lock()
	hooks := s.onEvent
	s.mu.Unlock()
	for _, f := range hooks {
		f()
	}
}

// Unstorable reports whether err says that a value cannot be stored, so that it makes
// no sense to try again.
func Unstorable(err error) bool { return db.Unstorable(err) }

// Q holds the queries. It reads outside any transaction, or inside one.
type Q struct{ db db.Runner }

// Read returns the queries, outside any transaction.
func (s *Store) Read() Q { return Q{s.db.Read()} }

// Tx is one transaction. Its queries see its own writes.
type Tx struct {
	Q
	tx       *db.Tx
	store    *Store
	now      time.Time
	appended bool // an event
}

// InTx runs f in one transaction and commits it. An error from f rolls it back
// and is returned. f may be run again when the database asks for that, so it must
// not have side effects of its own except through AfterCommit. When InTx returns
// nil, all is on disk.
func (s *Store) InTx(ctx context.Context, f func(*Tx) error) error {
	return s.db.InTx(ctx, func(tx *db.Tx) error {
		return f(&Tx{Q: Q{tx.Runner}, tx: tx, store: s, now: tx.Now()})
	})
}

// Now returns the time at which the transaction began: one instant for all that
// it writes.
func (t *Tx) Now() time.Time { return t.now }

// AfterCommit runs f once the transaction is on disk; never if it is rolled back.
func (t *Tx) AfterCommit(f func()) { t.tx.AfterCommit(f) }

// DB returns the transaction underneath, for queue, which writes its own tables in
// the same transaction.
func (t *Tx) DB() *db.Tx { return t.tx }
