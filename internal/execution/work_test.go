package execution_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

func TestStepsRunInTheOrderOfThePlanAndInParallelWhereTheyCan(t *testing.T) {
	var mu sync.Mutex
	var order []string
	var inside sync.WaitGroup
	enginetest.Each(t, enginetest.Config{Before: func(ctx context.Context, in capability.Input) error {
		mu.Lock()
		order = append(order, in.Step.Key)
		mu.Unlock()
		if !strings.HasPrefix(in.Step.Key, "section") {
			return nil
		}
		inside.Done()
		met := make(chan struct{})
		go func() { inside.Wait(); close(met) }()
		select {
		case <-met: // all three are at work at the same time
			return nil
		case <-time.After(10 * time.Second):
			return enginetest.ErrWrong
		}
	}}, func(k *enginetest.Kit) {
		order = nil
		inside.Add(3)
		sections := []string{"section-1", "section-2", "section-3"}
		x := k.Run(step{Key: "outline"}, step{Key: "section-1", After: []string{"outline"}},
			step{Key: "section-2", After: []string{"outline"}},
			step{Key: "section-3", After: []string{"outline"}},
			step{Key: "checks", After: sections}, step{Key: "end", After: []string{"checks"}, Do: "item"})
		k.Ended(x.ID, domain.ExecutionCompleted)
		if order[0] != "outline" || order[4] != "checks" || order[5] != "end" || len(order) != 6 {
			t.Errorf("the steps ran as %v", order)
		}
	})
}

// TestResumeAfterAStopAtEveryRecord stops the process after each record in turn:
// what is recorded is never run again, and the provider is called once per step.
func TestResumeAfterAStopAtEveryRecord(t *testing.T) {
	plan := []step{{Key: "a", Credits: 1, Do: "text"}, {Key: "b1", Credits: 1, Do: "text", After: []string{"a"}},
		{Key: "b2", Credits: 1, Do: "text", After: []string{"a"}},
		{Key: "c", Credits: 1, Do: "text", After: []string{"b1", "b2"}}, {Key: "d", Do: "item", After: []string{"c"}}}
	for n := 1; n < len(plan); n++ {
		t.Run(fmt.Sprintf("after %d", n), func(t *testing.T) {
			var mu sync.Mutex
			ran := map[string]int{}
			var recorded func() int
			enginetest.Each(t, enginetest.Config{Provider: server(t, answers()),
				Before: func(ctx context.Context, in capability.Input) error {
					for recorded != nil && recorded() >= n { // the rest waits until the process is gone
						select {
						case <-ctx.Done():
							return ctx.Err()
						case <-time.After(time.Millisecond):
						}
					}
					mu.Lock()
					ran[in.Step.Key]++
					mu.Unlock()
					return nil
				}}, func(k *enginetest.Kit) {
				mu.Lock()
				clear(ran)
				mu.Unlock()
				steps := func() int { return k.Count("select count(*) from step") }
				mu.Lock()
				recorded = steps
				mu.Unlock()
				before := k.Config.Provider.Count()
				x := k.Run(plan...)
				enginetest.Eventually(t, func() string {
					if steps() >= n {
						return ""
					}
					return "too few records"
				})
				k.Stop()
				had, err := k.Store.Read().ExecutionSteps(context.Background(), x.ID)
				if err != nil {
					t.Fatal(err)
				}
				recorded = nil
				k.Restart()
				k.Ended(x.ID, domain.ExecutionCompleted)
				mu.Lock()
				defer mu.Unlock()
				for _, s := range had {
					if ran[s.Key] != 1 {
						t.Errorf("the recorded step %s ran %d times", s.Key, ran[s.Key])
					}
				}
				// b1 and b2 may both be past the hook when the stop comes.
				if calls := k.Config.Provider.Count() - before; calls > 5 || calls < 4 {
					t.Errorf("%d calls for 4 texts", calls)
				}
				if b := k.Credits(); b.Balance != 9_996 || b.Held != 0 {
					t.Errorf("balance %+v", b)
				}
				if items := k.Count("select count(*) from content"); items != 1 {
					t.Errorf("%d items", items)
				}
			})
		})
	}
}

