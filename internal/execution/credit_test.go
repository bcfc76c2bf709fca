package execution_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// server starts a model server for the length of the test.
func server(t *testing.T, s aitest.Script) *aitest.Server {
	t.Helper()
	m := aitest.NewServer(s)
	t.Cleanup(m.Close)
	return m
}

func answers() aitest.Script { return aitest.Always(aitest.Text("Some ", "words ", "came.")) }

type step = enginetest.Step

func movements(k *enginetest.Kit, id int64) map[domain.MovementKind]int {
	k.T.Helper()
	l, err := k.Account.Ledger(k.Ctx(), domain.Page{Number: 1, Size: 100})
	if err != nil {
		k.T.Fatal(err)
	}
	sums := map[domain.MovementKind]int{}
	for _, m := range l.Items {
		if m.ExecutionID == id {
			sums[m.Kind] += m.Amount
		}
	}
	return sums
}

func TestCreditsAreHeldCapturedByStepAndReleased(t *testing.T) {
	ctx := context.Background()
	open := make(chan struct{})
	enginetest.Each(t, enginetest.Config{Provider: server(t, answers()),
		Before: func(ctx context.Context, in capability.Input) error {
			if in.Step.Key == "b" {
				select {
				case <-open:
				case <-ctx.Done():
				}
			}
			return nil
		}}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Credits: 2, Do: "text"}, step{Key: "b", Credits: 3, After: []string{"a"}, Do: "text"},
			step{Key: "free", After: []string{"b"}})
		if x.CreditsHeld != 5 {
			t.Errorf("%d held on accept", x.CreditsHeld)
		}
		k.Await(x.ID, "past a", func(x domain.Execution) bool { return x.CreditsUsed == 2 && x.CreditsHeld == 3 })
		if b := k.Credits(); b.Held != 3 || b.Available != 9_995 || b.Balance != 9_998 || b.UsedThisMonth != 2 {
			t.Errorf("in the middle: %+v", b)
		}
		open <- struct{}{}
		x = k.Ended(x.ID, domain.ExecutionCompleted)
		if x.CreditsHeld != 0 || x.CreditsUsed != 5 || x.Progress != 100 {
			t.Errorf("at the end: held %d, used %d, progress %d", x.CreditsHeld, x.CreditsUsed, x.Progress)
		}
		if b := k.Credits(); b.Held != 0 || b.Balance != 9_995 {
			t.Errorf("at the end: %+v", b)
		}
		if m := movements(k, x.ID); m[domain.MovementHold] != 5 || m[domain.MovementCapture] != 5 ||
			m[domain.MovementRelease] != 0 {
			t.Errorf("movements %v", m)
		}
		steps, err := k.Store.Read().ExecutionSteps(ctx, x.ID)
		if err != nil || len(steps) != 3 || steps[0].Credits != 2 || steps[0].Provider != "scripted" ||
			steps[0].OutputTokens == 0 || !steps[0].Cost.Known || steps[0].Cost.MicroUSD == 0 {
			t.Errorf("steps %+v, %v", steps, err)
		}
	})
}

func TestAFailedExecutionKeepsWhatItCapturedAndARetryHoldsTheRest(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	enginetest.Each(t, enginetest.Config{Provider: server(t, answers()),
		Before: func(_ context.Context, in capability.Input) error {
			if in.Step.Key == "b" && broken.Load() {
				return enginetest.ErrWrong
			}
			return nil
		}}, func(k *enginetest.Kit) {
		broken.Store(true)
		first := k.Run(step{Key: "a", Credits: 2, Do: "text"}, step{Key: "b", Credits: 3, After: []string{"a"}, Do: "text"})
		failed := k.Ended(first.ID, domain.ExecutionFailed)
		if failed.CreditsUsed != 2 || failed.CreditsHeld != 0 {
			t.Errorf("used %d, held %d", failed.CreditsUsed, failed.CreditsHeld)
		}
		if m := movements(k, first.ID); m[domain.MovementRelease] != 3 || m[domain.MovementCapture] != 2 {
			t.Errorf("movements %v", m)
		}
		second, err := k.Work.Retry(k.Ctx(), verb.ID{ID: first.ID})
		if err != nil || second.Execution.CreditsHeld != 3 || second.Execution.RetryOf != first.ID {
			t.Fatalf("retry %+v, %v", second.Execution, err)
		}
		k.Ended(second.Execution.ID, domain.ExecutionFailed)
		broken.Store(false)
		before := k.Config.Provider.Count()
		third, err := k.Work.Retry(k.Ctx(), verb.ID{ID: second.Execution.ID})
		if err != nil || third.Execution.CreditsHeld != 3 {
			t.Fatalf("retry of the retry %+v, %v", third.Execution, err)
		}
		done := k.Ended(third.Execution.ID, domain.ExecutionCompleted)
		if n := k.Config.Provider.Count() - before; n != 1 || done.CreditsUsed != 3 {
			t.Errorf("%d calls, %d credits", n, done.CreditsUsed)
		}
		steps, err := k.Store.Read().ExecutionSteps(context.Background(), done.ID)
		if err != nil || len(steps) != 2 || steps[0].Status != domain.StepReused || steps[0].Credits != 0 ||
			len(steps[0].Output) < 5 {
			t.Errorf("steps %+v, %v", steps, err)
		}
		if b := k.Credits(); b.Held != 0 || b.Balance != 9_995 {
			t.Errorf("balance %+v", b)
		}
		if _, err := k.Work.Retry(k.Ctx(), verb.ID{ID: done.ID}); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("retry of a completed execution: %v", err)
		}
	})
}

