package work_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func follow(k *enginetest.Kit, id int64, after string) (names, ids []string, texts map[string]string) {
	k.T.Helper()
	ctx, cancel := context.WithTimeout(k.Ctx(), 15*time.Second)
	defer cancel()
	seq, err := k.Work.WatchExecution(ctx, id, after)
	must(k, err)
	texts = map[string]string{}
	for u, err := range seq {
		if err != nil {
			k.T.Error(err)
			break
		}
		if u.Event != nil {
			names, ids = append(names, string(u.Event.Name)), append(ids, u.Event.ID)
			continue
		}
		had := []rune(texts[u.Text.Step])
		if u.Text.Offset != 0 && u.Text.Offset != len(had) {
			k.T.Errorf("text of %s at %d, there were %d", u.Text.Step, u.Text.Offset, len(had))
		}
		texts[u.Text.Step] = string(had[:min(u.Text.Offset, len(had))]) + u.Text.Text
	}
	if ctx.Err() != nil {
		k.T.Errorf("the watching did not end after %v", names)
	}
	return names, ids, texts
}

func TestAWatcherGetsEverythingOnceAndInOrder(t *testing.T) {
	m := server(t, aitest.Always(aitest.Reply{Pieces: []string{"日本 ", "and ", "more"}, Gap: 60 * time.Millisecond}))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Do: "text"}, step{Key: "b", Do: "item", After: []string{"a"}})
		names, ids, texts := follow(k, x.ID, "")
		// The last of it may come with the step's record instead.
		if !strings.HasPrefix("日本 and more", texts["a"]) || texts["a"] == "" {
			t.Errorf("text %q", texts["a"])
		}
		want := []string{"execution.created", "execution.status", "execution.status", "execution.step", "content.generated",
			"execution.step", "execution.completed"}
		if !slices.Equal(names, want) {
			t.Errorf("got %v", names)
		}
		for i := range ids { // late, and after each event
			late, lateIDs, _ := follow(k, x.ID, ids[i])
			if !slices.Equal(late, names[i+1:]) || !slices.Equal(lateIDs, ids[i+1:]) {
				t.Errorf("after %s: %v", ids[i], late)
			}
		}
		if _, err := k.Work.WatchExecution(k.Ctx(), x.ID, "not an id"); domain.CodeOf(err) != domain.CodeValidation {
			t.Error(err)
		}
	})
}

// TestAnOpenTransactionDoesNotHideTheEnd holds an older transaction open while an
// execution ends, so that its last events cannot be read on PostgreSQL yet.
func TestAnOpenTransactionDoesNotHideTheEnd(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		if !k.Store.Postgres() {
			k.T.Skip("SQLite has one writer")
		}
		older, err := k.Store.DB().SQL().BeginTx(context.Background(), nil)
		must(k, err)
		if _, err := older.Exec("update workspace set name = name where id = $1", k.Theirs.ID); err != nil {
			t.Fatal(err)
		}
		x := k.Run(step{Key: "a"})
		k.Ended(x.ID, domain.ExecutionCompleted)
		got := make(chan []string, 1)
		go func() {
			names, _, _ := follow(k, x.ID, "")
			got <- names
		}()
		select {
		case names := <-got:
			t.Errorf("it ended before it could know the end: %v", names)
		case <-time.After(300 * time.Millisecond):
		}
		must(k, older.Rollback())
		if names := <-got; len(names) != 5 || names[4] != "execution.completed" {
			t.Errorf("got %v", names)
		}
	})
}