func TestAFencedCommitChangesNothing(t *testing.T) {
	var k *enginetest.Kit
	enginetest.Each(t, enginetest.Config{Provider: server(t, answers()),
		Before: func(_ context.Context, in capability.Input) error {
			if in.Step.Key == "late" {
				_, err := k.Store.DB().SQL().ExecContext(context.Background(),
					"update execution set epoch = epoch + 1 where id = $1",
					in.ExecutionID)
				return err
			}
			return nil
		}}, func(kit *enginetest.Kit) {
		k = kit
		x := k.Run(step{Key: "first", Credits: 1, Do: "text"},
			step{Key: "late", Credits: 4, Do: "item", After: []string{"first"}})
		k.Await(x.ID, "fenced", func(x domain.Execution) bool { return x.Epoch >= 2 })
		enginetest.Eventually(t, func() string {
			if k.Count("select count(*) from river_job where state = 'running'") == 0 {
				return ""
			}
			return "the worker still works"
		})
		got, err := k.Store.Read().ExecutionForWork(context.Background(), x.ID)
		if err != nil || got.CreditsUsed != 1 || got.Status != domain.ExecutionExecuting {
			t.Errorf("the execution is %+v, %v", got, err)
		}
		if n := k.Count("select count(*) from content") + k.Count("select count(*) from step where key = 'late'"); n != 0 {
			t.Errorf("a fenced worker left %d rows", n)
		}
		if b := k.Credits(); b.Held != 4 {
			t.Errorf("balance %+v", b)
		}
	})
}

func TestAnExecutionThatKeepsBeingInterruptedAtTheSameStepIsStopped(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, answers()),
		Before: func(ctx context.Context, in capability.Input) error {
			if in.Step.Key == "deadly" {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "fine", Credits: 1, Do: "text"}, step{Key: "deadly", Credits: 1, After: []string{"fine"}})
		for n := range 15 {
			got := k.Await(x.ID, "at work again", func(x domain.Execution) bool {
				return x.Status.Ended() || x.Epoch > int64(n) && k.Count("select count(*) from step") == 1
			})
			if got.Status.Ended() {
				break
			}
			k.Stop()
			// A process that is killed does not hand back what it had.
			if _, err := k.Store.DB().SQL().ExecContext(t.Context(), "update execution set crashes = crashes + 1"); err != nil {
				t.Fatal(err)
			}
			k.Restart()
		}
		got := k.Ended(x.ID, domain.ExecutionFailed)
		if !strings.Contains(got.Error, "interrupted") || got.Epoch != 12 || got.CreditsUsed != 1 {
			t.Errorf("epoch %d, used %d: %s", got.Epoch, got.CreditsUsed, got.Error)
		}
		if b := k.Credits(); b.Held != 0 {
			t.Errorf("balance %+v", b)
		}
	})
}

