// Package engine is every verb of Vellocity in one value, for the doors: it
// embeds the verbs of the areas work, content, studio and account, and gives their
// inputs and outputs short names. A verb validates its input, authorises the
// [domain.Actor] in the context, opens one transaction, appends its event,
// enqueues its job and commits. It knows no HTTP.
package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/auth"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/studio"
	"vellocity/internal/engine/work"
	"vellocity/internal/execution"
	"vellocity/internal/live"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Options are what an Engine needs.
type Options struct {
	Store     *store.Store
	Runner    *execution.Runner
	Hub       *live.Hub
	Keys      *auth.Keys
	Providers *ai.Providers
	// KeyVariables are the environment variables that connect a provider, for hints.
	KeyVariables []string
	Capabilities []capability.Capability
	// Alive returns nil while this node may take on work, else the reason.
	Alive func() error
	// ReaderGrace is how long a text is written after its last reader has left; 0
	// means 30 s.
	ReaderGrace time.Duration
	Log         *slog.Logger
}

// The verbs by area.
type (
	Work    = work.Verbs
	Content = content.Verbs
	Studio  = studio.Verbs
	Account = account.Verbs
)

// Engine is the verbs of all areas. It is safe for use by several goroutines.
type Engine struct {
	*Work
	*Content
	*Studio
	*Account

	store  *store.Store
	runner *execution.Runner
}

// New returns an engine.
func New(o Options) (*Engine, error) {
	node := verb.Node{Alive: o.Alive}
	w, err := work.New(work.Options{
		Store:        o.Store,
		Runner:       o.Runner,
		Hub:          o.Hub,
		Capabilities: o.Capabilities,
		Node:         node,
	})
	if err != nil {
		return nil, err
	}
	s := studio.New(studio.Options{
		Store:        o.Store,
		Providers:    o.Providers,
		KeyVariables: o.KeyVariables,
		Node:         node,
		ReaderGrace:  o.ReaderGrace,
		Log:          o.Log,
	})
	return &Engine{
		Work:    w,
		Content: content.New(o.Store, o.Runner),
		Studio:  s,
		Account: account.New(o.Store, o.Keys),
		store:   o.Store,
		runner:  o.Runner,
	}, nil
}

// AllCapabilities returns the whole catalogue; nil where there are no verbs.
func (e *Engine) AllCapabilities() []domain.Capability {
	if e.Work == nil {
		return nil
	}
	return e.Work.AllCapabilities()
}

// Replay returns a [domain.Replayed] error where the call's Idempotency-Key has a
// stored answer; see [verb.Replay].
func (e *Engine) Replay(ctx context.Context, c domain.Claim) error {
	return verb.Replay(ctx, e.store, c)
}

// Run passes the texts that this node writes to readers on other nodes, until ctx
// ends.
func (e *Engine) Run(ctx context.Context) {
	var rooms sync.WaitGroup
	rooms.Go(func() { e.Studio.Run(ctx) })
	rooms.Go(func() { e.runner.Texts.Run(ctx) })
	rooms.Wait()
}
