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

func watch(t *testing.T, h *live.Hub, workspace, run int64) *live.Sub {
	t.Helper()
	sub, err := h.Watch(t.Context(), workspace, run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Leave)
	return sub
}

func tell(t *testing.T, s *store.Store, e domain.Event) {
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
		t.Fatal("nothing was told")
		panic("unreachable")
	}
}

func TestAWatcherIsToldWhatIsItsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, other := hub(t, s), (*live.Hub)(nil)
		if s.Postgres() {
			other = hub(t, s) // another node
		}
		tell(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1}, Name: "before"})
		all, one := watch(t, h, 1, 0), watch(t, h, 1, 7)
		if other != nil {
			all = watch(t, other, 1, 0)
		}
		tell(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 2, ExecutionID: 7}, Name: "theirs"})
		tell(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1, ExecutionID: 6}, Name: "first"})
		tell(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1, ExecutionID: 7}, Name: "second"})
		if a, b := next(t, all), next(t, all); a.Name != "first" || b.Name != "second" {
			t.Errorf("the workspace's watcher was told %s and %s", a.Name, b.Name)
		}
		if e := next(t, one); e.Name != "second" {
			t.Errorf("the run's watcher was told %s", e.Name)
		}
	})
}

func TestCloseEndsEveryWatching(t *testing.T) {
	s := storetest.SQLite(t)
	h := hub(t, s)
	sub := watch(t, h, 1, 0)
	h.Close()
	select {
	case <-sub.Done():
	case <-time.After(time.Second):
		t.Error("the watching goes on")
	}
	again := watch(t, h, 1, 0)
	tell(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1}, Name: "later"})
	if e := next(t, again); e.Name != "later" {
		t.Error(e.Name)
	}
}

func TestTextsAreToldByCodePoints(t *testing.T) {
	h := live.New(storetest.SQLite(t), slog.New(slog.DiscardHandler))
	var s live.Seen
	want := func(what string, pieces ...live.Piece) {
		t.Helper()
		got := h.Texts(1, &s)
		if len(got) != len(pieces) {
			t.Fatalf("%s: %+v", what, got)
		}
		for i := range got {
			if got[i] != pieces[i] {
				t.Errorf("%s: %+v, not %+v", what, got[i], pieces[i])
			}
		}
	}
	h.Write(1, "a", "日本")
	want("the beginning", live.Piece{Step: "a", Text: "日本"})
	h.Write(1, "a", "🙂")
	h.Write(1, "b", "x")
	want("more, and another step", live.Piece{Step: "a", Offset: 2, Text: "🙂"}, live.Piece{Step: "b", Text: "x"})
	want("nothing")
	h.Restart(1, "a")
	want("a new attempt", live.Piece{Step: "a"})
	h.Write(1, "a", "new")
	want("its text", live.Piece{Step: "a", Text: "new"})
	h.Forget(1)
	want("nothing is left")
	h.Restart(1, "a") // the run goes on later, on the same node
	h.Write(1, "a", "once more, and longer")
	want("again from the start", live.Piece{Step: "a", Text: "once more, and longer"})
	var late live.Seen
	if got := h.Texts(1, &late); len(got) != 1 || got[0].Offset != 0 || got[0].Text != "once more, and longer" {
		t.Errorf("who joins late is told %+v", got)
	}
}

func TestTextReachesWatchersOnAnotherNode(t *testing.T) {
	s := storetest.Postgres(t)
	here, there := hub(t, s), hub(t, s)
	sub := watch(t, there, 1, 9)
	var seen live.Seen
	got := ""
	deadline := time.After(5 * time.Second)
	for n := 0; got != "onetwo"; {
		select {
		case <-sub.Text():
			for _, p := range there.Texts(9, &seen) {
				got = string([]rune(got)[:p.Offset]) + p.Text
			}
		case <-time.After(150 * time.Millisecond):
			if n++; n == 1 {
				here.Restart(9, "a")
				here.Write(9, "a", "one")
			} else if n == 2 {
				here.Write(9, "a", "two")
			}
		case <-deadline:
			t.Fatalf("told %q", got)
		}
	}
}
