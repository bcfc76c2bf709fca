package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Q holds the queries. It reads from a pool, or inside a transaction.
//
// Limits are written "limit 0 + $n": SQLite looks into a parameter that is the
// whole limit to plan for its value, and so plans the statement anew at each
// call, which costs more than running it.
type Q struct {
	dialect dialect
	run     runner
	tx      *sql.Tx // nil outside a transaction
	stmts   *statements
}

type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// statements keeps each SQL text prepared, once for the life of the store.
type statements struct {
	db     *sql.DB
	mu     sync.RWMutex
	byText map[string]*sql.Stmt
	wanted map[string]bool // asked for inside a transaction, not prepared yet
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, byText: map[string]*sql.Stmt{}, wanted: map[string]bool{}}
}

// get returns the prepared statement, nil where there is none yet. Inside a
// transaction on SQLite the only connection is taken, so a new text is noted and
// prepared once the transaction is over; see catchUp.
func (s *statements) get(ctx context.Context, inTx bool, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt := s.byText[query]
	s.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	if inTx {
		s.mu.Lock()
		s.wanted[query] = true
		s.mu.Unlock()
		return nil, nil
	}
	return s.prepare(ctx, query)
}

func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	stmt, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.wanted, query)
	if first := s.byText[query]; first != nil {
		return first, stmt.Close()
	}
	s.byText[query] = stmt
	return stmt, nil
}

// catchUp prepares what transactions asked for. The connection must be free. A
// failure costs speed only: the text goes on being sent unprepared.
func (s *statements) catchUp(ctx context.Context) error {
	if s == nil {
		return nil
	}
	s.mu.RLock()
	texts := make([]string, 0, len(s.wanted))
	for text := range s.wanted {
		texts = append(texts, text)
	}
	s.mu.RUnlock()
	for _, text := range texts {
		if _, err := s.prepare(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

func (q Q) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if q.stmts == nil {
		return nil, nil
	}
	stmt, err := q.stmts.get(ctx, q.tx != nil, query)
	if err != nil || stmt == nil || q.tx == nil {
		return stmt, err
	}
	return q.tx.StmtContext(ctx, stmt), nil
}

func (q Q) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, err := q.StatementContext(ctx)
	if err != nil {
		return nil, err
	}
	stmt, err := q.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return q.run.QueryContext(ctx, query, args...)
}

func (q Q) execResult(ctx context.Context, query string, args ...any) (int64, error) {
	ctx, err := q.StatementContext(ctx)
	if err != nil {
		return 0, err
	}
	stmt, err := q.stmt(ctx, query)
	if err != nil {
		return 0, classify(err)
	}
	var res sql.Result
	if stmt != nil {
		res, err = stmt.ExecContext(ctx, args...)
	} else {
		res, err = q.run.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, classify(err)
	}
	return res.RowsAffected()
}

func (q Q) exec(ctx context.Context, query string, args ...any) error {
	_, err := q.execResult(ctx, query, args...)
	return err
}

// errNone says that a query for one row found none. It never leaves this room.
var errNone = errors.New("no row")

// one scans the only row of a query into dest.
func (q Q) one(ctx context.Context, dest []any, query string, args ...any) error {
	rows, err := q.query(ctx, query, args...)
	if err != nil {
		return classify(err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return classify(err)
		}
		return errNone
	}
	if err := rows.Scan(dest...); err != nil {
		return fmt.Errorf("scan: %w", err)
	}
	return classify(rows.Err())
}

// scanner is a row that can be scanned.
type scanner interface{ Scan(dest ...any) error }

// many scans every row of a query with f.
func many[T any](ctx context.Context, q Q, f func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.query(ctx, query, args...)
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		v, err := f(rows)
		if err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
		list = append(list, v)
	}
	return list, classify(rows.Err())
}

// first scans the first row of a query with f; ok is false where there is none.
func first[T any](ctx context.Context, q Q, f func(scanner) (T, error), query string, args ...any) (v T, ok bool, err error) {
	list, err := many(ctx, q, f, query, args...)
	if err != nil || len(list) == 0 {
		return v, false, err
	}
	return list[0], true, nil
}

// ms turns a time into the integer that is kept; the zero time is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at turns a kept integer into a time; 0 is the zero time.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// timeAt scans a kept integer into a time.
type timeAt struct{ to *time.Time }

// Scan implements [sql.Scanner].
func (t timeAt) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is kept as %T", v)
	}
	*t.to = at(n)
	return nil
}

// asJSON scans opaque JSON text into to; the empty text leaves it alone.
type asJSON struct{ to any }

// Scan implements [sql.Scanner].
func (j asJSON) Scan(v any) error {
	switch text := v.(type) {
	case string:
		if text == "" {
			return nil
		}
		return json.Unmarshal([]byte(text), j.to)
	case []byte:
		if len(text) == 0 {
			return nil
		}
		return json.Unmarshal(text, j.to)
	case nil:
		return nil
	}
	return fmt.Errorf("JSON is kept as %T", v)
}

// again decodes what most rows of a list have in common, such as what wrote a
// text, only when it differs from the row before.
type again[T any] struct {
	text  string
	value T
}

func (a *again[T]) into(to *T) sql.Scanner { return againInto[T]{a, to} }

type againInto[T any] struct {
	last *again[T]
	to   *T
}

// Scan implements [sql.Scanner].
func (a againInto[T]) Scan(v any) error {
	text, ok := v.(string)
	if ok && text != "" && text == a.last.text {
		*a.to = a.last.value
		return nil
	}
	if err := (asJSON{a.to}).Scan(v); err != nil {
		return err
	}
	*a.last = again[T]{text, *a.to}
	return nil
}

// toJSON turns v into the text that is kept.
func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(b), nil
}
