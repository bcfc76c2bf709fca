package web

import (
	"strconv"
	"time"

	"vellocity/internal/domain"
)

// timeline is the plan of a run and its waterfall: all bars share one axis.
type timeline struct {
	Steps []stepRow
	Ticks [3]string // at the start, the middle and the end of the axis
	Done  int
}

// stepRow is one step of the plan with what became of it.
type stepRow struct {
	Key, Name string
	State     state
	Took      string
	Attempt   int
	Bars      []bar
	Needs     []string // names of the steps that it builds on
	Credits   int      // its weight in the plan
	Charged   int
	Model     string
	Tokens    string
	Cost      string
	Error     string
	Output    string // JSON, for the plan tab
	Text      string // where the step wrote one
}

// bar is one stretch on the axis, in thousandths of it.
type bar struct {
	X, Width string
	Tone     string
	Title    string
}

var stepStates = map[domain.StepStatus]state{
	domain.StepPending: {"pending", "Waiting", "grey"},
	domain.StepRunning: {"executing", "Running", "moving"},
	domain.StepDone:    {"completed", "Done", "done"},
	domain.StepFailed:  {"failed", "Failed", "broken"},
	domain.StepSkipped: {"skipped", "Skipped", "grey"},
	domain.StepReused:  {"reused", "Taken over", "done"},
}

// timelineOf lays the recorded steps and attempts of a run on one axis.
func timelineOf(x domain.Execution, results []domain.StepResult, attempts []domain.Attempt, now time.Time) timeline {
	ax := axisOf(x, results, now)
	byKey := map[string]domain.StepResult{}
	for _, r := range results {
		byKey[r.Key] = r
	}
	names := map[string]string{}
	for _, p := range x.Plan {
		names[p.Key] = p.Name
	}
	present(x, byKey)
	t := timeline{Ticks: [3]string{"0", span(ax.length() / 2), span(ax.length())}}
	for _, p := range x.Plan {
		row := stepOf(p, byKey[p.Key], names, x.Origin)
		row.Bars = ax.bars(byKey[p.Key], attemptsOf(attempts, p.Key), row.State.Tone)
		if row.State == stepStates[domain.StepDone] || row.State == stepStates[domain.StepReused] {
			t.Done++
		}
		t.Steps = append(t.Steps, row)
	}
	return t
}

// present marks the steps that are under way. A step is recorded when it has
// ended; until then it counts as running once all that it builds on is done.
func present(x domain.Execution, byKey map[string]domain.StepResult) {
	if x.Status != domain.ExecutionExecuting || x.WaitingFor != "" {
		return
	}
	var running []domain.StepResult
	for _, p := range x.Plan {
		if _, recorded := byKey[p.Key]; recorded {
			continue
		}
		since, ready := x.StartedAt, true
		for _, key := range p.DependsOn {
			d := byKey[key]
			ready = ready && (d.Status == domain.StepDone || d.Status == domain.StepReused || d.Status == domain.StepSkipped)
			if d.CompletedAt.After(since) {
				since = d.CompletedAt
			}
		}
		if ready {
			running = append(running, domain.StepResult{Key: p.Key, Status: domain.StepRunning, StartedAt: since})
		}
	}
	for _, r := range running {
		byKey[r.Key] = r
	}
}

func stepOf(p domain.PlanStep, r domain.StepResult, names map[string]string, e domain.Origin) stepRow {
	row := stepRow{Key: p.Key, Name: p.Name, Credits: p.Credits, Attempt: r.Attempt, Charged: r.Credits, Model: r.Model,
		Error: r.Error, Output: prettyJSON(r.Output), Text: textOf(r.Output), State: stepStates[domain.StepPending]}
	if st, ok := stepStates[r.Status]; ok {
		row.State = st
	}
	if !r.StartedAt.IsZero() && !r.CompletedAt.IsZero() {
		row.Took = span(r.CompletedAt.Sub(r.StartedAt))
		row.Cost = money(r.Cost, e)
	}
	if r.InputTokens+r.OutputTokens > 0 {
		row.Tokens = groupDigits(int(r.InputTokens)) + " in, " + groupDigits(int(r.OutputTokens)) + " out"
	}
	for _, key := range p.DependsOn {
		row.Needs = append(row.Needs, names[key])
	}
	return row
}

func attemptsOf(all []domain.Attempt, step string) []domain.Attempt {
	var mine []domain.Attempt
	for _, a := range all {
		if a.Step == step {
			mine = append(mine, a)
		}
	}
	return mine
}

// axis is the stretch of time that the waterfall shows.
type axis struct{ from, until time.Time }

func axisOf(x domain.Execution, results []domain.StepResult, now time.Time) axis {
	ax := axis{from: x.StartedAt, until: x.CompletedAt}
	if ax.from.IsZero() {
		ax.from = x.CreatedAt
	}
	if ax.until.IsZero() {
		ax.until = now
	}
	for _, r := range results {
		if !r.StartedAt.IsZero() && r.StartedAt.Before(ax.from) && r.Status != domain.StepReused {
			ax.from = r.StartedAt
		}
	}
	if !ax.until.After(ax.from) {
		ax.until = ax.from.Add(time.Millisecond)
	}
	return ax
}

func (ax axis) length() time.Duration { return ax.until.Sub(ax.from) }

// at returns the place of t on the axis, from 0 to 1000.
func (ax axis) at(t time.Time) float64 {
	return min(1000, max(0, 1000*float64(t.Sub(ax.from))/float64(ax.length())))
}

func (ax axis) bar(from, until time.Time, tone, title string) bar {
	x := ax.at(from)
	width := max(6, ax.at(until)-x)
	x = min(x, 1000-width)
	return bar{X: strconv.FormatFloat(x, 'f', 1, 64), Width: strconv.FormatFloat(width, 'f', 1, 64), Tone: tone, Title: title}
}

// bars shows each attempt by itself where there was more than one, else the step.
func (ax axis) bars(r domain.StepResult, attempts []domain.Attempt, tone string) []bar {
	if r.StartedAt.IsZero() || r.Status == domain.StepReused {
		return nil
	}
	until := r.CompletedAt
	if until.IsZero() {
		until = ax.until
	}
	if len(attempts) < 2 {
		return []bar{ax.bar(r.StartedAt, until, tone, span(until.Sub(r.StartedAt)))}
	}
	var bars []bar
	for _, a := range attempts {
		end, t := a.StartedAt.Add(time.Duration(a.DurationMS)*time.Millisecond), tone
		if a.Error != "" {
			t = "broken"
		}
		bars = append(bars, ax.bar(a.StartedAt, end, t, "Attempt "+strconv.Itoa(a.N)+": "+span(end.Sub(a.StartedAt))))
	}
	return bars
}
