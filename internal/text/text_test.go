package text_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
	"vellocity/internal/text"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func room(t *testing.T, o text.Options) *text.Room {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	return run(t, text.NewRoom(o))
}

func run(t *testing.T, r *text.Room) *text.Room {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return r
}

func TestPiecesCountCodePoints(t *testing.T) {
	p := text.Piece{Offset: 2, Text: "日🙂x"}
	if p.End() != 5 {
		t.Errorf("it ends at %d", p.End())
	}
	for after, want := range []text.Piece{p, p, p, {Offset: 3, Text: "🙂x"}, {Offset: 4, Text: "x"}, {Offset: 5},
		{Offset: 5}} {
		if got := p.After(after); got != want {
			t.Errorf("after %d: %+v, not %+v", after, got, want)
		}
	}
}

func TestAWatcherReadsEachStepFromItsBeginning(t *testing.T) {
	r := room(t, text.Options{})
	reader := r.Watch(1) // before anything is written
	defer reader.Leave()
	want := func(what string, pieces ...text.Piece) {
		t.Helper()
		got := reader.Next()
		if len(got) != len(pieces) {
			t.Fatalf("%s: %+v", what, got)
		}
		for i := range got {
			if got[i] != pieces[i] {
				t.Errorf("%s: %+v, not %+v", what, got[i], pieces[i])
			}
		}
	}
	w := r.Open(1, nil)
	w.Append("a", "日本")
	want("the beginning", text.Piece{Step: "a", Text: "日本"})
	w.Append("a", "🙂")
	w.Append("b", "x")
	want("more, and another step", text.Piece{Step: "a", Offset: 2, Text: "🙂"}, text.Piece{Step: "b", Text: "x"})
	want("nothing")
	w.Restart("a")
	want("a new attempt", text.Piece{Step: "a"})
	w.Append("a", "new")
	want("its text", text.Piece{Step: "a", Text: "new"})
	w.Append("a", "er")
	w.Forget()
	want("nothing is left")
	w = r.Open(1, nil) // the execution continues later, on the same node
	w.Restart("a")
	w.Append("a", "once more, and longer")
	want("again from the start", text.Piece{Step: "a", Text: "once more, and longer"})
	late := r.Watch(1)
	defer late.Leave()
	if got := late.Next(); len(got) != 1 || got[0].Offset != 0 || got[0].Text != "once more, and longer" {
		t.Errorf("a late watcher reads %+v", got)
	}
}

// read returns a text from a number of code points on, and fails if it has to be
// read from what is stored.
func read(t *testing.T, r *text.Room, id int64, after int) string {
	var b strings.Builder
	for p, err := range r.Read(t.Context(), id, after, func(context.Context, int) ([]text.Piece, bool, error) {
		return nil, true, errors.New("it is not read from memory")
	}) {
		if err != nil {
			t.Error(err)
			break
		}
		if p.Offset != after {
			t.Errorf("a piece at %d after %d", p.Offset, after)
		}
		after = p.End()
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestManyReadersReadFromEveryPlaceWhileItIsWritten(t *testing.T) {
	r := room(t, text.Options{})
	w := r.Open(7, func() {})
	whole := []rune(strings.Repeat("naïve 日本 🙂 ", 20))
	var readers sync.WaitGroup
	joined := make(chan struct{}, len(whole)+1)
	for after := range len(whole) + 1 {
		readers.Go(func() {
			joined <- struct{}{}
			if got := read(t, r, 7, after); got != string(whole[after:]) {
				t.Errorf("after %d: %q", after, got)
			}
		})
	}
	for range len(whole) + 1 {
		<-joined
	}
	time.Sleep(20 * time.Millisecond) // until the last ones have joined
	for _, c := range whole {
		w.Append("", string(c))
	}
	w.Close()
	readers.Wait()
	if _, here := r.Join(7, 0); here {
		t.Error("a text that has ended is still read from memory")
	}
}

func TestAnUnreadTextIsEnded(t *testing.T) {
	r := room(t, text.Options{Grace: 50 * time.Millisecond})
	stopped := make(chan struct{})
	w := r.Open(1, sync.OnceFunc(func() { close(stopped) }))
	reader, here := r.Join(1, 0)
	if !here {
		t.Fatal("it is not here")
	}
	select {
	case <-stopped:
		t.Error("it was ended while somebody read")
	case <-time.After(150 * time.Millisecond):
	}
	reader.Leave()
	select {
	case <-stopped:
	case <-time.After(5 * time.Second):
		t.Error("it is written although nobody reads")
	}
	w.Close()
}

// keeper notes what it gets, and fails a number of times first.
type keeper struct {
	mu    sync.Mutex
	fails int
	kept  map[int64]string
	alive map[int64]bool
}

func (k *keeper) Keep(_ context.Context, batch []text.Batch) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails > 0 {
		k.fails--
		return errors.New("away")
	}
	for _, b := range batch {
		for _, p := range b.Pieces {
			k.kept[b.ID] = string([]rune(k.kept[b.ID])[:p.Offset]) + p.Text
		}
	}
	return nil
}

func (k *keeper) Alive(_ context.Context, ids []int64) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, id := range ids {
		k.alive[id] = true
	}
	return nil
}

