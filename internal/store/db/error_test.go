package db_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func TestADeadlockIsRunAgain(t *testing.T) {
	s := storetest.Postgres(t)
	a, b := workspace(t, s, "one").ID, workspace(t, s, "two").ID
	var tries atomic.Int64
	var first, wg sync.WaitGroup
	first.Add(2)
	for _, order := range [][2]int64{{a, b}, {b, a}} {
		wg.Go(func() {
			var met sync.Once
			err := s.InTx(t.Context(), func(tx *store.Tx) error {
				tries.Add(1)
				touch := func(id int64) error {
					_, err := tx.DB().SQL().ExecContext(t.Context(), "update workspace set revision = revision + 1 where id = $1", id)
					return err
				}
				if err := touch(order[0]); err != nil {
					return err
				}
				met.Do(func() { first.Done(); first.Wait() })
				return touch(order[1])
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := tries.Load(); n < 3 {
		t.Errorf("%d tries: there was no deadlock", n)
	}
	for _, id := range []int64{a, b} {
		if w, err := s.Read().Workspace(t.Context(), id); err != nil || w.Revision != 3 {
			t.Errorf("revision %d, %v", w.Revision, err)
		}
	}
}

func TestABusyDatabaseIsUnavailable(t *testing.T) {
	dir := storetest.SQLiteDir(t)
	s := storetest.Open(t, store.Options{Dir: dir})
	other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "vellocity.db")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	err = s.InTx(t.Context(), func(*store.Tx) error { return nil })
	if e := domain.AsError(err); e.Code != domain.CodeUnavailable || e.RetryAfter <= 0 {
		t.Errorf("a locked database is %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
}

// On PostgreSQL another session may have locked a table, as a careless migration by hand does.
func TestALockedTableIsUnavailable(t *testing.T) {
	s := storetest.Postgres(t)
	w := workspace(t, s, "one")
	locked, done := make(chan bool), make(chan bool)
	var other sync.WaitGroup
	other.Go(func() {
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.DB().SQL().ExecContext(t.Context(), "lock table workspace in access exclusive mode")
			close(locked)
			<-done
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-locked
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := s.Read().Workspace(ctx, w.ID)
	if e := domain.AsError(err); e == nil || ctx.Err() != nil || e.Code != domain.CodeUnavailable || e.RetryAfter <= 0 {
		t.Errorf("a locked table is %v", err)
	}
	close(done)
	other.Wait()
}

func TestAFullDiskIsStorageFull(t *testing.T) {
	s := storetest.SQLite(t)
	a := workspace(t, s, "one").ID
	if _, err := s.DB().SQL().Exec("pragma max_page_count = 1"); err != nil { // it stays at what is used
		t.Fatal(err)
	}
	var err error
	for n := 0; err == nil && n < 5000; n++ {
		err = s.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.AppendEvent(t.Context(), domain.Subject{WorkspaceID: a},
				storetest.Event{Name: "x", Data: strings.Repeat("x", 10_000)})
		})
	}
	if domain.CodeOf(err) != domain.CodeStorageFull {
		t.Errorf("a full disk is %v", err)
	}
	if _, err := s.Read().Workspace(t.Context(), a); err != nil {
		t.Errorf("reading ended, too: %v", err)
	}
}

func TestADatabaseThatIsAwayIsUnavailable(t *testing.T) {
	s := storetest.Postgres(t)
	stop := errors.New("stop")
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		var pid int
		if err := tx.DB().SQL().QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		if _, err := s.DB().Pool().Exec(t.Context(), "select pg_terminate_backend($1)", pid); err != nil {
			return err
		}
		await.True(t, "the end of the session", func() bool {
			n := 1
			err := s.DB().Pool().QueryRow(t.Context(), "select count(*) from pg_stat_activity where pid = $1", pid).Scan(&n)
			return err == nil && n == 0
		})
		if _, err := tx.CreditBalance(t.Context(), 1); err != nil {
			return err
		}
		return stop
	})
	if domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("a connection that was cut is %v", err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("the next connection: %v", err)
	}
}

// A value that cannot be stored differs from a database that is away: nobody tries it
// again.
func TestAValueThatCannotBeStored(t *testing.T) {
	s := storetest.Postgres(t)
	a := workspace(t, s, "one").ID
	for _, statement := range []struct {
		text string
		arg  any
	}{
		{"update workspace set name = $2 where id = $1", "a\x00b"},
		{"update workspace set name = $2 where id = $1", "a\xffb"},
		{"update workspace set revision = revision + 9223372036854775807 + $2 where id = $1", 9},
		{"update workspace set revision = revision / $2 where id = $1", 0},
	} {
		tries := 0
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			tries++
			return tx.DB().Exec(t.Context(), statement.text, a, statement.arg)
		})
		if !store.Unstorable(err) || domain.CodeOf(err) != domain.CodeBadRequest || tries != 1 {
			t.Errorf("%s with %q: %d tries, %v", statement.text, statement.arg, tries, err)
		}
	}
}