func TestAGracefulStopIsNoInterruption(t *testing.T) {
	var stuck atomic.Bool
	stuck.Store(true)
	enginetest.Each(t, enginetest.Config{Before: func(ctx context.Context, _ capability.Input) error {
		if stuck.Load() {
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}}, func(k *enginetest.Kit) {
		stuck.Store(true)
		x := k.Run(step{Key: "long"})
		for n := range 8 {
			k.Await(x.ID, "at work again", func(x domain.Execution) bool { return x.Epoch > int64(n) })
			k.Stop()
			k.Restart()
		}
		stuck.Store(false)
		k.Stop()
		k.Restart()
		k.Ended(x.ID, domain.ExecutionCompleted)
	})
}

func TestInterruptionsAtDifferentStepsAreNotCountedTogether(t *testing.T) {
	var stuck atomic.Bool
	enginetest.Each(t, enginetest.Config{Before: func(ctx context.Context, in capability.Input) error {
		if stuck.CompareAndSwap(true, false) {
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}}, func(k *enginetest.Kit) {
		var steps []step
		for i := range 7 {
			s := step{Key: fmt.Sprintf("s%d", i)}
			if i > 0 {
				s.After = []string{fmt.Sprintf("s%d", i-1)}
			}
			steps = append(steps, s)
		}
		var x domain.Execution
		for n := range 6 {
			stuck.Store(true)
			if n == 0 {
				x = k.Run(steps...)
			} else {
				k.Restart()
			}
			enginetest.Eventually(t, func() string {
				if stuck.Load() {
					return "no step was interrupted"
				}
				return ""
			})
			k.Stop()
			// What is recorded by hand stands for progress between two crashes.
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				cur, err := tx.ExecutionForWork(ctx, x.ID)
				if err != nil {
					return err
				}
				s := store.Step{StepResult: domain.StepResult{Key: fmt.Sprintf("s%d", n), Status: domain.StepDone,
					Output: []byte(`"x"`), StartedAt: tx.Now(), CompletedAt: tx.Now()}}
				if err := tx.SaveStep(ctx, x.ID, s); err != nil {
					return err
				}
				cur.Progress += 10
				return tx.SaveExecution(ctx, cur, cur.Status)
			})
		}
		k.Restart()
		k.Ended(x.ID, domain.ExecutionCompleted)
	})
}

func TestCancelEndsACallOfTheProviderAtOnce(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("The beginning ", "and no end").Faulty(aitest.Hang, 1)))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		gone := m.Abandoned()
		x := k.Run(step{Key: "a", Credits: 9, Do: "text"})
		enginetest.Eventually(t, func() string {
			if m.Open() == 1 {
				return ""
			}
			return "the provider has not been called"
		})
		began := time.Now()
		if _, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: x.ID}); err != nil {
			t.Fatal(err)
		}
		enginetest.Eventually(t, func() string {
			if m.Abandoned() > gone {
				return ""
			}
			return "the call continues"
		})
		t.Logf("the call ended after %s", time.Since(began))
		if b := k.Credits(); b.Held != 0 || b.Balance != 10_000 {
			t.Errorf("balance %+v", b)
		}
		enginetest.Eventually(t, func() string {
			list, err := k.Work.Attempts(k.Ctx(), x.ID)
			if err != nil || len(list) != 1 || list[0].Error != "cancelled" {
				return fmt.Sprintf("attempts %+v, %v", list, err)
			}
			return ""
		})
		k.Ended(x.ID, domain.ExecutionCancelled)
	})
}

func TestALongRetryWaitsWithoutAWorkerAndContinues(t *testing.T) {
	var calls atomic.Int64
	script := func(aitest.Call) aitest.Reply {
		if calls.Add(1)%2 == 1 {
			return aitest.Rate("61") // longer than is waited out in the call
		}
		return aitest.Text("Better now.")
	}
	enginetest.Each(t, enginetest.Config{Provider: server(t, script)}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Credits: 1, Do: "text"})
		k.Await(x.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingRetry })
		enginetest.Eventually(t, func() string {
			if k.Count("select count(*) from river_job where state = 'scheduled'") == 1 {
				return ""
			}
			return "the job is not put off"
		})
		if b := k.Credits(); b.Held != 1 {
			t.Errorf("while it waits: %+v", b)
		}
		soon(k)
		done := k.Ended(x.ID, domain.ExecutionCompleted)
		if done.WaitingFor != "" || done.CreditsUsed != 1 {
			t.Errorf("%+v", done)
		}
		list, err := k.Work.Attempts(k.Ctx(), x.ID)
		if err != nil || len(list) != 2 || list[0].Status != 429 || list[1].Status != 200 || list[1].Error != "" ||
			list[1].PromptHash != "hash-a" {
			t.Errorf("attempts %+v, %v", list, err)
		}
	})
}

