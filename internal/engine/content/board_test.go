package content_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/item"
)

func titles(items []domain.ContentItem) string {
	var list []string
	for _, i := range items {
		list = append(list, i.Title)
	}
	return strings.Join(list, "|")
}

// A search finds items by title and text, in any order of the words, by Unicode's
// rules, and the board counts what it shows.
func TestASearchFindsWhatThereIs(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for _, text := range [][2]string{
			{"Pricing", "What it costs."},
			{"Our pricing in 290 words", "Short."},
			{"Something else", "It mentions **pricing** once."},
			{"Die GRÖSSE zählt", "Ein Cafe\u0301."},
			{"東京都の天気", "晴れ"},
		} {
			k.Item(k.Ctx(), text[0], text[1])
		}
		for q, want := range map[string]string{
			"pricing":     "Pricing|Our pricing in 290 words|Something else",
			"290 pricing": "Our pricing in 290 words",
			"größe":       "Die GRÖSSE zählt",
			"CAFÉ":        "Die GRÖSSE zählt",
			"天気":          "東京都の天気",
			"晴":           "東京都の天気",
			"“pricing”":   "Our pricing in 290 words|Pricing|Something else",
			"nowhere":     "",
			"?!":          "",
		} {
			columns, err := k.Content.Board(k.Ctx(), content.BoardFilter{Text: q})
			must(k, err)
			if got := titles(columns[0].Items); got != want || columns[0].Count != len(columns[0].Items) {
				t.Errorf("the board finds %q for %q and counts %d, want %q", got, q, columns[0].Count, want)
			}
			list, err := k.Content.ListItems(k.Ctx(), content.ListItems{Text: q, Page: enginetest.FirstPage()})
			must(k, err)
			if got := titles(list.Items); got != want || list.Total != len(list.Items) {
				t.Errorf("the list finds %q (%d) for %q, want %q", got, list.Total, q, want)
			}
		}
		all, err := k.Content.ListItems(k.Ctx(), content.ListItems{Text: " ", Page: domain.Page{Number: 2, Size: 2}})
		must(k, err)
		if all.Total != 5 || len(all.Items) != 2 {
			t.Errorf("page 2 of all: %d of %d", len(all.Items), all.Total)
		}
		_, err = k.Content.Board(k.Ctx(), content.BoardFilter{Text: strings.Repeat("a", 301)})
		if domain.CodeOf(err) != domain.CodeValidation || !strings.Contains(fmt.Sprint(err), "q") {
			t.Errorf("a search that is too long: %v", err)
		}
	})
}

func TestAnEditIsFoundAndForgotten(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "First", "Old text.")
		must(k, second(k.Content.EditItem(k.Ctx(),
			content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: new("New text.")}})))
		for q, want := range map[string]int{"old": 0, "new": 1, "first": 1} {
			l, err := k.Content.ListItems(k.Ctx(), content.ListItems{Text: q, Page: enginetest.FirstPage()})
			must(k, err)
			if l.Total != want {
				t.Errorf("%q finds %d, want %d", q, l.Total, want)
			}
		}
		if n := k.Count("select count(*) from passage_backlog"); n != 0 {
			t.Errorf("%d items wait to be indexed after a search", n)
		}
	})
}

// Every item of a column is reached, page by page, filtered or not.
func TestEveryCardOfAColumnIsReached(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for i := range 23 {
			k.Item(k.Ctx(), fmt.Sprintf("Item %d", i), "Text.")
		}
		for _, q := range []string{"", "item", "text"} {
			in := content.ColumnPage{Status: domain.ItemGenerated, BoardFilter: content.BoardFilter{Text: q, PerColumn: 5}}
			seen := map[int64]bool{}
			for range 10 {
				c, err := k.Content.BoardColumn(k.Ctx(), in)
				must(k, err)
				for _, i := range c.Items {
					seen[i.ID] = true
				}
				if c.Count != 23 {
					t.Errorf("%q counts %d", q, c.Count)
				}
				if in.After = c.Next; c.Next == "" {
					break
				}
			}
			if len(seen) != 23 {
				t.Errorf("%q reaches %d of 23", q, len(seen))
			}
		}
		for _, after := range []string{"x", "MS4y", "!"} {
			_, err := k.Content.BoardColumn(k.Ctx(), content.ColumnPage{Status: domain.ItemGenerated, After: after})
			if domain.CodeOf(err) != domain.CodeValidation {
				t.Errorf("after %q: %v", after, err)
			}
		}
	})
}