// TestNothingIsSkippedWhenCommitsOverlap has a writer append before another and
// commit after it.
func TestNothingIsSkippedWhenCommitsOverlap(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		ctx := context.Background()
		appendTo := func(tx *store.Tx, name string) error {
			return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: k.Ours.ID}, storetest.Event{Name: domain.EventName(name)})
		}
		var got []string
		head, err := k.Store.Read().EventHead(ctx)
		must(k, err)
		readOn := func() {
			events, err := k.Store.Read().Events(ctx, head, 100)
			must(k, err)
			for _, e := range events {
				got = append(got, string(e.Name))
				head, _ = store.ParseCursor(e.ID)
			}
		}
		wrote, commit, done := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			done <- k.Store.InTx(ctx, func(tx *store.Tx) error {
				if err := appendTo(tx, "early"); err != nil {
					return err
				}
				close(wrote)
				<-commit
				return nil
			})
		}()
		<-wrote
		if k.Store.Postgres() {
			k.Do(func(_ context.Context, tx *store.Tx) error { return appendTo(tx, "late") })
			readOn()
			if len(got) != 0 {
				t.Errorf("read %v while an older writer was open", got)
			}
		}
		close(commit)
		must(k, <-done)
		if !k.Store.Postgres() {
			k.Do(func(_ context.Context, tx *store.Tx) error { return appendTo(tx, "late") })
		}
		readOn()
		readOn()
		if !slices.Equal(got, []string{"early", "late"}) {
			t.Errorf("read %v", got)
		}
	})
}

func TestAWatcherThatLagsIsAskedToReload(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		ctx, cancel := context.WithTimeout(k.Ctx(), 15*time.Second)
		defer cancel()
		seq, err := k.Work.WatchWorkspace(ctx, "")
		must(k, err)
		offered := manyEvents(ctx, k)
		n, reloads := 0, 0
		for ev, err := range seq2(seq, func() { // once it watches
			for range 3 {
				k.Do(func(ctx context.Context, tx *store.Tx) error {
					for i := range 200 {
						if err := tx.AppendEvent(ctx, domain.Subject{WorkspaceID: k.Ours.ID},
							storetest.Event{Name: "many", Data: i}); err != nil {
							return err
						}
					}
					return nil
				})
			}
		}) {
			must(k, err)
			if n == 0 { // slow with the first one
				<-offered
			}
			n++
			if ev.Name == "" {
				reloads++
				break
			}
		}
		if reloads != 1 || n > 300 {
			t.Errorf("%d events, %d reloads", n, reloads)
		}
	})
}

// manyEvents returns a channel that is closed once a watcher has been offered more
// events than may wait for another one, or has lagged itself.
func manyEvents(ctx context.Context, k *enginetest.Kit) <-chan struct{} {
	k.T.Helper()
	seq, err := k.Work.WatchWorkspace(ctx, "")
	must(k, err)
	offered := make(chan struct{})
	go func() {
		defer close(offered)
		n := 0
		for ev, err := range seq {
			if n++; err != nil || ev.Name == "" || n > 400 {
				return
			}
		}
	}()
	return offered
}

// seq2 does something shortly after the sequence has begun.
func seq2(seq func(func(domain.Event, error) bool), first func()) func(func(domain.Event, error) bool) {
	return func(yield func(domain.Event, error) bool) {
		time.AfterFunc(100*time.Millisecond, first)
		seq(yield)
	}
}

func TestWaitingForAnExecutionEndsWithIt(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a"}, step{Key: "b", After: []string{"a"}})
		d, err := k.Work.WaitExecution(k.Ctx(), x.ID, 10*time.Second)
		if err != nil || d.Status != domain.ExecutionCompleted || len(d.Steps) != 2 {
			t.Errorf("%+v, %v", d.Execution, err)
		}
		item := k.Item(k.Ctx(), "I", "T")
		must(k, second(k.Content.Move(k.Ctx(), content.Move{ID: item.ID, To: domain.ItemReview})))
		y := k.Run(step{Key: "w", Do: "wait", Item: item.ID})
		began := time.Now()
		if d, err = k.Work.WaitExecution(k.Ctx(), y.ID, 300*time.Millisecond); err != nil || d.Status.Ended() ||
			time.Since(began) < 300*time.Millisecond {
			t.Errorf("%s after %s, %v", d.Status, time.Since(began), err)
		}
	})
}
