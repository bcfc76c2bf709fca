package coverage_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"vellocity/internal/await"
	"vellocity/test/product"
)

// database is that of a server, with the hands of somebody who does harm to it.
type database struct{ in *product.Installation }

func (d database) postgres() bool { return d.in.Database != "" }

// with runs f on a connection of its own, which is closed again: the locks of [database.silence]
// end with any connection to the file.
func (d database) with(t *testing.T, f func(ctx context.Context, c *sql.Conn) error) {
	t.Helper()
	driver, address := "pgx", d.in.Database
	if !d.postgres() {
		driver, address = "sqlite", "file:"+d.in.File()+"?_pragma=busy_timeout(20000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := context.WithoutCancel(t.Context()) // the database is put back after the test, too
	c, err := db.Conn(ctx)
	if err == nil {
		err = f(ctx, c)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (d database) exec(t *testing.T, statements ...string) {
	t.Helper()
	d.with(t, func(ctx context.Context, c *sql.Conn) error {
		for _, s := range statements {
			if _, err := c.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%w in %s", err, s)
			}
		}
		return nil
	})
}

// list returns the first column of a query.
func (d database) list(t *testing.T, query string) (out []string) {
	t.Helper()
	d.with(t, func(ctx context.Context, c *sql.Conn) error {
		rows, err := c.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	return out
}

// fullDisk is how the Idempotency-Keys begin whose calls find no room on the disk.
const fullDisk = "full"

// prepare has the database say that the disk is full, in its own words, to the calls with
// such a key. SQLite says the same of a table whose ids are used up.
func (d database) prepare(t *testing.T) {
	t.Helper()
	if d.postgres() {
		d.exec(t, `create function lost() returns trigger language plpgsql as $$ begin return null; end $$`,
			`create function no_room() returns trigger language plpgsql as $$ begin
			if new.key like '`+fullDisk+`-%' then raise exception 'no room' using errcode = '53100'; end if;
			return new; end $$`,
			`create trigger no_room before insert on idempotency for each row execute function no_room()`)
		return
	}
	d.exec(t, `create table no_room (id integer primary key autoincrement)`,
		`insert into no_room values (9223372036854775807)`,
		`create trigger no_room before insert on idempotency when new.key like '`+fullDisk+`-%'
			begin insert into no_room values (null); end`)
}

// restless makes a column another one each time it is read, as if somebody else kept
// changing it, until the returned function is called. Nobody else's change comes in time.
func (d database) restless(t *testing.T, column string) (still func()) {
	t.Helper()
	table, column, _ := strings.Cut(column, ".")
	query, other := `select name from pragma_table_info('`+table+`')`, `abs(random() % 1000000)`
	if d.postgres() {
		query = `select column_name from information_schema.columns where table_name = '` + table + `' order by ordinal_position`
		other = `(random() * 1000000)::bigint`
	}
	columns := d.list(t, query)
	if i := slices.Index(columns, column); i >= 0 {
		columns[i] = other + " as " + column
	} else {
		t.Fatalf("there is no column %s.%s", table, column)
	}
	kept := table + "_kept"
	lost := `create trigger lost instead of update on ` + table + ` begin select 1; end`
	if d.postgres() {
		lost = `create trigger lost instead of update on ` + table + ` for each row execute function lost()`
	}
	d.exec(t, `alter table `+table+` rename to `+kept,
		`create view `+table+` as select `+strings.Join(columns, ", ")+` from `+kept, lost)
	return func() { d.exec(t, `drop view `+table, `alter table `+kept+` rename to `+table) }
}

// tables are those of the product, without those that jobs and the search index need.
func (d database) tables(t *testing.T) []string {
	t.Helper()
	query := `select name from sqlite_master where type = 'table'`
	if d.postgres() {
		query = `select table_name::text from information_schema.tables
			where table_schema = 'public' and table_type = 'BASE TABLE'`
	}
	return slices.DeleteFunc(d.list(t, query), func(name string) bool {
		return slices.ContainsFunc([]string{"river_", "sqlite_", "goose_", "content_search", "passage_search", "no_room"},
			func(start string) bool { return strings.HasPrefix(name, start) })
	})
}

// take takes tables away until the returned function is called.
func (d database) take(t *testing.T, tables []string) (back func()) {
	t.Helper()
	rename := func(form string) {
		var all []string
		for _, table := range tables {
			all = append(all, fmt.Sprintf(form, table))
		}
		d.exec(t, all...)
	}
	rename(`alter table %[1]s rename to %[1]s_taken`)
	return func() { rename(`alter table %[1]s_taken rename to %[1]s`) }
}

// silence keeps everybody from reading, or on SQLite from writing only, until the returned
// function is called.
func (d database) silence(t *testing.T, reads bool) (again func()) {
	t.Helper()
	switch {
	case d.postgres():
		return d.stop(t)
	case reads:
		return d.lockReaders(t)
	}
	db, err := sql.Open("sqlite", "file:"+d.in.File()+"?_txlock=immediate&_pragma=busy_timeout(20000)")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(context.WithoutCancel(t.Context()), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = tx.Rollback() // it has changed nothing
		_ = db.Close()
	}
}

// lockReaders takes the locks of all readers: those of bytes in the file beside SQLite's log
// (walformat, section 2.3.1).
func (d database) lockReaders(t *testing.T) (again func()) {
	t.Helper()
	f, err := os.OpenFile(d.in.File()+"-shm", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	const firstReader, readers = 123, 5
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Start: firstReader, Len: readers}
	await.True(t, "the locks of all readers", func() bool {
		return syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &lock) == nil
	})
	return func() { _ = f.Close() } // which ends the locks
}

// stop stops the processes of PostgreSQL: connections stay open, and nothing comes through
// them.
func (d database) stop(t *testing.T) (again func()) {
	t.Helper()
	var pids []int
	for _, pid := range d.list(t, `select pid::text from pg_stat_activity where pid <> pg_backend_pid()`) {
		n, err := strconv.Atoi(pid)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, n)
	}
	file := filepath.Join(d.list(t, `show data_directory`)[0], "postmaster.pid")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	parent, err := strconv.Atoi(first)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	all := func(sig syscall.Signal) {
		for _, pid := range append(pids, parent) {
			_ = syscall.Kill(pid, sig) // one that has ended needs no signal
		}
	}
	all(syscall.SIGSTOP)
	return func() { all(syscall.SIGCONT) }
}
