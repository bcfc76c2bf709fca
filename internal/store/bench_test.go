package store_test

import (
	"testing"
	"time"

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

// BenchmarkCalendarClock looks for what is due among 1,000 events, as each node does every second: nothing is, or all
// of them are and the first hundred are taken.
func BenchmarkCalendarClock(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		id := items(b, s, 1)[0].WorkspaceID
		first := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
		_, err := s.DB().SQL().ExecContext(b.Context(), `with recursive n (i) as (
				select 1 union all select i + 1 from n where i < 1000)
			insert into calendar_event (workspace_id, title, starts_at, until_at, all_day, timezone, event_type, channel,
				status, owner_kind, owner_id, due_at, paused, sequence, version, created_by, created_at, updated_at)
			select $1, 'Event ' || i, at, at + 1, false, 'Europe/Berlin', 'webinar', 'zoom', 'confirmed', 'operator', 0, at,
				false, 0, 1, 'bench', at, at from (select i, cast($2 as bigint) + i as at from n) as times`, id, first.UnixMilli())
		if err != nil {
			b.Fatal(err)
		}
		for name, one := range map[string]struct {
			now  time.Time
			want int
		}{"planned": {first, 0}, "due": {first.AddDate(0, 0, 1), 100}} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					list, err := s.Read().DueCalendarEvents(b.Context(), one.now, 100)
					if err != nil || len(list) != one.want {
						b.Fatal(len(list), err)
					}
				}
			})
		}
	})
}
