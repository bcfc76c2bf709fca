package store_test

import (
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// BenchmarkAnalytics counts 100,000 executions by outcome and day: in a year, all of which is reported, and by
// capability.
func BenchmarkAnalytics(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		id := items(b, s, 1)[0].WorkspaceID
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		_, err := s.DB().SQL().ExecContext(b.Context(), `with recursive n (i) as (
				select 1 union all select i + 1 from n where i < 100000)
			insert into execution (workspace_id, capability, title, agent_id, status, priority, engine, credits_used, created_by,
				created_at, settings)
			select $1, 'capability-' || (i % 7), 'Title', 1,
				case i % 10 when 0 then 'failed' when 1 then 'cancelled' else 'completed' end, 2, '{}', i % 6, 'x',
				$2 + i * cast(315000 as bigint), '{}' from n`, id, start.UnixMilli())
		if err != nil {
			b.Fatal(err)
		}
		if s.DB().Postgres() { // as it does by itself after so many rows: an index alone answers only for vacuumed pages
			if _, err := s.DB().SQL().ExecContext(b.Context(), "vacuum analyze execution"); err != nil {
				b.Fatal(err)
			}
		}
		year := domain.DateRange{From: start, Until: start.AddDate(1, 0, 0)}
		days, _ := domain.IntervalDay.Split(year)
		what := []domain.Measure{
			domain.MeasureExecutions, domain.MeasureCompleted, domain.MeasureFailed, domain.MeasureCancelled,
		}
		b.Run("series", func(b *testing.B) {
			for b.Loop() {
				if rows, err := s.Read().Measured(b.Context(), id, what, days); err != nil || len(rows) != 365 {
					b.Fatal(len(rows), err)
				}
			}
		})
		b.Run("breakdown", func(b *testing.B) {
			for b.Loop() {
				if list, err := s.Read().ExecutionsByCapability(b.Context(), id, year); err != nil || len(list) != 7 {
					b.Fatal(len(list), err)
				}
			}
		})
	})
}