// A provider that refuses again and again is asked a limited number of times, less and
// less often.
func TestRateLimitsDoNotGoOnForEver(t *testing.T) {
	m := server(t, aitest.Always(aitest.Rate("61")))
	enginetest.Each(t, enginetest.Config{Idle: true, Provider: m}, func(k *enginetest.Kit) {
		before := m.Count()
		x := k.Run(step{Key: "a", Credits: 1, Do: "text"})
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			for n := range 18 {
				if _, err := tx.StartAttempt(ctx, domain.Attempt{ExecutionID: x.ID, Step: "a", N: n + 1}); err != nil {
					return err
				}
			}
			return nil
		})
		k.Start()
		k.Await(x.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingRetry })
		enginetest.Eventually(t, func() string {
			if k.Count("select count(*) from river_job where state = 'scheduled'") == 1 {
				return ""
			}
			return "the job is not put off"
		})
		soon(k)
		got := k.Ended(x.ID, domain.ExecutionFailed)
		if n := m.Count() - before; n != 2 || !strings.Contains(got.Error, "more calls than it allows") {
			t.Errorf("%d calls, %s", n, got.Error)
		}
	})
}

// A text that was cut at the model's limit is a finding of its step and of the item
// that is made of it.
func TestATextThatWasCutIsAFinding(t *testing.T) {
	cut := aitest.Text("Rain falls on")
	cut.Stop = "length"
	m := server(t, aitest.Always(cut))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Credits: 1, Do: "text"}, step{Key: "b", After: []string{"a"}, Do: "item"})
		k.Ended(x.ID, domain.ExecutionCompleted)
		steps, err := k.Store.Read().ExecutionSteps(context.Background(), x.ID)
		if err != nil || len(steps[0].Findings) != 1 || steps[0].Findings[0].Guardrail != "length-format" {
			t.Errorf("steps %+v, %v", steps, err)
		}
		made, err := k.Work.Assets(k.Ctx(), x.ID)
		if err != nil || len(made.Items) != 1 || len(made.Items[0].Findings) != 1 ||
			!strings.Contains(made.Items[0].Findings[0].Message, "cut off by the model's limit") {
			t.Errorf("items %+v, %v", made, err)
		}
	})
}

// soon makes the jobs that are put off due now.
func soon(k *enginetest.Kit) {
	if k.Store.Postgres() {
		k.Exec("update river_job set scheduled_at = now() where state = 'scheduled'")
		return
	}
	k.Exec("update river_job set scheduled_at = datetime('now', 'subsec') where state = 'scheduled'")
}

func TestAnExecutionWaitsForAPersonAndContinuesWithTheAnswer(t *testing.T) {
	for _, c := range []struct {
		to   domain.ItemStatus
		want string
	}{{domain.ItemReady, "approved true by reviewer"}, {domain.ItemGenerated, "approved false by reviewer"}} {
		t.Run(string(c.to), func(t *testing.T) {
			enginetest.Each(t, enginetest.Config{Slots: 1}, func(k *enginetest.Kit) {
				item := k.Item(k.Ctx(), "To be judged", "A text.")
				move(k, item.ID, domain.ItemReview)
				x := k.Run(step{Key: "before"}, step{Key: "person", Do: "wait", Item: item.ID, After: []string{"before"}},
					step{Key: "after", After: []string{"person"}})
				k.Await(x.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingPerson })
				other := k.Run(step{Key: "a"}) // the only slot is free meanwhile
				k.Ended(other.ID, domain.ExecutionCompleted)
				ctx := enginetest.As(k.Ours.ID, domain.RoleEditor)
				if c.to == domain.ItemReady {
					ctx = enginetest.As(k.Ours.ID, domain.RoleReviewer)
				} else {
					ctx = domain.WithActor(ctx, domain.Actor{Kind: domain.ActorPerson, Name: "reviewer", WorkspaceID: k.Ours.ID,
						Role: domain.RoleEditor, Scopes: []domain.Scope{domain.ScopeAdmin}})
				}
				if _, err := k.Content.Move(ctx, content.Move{ID: item.ID, To: c.to}); err != nil {
					t.Fatal(err)
				}
				k.Ended(x.ID, domain.ExecutionCompleted)
				steps, err := k.Store.Read().ExecutionSteps(context.Background(), x.ID)
				if err != nil {
					t.Fatal(err)
				}
				i := slices.IndexFunc(steps, func(s store.Step) bool { return s.Key == "person" })
				if got := strings.Trim(string(steps[i].Output), `"`); got != c.want {
					t.Errorf("the step says %q, not %q", got, c.want)
				}
			})
		})
	}
}

