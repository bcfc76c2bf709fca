package live_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/live"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// C keeps the handlers of these tests on a line.
type C = context.Context

// effects is the table that the consumers of these tests write to.
type effects struct {
	t testing.TB
	s *store.Store
}

func newEffects(t testing.TB, s *store.Store) effects {
	t.Helper()
	_, err := s.DB().SQL().ExecContext(t.Context(), "create table effect (consumer text, event text, name text)")
	if err != nil {
		t.Fatal(err)
	}
	return effects{t, s}
}

// write is a handler's effect.
func (e effects) write(ctx context.Context, tx *store.Tx, consumer string, events []domain.Event) error {
	for _, v := range events {
		err := tx.DB().Exec(ctx, "insert into effect (consumer, event, name) values ($1, $2, $3)",
			consumer, v.ID, string(v.Name))
		if err != nil {
			return err
		}
	}
	return nil
}

// of returns what a consumer has written, in order.
func (e effects) of(consumer string) (names []string) {
	e.t.Helper()
	order := "rowid"
	if e.s.Postgres() {
		order = "ctid"
	}
	rows, err := e.s.DB().SQL().QueryContext(e.t.Context(),
		"select name from effect where consumer = $1 order by "+order, consumer)
	if err != nil {
		e.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			e.t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// eventually waits until the consumer has written want.
func (e effects) eventually(consumer string, want ...string) {
	e.t.Helper()
	await.True(e.t, "the effects of "+consumer, func() bool { return len(e.of(consumer)) >= len(want) })
	if got := e.of(consumer); !slices.Equal(got, want) {
		e.t.Fatalf("%s wrote %v, not %v", consumer, got, want)
	}
}

// consume runs a consumer until the test, or the caller, ends it, and waits until
// it has started.
func consume(t *testing.T, h *live.Hub, s *store.Store, c live.Consumer) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := h.Consume(ctx, c); err != nil {
			t.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	await.True(t, "the start of "+c.Name, func() bool {
		_, ok, err := s.Read().Consumer(t.Context(), c.Name)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	})
	return stop
}

func appendAll(t *testing.T, s *store.Store, names ...string) {
	t.Helper()
	for _, n := range names {
		publish(t, s, domain.Event{Subject: domain.Subject{WorkspaceID: 1}, Name: domain.EventName(n)})
	}
}

func numbered(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("e%03d", i))
	}
	return names
}

// wholeLog returns the names of the log's n events. A reader sees an event only when every
// transaction that was open beside it has ended.
func wholeLog(t *testing.T, s *store.Store, n int) (names []string) {
	t.Helper()
	await.True(t, "the whole log", func() bool {
		log, err := s.Read().Events(t.Context(), store.Cursor{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		names = nil
		for _, v := range log {
			names = append(names, string(v.Name))
		}
		return len(names) >= n
	})
	return names
}

func TestAConsumerHandlesEachEventOnceInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := newEffects(t, s)
		appendAll(t, s, "before")
		nodes := []*live.Hub{hub(t, s)}
		if s.Postgres() {
			nodes = append(nodes, hub(t, s))
		}
		var largest atomic.Int64
		for _, h := range nodes {
			consume(t, h, s, live.Consumer{Name: "new", Handle: func(ctx C, tx *store.Tx, events []domain.Event) error {
				largest.Store(max(largest.Load(), int64(len(events))))
				return e.write(ctx, tx, "new", events)
			}})
			consume(t, h, s, live.Consumer{Name: "whole", FromStart: true, Events: []domain.EventName{"before", "e001"},
				Handle: func(ctx C, tx *store.Tx, events []domain.Event) error {
					return e.write(ctx, tx, "whole", events)
				}})
		}
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				for j := range 30 {
					appendAll(t, s, fmt.Sprintf("w%d-%d", i, j))
				}
			})
		}
		all.Wait()
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			for _, n := range numbered(300) {
				err := tx.AppendEvent(t.Context(), domain.Subject{WorkspaceID: 1}, storetest.Event{Name: domain.EventName(n)})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := wholeLog(t, s, 421)[1:]
		e.eventually("new", want...)
		e.eventually("whole", "before", "e001")
		appendAll(t, s, "last") // an event that was handled twice would be there by then
		e.eventually("new", append(want, "last")...)
		if largest.Load() > 200 {
			t.Errorf("a batch of %d", largest.Load())
		}
	})
}

func TestAConsumerReadsCommitsThatComeOutOfOrder(t *testing.T) {
	s := storetest.Postgres(t)
	e := newEffects(t, s)
	consume(t, hub(t, s), s, live.Consumer{Name: "c", Handle: func(ctx C, tx *store.Tx, events []domain.Event) error {
		return e.write(ctx, tx, "c", events)
	}})
	first := make(chan error, 1)
	wrote, commit := make(chan bool), make(chan bool)
	go func() {
		first <- s.InTx(context.Background(), func(tx *store.Tx) error {
			err := tx.AppendEvent(context.Background(), domain.Subject{WorkspaceID: 1}, storetest.Event{Name: "first"})
			wrote <- true
			<-commit
			return err
		})
	}()
	<-wrote
	appendAll(t, s, "second") // which must wait for the first
	close(commit)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	e.eventually("c", "first", "second")
}

