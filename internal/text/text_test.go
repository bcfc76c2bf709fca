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

	"vellocity/internal/await"
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
	if w.All("a") != "" {
		t.Error("there is a text before it is written")
	}
	want("nothing, though somebody asked for the whole text")
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

// rest reads to the end of a text, in order.
func rest(t *testing.T, r *text.Reader, after int) string {
	t.Helper()
	defer r.Leave()
	var b strings.Builder
	for complete := false; !complete; {
		complete = r.Complete()
		for _, p := range r.Next() {
			if p.Offset != after {
				t.Errorf("a piece at %d after %d", p.Offset, after)
			}
			after = p.End()
			b.WriteString(p.Text)
		}
		if !complete {
			<-r.Updated()
		}
	}
	return b.String()
}

func TestManyReadersReadFromEveryPlaceWhileItIsWritten(t *testing.T) {
	r := room(t, text.Options{})
	w := r.Open(7, func() {})
	whole := []rune(strings.Repeat("naïve 日本 🙂 ", 20))
	var readers sync.WaitGroup
	for after := range len(whole) + 1 {
		reader, here := r.Join(7, after)
		if !here {
			t.Fatal("it is not here")
		}
		readers.Go(func() {
			if got := rest(t, reader, after); got != string(whole[after:]) {
				t.Errorf("after %d: %q", after, got)
			}
		})
	}
	for _, c := range whole {
		w.Append("", string(c))
	}
	w.Close()
	readers.Wait()
	if _, here := r.Join(7, 0); here {
		t.Error("a text that has ended is still read from memory")
	}
}

// A text that this node does not write is read from what is stored, which may hold
// more than the reader has not seen.
func TestAStoredTextIsReadAfterAPlace(t *testing.T) {
	r := room(t, text.Options{})
	looks := 0
	stored := func(_ context.Context, after int) ([]text.Piece, bool, error) {
		if looks++; looks == 1 {
			return []text.Piece{{Offset: 0, Text: "日本 "}, {Offset: 3, Text: "and"}}, false, nil
		}
		if after != 6 {
			t.Errorf("it is read after %d", after)
		}
		return []text.Piece{{Text: "日本 and more"}}, true, nil
	}
	var b strings.Builder
	for p, err := range r.Read(t.Context(), 1, 2, stored) {
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(p.Text)
	}
	if b.String() != " and more" || looks != 2 {
		t.Errorf("%q after %d looks", b.String(), looks)
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
		if err := await.Pause(t.Context(), 40*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	whole := strings.Repeat("日🙂", 10)
	await.True(t, "everything to be kept", func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		done := len(k.alive) == len(texts)
		for id := range texts {
			done = done && k.kept[id] == whole
		}
		return done
	})
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