// Several cards stand in their order where they are dropped, and one that somebody has
// changed since stops them all.
func TestSeveralCardsMoveTogether(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		var ids []int64
		for i := range 6 {
			ids = append(ids, k.Item(k.Ctx(), fmt.Sprintf("Item %d", i), "Text.").ID)
		}
		order := func(column int) (got []int64) {
			columns, err := k.Content.Board(k.Ctx(), content.BoardFilter{})
			must(k, err)
			for _, c := range columns[column].Items {
				got = append(got, c.ID)
			}
			return got
		}
		moveTo := func(before int64, list ...int64) {
			must(k, second(k.Content.BulkMove(k.Ctx(), content.BulkMove{IDs: list, To: domain.ItemReview, Before: before})))
		}
		moveTo(0, ids[0], ids[1])
		moveTo(0, ids[3], ids[2])
		if got, want := order(1), []int64{ids[3], ids[2], ids[0], ids[1]}; !slices.Equal(got, want) {
			t.Errorf("on top: %v, want %v", got, want)
		}
		moveTo(ids[1], ids[5], ids[4])
		if got, want := order(1), []int64{ids[3], ids[2], ids[0], ids[5], ids[4], ids[1]}; !slices.Equal(got, want) {
			t.Errorf("before a card: %v, want %v", got, want)
		}
		moveTo(item.Bottom, ids[2], ids[3])
		if got, want := order(1), []int64{ids[0], ids[5], ids[4], ids[1], ids[2], ids[3]}; !slices.Equal(got, want) {
			t.Errorf("at the bottom: %v, want %v", got, want)
		}
		_, err := k.Content.BulkMove(k.Ctx(), content.BulkMove{IDs: ids[:2], To: domain.ItemReady, Before: ids[1]})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("before one that moves: %v", err)
		}
		stale := map[int64]string{ids[0]: `"1"`}
		_, err = k.Content.BulkMove(k.Ctx(), content.BulkMove{IDs: ids[:2], To: domain.ItemReady, IfMatch: stale})
		if domain.CodeOf(err) != domain.CodePreconditionFailed || len(order(2)) != 0 {
			t.Errorf("changed since: %v, %v", err, order(2))
		}
	})
}

func TestWhatHasChangedOnTheBoard(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		a, b := k.Item(k.Ctx(), "Item A", "Text."), k.Item(k.Ctx(), "Item B", "Text.")
		changes, counts, err := k.Content.BoardChanges(k.Ctx(), content.BoardChanges{IDs: []int64{a.ID, b.ID, 999}})
		must(k, err)
		if len(changes) != 2 || changes[0].Item.ID != a.ID || changes[0].Below != 0 || changes[1].Below != a.ID ||
			counts[domain.ItemGenerated] != 2 {
			t.Errorf("changes %+v, %v", changes, counts)
		}
		changes, counts, err = k.Content.BoardChanges(k.Ctx(), content.BoardChanges{
			IDs:         []int64{a.ID, b.ID},
			BoardFilter: content.BoardFilter{Text: "item a"},
		})
		must(k, err)
		if len(changes) != 1 || changes[0].Item.ID != a.ID || counts[domain.ItemGenerated] != 1 {
			t.Errorf("filtered: %+v, %v", changes, counts)
		}
	})
}
