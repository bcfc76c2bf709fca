package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A counter counts what the driver prepares, and what of that is open.
type counter struct {
	driver.Connector
	prepared, open atomic.Int64
}

func (c *counter) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return countedConn{conn.(sqliteConn), c}, nil
}

type countedConn struct {
	sqliteConn
	counter *counter
}

func (c countedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	s, err := c.sqliteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	c.counter.prepared.Add(1)
	c.counter.open.Add(1)
	return countedStmt{s.(sqliteStmt), c.counter}, nil
}

type countedStmt struct {
	sqliteStmt
	counter *counter
}

func (s countedStmt) Close() error {
	s.counter.open.Add(-1)
	return s.sqliteStmt.Close()
}

// cached opens a database with a table of three numbers, where each of so many
// connections keeps so many statements.
func cached(t *testing.T, connections, keep int) (*sql.DB, *counter) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cache.db")
	connector, err := sqlitedriver.NewConnector(dsn(file, "immediate", "journal_mode(wal)"))
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{Connector: connector}
	pool := sql.OpenDB(cachingConnector{c, keep})
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
		if n := c.open.Load(); n != 0 {
			t.Errorf("%d statements are open after the end", n)
		}
	})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	run(t, pool, `create table number (n integer primary key, word text not null default '')`)
	run(t, pool, `insert into number (n) values (1), (2), (3)`)
	return pool, c
}

