package execution

import (
	"testing"
	"time"

	"vellocity/internal/domain"
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
