package execution_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
)

const slots = "select count(*) from execution where workspace_id = $1 and job_id > 0"

func TestOneWorkspaceDoesNotStarveAnother(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true, Slots: 2, Workers: 1}, func(k *enginetest.Kit) {
		var ours []int64
		for range 30 {
			ours = append(ours, k.Run(step{Key: "a"}).ID)
		}
		if n := k.Count(slots, k.Ours.ID); n != 2 {
			t.Errorf("%d slots", n)
		}
		theirs, err := k.Execute(enginetest.As(k.Theirs.ID, domain.RoleOwner), step{Key: "a"})
		if err != nil {
			t.Fatal(err)
		}
		k.Start()
		done := k.Ended(theirs.Execution.ID, domain.ExecutionCompleted)
		for _, id := range ours {
			k.Ended(id, domain.ExecutionCompleted)
		}
		before := k.Count("select count(*) from execution where workspace_id = $1 and started_at < $2", k.Ours.ID,
			done.StartedAt.UnixMilli())
		if before > 4 {
			t.Errorf("%d executions of the workspace that floods came first", before)
		}
		if n := k.Count(slots, k.Ours.ID); n != 0 {
			t.Errorf("%d slots are left", n)
		}
	})
}

func TestAnExecutionWithoutASlotReleasesNone(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true, Slots: 2}, func(k *enginetest.Kit) {
		var ids []int64
		for range 10 {
			ids = append(ids, k.Run(step{Key: "a"}).ID)
		}
		for _, id := range ids[4:] {
			if _, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: id}); err != nil {
				t.Fatal(err)
			}
			if n := k.Count(slots, k.Ours.ID); n != 2 {
				t.Fatalf("%d slots", n)
			}
		}
		if _, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: ids[0]}); err != nil {
			t.Fatal(err)
		}
		if n := k.Count("select count(*) from execution where id = $1 and job_id > 0", ids[2]); n != 1 {
			t.Error("the slot of a cancelled execution was not given to the next")
		}
	})
}

// TestSlotsGivenTogetherGoToDifferentExecutions ends many executions at the same time.
func TestSlotsGivenTogetherGoToDifferentExecutions(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true, Slots: 8}, func(k *enginetest.Kit) {
		var ids []int64
		for range 24 {
			ids = append(ids, k.Run(step{Key: "a"}).ID)
		}
		var wg sync.WaitGroup
		for _, id := range ids[:8] {
			wg.Go(func() {
				if _, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: id}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := k.Count("select count(*) from river_job where state = 'available'"); n != 8 ||
			k.Count(slots, k.Ours.ID) != n {
			t.Errorf("%d jobs for %d slots", n, k.Count(slots, k.Ours.ID))
		}
	})
}

func TestALongWaitComesFirst(t *testing.T) {
	var now struct {
		sync.Mutex
		time.Time
	}
	now.Time = time.Now()
	clock := func() time.Time { now.Lock(); defer now.Unlock(); return now.Time }
	enginetest.Each(t, enginetest.Config{Idle: true, Slots: 1, Now: clock}, func(k *enginetest.Kit) {
		run := func(p domain.Priority) int64 {
			x, err := k.Work.Execute(k.Ctx(), work.Execute{Capability: enginetest.Slug,
				Settings: enginetest.Settings(step{Key: "a"}), Priority: p})
			if err != nil {
				t.Fatal(err)
			}
			return x.Execution.ID
		}
		holder := run(domain.PriorityNormal)
		old := run(domain.PriorityLow)
		now.Lock()
		now.Time = now.Add(31 * time.Minute) // three classes more urgent: as urgent as can be, and older
		now.Unlock()
		urgent, high := run(domain.PriorityUrgent), run(domain.PriorityHigh)
		for _, want := range []int64{old, urgent, high} {
			if _, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: holder}); err != nil {
				t.Fatal(err)
			}
			if n := k.Count("select count(*) from execution where id = $1 and job_id > 0", want); n != 1 {
				t.Errorf("execution %d did not get the slot", want)
			}
			holder = want
		}
	})
}

func TestTheSweepFindsExecutionsThatWereLeftWithoutASlot(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Slots: 2}, func(k *enginetest.Kit) {
		k.Stop()
		var ids []int64
		for range 5 {
			ids = append(ids, k.Run(step{Key: "a"}).ID)
		}
		k.Exec("delete from river_job")
		k.Exec("update execution set job_id = 0")
		if err := k.Runner.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := k.Count(slots, k.Ours.ID); n != 2 {
			t.Errorf("%d slots", n)
		}
		k.Restart()
		for _, id := range ids {
			k.Ended(id, domain.ExecutionCompleted)
		}
	})
}

func TestTooManyExecutionsAreRefused(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true, Slots: 2, Pending: 3}, func(k *enginetest.Kit) {
		accepted := 0
		var last error
		for range 10 {
			if _, last = k.Execute(k.Ctx(), step{Key: "a"}); last == nil {
				accepted++
			}
		}
		// Two with a slot, and more waiting than the bound.
		if e := domain.AsError(last); accepted != 6 || e.Code != domain.CodeUnavailable || e.RetryAfter <= 0 {
			t.Errorf("%d accepted, then %v", accepted, last)
		}
		if _, err := k.Execute(enginetest.As(k.Theirs.ID, domain.RoleOwner), step{Key: "a"}); err != nil {
			t.Errorf("another workspace is refused: %v", err)
		}
	})
}
