package execution_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
)

// flow is a template whose steps are scripted: a writes and creates an item; b moves that
// item and, beside it, c writes; d is skipped where off is false, and e with it; f comes
// after all of them.
func flow() domain.Template {
	return domain.Template{
		ID: 1, Slug: "flow", Name: "Flow", Category: domain.TemplateOther, IsBuiltin: true, Version: 1,
		InputSchema: json.RawMessage(`{"type":"object","properties":{"to":{"type":"string","default":"review"},
			"off":{"type":"boolean","default":false}}}`),
		Steps: []domain.TemplateStep{
			scripted("a", "", nil, `{"key":"a1","do":"text","credits":2},{"key":"a2","do":"item","after":["a1"]}`),
			scripted("b", "", []string{"a"}, `{"key":"b1","do":"move","item":"{{ steps.a.items[0].id }}","to":"{{ inputs.to }}"},
				{"key":"b2","do":"text","credits":1,"after":["b1"]}`),
			scripted("c", "", []string{"a"}, `{"key":"c1","do":"text","credits":3}`),
			scripted("d", "inputs.off", []string{"a"}, `{"key":"d1","do":"text","credits":1}`),
			scripted("e", "", []string{"d"}, `{"key":"{{ steps.d.output }}","do":"text","credits":1}`),
			scripted(
				"f",
				"",
				[]string{"b", "c", "e"},
				`{"key":"f1","to":"{{ steps.c.output + (steps.e.output ?? \"none\") }}"}`,
			),
		},
	}
}

func scripted(key, when string, after []string, steps string) domain.TemplateStep {
	return domain.TemplateStep{
		Key: key, Capability: enginetest.Slug, DependsOn: after, When: when,
		Settings: json.RawMessage(`{"steps":[` + steps + `]}`),
	}
}

func config(t *testing.T, before enginetest.Hook, templates ...domain.Template) enginetest.Config {
	return enginetest.Config{
		Provider: server(t, answers()), Before: before, Templates: append([]domain.Template{flow()}, templates...),
	}
}

func start(k *enginetest.Kit, inputs string) domain.Execution {
	k.T.Helper()
	started, err := k.Work.ExecuteTemplate(
		k.Ctx(),
		work.ExecuteTemplate{Template: "flow", Inputs: json.RawMessage(inputs)},
	)
	if err != nil {
		k.T.Fatal(domain.AsError(err).Message, domain.AsError(err).Fields)
	}
	return started.Execution
}

func details(k *enginetest.Kit, id int64) work.ExecutionDetails {
	k.T.Helper()
	d, err := k.Work.Execution(k.Ctx(), id)
	if err != nil {
		k.T.Fatal(err)
	}
	return d
}