func move(k *enginetest.Kit, id int64, to domain.ItemStatus) domain.ContentItem {
	k.T.Helper()
	c, err := k.Content.Move(k.Ctx(), content.Move{ID: id, To: to})
	if err != nil {
		k.T.Fatal(err)
	}
	return c
}

// TestADecisionThatComesTooEarlyCounts has the item moved after the step has
// looked at it and before the execution begins to wait.
func TestADecisionThatComesTooEarlyCounts(t *testing.T) {
	var k *enginetest.Kit
	var item int64
	var once sync.Once
	enginetest.Each(t, enginetest.Config{Before: func(_ context.Context, in capability.Input) error {
		if in.Step.Key == "person" && in.Answer == nil {
			once.Do(func() { move(k, item, domain.ItemReady) })
		}
		return nil
	}}, func(kit *enginetest.Kit) {
		k, once = kit, sync.Once{}
		item = k.Item(k.Ctx(), "To be judged", "A text.").ID
		move(k, item, domain.ItemReview)
		x := k.Run(step{Key: "person", Do: "wait", Item: item})
		k.Ended(x.ID, domain.ExecutionCompleted)
	})
}

func TestAnExecutionThatWaitsForADeletedItemFails(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		item := k.Item(k.Ctx(), "To be judged", "A text.")
		move(k, item.ID, domain.ItemReview)
		x := k.Run(step{Key: "person", Do: "wait", Item: item.ID})
		k.Await(x.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingPerson })
		if err := k.Content.DeleteItem(k.Ctx(), verb.ID{ID: item.ID}); err != nil {
			t.Fatal(err)
		}
		if got := k.Ended(x.ID, domain.ExecutionFailed); !strings.Contains(got.Error, "not found") {
			t.Error(got.Error)
		}
	})
}

func TestAnExecutionThatMovesAnItemWakesTheOneThatWaitsForIt(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		item := k.Item(k.Ctx(), "To be judged", "A text.")
		move(k, item.ID, domain.ItemReview)
		x := k.Run(step{Key: "person", Do: "wait", Item: item.ID})
		k.Await(x.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingPerson })
		mover := k.Run(step{Key: "m", Do: "move", Item: item.ID, To: domain.ItemReady})
		k.Ended(mover.ID, domain.ExecutionCompleted)
		k.Ended(x.ID, domain.ExecutionCompleted)
	})
}

// TestTheOtherBranchesOfAWaitingStepAreFinished wants a branch beside the one that
// waits to run to its end, and to be paid for once.
func TestTheOtherBranchesOfAWaitingStepAreFinished(t *testing.T) {
	m := server(t, aitest.Always(aitest.Reply{Pieces: []string{"slow ", "words"}, Delay: 100 * time.Millisecond}))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		calls := m.Count()
		item := k.Item(k.Ctx(), "To be judged", "A text.")
		move(k, item.ID, domain.ItemReview)
		x := k.Run(step{Key: "person", Do: "wait", Item: item.ID}, step{Key: "s1", Do: "text", Credits: 1},
			step{Key: "s2", Do: "text", Credits: 1, After: []string{"s1"}})
		k.Await(x.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingPerson })
		if n := k.Count("select count(*) from step where execution_id = $1", x.ID); n != 2 {
			t.Errorf("%d steps recorded when the execution waits", n)
		}
		move(k, item.ID, domain.ItemReady)
		k.Ended(x.ID, domain.ExecutionCompleted)
		if n := m.Count() - calls; n != 2 {
			t.Errorf("%d calls for two texts", n)
		}
	})
}

