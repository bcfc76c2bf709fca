package store_test

import (
	"fmt"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// The sums of the parts are the sum of the whole, no row is counted twice at the edge of two periods, and nothing of
// another workspace is counted.
func TestPeriodsAddUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ours, theirs := twoWorkspaces(t, s)
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		statuses := []domain.ExecutionStatus{domain.ExecutionCompleted, domain.ExecutionFailed, domain.ExecutionPending}
		for i := range 96 { // four days, one each hour
			for _, w := range []int64{ours, theirs} {
				_, err := s.DB().SQL().ExecContext(t.Context(), fmt.Sprintf(`insert into execution (workspace_id, capability,
					title, agent_id, status, priority, engine, created_by, created_at, settings)
					values (%d, 'cap-%d', 'T', 1, '%s', 2, '{}', 'x', %d, '{}')`,
					w, i%2, statuses[i%3], start.Add(time.Duration(i)*time.Hour).UnixMilli()))
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		whole := domain.DateRange{From: start, Until: start.Add(96 * time.Hour)}
		parts, ok := domain.IntervalDay.Split(whole)
		if !ok || len(parts) != 4 {
			t.Fatalf("%v, %v", parts, ok)
		}
		what := []domain.Measure{
			domain.MeasureExecutions, domain.MeasureCompleted, domain.MeasureFailed, domain.MeasureCancelled,
			domain.MeasureItems, domain.MeasurePublished, domain.MeasureCredits, domain.MeasureDeals, domain.MeasureWon,
			domain.MeasureLost, domain.MeasureMoved,
		}
		rows, err := s.Read().Measured(t.Context(), ours, what, parts)
		if err != nil {
			t.Fatal(err)
		}
		total, err := s.Read().Measured(t.Context(), ours, what, []domain.DateRange{whole})
		if err != nil || total[0][0] != 96 || total[0][1] != 32 || total[0][2] != 32 {
			t.Fatalf("%v, %v", total, err)
		}
		for i := range what {
			sum := int64(0)
			for _, row := range rows {
				sum += row[i]
			}
			if sum != total[0][i] || rows[0][0] != 24 {
				t.Errorf("%s: the parts have %d, the whole %d", what[i], sum, total[0][i])
			}
		}
		named, err := s.Read().ExecutionsByCapability(t.Context(), ours, parts[1])
		if err != nil || len(named) != 2 || named[0] != (domain.Named{Name: "cap-0", N: 12}) {
			t.Errorf("%v, %v", named, err)
		}
		if named, err = s.Read().ContentByType(t.Context(), ours, whole); err != nil || len(named) != 0 {
			t.Errorf("%v, %v", named, err)
		}
	})
}