// states are the recorded steps, sorted: "a.a1 completed".
func states(d work.ExecutionDetails) string {
	var list []string
	for _, s := range d.Steps {
		list = append(list, s.Key+" "+string(s.Status))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

const whole = "a completed, a.a1 completed, a.a2 completed, b completed, b.b1 completed, b.b2 completed, " +
	"c completed, c.c1 completed, d skipped, e skipped, f completed, f.f1 completed"

func TestATemplateRunsAsOneExecution(t *testing.T) {
	enginetest.Each(t, config(t, nil), func(k *enginetest.Kit) {
		x := start(k, `{}`)
		if x.CreditsHeld != 30 || x.Template != "flow" || x.Capability != "" || x.Title != "Flow" {
			t.Errorf("%+v", x)
		}
		got := k.Ended(x.ID, domain.ExecutionCompleted)
		d := details(k, x.ID)
		if states(d) != whole {
			t.Errorf("%s", states(d))
		}
		var plan []string
		for _, s := range d.Plan {
			plan = append(plan, fmt.Sprintf("%s (%s) after %v", s.Key, s.Name, s.DependsOn))
		}
		want := `a.a1 (A › Step a1) after []
a.a2 (A › Step a2) after [a.a1]
a (A) after [a.a2]
b.b1 (B › Step b1) after [a]
b.b2 (B › Step b2) after [b.b1]
b (B) after [b.b2]
c.c1 (C › Step c1) after [a]
c (C) after [c.c1]
d (D) after [a]
e (E) after [d]
f.f1 (F › Step f1) after [b c e]
f (F) after [f.f1]`
		if strings.Join(plan, "\n") != want {
			t.Errorf("plan:\n%s", strings.Join(plan, "\n"))
		}
		if got.CreditsUsed != 6 || got.CreditsHeld != 0 || got.Progress != 100 {
			t.Errorf("used %d, held %d, progress %d", got.CreditsUsed, got.CreditsHeld, got.Progress)
		}
		if m := movements(k, x.ID); m[domain.MovementHold] != 30 || m[domain.MovementRelease] != 24 ||
			m[domain.MovementCapture] != 6 {
			t.Errorf("movements %v", m)
		}
		if len(d.Items) != 1 || d.Items[0].Status != domain.ItemReview {
			t.Errorf("items %+v", d.Items)
		}
		for _, s := range d.Steps {
			switch s.Key {
			case "d":
				if !strings.Contains(string(s.Output), "Its condition is false: inputs.off") || s.Credits != 0 {
					t.Errorf("d: %s, %d credits", s.Output, s.Credits)
				}
			case "e":
				if !strings.Contains(string(s.Output), `It needs the result of \"D\"`) {
					t.Errorf("e: %s", s.Output)
				}
			case "a":
				if want := fmt.Sprintf(`{"items": [{"id": %d, "title": "The same title"}]}`, d.Items[0].ID); !same(
					want,
					string(s.Output),
				) {
					t.Errorf("a: %s", s.Output)
				}
			}
		}
		if args := d.Plan[11].Args; !strings.Contains(string(args), "came.none") {
			t.Errorf("f runs with %s", args)
		}
		k.Audit()
		if b := k.Credits(); b.Balance != 9_994 || b.Held != 0 {
			t.Errorf("balance %+v", b)
		}
	})
}

func same(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && fmt.Sprint(x) == fmt.Sprint(y)
}

// TestProgressOfATemplateNeverFalls although its plan grows.
func TestProgressOfATemplateNeverFalls(t *testing.T) {
	enginetest.Each(t, config(t, nil), func(k *enginetest.Kit) {
		x := start(k, `{"off":true}`)
		k.Ended(x.ID, domain.ExecutionCompleted)
		events, err := k.Work.ExecutionEvents(k.Ctx(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		last, planned := 0, 0
		for _, e := range events {
			var p struct {
				Progress *int
				Planned  bool
			}
			if err := json.Unmarshal(e.Payload, &p); err != nil {
				t.Fatal(err)
			}
			if p.Progress != nil {
				if *p.Progress < last {
					t.Errorf("%s: %d after %d", e.Name, *p.Progress, last)
				}
				last = *p.Progress
			}
			if p.Planned {
				planned++
			}
		}
		if planned != 7 { // at first, and with each step
			t.Errorf("planned %d times", planned)
		}
	})
}

// TestATemplateResumesAfterAStopAtEveryRecord: also between the record of one step and the
// start of the next, whose settings are made of it.
func TestATemplateResumesAfterAStopAtEveryRecord(t *testing.T) {
	for n := 1; n < 12; n++ {
		t.Run(fmt.Sprintf("after %d", n), func(t *testing.T) {
			var mu sync.Mutex
			ran := map[string]int{}
			var recorded func() int
			enginetest.Each(t, config(t, func(ctx context.Context, in capability.Input) error {
				mu.Lock()
				full := recorded
				mu.Unlock()
				for full != nil && full() >= n { // the rest waits until the process is gone
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
			}), func(k *enginetest.Kit) {
				steps := func() int { return k.Count("select count(*) from step") }
				mu.Lock()
				clear(ran)
				recorded = steps
				mu.Unlock()
				x := start(k, `{}`)
				enginetest.Eventually(t, func() string {
					if steps() >= n {
						return ""
					}
					return "too few records"
				})
				k.Stop()
				had := details(k, x.ID).Steps
				mu.Lock()
				recorded = nil
				mu.Unlock()
				k.Restart()
				got := k.Ended(x.ID, domain.ExecutionCompleted)
				mu.Lock()
				defer mu.Unlock()
				for _, s := range had {
					if _, inner, ok := strings.Cut(s.Key, "."); ok && ran[inner] != 1 {
						t.Errorf("the recorded step %s ran %d times", s.Key, ran[inner])
					}
				}
				if d := details(k, x.ID); states(d) != whole || len(d.Items) != 1 {
					t.Errorf("%s, %d items", states(d), len(d.Items))
				}
				if b := k.Credits(); got.CreditsUsed != 6 || b.Balance != 9_994 || b.Held != 0 {
					t.Errorf("used %d, balance %+v", got.CreditsUsed, b)
				}
			})
		})
	}
}

// TestSettingsAreResolvedOnce: what a step began with holds after a crash and in a retry,
// even where the values would be others by then.
func TestSettingsAreResolvedOnce(t *testing.T) {
	named := domain.Template{
		ID: 2, Slug: "named", Name: "Named", Category: domain.TemplateOther, Version: 1, InputSchema: json.RawMessage(`{"type":"object"}`),
		Steps: []domain.TemplateStep{
			scripted("a", "", nil, `{"key":"a1","to":"{{ workspace.name }}"},{"key":"a2","after":["a1"]}`),
		},
	}
	var block atomic.Bool
	inside := make(chan struct{}, 100)
	enginetest.Each(t, config(t, func(ctx context.Context, in capability.Input) error {
		if in.Step.Key != "a2" || !block.Load() {
			return nil
		}
		inside <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}, named), func(k *enginetest.Kit) {
		block.Store(true)
		started, err := k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{Template: "named"})
		if err != nil {
			t.Fatal(err)
		}
		x := started.Execution
		check := func(id int64) {
			t.Helper()
			d := details(k, id)
			if !strings.Contains(string(d.Plan[2].Args), `"ours"`) {
				t.Errorf("it runs with %s", d.Plan[2].Args)
			}
		}
		<-inside
		k.Stop()
		k.Exec("update workspace set name = 'another' where id = $1", k.Ours.ID)
		k.Restart()
		<-inside
		check(x.ID)
		if _, err := k.Work.Cancel(k.Ctx(), verb.ID{ID: x.ID}); err != nil {
			t.Fatal(err)
		}
		block.Store(false)
		again, err := k.Work.Retry(k.Ctx(), verb.ID{ID: x.ID})
		if err != nil {
			t.Fatal(err)
		}
		k.Ended(again.Execution.ID, domain.ExecutionCompleted)
		check(again.Execution.ID)
	})
}

func TestARetryOfATemplateReusesWhatIsRecorded(t *testing.T) {
	var broken atomic.Bool
	enginetest.Each(t, config(t, func(_ context.Context, in capability.Input) error {
		if in.Step.Key == "b2" && broken.Load() {
			return enginetest.ErrWrong
		}
		return nil
	}), func(k *enginetest.Kit) {
		broken.Store(true)
		first := start(k, `{}`)
		failed := k.Ended(first.ID, domain.ExecutionFailed)
		if !strings.Contains(failed.Error, "B › Step b2") || failed.CreditsHeld != 0 {
			t.Errorf("%q, held %d", failed.Error, failed.CreditsHeld)
		}
		left := 6 - failed.CreditsUsed
		broken.Store(false)
		second, err := k.Work.Retry(k.Ctx(), verb.ID{ID: first.ID})
		if err != nil {
			t.Fatal(err)
		}
		done := k.Ended(second.Execution.ID, domain.ExecutionCompleted)
		if done.CreditsUsed != left || second.Execution.CreditsHeld > 30-failed.CreditsUsed || done.Template != "flow" {
			t.Errorf("used %d after %d, held %d", done.CreditsUsed, failed.CreditsUsed, second.Execution.CreditsHeld)
		}
		d := details(k, done.ID)
		if !strings.Contains(states(d), "a reused, a.a1 reused, a.a2 reused, b completed, b.b1 reused, b.b2 completed") ||
			!strings.Contains(states(d), "d skipped, e skipped, f completed, f.f1 completed") {
			t.Errorf("%s", states(d))
		}
		if n := k.Count("select count(*) from content"); n != 1 {
			t.Errorf("%d items", n)
		}
		if b := k.Credits(); b.Balance != 9_994 || b.Held != 0 {
			t.Errorf("balance %+v", b)
		}
	})
}

// TestAFencedOpeningChangesNothing: a worker that has lost the execution does not extend
// its plan.
func TestAFencedOpeningChangesNothing(t *testing.T) {
	var once sync.Once
	var k2 *enginetest.Kit
	var mu sync.Mutex
	enginetest.Each(t, config(t, func(ctx context.Context, in capability.Input) error {
		if in.Step.Key != "a2" {
			return nil
		}
		once.Do(func() {
			mu.Lock()
			defer mu.Unlock()
			k2.Exec("update execution set epoch = epoch + 1 where id = $1", in.ExecutionID)
		})
		return nil
	}), func(k *enginetest.Kit) {
		mu.Lock()
		k2, once = k, sync.Once{}
		mu.Unlock()
		x := start(k, `{}`)
		k.Await(x.ID, "fenced", func(x domain.Execution) bool { return x.Epoch > 1 })
		d := details(k, x.ID)
		if strings.Contains(states(d), "a.a2") {
			t.Errorf("%s", states(d))
		}
	})
}

func TestASettingWithoutAValueFailsTheStepByName(t *testing.T) {
	enginetest.Each(t, config(t, nil), func(k *enginetest.Kit) {
		bad := flow()
		bad.Steps[1] = scripted("b", "", []string{"a"}, `{"key":"b1","item":"{{ steps.a.output.nothing.at.all }}"}`)
		k.Config.Templates = []domain.Template{bad}
		k.Stop()
		k.Restart()
		x := start(k, `{}`)
		got := k.Ended(x.ID, domain.ExecutionFailed)
		if !strings.HasPrefix(got.Error, `The step "b" could not start: the setting steps.0.item: `) {
			t.Error(got.Error)
		}
		if b := k.Credits(); b.Held != 0 {
			t.Errorf("%+v", b)
		}
	})
}

func TestAnItemThatIsGoneFailsTheStepByName(t *testing.T) {
	enginetest.Each(t, config(t, nil), func(k *enginetest.Kit) {
		bad := flow()
		bad.Steps[1] = scripted(
			"b",
			"",
			[]string{"a"},
			`{"key":"b1","do":"move","item":"{{ steps.a.items[0].id + 1000 }}","to":"review"}`,
		)
		k.Config.Templates = []domain.Template{bad}
		k.Stop()
		k.Restart()
		x := start(k, `{}`)
		got := k.Ended(x.ID, domain.ExecutionFailed)
		if !strings.HasPrefix(got.Error, `The step "b" could not start: content item 100`) ||
			!strings.HasSuffix(got.Error, "not found.") {
			t.Error(got.Error)
		}
	})
}

// TestATemplateThatThisVersionCannotReadFails instead of being tried for ever.
func TestATemplateThatThisVersionCannotReadFails(t *testing.T) {
	c := config(t, nil)
	c.Idle = true
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		x := start(k, `{}`)
		k.Exec(`update execution set program = '{"slug":"flow","name":"Flow","steps":[]}' where id = $1`, x.ID)
		k.Start()
		if got := k.Ended(x.ID, domain.ExecutionFailed); !strings.Contains(got.Error, "cannot plan this execution") {
			t.Error(got.Error)
		}
	})
}
