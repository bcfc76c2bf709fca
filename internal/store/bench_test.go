package store_test

import (
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// items creates a workspace with n content items.
func items(b *testing.B, s *store.Store, n int) (list []domain.ContentItem) {
	b.Helper()
	err := s.InTx(b.Context(), func(tx *store.Tx) error {
		w, err := tx.CreateWorkspace(b.Context(), domain.Workspace{Slug: "bench", Name: "bench", Plan: domain.PlanBusiness})
		if err != nil {
			return err
		}
		for range n {
			slug, err := tx.FreeContentSlug(b.Context(), w.ID, 0, "a-title")
			if err != nil {
				return err
			}
			c, err := tx.CreateContent(b.Context(), domain.ContentItem{
				WorkspaceID: w.ID,
				Title:       "A title",
				Type:        domain.ContentBlog,
				Status:      domain.ItemReview,
				Slug:        slug,
				Keywords:    []string{"one", "two"},
				Scores:      map[string]float64{"seo": 80},
				Body:        "# A title\n\nA text.",
			}, nil)
			if err != nil {
				return err
			}
			list = append(list, c)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return list
}

func eachDatabase(b *testing.B, f func(b *testing.B, s *store.Store)) {
	b.Run("sqlite", func(b *testing.B) { f(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { f(b, storetest.Postgres(b)) })
}

func BenchmarkListItems(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		list := items(b, s, 100)
		b.ReportAllocs()
		for b.Loop() {
			l, _, err := s.Read().ContentColumn(b.Context(), list[0].WorkspaceID,
				store.ContentFilter{Status: domain.ItemReview}, store.ContentCursor{}, 100)
			if err != nil || len(l) != 100 {
				b.Fatal(len(l), err)
			}
		}
	})
}

func BenchmarkSaveItem(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		c := items(b, s, 1)[0]
		b.ReportAllocs()
		err := s.InTx(b.Context(), func(tx *store.Tx) error { // one transaction: not the disk is measured
			for b.Loop() {
				if _, err := tx.SaveContent(b.Context(), c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}