type runs interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func run(t *testing.T, on runs, text string, args ...any) {
	t.Helper()
	if _, err := on.ExecContext(t.Context(), text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// ints returns the first column of each row.
func ints(t *testing.T, on runs, text string, args ...any) (list []int64) {
	t.Helper()
	rows, err := on.QueryContext(t.Context(), text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	for rows.Next() {
		n, err := ID(rows)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return list
}

func equal(t *testing.T, got []int64, want ...int64) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, not %v", got, want)
	}
}

const upToN = `select n from number where n <= $1 order by n`

func TestATextIsPreparedOnce(t *testing.T) {
	pool, c := cached(t, 1, 20)
	before := c.prepared.Load()
	for n := range 5 {
		tx, err := pool.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		run(t, tx, `savepoint one`)
		run(t, tx, `insert into number (n) values ($1)`, 10+n)
		equal(t, ints(t, tx, `update number set word = 'x' where n = $1 returning n`, 10+n), int64(10+n))
		run(t, tx, `rollback to one`)
		run(t, tx, `release one`)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		equal(t, ints(t, pool, "-- name: River's\n "+upToN, 20), 1, 2, 3)
	}
	if n := c.prepared.Load() - before; n != 6 {
		t.Errorf("six texts were prepared %d times", n)
	}
}

func TestATextRunsWhileItsRowsAreOpen(t *testing.T) {
	pool, c := cached(t, 1, 20)
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	idle := c.open.Load()
	for range 3 {
		outer, err := conn.QueryContext(t.Context(), upToN, 3)
		if err != nil {
			t.Fatal(err)
		}
		var seen []int64
		for outer.Next() {
			n, err := ID(outer)
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, n)
			equal(t, ints(t, conn, upToN, 2), 1, 2)
			run(t, conn, upToN, 1)
		}
		if err := errors.Join(outer.Err(), outer.Close()); err != nil {
			t.Fatal(err)
		}
		equal(t, seen, 1, 2, 3)
	}
	if n := c.open.Load() - idle; n != 1 {
		t.Errorf("%d statements stay open for one text", n)
	}
}

// What nobody reads to its end starts from its beginning again.
func TestRowsMayBeClosedEarly(t *testing.T) {
	pool, _ := cached(t, 1, 20)
	for range 3 {
		rows, err := pool.QueryContext(t.Context(), upToN, 3)
		if err != nil || !rows.Next() {
			t.Fatal(err)
		}
		if err := errors.Join(rows.Err(), rows.Close(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		equal(t, ints(t, pool, upToN, 3), 1, 2, 3)
	}
	rows, err := pool.QueryContext(t.Context(), `insert into number (n) values (7), (8) returning n`)
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	equal(t, ints(t, pool, upToN, 9), 1, 2, 3, 7, 8)
}

func TestACancelledTextRunsAgain(t *testing.T) {
	pool, _ := cached(t, 1, 20)
	const count = `with recursive c(n) as (values (1) union all select n + 1 from c where n < $1) select count(*) from c`
	for range 3 {
		equal(t, ints(t, pool, count, 10), 10)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		rows, err := pool.QueryContext(ctx, count, int64(1)<<50)
		if err == nil {
			t.Fatal("it came to an end", errors.Join(rows.Err(), rows.Close()))
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled: %v", err)
		}
		cancel()

		ctx, cancel = context.WithCancel(t.Context())
		if rows, err = pool.QueryContext(ctx, upToN, 3); err != nil || !rows.Next() {
			t.Fatal(err)
		}
		cancel()
		for rows.Next() { // until the rows have noticed
		}
		if err := rows.Err(); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		equal(t, ints(t, pool, upToN, 3), 1, 2, 3)
	}
}

func TestAFailedTextRunsAgain(t *testing.T) {
	pool, _ := cached(t, 1, 20)
	const add = `insert into number (n, word) values ($1, $2)`
	const positive = `select abs(n) from number order by n desc`
	for i := range int64(3) {
		_, err := pool.ExecContext(t.Context(), add, 1, "x")
		if !Unique(err) {
			t.Errorf("taken: %v", err)
		}
		var failed *sqlitedriver.Error
		_, err = pool.ExecContext(t.Context(), add, 100+i, nil)
		if !errors.As(err, &failed) || failed.Code() != sqlite3.SQLITE_CONSTRAINT_NOTNULL {
			t.Errorf("null: %v", err)
		}
		if _, err = pool.ExecContext(t.Context(), add, 100+i); err == nil {
			t.Error("an argument is missing, and it ran")
		}
		run(t, pool, add, 100+i, "y")

		// The last of the rows has no absolute value.
		run(t, pool, add, -1<<63, "least")
		rows, err := pool.QueryContext(t.Context(), positive)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
		}
		if rows.Err() == nil {
			t.Error("the failure of a row was lost")
		}
		_ = rows.Close() // says the same
		run(t, pool, `delete from number where word = 'least'`)
		if n := len(ints(t, pool, positive)); n != 4+int(i) {
			t.Errorf("%d rows", n)
		}
		if _, err := pool.ExecContext(t.Context(), `select nothing from nowhere`); err == nil {
			t.Error("there is no such table")
		}
	}
}

func TestATextSeesAChangedSchema(t *testing.T) {
	pool, _ := cached(t, 1, 20)
	const all, add = `select * from number where n = $1`, `insert into number (n) values ($1)`
	width := func() int {
		rows, err := pool.QueryContext(t.Context(), all, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if !rows.Next() || rows.Err() != nil {
			t.Fatal("no row", rows.Err())
		}
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		into := make([]any, len(names))
		for i := range into {
			into[i] = new(any)
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	for i := range 3 {
		if n := width(); n != 2+i {
			t.Errorf("%d columns after %d changes", n, i)
		}
		run(t, pool, add, 10+i)
		run(t, pool, fmt.Sprintf(`alter table number add column more%d text not null default 'm'`, i))
	}
	run(t, pool, `drop table number`)
	if _, err := pool.ExecContext(t.Context(), add, 1); err == nil {
		t.Error("the table is gone, and took a row")
	}
	run(t, pool, `create table number (n integer primary key, a, b, c, d, e, f, g)`)
	run(t, pool, add, 1)
	if n := width(); n != 8 {
		t.Errorf("%d columns of the new table", n)
	}
}

func TestManyUseTheCacheAtOnce(t *testing.T) {
	pool, _ := cached(t, 4, 3) // fewer than there are texts
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for n := range 40 {
				text := fmt.Sprintf(`select n + %d from number where n <= $1`, (i+n)%5)
				ctx, cancel := context.WithCancel(t.Context())
				if n%8 == 0 {
					go cancel()
				}
				rows, err := pool.QueryContext(ctx, text, 3)
				if err == nil {
					got := 0
					for rows.Next() {
						got++
					}
					if err = errors.Join(rows.Err(), rows.Close()); err == nil && got != 3 {
						t.Errorf("%d rows", got)
					}
				}
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	all.Wait()
}

func TestTheOldestTextsAreClosed(t *testing.T) {
	pool, c := cached(t, 1, 3)
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	open, err := conn.QueryContext(t.Context(), upToN, 3)
	if err != nil || !open.Next() {
		t.Fatal(err)
	}
	for i := range 10 {
		equal(t, ints(t, conn, fmt.Sprintf(`select %d`, i)), int64(i))
	}
	if n := c.open.Load(); n != 4 { // with the open one
		t.Errorf("%d statements are open", n)
	}
	for n := int64(2); n <= 3; n++ { // it is no longer in the cache, and goes on
		if got, err := ID(open); !open.Next() || err != nil || got != n-1 {
			t.Errorf("%d, not %d: %v", got, n-1, err)
		}
	}
	if err := errors.Join(open.Err(), open.Close()); err != nil {
		t.Fatal(err)
	}
	if n := c.open.Load(); n != 3 {
		t.Errorf("%d statements are open", n)
	}
	before := c.prepared.Load()
	for i := 7; i < 10; i++ {
		equal(t, ints(t, conn, fmt.Sprintf(`select %d`, i)), int64(i))
	}
	if n := c.prepared.Load() - before; n != 0 {
		t.Errorf("%d of the last three texts were prepared again", n)
	}
}

func TestWhichTextsAreKept(t *testing.T) {
	for text, want := range map[string]bool{
		"select 1":  true,
		"SELECT(1)": true,
		"\n\twith a as (select 1) select * from a":       true,
		"-- name: One :one\n-- more\nUPDATE a set b = 1": true,
		"insert into a values (1)":                       true,
		"delete\nfrom a":                                 true,
		"savepoint one":                                  true,
		"release one":                                    true,
		"rollback to one":                                true,
		"pragma busy_timeout=5":                          false,
		"-- select\npragma foreign_keys = 1":             false,
		"create table a (b)":                             false,
		"vacuum into 'backup.db'":                        false,
		"begin immediate":                                false,
		"explain select 1":                               false,
		"selected":                                       false,
		"-- select":                                      false,
		"":                                               false,
	} {
		if got := keepable(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	pool, _ := cached(t, 1, 20)
	for _, ms := range []int64{5, 6, 5, 6} { // acts while it is prepared
		run(t, pool, fmt.Sprintf("pragma busy_timeout=%d", ms))
		equal(t, ints(t, pool, "pragma busy_timeout"), ms)
	}
	run(t, pool, `insert into number (n) values (4); insert into number (n) values (5)`) // two in one text
	equal(t, ints(t, pool, upToN, 9), 1, 2, 3, 4, 5)
	if _, err := pool.ExecContext(t.Context(), ""); err != nil {
		t.Error(err)
	}
}

func TestALimitIsNotAParameterAlone(t *testing.T) {
	for text, want := range map[string]string{
		"select n from number LIMIT ?3":               "select n from number limit 0 + ?3",
		"select n from number\n limit\n $1 offset $2": "select n from number\n limit 0 + $1 offset $2",
		"limit @max - 1":                              "limit 0 + @max - 1",
		"limit 0 + $1":                                "limit 0 + $1",
		"limit 10":                                    "limit 10",
		"set no_limit = $1, limits $2":                "set no_limit = $1, limits $2",
	} {
		if got := steady(text); got != want {
			t.Errorf("%q", got)
		}
	}
	pool, _ := cached(t, 1, 20)
	for n := range int64(4) {
		if got := len(ints(t, pool, `select n from number limit $1`, n)); got != int(n) {
			t.Errorf("%d rows for a limit of %d", got, n)
		}
	}
}
