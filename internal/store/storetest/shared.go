package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"vellocity/internal/store"
)

// process is what all tests of one process use together: making it per test
// would cost a second each.
type process struct {
	extra    []Migration
	template string // name of PostgreSQL's template database

	sqliteOnce sync.Once
	sqliteFile []byte
	sqliteErr  error

	postgresOnce sync.Once
	server       *server
	postgresErr  error
}

var shared process //nolint:gochecknoglobals // one per test process, by its nature

// server is a PostgreSQL on which databases are made and dropped.
type server struct {
	base    *url.URL
	cluster *Cluster // nil when the server is not ours
	n       atomic.Int64

	mu   sync.Mutex
	conn *pgx.Conn // makes and drops databases: a connection costs more than that
}

func (p *process) sqlite() ([]byte, error) {
	p.sqliteOnce.Do(func() { p.sqliteFile, p.sqliteErr = makeSQLite(context.Background(), p.extra) })
	return p.sqliteFile, p.sqliteErr
}

func makeSQLite(ctx context.Context, extra []Migration) (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "storetest-")
	if err != nil {
		return nil, fmt.Errorf("make the template: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := fill(ctx, store.Options{Dir: dir}, extra); err != nil {
		return nil, err
	}
	// Closing the last connection has folded the log into the file.
	return os.ReadFile(filepath.Join(dir, "vellocity.db"))
}

func fill(ctx context.Context, o store.Options, extra []Migration) error {
	s, err := store.Open(ctx, o)
	if err != nil {
		return fmt.Errorf("open the template: %w", err)
	}
	return errors.Join(migrate(ctx, s, extra), s.Close())
}

func (p *process) postgres() (*server, error) {
	p.postgresOnce.Do(func() { p.server, p.postgresErr = p.startPostgres(context.Background()) })
	return p.server, p.postgresErr
}

func (p *process) startPostgres(ctx context.Context) (*server, error) {
	s, err := findServer()
	if err != nil {
		return nil, err
	}
	p.template = s.nextName()
	if err := s.create(p.template, "template0"); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := fill(ctx, store.Options{URL: s.url(p.template)}, p.extra); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func findServer() (*server, error) {
	if dsn := os.Getenv("VELLOCITY_TEST_DATABASE_URL"); dsn != "" {
		base, err := url.Parse(dsn)
		if err != nil {
			return nil, fmt.Errorf("read VELLOCITY_TEST_DATABASE_URL: %w", err)
		}
		return &server{base: base}, nil
	}
	c, err := startCluster()
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(c.URL())
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	return &server{base: base, cluster: c}, nil
}

func (p *process) close() {
	if p.server == nil {
		return
	}
	err := p.server.drop(p.template)
	if err = errors.Join(err, p.server.close()); err != nil {
		fmt.Fprintln(os.Stderr, "storetest: remove the databases:", err)
	}
}

func (s *server) nextName() string {
	return fmt.Sprintf("vellocity_test_%d_%d", os.Getpid(), s.n.Add(1))
}

func (s *server) url(database string) string {
	u := *s.base
	u.Path = "/" + database
	return u.String()
}

func (s *server) create(name, template string) error {
	// Copying files is faster than writing their pages to the log where nothing is synced.
	return s.exec("create database " + pgx.Identifier{name}.Sanitize() +
		" template " + pgx.Identifier{template}.Sanitize() + " strategy file_copy")
}

func (s *server) drop(name string) error {
	return s.exec("drop database if exists " + pgx.Identifier{name}.Sanitize() + " with (force)")
}

func (s *server) exec(sql string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx := context.Background()
	if s.conn == nil || s.conn.IsClosed() {
		var err error
		if s.conn, err = pgx.Connect(ctx, s.base.String()); err != nil {
			return fmt.Errorf("reach PostgreSQL: %w", err)
		}
	}
	_, err := s.conn.Exec(ctx, sql)
	return err
}

func (s *server) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.conn != nil {
		err = s.conn.Close(context.Background())
	}
	if s.cluster != nil {
		err = errors.Join(err, s.cluster.close())
	}
	return err
}