func TestAFailedStepHasAMessage(t *testing.T) {
	for _, c := range []struct{ do, want string }{
		{"panic", `"Step a" failed for a reason inside Vellocity`},
		{"fail", `"Step a" failed for a reason inside Vellocity`},
		{"refuse", "This cannot be done, and here is why"},
		{"unspeakable", `"Step a" failed for a reason inside Vellocity`},
	} {
		t.Run(c.do, func(t *testing.T) {
			enginetest.Each(t, enginetest.Config{Provider: server(t, answers())}, func(k *enginetest.Kit) {
				x := k.Run(step{Key: "a", Credits: 1, Do: c.do}, step{Key: "b", Credits: 1, After: []string{"a"}})
				got := k.Ended(x.ID, domain.ExecutionFailed)
				if !strings.HasPrefix(got.Error, c.want) || strings.Contains(got.Error, "inner went wrong") {
					t.Errorf("it says %q", got.Error)
				}
				steps, err := k.Store.Read().ExecutionSteps(context.Background(), x.ID)
				if err != nil || len(steps) != 1 || steps[0].Status != domain.StepFailed || steps[0].Error != got.Error {
					t.Errorf("steps %+v, %v", steps, err)
				}
				checkSettled(k, got)
			})
		})
	}
}

// TestAnEffectThatIsRefusedFailsTheExecution has an execution publish what may not be.
func TestAnEffectThatIsRefusedFailsTheExecution(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		item := k.Item(k.Ctx(), "Blocked", "A text.", domain.Finding{Guardrail: "g", Severity: domain.SeverityBlocking,
			Action: domain.ActionBlocked, Message: "It names a secret."})
		x := k.Run(step{Key: "p", Do: "publish", Item: item.ID})
		got := k.Ended(x.ID, domain.ExecutionFailed)
		if !strings.Contains(got.Error, "It names a secret.") {
			t.Error(got.Error)
		}
		if n := k.Count("select count(*) from publication"); n != 0 {
			t.Errorf("%d publications", n)
		}
	})
}

func TestAnExecutionThatCannotBePlannedIsRefused(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		if _, err := k.Execute(k.Ctx(), step{Key: "a", Do: "noplan"}); err == nil {
			t.Error("an execution without a plan was accepted")
		}
	})
}

func TestAProviderThatIsGoneFailsTheExecution(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true, Provider: server(t, answers())}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Credits: 3, Do: "text"})
		k.Providers.Use(nil)
		k.Start()
		got := k.Ended(x.ID, domain.ExecutionFailed)
		if !strings.Contains(got.Error, `"scripted"`) || got.CreditsUsed != 0 {
			t.Errorf("used %d: %s", got.CreditsUsed, got.Error)
		}
		if b := k.Credits(); b.Held != 0 {
			t.Errorf("balance %+v", b)
		}
	})
}

func TestTroubleWithTheProviderChargesOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		first  aitest.Reply
		status domain.ExecutionStatus
		calls  int
	}{
		{"401", aitest.Status(401, "invalid_api_key", "no"), domain.ExecutionFailed, 1},
		{"429", aitest.Rate("0"), domain.ExecutionCompleted, 2},
		{"500", aitest.Status(500, "server_error", "no"), domain.ExecutionCompleted, 2},
		{"cut", aitest.Text("one ", "two ", "three").Faulty(aitest.Cut, 2), domain.ExecutionCompleted, 2},
		{"hard", aitest.Reply{CutHard: true}, domain.ExecutionCompleted, 2},
		{"page", aitest.HTML(), domain.ExecutionFailed, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n atomic.Int64
			m := server(t, func(aitest.Call) aitest.Reply {
				if n.Add(1) == 1 {
					return c.first
				}
				return aitest.Text("four ", "five")
			})
			enginetest.Each(t, enginetest.Config{Provider: m, Attempts: 3}, func(k *enginetest.Kit) {
				n.Store(0)
				x := k.Run(step{Key: "a", Credits: 4, Do: "text"})
				got := k.Ended(x.ID, c.status)
				checkSettled(k, got)
				list, err := k.Work.Attempts(k.Ctx(), x.ID)
				if err != nil || len(list) != c.calls {
					t.Fatalf("attempts %+v, %v", list, err)
				}
				if list[0].Error == "" || list[0].Error == store.Interrupted || list[0].N != 1 {
					t.Errorf("the first attempt is recorded as %+v", list[0])
				}
				if c.name == "cut" && (list[0].OutputTokens == 0 || list[0].Cost.MicroUSD == 0 || !list[0].Cost.Estimated) {
					t.Errorf("what was cut has cost money: %+v", list[0])
				}
				if c.calls == 1 {
					return
				}
				if last := list[c.calls-1]; last.Error != "" || last.N != 2 || last.InputTokens == 0 || last.RequestID == "" ||
					last.Cost.MicroUSD == 0 {
					t.Errorf("the last attempt is recorded as %+v", last)
				}
				steps, err := k.Store.Read().ExecutionSteps(context.Background(), x.ID)
				if err != nil || string(steps[0].Output) != `"four five"` || steps[0].Attempt != 2 || steps[0].Credits != 4 {
					t.Errorf("step %+v, %v", steps, err)
				}
			})
		})
	}
}

func TestAnAttemptWhoseEndWasNotRecordedIsInterrupted(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true, Provider: server(t, answers())}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Do: "text"})
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.StartAttempt(ctx, domain.Attempt{ExecutionID: x.ID, Step: "a", N: 1, Provider: "scripted",
				Model: "scripted-1", StartedAt: tx.Now()})
			return err
		})
		k.Start()
		k.Ended(x.ID, domain.ExecutionCompleted)
		list, err := k.Work.Attempts(k.Ctx(), x.ID)
		if err != nil || len(list) != 2 || list[0].Error != store.Interrupted || list[1].Error != "" {
			t.Errorf("attempts %+v, %v", list, err)
		}
	})
}

func TestExecutionsWithTheSameTitleTakeDifferentSlugs(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, answers())}, func(k *enginetest.Kit) {
		ids := make([]int64, 16)
		for i := range ids {
			ids[i] = k.Run(step{Key: "text", Credits: 1, Do: "text"}, step{Key: "i", Credits: 1, Do: "item",
				After: []string{"text"}}).ID
		}
		for _, id := range ids {
			if x := k.Ended(id, domain.ExecutionCompleted); x.Epoch != 1 {
				t.Errorf("execution %d was claimed %d times", id, x.Epoch)
			}
		}
		if n := k.Count("select count(distinct slug) from content"); n != len(ids) {
			t.Errorf("%d slugs", n)
		}
	})
}

func TestTheTextOfAnExecutionIsForgotten(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("a ", "b ").Faulty(aitest.Hang, 1)))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Do: "text"})
		reader := k.Runner.Texts.Watch(x.ID)
		defer reader.Leave()
		enginetest.Eventually(t, func() string {
			if len(reader.Next()) > 0 {
				return ""
			}
			return "no text"
		})
		k.Stop()
		late := k.Runner.Texts.Watch(x.ID)
		defer late.Leave()
		if left := late.Next(); len(left) > 0 {
			t.Errorf("the node keeps %+v", left)
		}
	})
}
