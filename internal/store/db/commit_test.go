package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func workspace(t *testing.T, s *store.Store, slug string) domain.Workspace {
	t.Helper()
	var w domain.Workspace
	err := s.InTx(t.Context(), func(tx *store.Tx) (err error) {
		w, err = tx.CreateWorkspace(t.Context(),
			domain.Workspace{Slug: slug, Name: slug, Plan: domain.PlanBusiness, Timezone: "UTC"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func add(ctx context.Context, tx *store.Tx, w domain.Workspace, key string) error {
	return tx.AddToCount(ctx, w.ID, "trial", key, 1)
}

func counted(t *testing.T, s *store.Store, w domain.Workspace) map[string]int {
	t.Helper()
	counts, err := s.Read().Counts(context.WithoutCancel(t.Context()), w.ID, "trial")
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// crowd holds the first transaction open until all others wait behind it, so that
// on SQLite they share one commit, and returns what each came to.
func crowd(t *testing.T, s *store.Store, work ...func(*store.Tx) error) []error {
	t.Helper()
	entered, free := make(chan bool), make(chan bool)
	errs := make([]error, len(work))
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.InTx(t.Context(), func(*store.Tx) error { entered <- true; <-free; return nil }); err != nil {
			t.Errorf("the first: %v", err)
		}
	})
	<-entered
	for i, f := range work {
		all.Go(func() { errs[i] = s.InTx(t.Context(), f) })
	}
	waiting(t, s, len(work))
	close(free)
	all.Wait()
	return errs
}

// waiting waits until n transactions wait for their turn. On PostgreSQL there are
// no turns.
func waiting(t *testing.T, s *store.Store, n int) {
	t.Helper()
	if !s.Postgres() {
		await.True(t, "the others wait", func() bool { return s.DB().Waiting() == n })
	}
}

func TestOnlyTheOneThatFailsIsRolledBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := workspace(t, s, "one")
		mine := errors.New("mine")
		var work []func(*store.Tx) error
		for i := range 40 {
			work = append(work, func(tx *store.Tx) error {
				if err := add(t.Context(), tx, w, fmt.Sprint(i)); err != nil {
					return err
				}
				if i%3 == 0 {
					return mine
				}
				return nil
			})
		}
		for i, err := range crowd(t, s, work...) {
			if (i%3 == 0) != errors.Is(err, mine) {
				t.Errorf("%d: %v", i, err)
			}
		}
		counts := counted(t, s, w)
		for i := range 40 {
			if want := map[bool]int{true: 0, false: 1}[i%3 == 0]; counts[fmt.Sprint(i)] != want {
				t.Errorf("%d was stored %d times, want %d", i, counts[fmt.Sprint(i)], want)
			}
		}
	})
}

// A panic, and the end of the goroutine, undo what the one did and leave the
// others alone.
func TestPanicsLeaveTheOthersAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := workspace(t, s, "one")
		good := func(tx *store.Tx) error { return add(t.Context(), tx, w, "good") }
		entered, free := make(chan bool), make(chan bool)
		var all sync.WaitGroup
		all.Go(func() {
			if err := s.InTx(t.Context(), func(tx *store.Tx) error { entered <- true; <-free; return good(tx) }); err != nil {
				t.Error(err)
			}
		})
		<-entered
		for i := range 6 {
			all.Go(func() {
				defer func() {
					if p := recover(); (i%3 == 0) != (p == "out") {
						t.Errorf("%d: panic %v", i, p)
					}
				}()
				err := s.InTx(t.Context(), func(tx *store.Tx) error {
					if err := add(t.Context(), tx, w, []string{"panic", "exit", "good"}[i%3]); err != nil {
						return err
					}
					switch i % 3 {
					case 0:
						panic("out")
					case 1:
						runtime.Goexit()
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		waiting(t, s, 6)
		close(free)
		all.Wait()
		if got := counted(t, s, w); got["good"] != 3 || got["panic"] != 0 || got["exit"] != 0 {
			t.Errorf("stored: %v", got)
		}
	})
}

// The end of one caller's context must not interrupt what others do, and nothing
// of that caller is stored.
func TestAnEndedContextEndsOnlyItsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := workspace(t, s, "one")
		for round := range 20 {
			var work []func(*store.Tx) error
			for i := range 8 {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				work = append(work, func(tx *store.Tx) error {
					if i%2 == 0 {
						return add(t.Context(), tx, w, "good")
					}
					if err := add(ctx, tx, w, "ended"); err != nil {
						return err
					}
					cancel()
					return add(ctx, tx, w, "ended")
				})
			}
			for i, err := range crowd(t, s, work...) {
				if (i%2 == 1) != errors.Is(err, context.Canceled) {
					t.Errorf("round %d, %d: %v", round, i, err)
				}
			}
		}
		if got := counted(t, s, w); got["good"] != 80 || got["ended"] != 0 {
			t.Errorf("stored: %v", got)
		}
	})
}

// A caller that gives up before its turn returns immediately, and those who have left
// the transaction open for it are committed all the same.
func TestGivingUpTheTurn(t *testing.T) {
	s := storetest.SQLite(t)
	w := workspace(t, s, "one")
	entered, free, gone := make(chan bool), make(chan bool), make(chan error)
	first := make(chan error, 1)
	go func() {
		first <- s.InTx(t.Context(), func(tx *store.Tx) error {
			entered <- true
			<-free
			return add(t.Context(), tx, w, "first")
		})
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		gone <- s.InTx(ctx, func(tx *store.Tx) error { return add(ctx, tx, w, "second") })
	}()
	waiting(t, s, 1)
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller that gave up: %v", err)
	}
	close(free)
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
	if got := counted(t, s, w); got["first"] != 1 || got["second"] != 0 {
		t.Errorf("stored: %v", got)
	}
}

