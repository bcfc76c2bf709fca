package content_test

import (
	"context"
	"slices"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

func TestLineageRunsBothWays(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		first := k.Item(k.Ctx(), "First", "Text.")
		moved(k, first.ID, domain.ItemPublished)
		copied, err := k.Content.DuplicateItem(k.Ctx(), verb.ID{ID: first.ID})
		must(k, err)
		again, err := k.Content.DuplicateItem(k.Ctx(), verb.ID{ID: copied.ID})
		must(k, err)
		l, err := k.Content.Lineage(k.Ctx(), copied.ID)
		must(k, err)
		from := domain.Relative{
			ID: first.ID, Title: "First", Status: domain.ItemPublished, Kind: domain.SourceCopied, Version: 1,
		}
		into := domain.Relative{
			ID: again.ID, Title: "Copy of Copy of First", Status: domain.ItemGenerated, Kind: domain.SourceCopied, Version: 1,
		}
		if !slices.Equal(l.From, []domain.Relative{from}) || !slices.Equal(l.Made, []domain.Relative{into}) ||
			l.Execution != nil || len(l.Publications) != 0 {
			t.Errorf("the copy: %+v", l)
		}
		l, err = k.Content.Lineage(k.Ctx(), first.ID)
		must(k, err)
		if len(l.From) != 0 || len(l.Made) != 1 || len(l.Publications) != 1 || l.Publications[0].URL == "" {
			t.Errorf("the first: %+v", l)
		}
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: first.ID}))
		l, err = k.Content.Lineage(k.Ctx(), copied.ID)
		must(k, err)
		if len(l.From) != 1 || l.From[0].ID != first.ID || l.From[0].Title != "" || l.From[0].Status != "" {
			t.Errorf("after its source was deleted: %+v", l.From)
		}
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: again.ID}))
		if l, err = k.Content.Lineage(k.Ctx(), copied.ID); err != nil || len(l.Made) != 0 {
			t.Errorf("after its copy was deleted: %+v, %v", l.Made, err)
		}
	})
}

func TestAnItemKnowsTheSourcesOfItsExecution(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c, x := k.Item(k.Ctx(), "An item", "Text."), k.Run(enginetest.Step{Key: "a"})
		for settings, want := range map[string][]string{
			`{"sources":["A study of 2025"]}`: {"A study of 2025"},
			`{"sources":[]}`:                  {},
			`{}`:                              nil,
			`{"sources":"one text"}`:          nil,
			`{"sources":[{"url":"x"}]}`:       nil,
		} {
			k.Exec("update execution set settings = $1 where id = $2", settings, x.ID)
			k.Exec("update content set execution_id = $1 where id = $2", x.ID, c.ID)
			l, err := k.Content.Lineage(k.Ctx(), c.ID)
			must(k, err)
			if l.Execution == nil || l.Execution.ID != x.ID || !slices.Equal(l.Sources, want) {
				t.Errorf("%s: %+v", settings, l)
			}
		}
	})
}

// What an execution reads is a source of what it creates.
func TestAnItemKnowsWhatItsExecutionRead(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		from := k.Item(k.Ctx(), "From", "Text.")
		x := k.Run(enginetest.Step{Key: "a", Do: "item", Item: from.ID, Credits: 1})
		k.Ended(x.ID, domain.ExecutionCompleted)
		l, err := k.Content.Lineage(k.Ctx(), from.ID)
		must(k, err)
		if len(l.Made) != 1 || l.Made[0].Kind != domain.SourceRead || l.Made[0].Title != "The same title" {
			t.Fatalf("made from it: %+v", l.Made)
		}
		l, err = k.Content.Lineage(k.Ctx(), l.Made[0].ID)
		must(k, err)
		if l.Execution == nil || l.Execution.ID != x.ID || len(l.From) != 1 || l.From[0].ID != from.ID {
			t.Errorf("made by %+v from %+v", l.Execution, l.From)
		}
	})
}

func TestASourceIsStoredOnce(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		from, made := k.Item(k.Ctx(), "From", "Text."), k.Item(k.Ctx(), "Made", "Text.")
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			for range 2 {
				if err := tx.AddContentSource(ctx, made, from, domain.SourceRead); err != nil {
					return err
				}
			}
			return nil
		})
		l, err := k.Content.Lineage(k.Ctx(), made.ID)
		must(k, err)
		if len(l.From) != 1 || l.From[0].Kind != domain.SourceRead {
			t.Errorf("made from %+v", l.From)
		}
		theirs, err := k.Content.Lineage(enginetest.As(k.Theirs.ID, domain.RoleOwner), made.ID)
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("a neighbour reads %+v, %v", theirs, err)
		}
	})
}
