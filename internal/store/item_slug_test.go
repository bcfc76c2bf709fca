package store_test

import (
	"fmt"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// Items with the same title are numbered without a gap, however many there are, and a slug that one item was
// published at goes to no other.
func TestFreeSlugsHaveNoGap(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		err := s.InTx(ctx, func(tx *store.Tx) error {
			w, err := tx.CreateWorkspace(ctx, domain.Workspace{Slug: "slugs", Name: "slugs", Plan: domain.PlanBusiness})
			if err != nil {
				return err
			}
			for n := 1; n <= 700; n++ {
				want := fmt.Sprintf("a-title-%d", n)
				if n == 1 {
					want = "a-title"
				}
				slug, err := tx.FreeContentSlug(ctx, w.ID, 0, "a-title")
				if err != nil || slug != want {
					t.Fatalf("%q, not %q: %v", slug, want, err)
				}
				item := domain.ContentItem{
					WorkspaceID: w.ID, Title: "A title", Type: domain.ContentBlog, Status: domain.ItemReview, Slug: slug,
					Keywords: []string{}, Scores: map[string]float64{}, Body: "A text.",
				}
				if item, err = tx.CreateContent(ctx, item, nil); err != nil {
					return err
				}
				if own, err := tx.FreeContentSlug(ctx, w.ID, item.ID, slug); err != nil || own != slug {
					t.Fatalf("an item's own slug became %q: %v", own, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