// No hook runs after a commit, and no reader sees anything of it, before all who share
// it are done; then every hook runs.
func TestNobodyReturnsBeforeTheCommit(t *testing.T) {
	s := storetest.SQLite(t)
	w := workspace(t, s, "one")
	var mu sync.Mutex
	hooks := 0
	var work []func(*store.Tx) error
	for i := range 5 {
		work = append(work, func(tx *store.Tx) error {
			if err := add(t.Context(), tx, w, fmt.Sprint(i)); err != nil {
				return err
			}
			tx.AfterCommit(func() {
				if counted(t, s, w)[fmt.Sprint(i)] != 1 {
					t.Errorf("%d ran its hook for a commit that cannot be seen", i)
				}
				mu.Lock()
				defer mu.Unlock()
				hooks++
			})
			return nil
		})
	}
	work = append(work, func(tx *store.Tx) error {
		tx.AfterCommit(func() { t.Error("a hook ran for what was rolled back") })
		return errors.New("no")
	})
	crowd(t, s, work...)
	if hooks != 5 {
		t.Errorf("%d hooks ran", hooks)
	}
}

// When the database itself rolls the transaction back because of one caller, the
// others are run again and are stored.
func TestTheOthersSurviveALostTransaction(t *testing.T) {
	s := storetest.SQLite(t)
	w := workspace(t, s, "one")
	broke := false
	var work []func(*store.Tx) error
	for i := range 10 {
		work = append(work, func(tx *store.Tx) error {
			if i != 4 {
				return add(t.Context(), tx, w, "good")
			}
			_, err := tx.DB().SQL().ExecContext(t.Context(), "rollback") // as SQLite does by itself when the disk is full
			broke = true
			return errors.Join(err, errors.New("disk full"))
		})
	}
	for i, err := range crowd(t, s, work...) {
		if (i == 4) != (err != nil) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if got := counted(t, s, w); got["good"] != 9 || !broke {
		t.Errorf("stored: %v", got)
	}
}

func BenchmarkTransactions(b *testing.B) {
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			s := storetest.Open(b, store.Options{Dir: storetest.SQLiteDir(b)})
			var all sync.WaitGroup
			turns := make(chan bool)
			b.ResetTimer()
			for range callers {
				all.Go(func() {
					for range turns {
						err := s.InTx(b.Context(), func(tx *store.Tx) error {
							return tx.AddToCount(b.Context(), 1, "trial", "one", 1)
						})
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			for range b.N {
				turns <- true
			}
			close(turns)
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}
