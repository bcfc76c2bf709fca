package work_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
)

// schedule adds one that was due two days ago and should have fired daily.
func schedule(k *enginetest.Kit, cron, capability string) domain.Schedule {
	k.T.Helper()
	s := domain.Schedule{WorkspaceID: k.Ours.ID, Cron: cron, Timezone: "Europe/Berlin", Enabled: true,
		NextAt: k.Store.Now().Add(-48 * time.Hour),
		Target: domain.ScheduleTarget{Capability: capability, Settings: enginetest.Settings(step{Key: "a"})}}
	k.Do(func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = tx.CreateSchedule(ctx, s)
		return err
	})
	return s
}

func TestAScheduleFiresOnceForWhatWasMissed(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		s := schedule(k, "0 9 * * *", enginetest.Slug)
		nodes := []*enginetest.Kit{k}
		if k.Store.Postgres() {
			nodes = append(nodes, k.Other(), k.Other())
		}
		var fired atomic.Int64
		var all sync.WaitGroup
		for _, n := range nodes {
			for range 4 {
				all.Go(func() {
					got, err := n.Work.FireDue(context.Background())
					if err != nil {
						t.Error(err)
					}
					fired.Add(int64(got))
				})
			}
		}
		all.Wait()
		if n := k.Count("select count(*) from execution"); n != 1 || fired.Load() != 1 {
			t.Errorf("%d executions, %d firings", n, fired.Load())
		}
		k.Ended(1, domain.ExecutionCompleted)
		got, err := k.Store.Read().Schedule(context.Background(), k.Ours.ID, s.ID)
		must(k, err)
		if !got.NextAt.After(k.Store.Now()) || got.NextAt.Sub(k.Store.Now()) > 25*time.Hour ||
			!got.LastAt.Equal(s.NextAt) || got.LastError != "" {
			t.Errorf("advanced to %+v", got)
		}
	})
}

func TestAScheduleKeepsItsLastError(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		unknown, broken := schedule(k, "0 9 * * *", "no-such-thing"), schedule(k, "61 9 * * *", enginetest.Slug)
		if n, err := k.Work.FireDue(context.Background()); err != nil || n != 2 {
			t.Fatalf("fired %d, %v", n, err)
		}
		if n := k.Count("select count(*) from execution"); n != 0 {
			t.Errorf("%d executions", n)
		}
		for id, want := range map[int64]string{unknown.ID: "no-such-thing", broken.ID: "cron"} {
			s, err := k.Store.Read().Schedule(context.Background(), k.Ours.ID, id)
			must(k, err)
			if !strings.Contains(s.LastError, want) || s.NextAt.IsZero() != (id == broken.ID) {
				t.Errorf("%+v", s)
			}
		}
		if n, err := k.Work.FireDue(context.Background()); err != nil || n != 0 {
			t.Errorf("fired again: %d, %v", n, err)
		}
	})
}
