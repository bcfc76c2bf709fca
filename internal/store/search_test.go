package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/db"
	"vellocity/internal/store/storetest"
)

// found is the search for a text that is in the form for comparison already.
func found(text string) *store.Search { return &store.Search{Title: text, Terms: strings.Fields(text)} }

var slugs atomic.Int64

// addIndexed creates an item that is found by the words of its title and of more.
func addIndexed(
	t *testing.T, s *store.Store, workspaceID int64, title, more string, status domain.ItemStatus,
) (c domain.ContentItem) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = tx.CreateContent(ctx, domain.ContentItem{WorkspaceID: workspaceID, Title: title,
			Type: domain.ContentBlog, Status: status, Slug: fmt.Sprint(slugs.Add(1)), Origin: domain.ComposerOrigin()}, nil)
		if err != nil {
			return err
		}
		return tx.IndexContent(ctx, c.ID, store.ItemTerms{
			Title: title, Titled: strings.Fields(title), All: strings.Fields(title + " " + more),
		})
	})
	return c
}

func titlesOf(items []domain.ContentItem) string {
	var titles []string
	for _, c := range items {
		titles = append(titles, c.Title)
	}
	return strings.Join(titles, "|")
}

var firstTen = domain.Page{Number: 1, Size: 10}

func TestSearchIsTheSameOnBothDatabases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, theirs := twoWorkspaces(t, s)
		for _, c := range []struct{ title, more string }{
			{"pricing", ""},
			{"a note on pricing", "costs more"},
			{"about us", "pricing of others"},
			{"grösse", "東京 京都 都"},
			{"prices", "ab’c 🎉"},
			{"post 3 of many", ""},
			{"post 33", ""},
		} {
			addIndexed(t, s, ours, c.title, c.more, domain.ItemGenerated)
		}
		addIndexed(t, s, theirs, "pricing of theirs", "", domain.ItemGenerated)
		for text, want := range map[string]string{
			"pricing":     "pricing|a note on pricing|about us",
			"pric":        "prices|a note on pricing|pricing|about us",
			"on pricing":  "a note on pricing",
			"pricing a":   "a note on pricing|about us",
			"costs note":  "a note on pricing",
			"gröss":       "grösse",
			"京":           "grösse",
			"京都 東京":       "grösse",
			"🎉":           "prices",
			"ricing":      "",
			"nothing":     "",
			"pricing zzz": "",
			"about us":    "about us",
			"post 3":      "post 3 of many|post 33",
		} {
			l, err := s.Read().
				ContentList(t.Context(), ours, store.ContentFilter{Search: found(text)}, domain.SortRelevance, firstTen)
			if got := titlesOf(l.Items); err != nil || got != want || l.Total != len(l.Items) {
				t.Errorf("%q finds %q (%d), want %q, %v", text, got, l.Total, want, err)
			}
		}
		none, err := s.Read().ContentList(t.Context(), ours, store.ContentFilter{Search: &store.Search{Title: "!!!"}},
			domain.SortRelevance, firstTen)
		if err != nil || none.Total != 0 {
			t.Errorf("a search without words finds %d, %v", none.Total, err)
		}
	})
}

func TestAnEditedItemIsFoundByItsNewWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		c := addIndexed(t, s, ours, "old words", "", domain.ItemGenerated)
		count := func(text string) int {
			l, err := s.Read().
				ContentList(t.Context(), ours, store.ContentFilter{Search: found(text)}, domain.SortNewest, firstTen)
			if err != nil {
				t.Fatal(err)
			}
			return l.Total
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.IndexContent(ctx, c.ID, store.ItemTerms{Title: "new words", Titled: []string{"new"}, All: []string{"new"}})
		})
		if count("old") != 0 || count("new") != 1 {
			t.Errorf("old %d, new %d", count("old"), count("new"))
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteContent(ctx, c) })
		if count("new") != 0 {
			t.Error("a deleted item is found")
		}
		kept := -1
		row := s.DB().SQL().QueryRowContext(t.Context(), `select count(*) from content_search`)
		if err := row.Scan(&kept); err != nil || kept != 0 {
			t.Errorf("the index keeps %d items, %v", kept, err)
		}
	})
}

