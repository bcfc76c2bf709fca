package execution_test

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

// TestWhatWasWrittenBeforeACancelIsKept cancels an execution whose second step hangs within
// its text, on the node that writes and on another one: the text is recorded with the cancel,
// as not finished, and charged like a step that never began. A retry writes it again.
func TestWhatWasWrittenBeforeACancelIsKept(t *testing.T) {
	for _, elsewhere := range []bool{false, true} {
		var calls atomic.Int64
		m := server(t, func(aitest.Call) aitest.Reply {
			switch calls.Add(1) % 4 { // on each database: a, b until it is cancelled, and again b and c
			case 1:
				return aitest.Text("The whole text.")
			case 2:
				return aitest.Text("The beginning ", "and no end").Faulty(aitest.Hang, 1)
			}
			return aitest.Text("The other text.")
		})
		enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
			on := k
			if elsewhere {
				if !k.Store.Postgres() {
					return // SQLite has one node
				}
				on = k.Other()
				go on.Runner.Texts.Run(t.Context())
				listens(k, on)
			}
			x := k.Run(step{Key: "a", Credits: 2, Do: "text"}, step{Key: "b", Credits: 3, Do: "text", After: []string{"a"}},
				step{Key: "c", Credits: 1, Do: "text", After: []string{"b"}})
			reader := on.Runner.Texts.Watch(x.ID)
			defer reader.Leave()
			seen := map[string]string{}
			enginetest.Eventually(t, func() string {
				for _, p := range reader.Next() {
					seen[p.Step] += p.Text
				}
				if seen["b"] == "" {
					return "nothing of b is written"
				}
				return ""
			})
			if _, err := on.Work.Cancel(k.Ctx(), verb.ID{ID: x.ID}); err != nil {
				t.Fatal(err)
			}
			steps, err := k.Store.Read().ExecutionSteps(t.Context(), x.ID) // at once: it is part of the cancel
			if err != nil || len(steps) != 2 || steps[0].Status != domain.StepDone {
				t.Fatalf("steps %+v, %v", steps, err)
			}
			b := steps[1]
			var output struct {
				Text     string
				Finished *bool
			}
			if err := json.Unmarshal(b.Output, &output); err != nil || output.Text != seen["b"] ||
				output.Finished == nil || *output.Finished {
				t.Errorf("recorded %s, seen %q, %v", b.Output, seen["b"], err)
			}
			if b.Status != domain.StepCancelled || b.Credits != 0 || b.StartedAt.Before(steps[0].CompletedAt) ||
				b.Model != steps[0].Model || b.Provider != steps[0].Provider {
				t.Errorf("%+v after %+v", b, steps[0])
			}
			got := k.Ended(x.ID, domain.ExecutionCancelled)
			if got.CreditsUsed != 2 || k.Credits().Held != 0 {
				t.Errorf("used %d, held %d", got.CreditsUsed, k.Credits().Held)
			}
			retry, err := k.Work.Retry(k.Ctx(), verb.ID{ID: x.ID})
			if err != nil {
				t.Fatal(err)
			}
			again := k.Ended(retry.Execution.ID, domain.ExecutionCompleted)
			steps, err = k.Store.Read().ExecutionSteps(t.Context(), again.ID)
			if err != nil || len(steps) != 3 || again.CreditsUsed != 4 {
				t.Fatalf("used %d, %+v, %v", again.CreditsUsed, steps, err)
			}
			for _, s := range steps[1:] {
				if s.Status != domain.StepDone || string(s.Output) != `"The other text."` {
					t.Errorf("retried: %s %s", s.Status, s.Output)
				}
			}
		})
	}
}

// listens waits until a node hears of the texts of others: what was written before then, it has missed.
func listens(k, node *enginetest.Kit) {
	const nobodys = 1 << 40
	heard := node.Runner.Texts.Watch(nobodys)
	defer heard.Leave()
	enginetest.Eventually(k.T, func() string {
		payload := fmt.Sprintf(`{"n":"test","r":%d,"p":[{"s":"x","o":0,"t":"x"}]}`, nobodys)
		err := k.Store.Notify(k.Ctx(), "vellocity_text", payload)
		if err != nil || len(heard.Next()) == 0 {
			return fmt.Sprintf("the node does not listen: %v", err)
		}
		return ""
	})
}

// TestACancelWithoutTextRecordsNothing: a step that has written nothing has no record.
func TestACancelWithoutTextRecordsNothing(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("Never sent").Faulty(aitest.Hang, 0)))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		x := k.Run(step{Key: "a", Credits: 2, Do: "text"})
		k.Await(x.ID, "at work", func(x domain.Execution) bool { return x.Status == domain.ExecutionExecuting })
		if _, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: x.ID}); err != nil {
			t.Fatal(err)
		}
		if n := k.Count("select count(*) from step"); n != 0 {
			t.Errorf("%d steps", n)
		}
	})
}
