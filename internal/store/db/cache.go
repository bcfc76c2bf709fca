package db

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// maxStatements is how many prepared statements a connection to SQLite keeps: more
// than a busy server has, in a few megabytes.
const maxStatements = 256

// A cachingConnector opens connections to SQLite that keep their statements prepared.
// Preparing a text costs more than running most of ours. The cache is below
// database/sql, so that it serves River's statements and savepoints as well, and needs
// no connection of its own. pgx has such a cache for PostgreSQL.
type cachingConnector struct {
	driver.Connector
	keep int // how many statements each connection keeps
}

// Connect implements [driver.Connector].
func (c cachingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a %T cannot do what database/sql asks of it", opened), opened.Close())
	}
	return &cachingConn{sqliteConn: conn, keep: c.keep, byText: map[string]*list.Element{}}, nil
}

// sqliteConn is what database/sql asks of the driver's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// A cachingConn is one connection and its statements. database/sql lets only one
// goroutine at a time use it. What is prepared by its Prepare belongs to the caller and
// is not kept.
type cachingConn struct {
	sqliteConn
	keep   int
	byText map[string]*list.Element
	recent list.List // of *statement, the last used one first
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// A statement is prepared on one connection.
type statement struct {
	sqliteStmt
	text string
	at   *list.Element // its place in the cache; nil outside
	busy bool          // it runs, or its rows are open
}

// ExecContext implements [driver.ExecerContext].
func (c *cachingConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, text, args)
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		return nil, c.drop(s, err)
	}
	return result, c.giveBack(s)
}

// QueryContext implements [driver.QueryerContext].
func (c *cachingConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, text, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, c.drop(s, err)
	}
	return &cachedRows{Rows: rows, conn: c, statement: s}, nil
}

// Close implements [driver.Conn].
func (c *cachingConn) Close() error {
	var err error
	for c.recent.Len() > 0 {
		err = errors.Join(err, c.remove(c.recent.Front().Value.(*statement)))
	}
	return errors.Join(err, c.sqliteConn.Close())
}

// take returns a prepared statement that nobody uses, until it is given back or
// dropped. A text whose own statement has rows open gets another one, since running it
// again would end them. Nil means that statements of this kind are not kept.
func (c *cachingConn) take(ctx context.Context, text string) (*statement, error) {
	kept := c.byText[text]
	if kept != nil {
		if s := kept.Value.(*statement); !s.busy {
			s.busy = true
			c.recent.MoveToFront(kept)
			return s, nil
		}
	} else if !keepable(text) {
		return nil, nil
	}
	prepared, err := c.PrepareContext(ctx, steady(text))
	if err != nil {
		return nil, err
	}
	s := &statement{sqliteStmt: prepared.(sqliteStmt), text: text, busy: true}
	if kept != nil {
		return s, nil
	}
	s.at = c.recent.PushFront(s)
	c.byText[text] = s.at
	if len(c.byText) > c.keep {
		_ = c.remove(c.recent.Back().Value.(*statement)) // fails only for what failed when it ran
	}
	return s, nil
}

// giveBack ends the use of a statement. One that is not in the cache is closed.
func (c *cachingConn) giveBack(s *statement) error {
	s.busy = false
	if s.at == nil {
		return s.Close()
	}
	return nil
}

// drop closes a statement that failed with err, which it returns: the next one starts
// from a clean state, whatever the failure left behind. Closing reports the same
// failure once more.
func (c *cachingConn) drop(s *statement, err error) error {
	s.busy = false
	if s.at != nil {
		_ = c.remove(s) // see above
	} else {
		_ = s.Close() // see above
	}
	return err
}

// remove takes a statement out of the cache and closes it, at once or when its rows are
// closed.
func (c *cachingConn) remove(s *statement) error {
	c.recent.Remove(s.at)
	delete(c.byText, s.text)
	s.at = nil
	if s.busy {
		return nil
	}
	return s.Close()
}

// cachedRows give their statement back when they are closed.
type cachedRows struct {
	driver.Rows
	conn      *cachingConn
	statement *statement // nil once it is given back
	failed    bool
}

// Next implements [driver.Rows].
func (r *cachedRows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	r.failed = r.failed || err != nil && err != io.EOF //nolint:errorlint // the driver's own, never wrapped
	return err
}

// Close implements [driver.Rows].
func (r *cachedRows) Close() error {
	s := r.statement
	if s == nil {
		return nil
	}
	r.statement = nil
	err := r.Rows.Close()
	if err != nil || r.failed {
		return r.conn.drop(s, err)
	}
	return r.conn.giveBack(s)
}

var boundLimit = regexp.MustCompile(`(?i)\blimit\s+([$?@:]\w+)`)

// steady returns a text with the same meaning whose limit is not a parameter alone.
// SQLite looks into such a parameter to plan for its value, and so plans the statement
// again whenever it is bound. Our own texts say "limit 0 + $1"; River's do not.
func steady(text string) string { return boundLimit.ReplaceAllString(text, "limit 0 + $1") }

// keepable reports whether a statement may run again as it is prepared. A pragma may
// not: many act while they are prepared, and then only once. Others, such as those of
// a migration, run once anyway.
func keepable(text string) bool {
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if !strings.HasPrefix(text, "--") {
			break
		}
		_, text, _ = strings.Cut(text, "\n")
	}
	word := text
	if end := strings.IndexAny(text, " \t\r\n("); end >= 0 {
		word = text[:end]
	}
	return slices.Contains([]string{"select", "insert", "update", "delete", "with", "savepoint", "release", "rollback"},
		strings.ToLower(word))
}
