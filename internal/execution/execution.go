// Package execution runs executions, one recorded step at a time.
//
// An execution is accepted in one transaction with its hold on credits, its event
// and, unless its workspace has too many, its slot in the queue ([Runner.Accept]).
// A worker that gets the queue's job ([Runner.Work]) claims the execution under a
// new epoch, plans it, and runs the steps whose dependencies are recorded, in
// parallel. Each step's result, its credits, its event and its effects on items are
// one transaction, which is refused when another worker has claimed the execution
// since. So resuming is running the plan without the recorded steps, and nothing is
// paid for twice.
//
// An execution of a template is the same thing with several parts ([part]), one for each
// of the template's steps: when a step can start, its settings are resolved, and the steps
// of its capability join the plan under dotted keys (post.outline).
//
// The files follow an execution's life: order, accept, slot, claim, work and steps, open
// (of a template's step), call (of a provider), record and effects, wait, finish.
package execution

import (
	"log/slog"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/imaging"
	"vellocity/internal/queue"
	"vellocity/internal/search"
	"vellocity/internal/store"
	"vellocity/internal/text"
)

// JobKind is the kind of the queue's jobs that carry executions.
const JobKind = "execution"

// Options are what a Runner needs.
type Options struct {
	Store        *store.Store
	Search       *search.Search // of passages of the workspace's sources
	Queue        *queue.Queue
	Providers    *ai.Providers
	Capabilities []capability.Capability
	Log          *slog.Logger
	// Render turns the text of what is published into sanitized HTML.
	Render func(c domain.ContentItem) string
	// Images makes the images that steps ask for; nil: there are none.
	Images *imaging.Maker
	// Slots is how many executions of one workspace are in the queue at most;
	// further ones wait, so that no workspace starves another.
	Slots int
	// Pending is how many executions of one workspace may wait for a slot; more are
	// refused with UNAVAILABLE.
	Pending int
}

// Runner accepts executions and runs them.
type Runner struct {
	Options
	// Texts is what the executions of this node are writing. Its Run must be running.
	Texts  *text.Room
	bySlug map[string]capability.Capability
}

// New returns a runner.
func New(o Options) *Runner {
	r := &Runner{
		Options: o,
		Texts:   text.NewRelayed(o.Store, o.Log),
		bySlug:  map[string]capability.Capability{},
	}
	for _, c := range o.Capabilities {
		r.bySlug[c.Slug] = c
	}
	return r
}

// UseQueue gives the runner its queue. The queue needs the runner first, as its
// handler.
func (r *Runner) UseQueue(q *queue.Queue) { r.Queue = q }

// Capability returns a capability by its slug.
func (r *Runner) Capability(slug string) (capability.Capability, bool) {
	c, ok := r.bySlug[slug]
	return c, ok
}