// Page by page a column gives each of its cards once, in its order, with a search and
// without, while cards move and vanish.
func TestAColumnIsReadToItsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, _ := twoWorkspaces(t, s)
		var ids []int64
		for i := range 25 {
			title := []string{"word", "a word", "other"}[i%3]
			ids = append(ids, addIndexed(t, s, ours, title, "word", domain.ItemReview).ID)
		}
		for _, search := range []*store.Search{nil, found("word")} {
			f := store.ContentFilter{Status: domain.ItemReview, Search: search}
			whole, end, err := s.Read().ContentColumn(t.Context(), ours, f, store.ContentCursor{}, 100)
			if err != nil || end != (store.ContentCursor{}) {
				t.Fatal(end, err)
			}
			var paged []domain.ContentItem
			var at store.ContentCursor
			for range 100 {
				cards, next, err := s.Read().ContentColumn(t.Context(), ours, f, at, 4)
				if err != nil {
					t.Fatal(err)
				}
				paged = append(paged, cards...)
				if at = next; at.ID == 0 {
					break
				}
			}
			if len(whole) != 25 || !slices.EqualFunc(whole, paged, func(a, b domain.ContentItem) bool { return a.ID == b.ID }) {
				t.Errorf("search %v: %d cards, paged %d", search, len(whole), len(paged))
			}
		}
		f := store.ContentFilter{Status: domain.ItemReview}
		_, next, err := s.Read().ContentColumn(t.Context(), ours, f, store.ContentCursor{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error { // the card at the cursor goes away
			c, err := tx.LockContent(ctx, ours, next.ID)
			if err != nil {
				return err
			}
			c.Status = domain.ItemReady
			_, err = tx.SaveContentStatus(ctx, c, domain.ItemReview, 0)
			return err
		})
		rest, _, err := s.Read().ContentColumn(t.Context(), ours, f, next, 100)
		if err != nil || len(rest) != 15 {
			t.Errorf("%d cards follow, %v", len(rest), err)
		}
		counts, err := s.Read().ContentCounts(t.Context(), ours, store.ContentFilter{Search: found("word")})
		if err != nil || counts[domain.ItemReview] != 24 || counts[domain.ItemReady] != 1 {
			t.Errorf("counts %v, %v", counts, err)
		}
		placed, err := s.Read().ContentPlaces(t.Context(), ours, ids[:3], store.ContentFilter{})
		if err != nil || len(placed) != 3 || placed[0].ID != ids[0] || placed[0].Below != 0 || placed[1].Below != ids[0] {
			t.Errorf("places %+v, %v", placed, err)
		}
	})
}

// Items from before the index wait to be indexed.
func TestItemsFromBeforeTheIndexAreInTheBacklog(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	old, err := db.Open(ctx, db.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Migrate(ctx, before(t, "0012")); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`insert into workspace (id, slug, name, plan, timezone, created_at) values (1, 'main', 'Main', 'starter', 'UTC', 1)`,
		`insert into content (id, workspace_id, execution_id, title, content_type, stage, place, preview, word_count,
			meta_title, meta_description, language, keywords, slug, engine, version, published_version, created_at,
			updated_at, body) values (7, 1, 0, 'Old', 'blog_post', 'review', 1, '', 1, '', '', 'en', '[]', 'old', '{}',
			1, 0, 1, 1, 'Text.')`,
	} {
		if _, err := old.SQL().ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := s.Read().PassageBacklog(ctx, 10)
	if want := (store.PassageMark{WorkspaceID: 1, Kind: domain.PassageOfItem, OwnerID: 7, Marks: 1}); err != nil ||
		len(list) != 1 || list[0] != want {
		t.Fatalf("backlog %+v, %v", list, err)
	}
}
