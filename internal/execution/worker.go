package execution

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/template"
	"vellocity/internal/text"
)

// worker is one node's hold on an execution.
type worker struct {
	*Runner
	job    queue.Job
	x      domain.Execution // as claimed; Epoch is the fence
	agent  domain.Agent
	voice  *domain.BrandVoice
	writer ai.Connection // of the texts of the lead agent
	text   *text.Text

	program   *template.Program // nil for a capability
	unread    error             // why this version cannot read the template
	workspace domain.Workspace  // for a template

	mu       sync.Mutex       // guards what follows, and the plan; held while a step is recorded
	parts    map[string]*part // by the key of the template's step; "" where there is no template
	outputs  map[string]json.RawMessage
	created  map[string][]domain.ItemRef // by each step
	former   map[string][]domain.ItemRef // what each step created in the execution that this one redoes
	recorded map[string]bool
	skipped  map[string]bool
	running  map[string]bool
	needs    []domain.Need
	held     int              // credits that are left of the hold
	findings []domain.Finding // of the steps that were recorded before this worker came
}

// forget empties what the worker knows of the execution, before it is read.
func (w *worker) forget() {
	w.parts, w.outputs = map[string]*part{}, map[string]json.RawMessage{}
	w.created, w.findings = map[string][]domain.ItemRef{}, nil
	w.held = w.x.CreditsHeld
	w.former = map[string][]domain.ItemRef{}
	w.recorded, w.skipped, w.running = map[string]bool{}, map[string]bool{}, map[string]bool{}
}

// partOf returns the part that a step of the plan belongs to; nil where that is over.
func (w *worker) partOf(key string) *part {
	if w.program == nil {
		return w.parts[""]
	}
	outer, _, _ := strings.Cut(key, ".")
	return w.parts[outer]
}

// progress is the share of recorded steps, in percent. The steps of a template count the
// same, each with those of its capability, so that a plan that grows takes nothing back.
func (w *worker) progress() int {
	if len(w.x.Plan) == 0 {
		return 0
	}
	all, recorded := map[string]int{}, map[string]int{}
	for _, s := range w.x.Plan {
		outer, _, _ := strings.Cut(s.Key, ".")
		all[outer]++
		if w.recorded[s.Key] {
			recorded[outer]++
		}
	}
	sum := 0
	for outer, n := range all {
		sum += 100 * recorded[outer] / n
	}
	return sum / len(all)
}

// ready returns the keys of the steps that can run now and do not run yet.
func (w *worker) ready() []string {
	open := func(key string) bool { return !w.recorded[key] }
	keys := []string{}
	for _, s := range w.x.Plan {
		if open(s.Key) && !w.running[s.Key] && !slices.ContainsFunc(s.DependsOn, open) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// underWay returns the keys of the steps that run, then of those that can run now.
func (w *worker) underWay() []string {
	keys := []string{}
	for _, s := range w.x.Plan {
		if w.running[s.Key] && !w.recorded[s.Key] {
			keys = append(keys, s.Key)
		}
	}
	return append(keys, w.ready()...)
}

func (w *worker) step(key string) domain.PlanStep {
	return w.x.Plan[slices.IndexFunc(w.x.Plan, func(s domain.PlanStep) bool { return s.Key == key })]
}

// first returns the first key, which is the step under way as callers see it.
func first(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return keys[0]
}

// stepError is the failure of one step.
type stepError struct {
	step    domain.PlanStep
	writing *writing
	cause   error
}

func (e *stepError) Error() string { return fmt.Sprintf("step %s: %v", e.step.Key, e.cause) }

func (e *stepError) Unwrap() error { return e.cause }
