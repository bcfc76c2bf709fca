// Package trigger is where the clock calls: it starts what is due. Each node looks
// every second; the engine makes sure that an instant fires once.
package trigger

import (
	"context"
	"log/slog"
	"time"
)

// Clock fires what is due.
type Clock struct {
	// Fire starts all that is due and says how much that was.
	Fire func(context.Context) (int, error)
	Log  *slog.Logger
	// Every is the time between two looks; 0 means a second.
	Every time.Duration
}

// Run looks until ctx ends. A failure is told when it begins, not at every look.
func (c Clock) Run(ctx context.Context) {
	if c.Every == 0 {
		c.Every = time.Second
	}
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n, err := c.Fire(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			c.Log.Warn("fire what is due", "error", err)
		}
		failing = err != nil
		if n > 0 {
			c.Log.Debug("fired", "schedules", n)
		}
	}
}