// A node that dies between the effect and the commit leaves nothing behind, and
// another handles the events.
func TestAConsumerThatDiesBeforeTheCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := newEffects(t, s)
		h := hub(t, s)
		wrote := make(chan bool, 1)
		stop := consume(t, h, s, live.Consumer{Name: "c", Handle: func(ctx C, tx *store.Tx, events []domain.Event) error {
			err := e.write(ctx, tx, "c", events)
			wrote <- true
			<-ctx.Done()
			return errors.Join(err, ctx.Err())
		}})
		appendAll(t, s, "one")
		<-wrote
		stop()
		if got := e.of("c"); len(got) != 0 {
			t.Fatalf("left behind: %v", got)
		}
		consume(t, h, s, live.Consumer{Name: "c", Handle: func(ctx C, tx *store.Tx, events []domain.Event) error {
			return e.write(ctx, tx, "c", events)
		}})
		appendAll(t, s, "two")
		e.eventually("c", "one", "two")
	})
}

// An event that its handler cannot handle is skipped after some attempts, and
// neither its neighbours nor other consumers suffer for it.
func TestAPoisonEventIsSkipped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := newEffects(t, s)
		var log lockedBuffer
		h := live.New(s, slog.New(slog.NewTextHandler(&log, nil)))
		go h.Run(t.Context())
		weak := func(ctx C, tx *store.Tx, events []domain.Event) error {
			if err := e.write(ctx, tx, "weak", events); err != nil {
				return err
			}
			for _, v := range events {
				switch v.Name {
				case "bad":
					return errors.New("cannot handle this")
				case "worse":
					panic("no")
				}
			}
			return nil
		}
		consume(t, h, s, live.Consumer{Name: "weak", Retry: time.Millisecond, Handle: weak})
		consume(t, h, s, live.Consumer{Name: "other", Handle: func(ctx C, tx *store.Tx, events []domain.Event) error {
			return e.write(ctx, tx, "other", events)
		}})
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			for _, n := range []domain.EventName{"a", "bad", "b", "worse", "c"} {
				err := tx.AppendEvent(t.Context(), domain.Subject{WorkspaceID: 7}, storetest.Event{Name: n})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		e.eventually("other", "a", "bad", "b", "worse", "c")
		e.eventually("weak", "a", "b", "c")
		row, _, err := s.Read().Consumer(t.Context(), "weak")
		if err != nil || !strings.Contains(row.LastError, "worse") || !strings.Contains(row.LastError, "panic: no") {
			t.Errorf("the last error is %q, %v", row.LastError, err)
		}
		text := log.String()
		if n := strings.Count(text, "an event was skipped"); n != 2 || !strings.Contains(text, "workspace=7") {
			t.Errorf("logged:\n%s", text)
		}
		if n := strings.Count(text, "trying again"); n > 3 {
			t.Errorf("logged at every attempt:\n%s", text)
		}
	})
}

// What a consumer does not want costs no transaction, and what it wants is handled
// soon after the commit.
func TestAConsumerCostsLittleAndIsQuick(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e, h := newEffects(t, s), hub(t, s)
		type handled struct {
			at  time.Time
			row store.Consumer // as it was in the handler's transaction
		}
		done := make(chan handled, 1)
		consume(t, h, s, live.Consumer{Name: "c", Events: []domain.EventName{"wanted"},
			Handle: func(ctx C, tx *store.Tx, _ []domain.Event) error {
				row, _, err := tx.Consumer(ctx, "c")
				tx.AfterCommit(func() { done <- handled{time.Now(), row} })
				return err
			}})
		consume(t, h, s, live.Consumer{Name: "all", Handle: func(ctx C, tx *store.Tx, events []domain.Event) error {
			return e.write(ctx, tx, "all", events)
		}})
		before, _, err := s.Read().Consumer(t.Context(), "c")
		if err != nil {
			t.Fatal(err)
		}
		appendAll(t, s, numbered(50)...)
		e.eventually("all", numbered(50)...)
		began := time.Now()
		appendAll(t, s, "wanted")
		got := <-done
		if took := got.at.Sub(began); took > time.Second {
			t.Errorf("it took %s", took)
		}
		if got.row != before {
			t.Errorf("it wrote for what it does not want: %+v, then %+v", before, got.row)
		}
		after, _, err := s.Read().Consumer(t.Context(), "c")
		if err != nil || !after.Cursor.After(before.Cursor) {
			t.Errorf("it stands at %+v, %v", after, err)
		}
	})
}

// lockedBuffer collects a log that several goroutines write.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
