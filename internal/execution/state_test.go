package execution_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/store"
)

// changes are the states that the events of an execution name.
func changes(k *enginetest.Kit, id int64) (states []domain.ExecutionStatus) {
	k.T.Helper()
	events, err := k.Work.ExecutionEvents(k.Ctx(), id)
	if err != nil {
		k.T.Fatal(err)
	}
	for _, e := range events {
		var data struct{ Status domain.ExecutionStatus }
		if e.Name != domain.EventExecutionStatus {
			continue
		}
		if err := json.Unmarshal(e.Payload, &data); err != nil {
			k.T.Error(err)
		}
		states = append(states, data.Status)
	}
	return states
}

func TestAnExecutionIsPlannedThenExecuted(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a"}, step{Key: "b", After: []string{"a"}})
		k.Ended(x.ID, domain.ExecutionCompleted)
		want := []domain.ExecutionStatus{domain.ExecutionPlanning, domain.ExecutionExecuting}
		if got := changes(k, x.ID); !slices.Equal(got, want) {
			t.Errorf("states %v", got)
		}
		counts, err := k.Work.ExecutionCounts(k.Ctx())
		if err != nil || counts[domain.ExecutionCompleted] != 1 {
			t.Errorf("counts %v, %v", counts, err)
		}
		for s, n := range counts {
			if s != domain.ExecutionCompleted && n != 0 {
				t.Errorf("%d are %s", n, s)
			}
		}
	})
}

func TestAChangeOfStateThatIsNotAllowedIsRefused(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a"})
		ctx := context.Background()
		for _, before := range domain.ExecutionStatuses() {
			for _, to := range domain.ExecutionStatuses() {
				if before == to || before.MayBecome(to) {
					continue
				}
				x.Status = to
				err := k.Store.InTx(ctx, func(tx *store.Tx) error { return tx.SaveExecution(ctx, x, before) })
				if domain.CodeOf(err) != domain.CodeServer {
					t.Errorf("%s → %s: %v", before, to, err)
				}
			}
		}
		k.Do(func(ctx context.Context, tx *store.Tx) error { return tx.SaveExecutionPlan(ctx, x.ID, nil) })
		err := k.Store.InTx(ctx, func(tx *store.Tx) error { return tx.SaveExecutionPlan(ctx, x.ID, nil) })
		if domain.CodeOf(err) != domain.CodeServer {
			t.Errorf("it was planned twice: %v", err)
		}
	})
}

func TestTheCurrentStepIsAKey(t *testing.T) {
	inside, leave := make(chan string), make(chan struct{})
	enginetest.Each(t, enginetest.Config{Before: func(_ context.Context, in capability.Input) error {
		if in.Step.Key == "second" {
			inside <- in.Step.Key
			<-leave
		}
		return nil
	}}, func(k *enginetest.Kit) {
		item := k.Item(k.Ctx(), "To be judged", "A text.")
		move(k, item.ID, domain.ItemReview)
		x := k.Run(step{Key: "first"}, step{Key: "second", After: []string{"first"}},
			step{Key: "person", Do: "wait", Item: item.ID, After: []string{"second"}})
		key := <-inside
		d, err := k.Work.Execution(k.Ctx(), x.ID)
		if err != nil || d.CurrentStep != key || d.StepName(d.CurrentStep) != "Step second" {
			t.Errorf("while %s runs: %q, %v", key, d.CurrentStep, err)
		}
		leave <- struct{}{}
		waiting := k.Await(x.ID, "waiting", func(x domain.Execution) bool { return x.WaitingFor == domain.WaitingPerson })
		if waiting.CurrentStep != "person" {
			t.Errorf("while it waits: %q", waiting.CurrentStep)
		}
		move(k, item.ID, domain.ItemReady)
		if done := k.Ended(x.ID, domain.ExecutionCompleted); done.CurrentStep != "" {
			t.Errorf("at the end: %q", done.CurrentStep)
		}
	})
}

// Each step that asks a person gets the answer about its own item.
func TestStepsThatAskAboutDifferentItems(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		yes, no := k.Item(k.Ctx(), "Yes", "A text."), k.Item(k.Ctx(), "No", "A text.")
		move(k, yes.ID, domain.ItemReview)
		move(k, no.ID, domain.ItemReview)
		x := k.Run(step{Key: "yes", Do: "wait", Item: yes.ID},
			step{Key: "no", Do: "wait", Item: no.ID, After: []string{"yes"}})
		waits := func(itemID int64) {
			t.Helper()
			enginetest.Eventually(t, func() string {
				if k.Count("select count(*) from execution where id = $1 and waiting_item = $2", x.ID, itemID) == 1 {
					return ""
				}
				return "it does not wait"
			})
		}
		waits(yes.ID)
		move(k, yes.ID, domain.ItemReady)
		waits(no.ID)
		move(k, no.ID, domain.ItemGenerated)
		k.Ended(x.ID, domain.ExecutionCompleted)
		d, err := k.Work.Execution(k.Ctx(), x.ID)
		if err != nil || len(d.Steps) != 2 {
			t.Fatalf("%+v, %v", d.Steps, err)
		}
		for i, want := range []string{"approved true", "approved false"} {
			if got := string(d.Steps[i].Output); !strings.Contains(got, want) {
				t.Errorf("step %s says %s", d.Steps[i].Key, got)
			}
		}
	})
}
