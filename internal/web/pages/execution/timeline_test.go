package execution

import (
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
)

func TestTimeline(t *testing.T) {
	start := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	x := domain.Execution{Status: domain.ExecutionExecuting, StartedAt: start, Plan: []domain.PlanStep{
		{Key: "a", Name: "First"},
		{Key: "b", Name: "Second", DependsOn: []string{"a"}},
		{Key: "c", Name: "Third", DependsOn: []string{"b"}},
	}}
	results := []domain.StepResult{{Key: "a", Status: domain.StepDone, StartedAt: start, CompletedAt: at(4)}}
	attempts := []domain.Attempt{
		{Step: "a", N: 1, StartedAt: start, DurationMS: 1000, Error: "429"},
		{Step: "a", N: 2, StartedAt: at(2), DurationMS: 2000},
	}
	got := timelineOf(x, results, attempts, at(8))
	if got.Ticks != [3]string{"0", "4.0 s", "8.0 s"} || got.Done != 1 {
		t.Errorf("ticks %v, %d done", got.Ticks, got.Done)
	}
	a, b, c := got.Steps[0], got.Steps[1], got.Steps[2]
	if len(a.Bars) != 2 || a.Bars[0] != (bar{"0.0", "125.0", "broken", "Attempt 1: 1.0 s"}) || a.Bars[1].X != "250.0" {
		t.Errorf("the attempts of the first step: %+v", a.Bars)
	}
	if b.State.Label != "Running" || len(b.Bars) != 1 || b.Bars[0].X != "500.0" || b.Bars[0].Width != "500.0" {
		t.Errorf("the second step runs since the first has ended: %+v", b)
	}
	if c.State.Label != "Waiting" || c.Bars != nil || c.Needs[0] != "Second" {
		t.Errorf("the third step waits: %+v", c)
	}
}

// TestParallelStepsAreNamedByTheOutline takes the names of sections from an outline, where
// it has them.
func TestParallelStepsAreNamedByTheOutline(t *testing.T) {
	plan := []domain.PlanStep{{Key: "outline", Name: "Outline", Kind: "outline"}}
	for _, n := range []string{"1", "2", "3"} {
		plan = append(plan, domain.PlanStep{
			Key: "section-" + n, Name: "Section " + n, Kind: "section", DependsOn: []string{"outline"},
		})
	}
	for output, want := range map[string]string{
		`{"sections":[{"heading":"Why move"},{"heading":""}]}`: "Outline, Why move, Section 2, Section 3",
		`{"sections":"none"}`: "Outline, Section 1, Section 2, Section 3",
		`["sections"]`:        "Outline, Section 1, Section 2, Section 3",
		``:                    "Outline, Section 1, Section 2, Section 3",
	} {
		results := []domain.StepResult{{Key: "outline", Status: domain.StepDone, Output: []byte(output)}}
		var names []string
		for _, s := range timelineOf(domain.Execution{Plan: plan}, results, nil, time.Now()).Steps {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("%s: %s, want %s", output, got, want)
		}
	}
}

// TestStepsOfAnExecutionThatEnded looks at the steps that have no record when an
// execution is cancelled or fails.
func TestStepsOfAnExecutionThatEnded(t *testing.T) {
	start := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	plan := []domain.PlanStep{
		{Key: "a", Name: "First"},
		{Key: "b", Name: "Second", DependsOn: []string{"a"}},
		{Key: "c", Name: "Third", DependsOn: []string{"b"}},
	}
	done := []domain.StepResult{{Key: "a", Status: domain.StepDone, StartedAt: start, CompletedAt: at(4)}}
	for _, c := range []struct {
		name    string
		started time.Time
		results []domain.StepResult
		want    string
	}{
		{"while the second runs", start, done, "Done Stopped Not run"},
		{"while the first runs", start, nil, "Stopped Not run Not run"},
		{"before it starts", time.Time{}, nil, "Not run Not run Not run"},
	} {
		x := domain.Execution{Status: domain.ExecutionCancelled, Plan: plan,
			CreatedAt: start, StartedAt: c.started, CompletedAt: at(8)}
		var got []string
		steps := timelineOf(x, c.results, nil, at(60)).Steps
		for _, s := range steps {
			got = append(got, s.State.Label)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("cancelled %s: %s, want %s", c.name, text, c.want)
		}
		if c.results != nil && (len(steps[1].Bars) != 1 || steps[1].Duration != "4.0 s") {
			t.Errorf("the stopped step: %+v", steps[1])
		}
	}
}

// TestWhatIsSaidOfTheModel compares the sentence with what was written.
func TestWhatIsSaidOfTheModel(t *testing.T) {
	model := domain.Origin{Kind: domain.OriginModel, Provider: "openai", Model: "m", AI: true}
	failed := domain.StepResult{Key: "a", Status: domain.StepFailed, Model: "m"}
	done := domain.StepResult{Key: "a", Status: domain.StepDone, Model: "m"}
	for _, c := range []struct {
		status domain.ExecutionStatus
		steps  []domain.StepResult
		want   string
	}{
		{domain.ExecutionExecuting, nil, "The model is m (openai)."},
		{domain.ExecutionFailed, nil, "No text was written. The model was m (openai)."},
		{domain.ExecutionFailed, []domain.StepResult{failed}, "No text was written. The model was m (openai)."},
		{domain.ExecutionFailed, []domain.StepResult{done, failed}, "Written by m (openai)."},
		{domain.ExecutionCompleted, []domain.StepResult{done}, "Written by m (openai)."},
	} {
		var d work.ExecutionDetails
		d.Origin, d.Status, d.Steps = model, c.status, c.steps
		if got := originOf(d); got != c.want {
			t.Errorf("%s with %d steps: %q, want %q", c.status, len(c.steps), got, c.want)
		}
	}
}
