package search_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/search"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func index(t testing.TB, s *store.Store) {
	t.Helper()
	if err := search.New(s).Index(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func titles(list []search.Passage) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.Title + "|")
	}
	return b.String()
}

// What was edited is found by its new words alone, and what was deleted, or belongs to another workspace, not at all.
func TestWhatIsFoundFollowsTheItems(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := newWorkspace(t, s, "ours")
		ours, theirs := strconv.FormatInt(id, 10), strconv.FormatInt(newWorkspace(t, s, "theirs"), 10)
		c := addItem(t, s, id, "Herons", "Herons stand in the water.")
		if got := titles(find(t, s, ours, "heron")); got != "" {
			t.Errorf("before it is cut, it is found: %s", got)
		}
		index(t, s)
		if got := titles(find(t, s, ours, "heron water")); got != "Herons|" {
			t.Errorf("found %q", got)
		}
		if got := titles(find(t, s, theirs, "heron water")); got != "" {
			t.Errorf("another workspace finds %q", got)
		}
		edited := c
		edited.Title, edited.Body = "Storks", "Storks nest on chimneys."
		item.Describe(&edited)
		change(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := item.Edit(ctx, tx, c, edited, "")
			return err
		})
		if got := titles(find(t, s, ours, "heron")) + titles(find(t, s, ours, "stork")); got != "" {
			t.Errorf("an old text is found: %q", got)
		}
		index(t, s)
		if got := titles(find(t, s, ours, "stork")); got != "Storks|" {
			t.Errorf("the new text is not found: %q", got)
		}
		change(t, s, func(ctx context.Context, tx *store.Tx) error {
			now, err := tx.LockContent(ctx, id, c.ID)
			if err != nil {
				return err
			}
			return item.Delete(ctx, tx, now)
		})
		if got := titles(find(t, s, ours, "stork")); got != "" {
			t.Errorf("a deleted item is found: %q", got)
		}
		for _, table := range []string{"passage", "passage_search", "passage_backlog"} {
			n := -1
			row := s.DB().SQL().QueryRowContext(t.Context(), "select count(*) from "+table)
			if err := row.Scan(&n); err != nil || n != 0 {
				t.Errorf("%s keeps %d rows, %v", table, n, err)
			}
		}
	})
}

func change(t testing.TB, s *store.Store, f func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// A text that changes while its passages are cut stays marked, so that the newer one is cut too.
func TestAChangeWhileCuttingIsNotLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := newWorkspace(t, s, "ours")
		c := addItem(t, s, id, "Herons", "Herons.")
		marks, err := s.Read().PassageBacklog(t.Context(), 10)
		if err != nil || len(marks) != 1 {
			t.Fatal(marks, err)
		}
		change(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.MarkPassages(ctx, id, domain.PassageOfItem, c.ID)
		})
		change(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.SaveIndexed(ctx, []store.Indexed{{Mark: marks[0], Passages: search.Cut("Herons", "Herons.")}})
			if n > 0 {
				t.Error("the passages of an older text were stored")
			}
			return err
		})
		index(t, s)
		if left, err := s.Read().PassageBacklog(t.Context(), 10); err != nil || len(left) != 0 {
			t.Errorf("left %v, %v", left, err)
		}
	})
}

// Whatever a query is, it is words: nothing in it is syntax of a database.
func TestNoQueryIsSyntax(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspace := filled(t, s)
		for _, q := range []string{
			"", " ", "what's", "a-b", "secret:x", `"`, `'`, `\`, "AND", "OR NOT", "NEAR(a b)", "*", "a*", "(", ")", "&", "|", "!", ":*",
			"<->", "^a", "{a b}: c", "--", "; drop table passage", "\u200b", "\xff\xfe", "é\u0301\u0301\u0301", "%", "_", "$1", "?",
			strings.Repeat("word ", 200), strings.Repeat("界", 300), strings.Repeat("x", 1000), "\ufffd",
			"`", "''", `""`, "a\x00b",
			"it's \"quoted\" 'twice' \\' OR 1=1",
		} {
			find(t, s, workspace, q)
		}
		if got := len(find(t, s, workspace, "refund' | 'x")); got == 0 {
			t.Error("a quotation mark hides what it stands beside")
		}
	})
}

func FuzzFind(f *testing.F) {
	s := storetest.SQLite(f)
	workspace := filled(f, s)
	for _, q := range golden {
		f.Add(q.question)
	}
	f.Fuzz(func(t *testing.T, query string) {
		list := find(t, s, workspace, query)
		for _, p := range list {
			for _, m := range p.Marks {
				if m.Start < 0 || m.End > len(p.Text) || m.Start >= m.End {
					t.Errorf("%q: mark %v of %q", query, m, p.Text)
				}
			}
		}
	})
}

func TestMarksAreTheWordsThatWereAskedFor(t *testing.T) {
	s := storetest.SQLite(t)
	workspace := filled(t, s)
	for query, want := range map[string]string{
		"refund gift card": "Refunds,card,Gift,cards,refunded",
		"cafe muller":      "Café,Müller",
		"退款 工作日":           "退款,退款,工作日",
	} {
		p, marked := find(t, s, workspace, query)[0], []string{}
		for _, m := range p.Marks {
			marked = append(marked, p.Text[m.Start:m.End])
		}
		if got := strings.Join(marked, ","); got != want {
			t.Errorf("%q marks %q, want %q", query, got, want)
		}
	}
}
