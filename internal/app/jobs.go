package app

import (
	"context"
	"time"

	"vellocity/internal/execution"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// handlers lists the background jobs: their kind, and the room that does them.
func (a *App) handlers() map[string]queue.Handler {
	return map[string]queue.Handler{
		execution.JobKind: a.runner.Work,
	}
}

// workers says how many jobs of a kind this node does at once.
func (a *App) workers() map[string]int {
	return map[string]int{execution.JobKind: a.cfg.Workers}
}

// loop is work that every node repeats.
type loop struct {
	name  string
	every time.Duration
	do    func(context.Context) error
}

// repeated lists the loops. Each may run on several nodes at once.
func (a *App) repeated() []loop {
	return []loop{
		{"fold counts", time.Second, func(ctx context.Context) error { _, err := a.Store.FoldCounts(ctx); return err }},
		{"admit waiting runs", time.Second, a.runner.Sweep},
		{"end orphaned texts", 2 * time.Second, a.Engine.Orphans},
		{"read the providers", 5 * time.Second, a.useProviders},
		{"forget old answers", 10 * time.Minute, func(ctx context.Context) error {
			return a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.DeleteExpiredAnswers(ctx, tx.Now()) })
		}},
	}
}

// repeat does a loop's work until ctx ends. A failure is told once per change, so
// that a database that is away does not fill the log.
func (a *App) repeat(ctx context.Context, l loop) {
	tick := time.NewTicker(l.every)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := l.do(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			a.log.Warn(l.name, "error", err)
		}
		failing = err != nil
	}
}