func TestAKeeperGetsEverythingOnceEvenAfterAFailure(t *testing.T) {
	k := &keeper{fails: 2, kept: map[int64]string{}, alive: map[int64]bool{}}
	r := room(t, text.Options{Keeper: k})
	texts := map[int64]*text.Text{}
	for id := range int64(50) {
		texts[id] = r.Open(id, nil)
	}
	for range 10 {
		for _, w := range texts {
			w.Append("", "日🙂")
		}
		time.Sleep(40 * time.Millisecond)
	}
	deadline := time.Now().Add(10 * time.Second)
	for whole := strings.Repeat("日🙂", 10); ; time.Sleep(20 * time.Millisecond) {
		k.mu.Lock()
		done := len(k.alive) == len(texts)
		for id := range texts {
			done = done && k.kept[id] == whole
		}
		k.mu.Unlock()
		if done {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("kept %v, alive %v", k.kept, k.alive)
		}
	}
}

func TestTextReachesReadersOnAnotherNode(t *testing.T) {
	s := storetest.Postgres(t)
	here, there := relayed(t, s), relayed(t, s)
	reader := there.Watch(9)
	defer reader.Leave()
	long := strings.Repeat("two 日本 ", 900) // more than one notification holds
	got := ""
	deadline := time.After(10 * time.Second)
	w := here.Open(9, nil)
	for n := 0; got != "one"+long; {
		select {
		case <-reader.Updated():
			for _, p := range reader.Next() {
				got = string([]rune(got)[:p.Offset]) + p.Text
			}
		case <-time.After(150 * time.Millisecond):
			if n++; n == 1 {
				w.Restart("a")
				w.Append("a", "one")
			} else if n == 2 {
				w.Append("a", long)
			}
		case <-deadline:
			t.Fatalf("%d bytes arrived", len(got))
		}
	}
}

func relayed(t *testing.T, s *store.Store) *text.Room {
	t.Helper()
	return run(t, text.NewRelayed(s, slog.New(slog.DiscardHandler)))
}

// BenchmarkAppend is what a piece costs with a reader, beside 1,000 other texts.
func BenchmarkAppend(b *testing.B) {
	r := text.NewRoom(text.Options{Log: slog.New(slog.DiscardHandler)})
	for id := range int64(1000) {
		r.Watch(id)
		r.Open(id, nil).Append("", "text")
	}
	reader := r.Watch(1001)
	w := r.Open(1001, nil)
	for b.Loop() {
		w.Append("", "a piece")
		<-reader.Updated()
		reader.Next()
	}
}