func TestACancelledExecutionReleasesTheRest(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true, Provider: server(t, answers())}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Credits: 7, Do: "text"})
		d, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: x.ID})
		if err != nil || d.Status != domain.ExecutionCancelled || d.CreditsHeld != 0 || d.CompletedAt.IsZero() {
			t.Fatalf("cancelled %+v, %v", d.Execution, err)
		}
		if b := k.Credits(); b.Available != 10_000 || b.Held != 0 {
			t.Errorf("balance %+v", b)
		}
		if _, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: x.ID}); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("cancelled twice: %v", err)
		}
		k.Start()
		other := k.Run(step{Key: "a"})
		k.Ended(other.ID, domain.ExecutionCompleted)
		if got := k.Ended(x.ID, domain.ExecutionCancelled); got.Epoch != 0 || k.Config.Provider.Count() != 0 {
			t.Errorf("a cancelled execution was run: epoch %d, %d calls", got.Epoch, k.Config.Provider.Count())
		}
	})
}

func TestTheComposerCostsNothing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		k.Exec("update account set balance = 0 where name = 'available'")
		k.Exec("update account set balance = 0 where name = 'issued'")
		x := k.Run(step{Key: "a", Credits: 5, Do: "text"})
		x = k.Ended(x.ID, domain.ExecutionCompleted)
		if x.CreditsUsed != 0 || x.Origin.AI || len(movements(k, x.ID)) != 0 || !x.Cost.Known || x.Cost.MicroUSD != 0 {
			t.Errorf("%+v", x)
		}
	})
}

func TestParallelAcceptsNeverOverspend(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true, Provider: server(t, answers())}, func(k *enginetest.Kit) {
		k.Exec(`update account set balance = case name when 'available' then 500 else -500 end
			where workspace_id = $1 and name in ('available', 'issued')`, k.Ours.ID)
		var granted, refused atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := k.Execute(k.Ctx(), step{Key: "a", Credits: 75, Do: "text"})
				var e *domain.Error
				switch {
				case err == nil:
					granted.Add(1)
				case errors.As(err, &e) && e.Code == domain.CodeInsufficientCredits && e.Details["required"] == 75 &&
					e.Details["available"] == 50:
					refused.Add(1)
				default:
					t.Errorf("refused with %v", err)
				}
			})
		}
		wg.Wait()
		if granted.Load() != 6 || refused.Load() != 14 {
			t.Errorf("%d granted, %d refused", granted.Load(), refused.Load())
		}
		b, err := k.Store.Read().CreditBalance(context.Background(), k.Ours.ID)
		if err != nil || b.Available != 50 || b.Held != 450 {
			t.Errorf("balance %+v, %v", b, err)
		}
		if n := k.Count("select count(*) from execution"); n != 6 {
			t.Errorf("%d executions were left behind", n)
		}
	})
}

func TestTheLedgerIsSoundAtEveryInstant(t *testing.T) {
	script := func(c aitest.Call) aitest.Reply {
		if c.N%5 == 4 {
			return aitest.Status(500, "server_error", "no")
		}
		return aitest.Text("words")
	}
	enginetest.Each(t, enginetest.Config{Provider: server(t, script)}, func(k *enginetest.Kit) {
		over := make(chan struct{})
		var watch sync.WaitGroup
		watch.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				if sum, err := k.Store.Read().CreditLedgerSum(context.Background()); err != nil || sum != 0 {
					t.Errorf("the ledger sums to %d, %v", sum, err)
					return
				}
			}
		})
		var wg sync.WaitGroup
		ids := make([]int64, 24)
		for i := range ids {
			wg.Go(func() {
				ctx := k.Ctx()
				if i%2 == 1 {
					ctx = enginetest.As(k.Theirs.ID, domain.RoleOwner)
				}
				x, err := k.Execute(ctx, step{Key: "a", Credits: 2, Do: "text"}, step{Key: "b", Credits: 1, Do: "text"},
					step{Key: "c", Credits: 3, After: []string{"a", "b"}, Do: "item"})
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = x.Execution.ID
				if i%3 == 0 {
					if _, err := k.Work.Cancel(ctx, verb.ID{ID: ids[i]}); err != nil && domain.CodeOf(err) != domain.CodeConflict {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			x := k.Await(id, "over", func(x domain.Execution) bool { return x.Status.Ended() })
			checkSettled(k, x)
		}
		close(over)
		watch.Wait()
		k.Audit()
	})
}

// checkSettled fails the test unless an execution that ended captured or released all that
// it held.
func checkSettled(k *enginetest.Kit, x domain.Execution) {
	k.T.Helper()
	var sums [3]int
	for i, kind := range []string{"hold", "capture", "release"} {
		sums[i] = k.Count("select coalesce(sum(amount), 0) from movement where execution_id = $1 and kind = $2", x.ID, kind)
	}
	steps := k.Count("select coalesce(sum(credits), 0) from step where execution_id = $1", x.ID)
	if sums[0] != sums[1]+sums[2] || sums[1] != steps || sums[1] != x.CreditsUsed || x.CreditsHeld != 0 {
		k.T.Errorf("execution %d (%s): held %d, captured %d, released %d, its steps cost %d, it says %d used and %d held",
			x.ID, x.Status, sums[0], sums[1], sums[2], steps, x.CreditsUsed, x.CreditsHeld)
	}
}

func TestAMovementIsBookedOnce(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for range 2 {
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				return tx.TransferCredits(ctx, store.CreditTransfer{WorkspaceID: k.Ours.ID, Kind: domain.MovementHold, Amount: 40,
					Reference: "once"})
			})
		}
		if b := k.Credits(); b.Held != 40 {
			t.Errorf("a movement with the same reference was booked twice: %+v", b)
		}
	})
}
