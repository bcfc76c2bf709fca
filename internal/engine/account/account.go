// Package account has the verbs around a workspace itself: its profile, keys and
// credits, and what the first start of an installation creates.
package account

import (
	"vellocity/internal/auth"
	"vellocity/internal/store"
)

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store *store.Store
	keys  *auth.Keys // forgets keys that have changed
}

// New returns the verbs.
func New(s *store.Store, k *auth.Keys) *Verbs { return &Verbs{s, k} }
