package live_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/live"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func hub(t *testing.T, s *store.Store) *live.Hub {
	t.Helper()
	h := live.New(s, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); h.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return h
}

func watch(t *testing.T, h *live.Hub, workspace, execution int64) *live.Sub {
	t.Helper()
	sub, err := h.Watch(t.Context(), workspace, execution)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Leave)
	return sub
}

func publish(t *testing.T, s *store.Store, e domain.Event) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.AppendEvent(t.Context(), e.Subject, storetest.Event{Name: e.Name})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func next(t *testing.T, sub *live.Sub) domain.Event {
	t.Helper()
	select {
	case e := <-sub.Events():
		return e
	case <-time.After(5 * time.Second):
		t.Fatal("no event came")
		panic("unreachable")
	}
}

func TestAWatcherGetsItsOwnEvents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, other := hub(t, s), (*live.Hub)(nil)
		if s.Postgres() {
			other = hub(t, s) // another node
		}
		publish(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1}, Name: "before"})
		all, one := watch(t, h, 1, 0), watch(t, h, 1, 7)
		if other != nil {
			all = watch(t, other, 1, 0)
		}
		publish(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 2, ExecutionID: 7}, Name: "theirs"})
		publish(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1, ExecutionID: 6}, Name: "first"})
		publish(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1, ExecutionID: 7}, Name: "second"})
		if a, b := next(t, all), next(t, all); a.Name != "first" || b.Name != "second" {
			t.Errorf("the workspace's watcher got %s and %s", a.Name, b.Name)
		}
		if e := next(t, one); e.Name != "second" {
			t.Errorf("the execution's watcher got %s", e.Name)
		}
	})
}

func TestCloseEndsEveryWatch(t *testing.T) {
	s := storetest.SQLite(t)
	h := hub(t, s)
	sub := watch(t, h, 1, 0)
	h.Close()
	select {
	case <-sub.Done():
	case <-time.After(time.Second):
		t.Error("the watch continues")
	}
	again := watch(t, h, 1, 0)
	publish(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1}, Name: "later"})
	if e := next(t, again); e.Name != "later" {
		t.Error(e.Name)
	}
}
