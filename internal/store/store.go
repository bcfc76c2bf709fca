// Package store is the only room that speaks SQL: a file per table, one SQL
// text with $1 placeholders for SQLite and PostgreSQL, and dialect.go for the
// handful of statements that differ. Times are integer milliseconds from Go,
// JSON is opaque text, and every statement that touches a tenant's data carries
// the workspace id.
//
// Reads go through [Store.Read]; every write happens inside [Store.InTx]. A write
// that has returned without error is on disk.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver registers itself
)

// Options say which database to open.
type Options struct {
	// Dir holds the SQLite file vellocity.db; used when URL is empty.
	Dir string
	// URL of a PostgreSQL database, postgres://…; empty means SQLite.
	URL string
	// MaxConns bounds the PostgreSQL pool; 0 means 24.
	MaxConns int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Store is an open database. It is safe for use by several goroutines.
type Store struct {
	dialect dialect
	write   *sql.DB // SQLite: one connection, immediate transactions
	read    *sql.DB // SQLite: query_only; PostgreSQL: the same pool as write
	pool    *pgxpool.Pool
	url     string
	stmts   *statements // SQLite only: pgx prepares by itself
	readers *statements
	writer  *writer // SQLite only
	now     func() time.Time
	log     *slog.Logger

	mu      sync.Mutex
	onWrite []func()
}

// Open opens the database and checks that its library is fit for use. It does
// not migrate; see [Store.Migrate].
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{now: o.Now, log: o.Log, url: o.URL}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.URL != "" {
		return s, s.openPostgres(ctx, o)
	}
	return s, s.openSQLite(ctx, o.Dir)
}

func (s *Store) openPostgres(ctx context.Context, o Options) error {
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
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("open PostgreSQL: %w", err)
	}
	s.dialect, s.pool = postgres, pool
	s.write = stdlib.OpenDBFromPool(pool)
	// The pool beneath does the pooling; database/sql must not keep connections
	// of its own, or it would hold all of them.
	s.write.SetMaxIdleConns(0)
	s.read = s.write
	if err := s.write.PingContext(ctx); err != nil {
		return fmt.Errorf("reach PostgreSQL: %w", errors.Join(err, s.Close()))
	}
	return nil
}

// minSQLite is the first release without the write-ahead log's reset bug.
const minSQLite = "3.51.3"

