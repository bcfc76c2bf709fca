// Package content has the verbs around content items: the board, items and their
// versions, export and feed, and the brand voices and agents that they are written
// with.
package content

import (
	"vellocity/internal/execution"
	"vellocity/internal/store"
)

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store  *store.Store
	runner *execution.Runner // resumes executions that wait for a decision about an item
}

// New returns the verbs.
func New(s *store.Store, r *execution.Runner) *Verbs { return &Verbs{s, r} }
