package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Runner runs statements: outside any transaction ([DB.Read]), or in one ([Tx]).
// docs/decisions/0012-own-layer-over-database-sql.md says why there is one.
//
// Limits are written "limit 0 + $n"; see steady.
type Runner struct {
	dialect dialect
	on      executor
	tx      *sql.Tx // nil outside a transaction
	pulse   *pulse  // nil on SQLite
}

type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (r Runner) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, err := r.StatementContext(ctx)
	if err != nil {
		return nil, err
	}
	return r.on.QueryContext(ctx, query, args...)
}

// Exec runs a statement that returns no rows.
func (r Runner) Exec(ctx context.Context, query string, args ...any) error {
	_, err := r.ExecCount(ctx, query, args...)
	return err
}

// ExecCount is like Exec and returns how many rows were affected.
func (r Runner) ExecCount(ctx context.Context, query string, args ...any) (int64, error) {
	ctx, done := r.pulse.guard(ctx)
	defer done()
	n, err := r.exec(ctx, query, args...)
	return n, classify(silence(ctx, err))
}

func (r Runner) exec(ctx context.Context, query string, args ...any) (int64, error) {
	ctx, err := r.StatementContext(ctx)
	if err != nil {
		return 0, err
	}
	res, err := r.on.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// ErrNoRow says that [Runner.One] found no row.
var ErrNoRow = errors.New("no row")

// One scans the first row of a query into dest. Without one it returns [ErrNoRow]
// and leaves dest alone.
func (r Runner) One(ctx context.Context, dest []any, query string, args ...any) error {
	found := false
	err := r.each(ctx, func(row Row) error {
		if found {
			return nil
		}
		found = true
		return row.Scan(dest...)
	}, query, args...)
	if err == nil && !found {
		return ErrNoRow
	}
	return err
}

// each calls f for each row of a query.
func (r Runner) each(ctx context.Context, f func(Row) error, query string, args ...any) (err error) {
	ctx, done := r.pulse.guard(ctx)
	defer done()
	defer func() { err = classify(silence(ctx, err)) }()
	rows, err := r.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
	}
	return rows.Err()
}

// Row is a row that can be scanned.
type Row interface{ Scan(dest ...any) error }

// Many scans every row of a query with scan. The list is empty, not nil, where
// there is none.
func Many[T any](
	ctx context.Context, r Runner, scan func(Row) (T, error), query string, args ...any,
) ([]T, error) {
	list := []T{}
	err := r.each(ctx, func(row Row) error {
		v, err := scan(row)
		list = append(list, v)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// First scans the first row of a query with scan; ok is false where there is none.
func First[T any](
	ctx context.Context, r Runner, scan func(Row) (T, error), query string, args ...any,
) (v T, ok bool, err error) {
	list, err := Many(ctx, r, scan, query, args...)
	if err != nil || len(list) == 0 {
		return v, false, err
	}
	return list[0], true, nil
}

// ID scans a row of a single integer, such as an id.
func ID(row Row) (id int64, err error) {
	err = row.Scan(&id)
	return id, err
}
