package execution

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/text"
)

// worker is one node's hold on an execution.
type worker struct {
	*Runner
	job    queue.Job
	x      domain.Execution // as claimed; Epoch is the fence
	req    capability.Request
	agent  domain.Agent
	voice  *domain.BrandVoice
	items  map[int64]domain.ContentItem
	origin ai.Connection
	text   *text.Text

	mu       sync.Mutex // guards what follows; held while a step is recorded
	outputs  map[string]json.RawMessage
	recorded map[string]bool
	running  map[string]bool
	needs    []domain.Need
	cut      []domain.Finding  // about texts of recorded steps, for the items made of them
	html     map[string]string // of what the step publishes, by its Markdown
}

// progress is the share of recorded steps, in percent.
func (w *worker) progress() int {
	if len(w.x.Plan) == 0 {
		return 0
	}
	return 100 * len(w.recorded) / len(w.x.Plan)
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
