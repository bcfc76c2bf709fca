package execution

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

// timeline is the plan of an execution and its waterfall: all bars share one axis.
type timeline struct {
	Steps []stepRow
	Ticks [3]string // at the start, the middle and the end of the axis
	Done  int
}

// stepRow is one step of the plan with its result.
type stepRow struct {
	Key, Name string
	State     ui.State
	Running   bool
	Duration  string // empty until it has ended
	Attempt   int
	Bars      []bar
	Needs     []string // names of the steps that it depends on
	Credits   int      // its weight in the plan
	Charged   int
	Model     string
	Tokens    string
	Cost      string
	Error     string
	Output    string // JSON, for the plan tab
	Text      string // where the step wrote one
	Stopped   bool   // while it wrote: the text is not finished
	Redoable  bool   // it has a result
	Again     string // what a redo of it runs: "Section 1, Article"
	Price     int    // credits of a redo
}

// bar is one span of time on the axis, in thousandths of it.
type bar struct {
	X, Width string
	Tone     string
	Title    string
}

var stepStates = map[domain.StepStatus]ui.State{
	domain.StepPending:   {Glyph: "pending", Label: "Waiting", Tone: "grey"},
	domain.StepRunning:   {Glyph: "executing", Label: "Running", Tone: "moving"},
	domain.StepDone:      {Glyph: "completed", Label: "Done", Tone: "done"},
	domain.StepFailed:    {Glyph: "failed", Label: "Failed", Tone: "broken"},
	domain.StepSkipped:   {Glyph: "skipped", Label: "Skipped", Tone: "grey"},
	domain.StepReused:    {Glyph: "reused", Label: "Reused", Tone: "done"},
	domain.StepCancelled: {Glyph: "cancelled", Label: "Stopped", Tone: "grey"},
	stepStopped:          {Glyph: "cancelled", Label: "Stopped", Tone: "grey"},
	stepNotRun:           {Glyph: "skipped", Label: "Not run", Tone: "grey"},
}

// What became of the steps that have no record when an execution ends: no step is
// recorded so.
const (
	stepStopped domain.StepStatus = "stopped"
	stepNotRun  domain.StepStatus = "not_run"
)

// timelineOf lays out the recorded steps and attempts of an execution on one axis.
func timelineOf(x domain.Execution, results []domain.StepResult, attempts []domain.Attempt, now time.Time) timeline {
	ax := axisOf(x, results, now)
	byKey := map[string]domain.StepResult{}
	for _, r := range results {
		byKey[r.Key] = r
	}
	names := namesOf(x.Plan, byKey)
	addUnrecorded(x, byKey)
	t := timeline{Ticks: [3]string{"0", ui.Span(ax.length() / 2), ui.Span(ax.length())}}
	for _, p := range x.Plan {
		row := stepOf(p, byKey[p.Key], names, x.Origin)
		row.Bars = ax.bars(byKey[p.Key], attemptsOf(attempts, p.Key), row.State.Tone)
		if st := byKey[p.Key].Status; st == domain.StepDone || st == domain.StepReused {
			t.Done++
		}
		t.Steps = append(t.Steps, row)
	}
	return t
}

// namesOf returns the names of the steps. Steps of one kind that run side by side are
// numbered in the plan, section-1 and section-2, which is made before there is an outline.
// Once a step before them has recorded a list of that kind whose entries have headings,
// these are their names.
func namesOf(plan []domain.PlanStep, results map[string]domain.StepResult) map[string]string {
	names := map[string]string{}
	for _, p := range plan {
		names[p.Key] = p.Name
		n, err := strconv.Atoi(strings.TrimPrefix(p.Key, p.Kind+"-"))
		if err != nil || p.Kind == "" {
			continue // it has no number
		}
		for _, before := range p.DependsOn {
			var lists map[string]json.RawMessage
			var entries []struct{ Heading string }
			if json.Unmarshal(results[before].Output, &lists) != nil || json.Unmarshal(lists[p.Kind+"s"], &entries) != nil {
				continue
			}
			if n >= 1 && n <= len(entries) {
				names[p.Key] = cmp.Or(entries[n-1].Heading, p.Name)
			}
		}
	}
	return names
}