func (s *Store) openSQLite(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	file := filepath.Join(dir, "vellocity.db")
	if f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return fmt.Errorf("open the database file: %w", err)
	} else if err := f.Close(); err != nil {
		return fmt.Errorf("close the database file: %w", err)
	}
	var err error
	if s.write, err = sql.Open("sqlite", dsn(file, "immediate", "auto_vacuum(incremental)", "journal_mode(wal)", "synchronous(full)", "cache_size(-8000)")); err != nil {
		return fmt.Errorf("open SQLite: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	s.write.SetMaxIdleConns(1)
	if s.read, err = sql.Open("sqlite", dsn(file, "deferred", "query_only(1)", "cache_size(-4000)")); err != nil {
		return fmt.Errorf("open SQLite for reading: %w", err)
	}
	s.read.SetMaxOpenConns(4)
	s.read.SetMaxIdleConns(4)
	s.dialect, s.writer = sqliteDB, newWriter()
	s.stmts, s.readers = newStatements(s.write), newStatements(s.read)
	var version string
	if err := s.write.QueryRowContext(ctx, "select sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("open the database file %s: %w", file, err)
	}
	if older(version, minSQLite) {
		return fmt.Errorf("SQLite %s can corrupt its log; %s or newer is needed", version, minSQLite)
	}
	return nil
}

func dsn(file, lock string, pragmas ...string) string {
	q := url.Values{"_txlock": {lock}, "_pragma": append([]string{"busy_timeout(5000)", "foreign_keys(1)", "temp_store(memory)"}, pragmas...)}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode()
}

func older(version, than string) bool {
	var a, b [3]int
	fmt.Sscanf(version, "%d.%d.%d", &a[0], &a[1], &a[2]) //nolint:errcheck // an unreadable version is 0.0.0, which is too old
	fmt.Sscanf(than, "%d.%d.%d", &b[0], &b[1], &b[2])    //nolint:errcheck // a constant
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

// Close closes every connection.
func (s *Store) Close() error {
	var err error
	if s.read != nil && s.read != s.write {
		err = s.read.Close()
	}
	if s.write != nil {
		err = errors.Join(err, s.write.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	return err
}

// Postgres reports whether the database is PostgreSQL.
func (s *Store) Postgres() bool { return s.dialect == postgres }

// URL returns the PostgreSQL URL the store was opened with; empty for SQLite.
func (s *Store) URL() string { return s.url }

// DB returns the pool that writes. Only queue, which owns River's tables, uses it.
func (s *Store) DB() *sql.DB { return s.write }

// Pool returns the pgx pool, nil on SQLite.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Now returns the time by the store's clock, cut to the millisecond that is kept.
func (s *Store) Now() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return classify(s.read.QueryRowContext(ctx, "select 1").Scan(&one))
}

// Read returns the queries, outside any transaction.
func (s *Store) Read() Q {
	return Q{dialect: s.dialect, run: s.read, stmts: s.readers}
}

// OnCommit registers f to be called after each commit that appended an event.
// It is called from the committing goroutine and must not block.
func (s *Store) OnCommit(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onWrite = append(s.onWrite, f)
}

// Tx is one transaction. Its queries see its own writes.
type Tx struct {
	Q
	store *Store
	tx    *sql.Tx
	conn  *sql.Conn
	now   time.Time
	after []func()
	wrote bool // an event was appended
}

// Now returns the time at which the transaction began: one instant for all that
// it writes.
func (t *Tx) Now() time.Time { return t.now }

// SQL returns the transaction itself. Only queue uses it.
func (t *Tx) SQL() *sql.Tx { return t.tx }

// Conn returns the connection of the transaction. Only queue uses it, to show
// River the same transaction in pgx's terms.
func (t *Tx) Conn() *sql.Conn { return t.conn }

// AfterCommit runs f once the transaction is on disk; never if it is rolled back.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// retries is how often a transaction that lost a race on PostgreSQL is begun anew.
const retries = 4

// InTx runs f in one transaction and commits it. An error from f rolls it back
// and is returned. f is run again when the database asks for that (a deadlock or
// serialisation failure on PostgreSQL, a shared transaction that was lost on
// SQLite), so it must not have side effects of its own but through AfterCommit.
// When InTx returns nil, all is on disk.
func (s *Store) InTx(ctx context.Context, f func(*Tx) error) error {
	for try := 1; ; try++ {
		err := s.attempt(ctx, f)
		if prep := s.stmts.catchUp(context.WithoutCancel(ctx)); prep != nil {
			s.log.Warn("prepare statements", "error", prep)
		}
		if err == nil || try == retries || !errors.Is(err, errGone) && !s.dialect.retryable(err) {
			return classify(err)
		}
	}
}

func (s *Store) attempt(ctx context.Context, f func(*Tx) error) error {
	if s.writer != nil {
		return s.share(ctx, f)
	}
	return s.once(ctx, f)
}

func (s *Store) once(ctx context.Context, f func(*Tx) error) (err error) {
	conn, tx, err := s.connected(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release(conn)) }()
	t := &Tx{Q: Q{dialect: s.dialect, run: tx, tx: tx, stmts: s.stmts}, store: s, tx: tx, conn: conn, now: s.Now()}
	returned := false
	defer func() {
		if !returned { // a panic, which goes on its way
			_ = tx.Rollback()
		}
	}()
	err = f(t)
	returned = true
	if err != nil {
		if rb := tx.Rollback(); rb != nil && !errors.Is(rb, sql.ErrTxDone) {
			s.log.Debug("roll back", "error", rb)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	t.committed()
	return nil
}

// connected begins a transaction. A connection that died in the pool, as all do
// when the database is started again, fails at the first word, before anything was
// asked of it: then the next one is tried, of which there are as many as the pool
// has. That the database cannot be reached is told at once.
func (s *Store) connected(ctx context.Context) (*sql.Conn, *sql.Tx, error) {
	since := time.Now()
	for try := int32(0); ; try++ {
		wait, done := s.patient(ctx, since)
		conn, err := s.write.Conn(wait)
		done()
		if err != nil {
			return nil, nil, fmt.Errorf("get a connection: %w", impatient(ctx, err))
		}
		tx, err := s.begin(ctx, conn, since)
		if err == nil {
			return conn, tx, nil
		}
		err = errors.Join(fmt.Errorf("begin: %w", err), release(conn))
		if ctx.Err() != nil || try >= s.pool.Config().MaxConns {
			return nil, nil, err
		}
	}
}

func release(conn *sql.Conn) error {
	if err := conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("release the connection: %w", err)
	}
	return nil
}

func (t *Tx) committed() {
	for _, f := range t.after {
		f()
	}
	if !t.wrote {
		return
	}
	t.store.mu.Lock()
	hooks := t.store.onWrite
	t.store.mu.Unlock()
	for _, f := range hooks {
		f()
	}
}

// Notify sends payload on a channel to the Listen of every node once the
// transaction is on disk. SQLite has one node, so there it does nothing. The
// payload is at most 8,000 bytes.
func (t *Tx) Notify(ctx context.Context, channel, payload string) error {
	if t.dialect != postgres {
		return nil
	}
	return t.exec(ctx, "select pg_notify($1, $2)", channel, payload)
}

// Notify sends payload on a channel at once, outside any transaction.
func (s *Store) Notify(ctx context.Context, channel, payload string) error {
	if s.dialect != postgres {
		return nil
	}
	_, err := s.pool.Exec(ctx, "select pg_notify($1, $2)", channel, payload)
	return classify(err)
}

// Listen calls f for each payload sent on channel by any node, until ctx ends.
// It connects anew when the connection breaks, and calls f("") then, since
// something may have been missed. On SQLite it only waits for the end of ctx.
func (s *Store) Listen(ctx context.Context, channel string, f func(payload string)) {
	if s.dialect != postgres {
		<-ctx.Done()
		return
	}
	for ctx.Err() == nil {
		if err := s.listen(ctx, channel, f); err != nil && ctx.Err() == nil {
			s.log.Warn("listen for notifications", "channel", channel, "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func (s *Store) listen(ctx context.Context, channel string, f func(string)) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	f("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for a notification: %w", err)
		}
		f(n.Payload)
	}
}

// placeholders returns "$from, $from+1, …" for n values.
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}
