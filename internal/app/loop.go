package app

import (
	"context"
	"log/slog"
	"time"
)

// task is something that this node does from its start until ctx ends, when it
// returns nil. An error stops the server.
type task func(ctx context.Context) error

// loop is work that every node repeats. It may run on several nodes at once.
type loop struct {
	name  string
	every time.Duration
	do    func(context.Context) error
	wake  <-chan struct{} // do it now; nil: only every so often
}

// run does the work until ctx ends. A failure is logged when it begins or changes,
// not every time, so that a database that is away does not fill the log.
func (l loop) run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(l.every)
	defer tick.Stop()
	trouble := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-l.wake:
		}
		err := l.do(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			trouble = ""
		case err.Error() != trouble:
			trouble = err.Error()
			log.Warn(l.name, "error", err)
		}
	}
}