// addUnrecorded adds the steps that have no record. A step is recorded when it has
// ended; until then it counts as running once all that it depends on is done. When the
// execution ends before that, it was stopped, and the steps after it were not run.
func addUnrecorded(x domain.Execution, byKey map[string]domain.StepResult) {
	under, rest := domain.StepRunning, domain.StepPending
	if x.Status.Ended() {
		under, rest = stepStopped, stepNotRun
	}
	var added []domain.StepResult
	for _, p := range x.Plan {
		if _, recorded := byKey[p.Key]; recorded {
			continue
		}
		since, ready := readySince(x, p, byKey)
		switch {
		case ready && !x.StartedAt.IsZero() && x.WaitingFor == "" && x.Status != domain.ExecutionPlanning:
			added = append(added, domain.StepResult{Key: p.Key, Status: under, StartedAt: since, CompletedAt: x.CompletedAt})
		default:
			added = append(added, domain.StepResult{Key: p.Key, Status: rest})
		}
	}
	for _, r := range added {
		byKey[r.Key] = r
	}
}

// readySince returns when the last step ended that a step depends on, and whether all
// of them have.
func readySince(x domain.Execution, p domain.PlanStep, byKey map[string]domain.StepResult) (time.Time, bool) {
	since, ready := x.StartedAt, true
	for _, key := range p.DependsOn {
		d := byKey[key]
		ready = ready && ended(d.Status)
		if d.CompletedAt.After(since) {
			since = d.CompletedAt
		}
	}
	return since, ready
}

// ended reports whether the steps that depend on one in this state can start.
func ended(s domain.StepStatus) bool {
	return s == domain.StepDone || s == domain.StepReused || s == domain.StepSkipped
}

func stepOf(p domain.PlanStep, r domain.StepResult, names map[string]string, o domain.Origin) stepRow {
	row := stepRow{
		Key:     p.Key,
		Name:    names[p.Key],
		State:   stepStates[domain.StepPending],
		Running: r.Status == domain.StepRunning,
		Attempt: r.Attempt,
		Credits: p.Credits,
		Charged: r.Credits,
		Model:   r.Model,
		Error:   r.Error,
		Output:  ui.PrettyJSON(r.Output),
		Text:    work.TextOf(r.Output),
		Stopped: r.Status == domain.StepCancelled,

		Redoable: r.Status == domain.StepDone || r.Status == domain.StepReused,
	}
	if st, ok := stepStates[r.Status]; ok {
		row.State = st
	}
	if o.Kind == domain.OriginComposer {
		row.Credits = row.Charged // the composer charges nothing
	}
	if !r.StartedAt.IsZero() && !r.CompletedAt.IsZero() {
		row.Duration = ui.Span(r.CompletedAt.Sub(r.StartedAt))
		row.Cost = ui.Money(r.Cost, o)
	}
	if r.InputTokens+r.OutputTokens > 0 {
		row.Tokens = ui.Digits(int(r.InputTokens)) + " in, " + ui.Digits(int(r.OutputTokens)) + " out"
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

// axis is the span of time that the waterfall shows.
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
	figure := func(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) }
	return bar{X: figure(x), Width: figure(width), Tone: tone, Title: title}
}

// bars returns a bar for each attempt where there was more than one, else one for
// the step.
func (ax axis) bars(r domain.StepResult, attempts []domain.Attempt, tone string) []bar {
	if r.StartedAt.IsZero() || r.Status == domain.StepReused {
		return nil
	}
	until := r.CompletedAt
	if until.IsZero() {
		until = ax.until
	}
	if len(attempts) < 2 {
		return []bar{ax.bar(r.StartedAt, until, tone, ui.Span(until.Sub(r.StartedAt)))}
	}
	var bars []bar
	for _, a := range attempts {
		t := tone
		end := a.StartedAt.Add(time.Duration(a.DurationMS) * time.Millisecond)
		if a.Error != "" {
			t = "broken"
		}
		title := "Attempt " + strconv.Itoa(a.N) + ": " + ui.Span(end.Sub(a.StartedAt))
		bars = append(bars, ax.bar(a.StartedAt, end, t, title))
	}
	return bars
}
