package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"vellocity/internal/trigger"
)

// stopGrace is how long a stop waits for requests and running steps.
const stopGrace = 15 * time.Second

// Start takes the data directory and begins to work on executions.
func (a *App) Start(ctx context.Context) error {
	if err := a.queue.Start(ctx); err != nil {
		return err
	}
	a.started = true
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	for _, l := range a.repeated() {
		a.loops.Go(func() { a.repeat(ctx, l) })
	}
	clock := trigger.Clock{Fire: a.Engine.FireDue, Log: a.log}
	for _, run := range []func(context.Context){clock.Run, a.hub.Run, a.Engine.Run, a.keys.Run, a.limiter.Run, a.sessions.Run} {
		a.loops.Go(func() { run(ctx) })
	}
	return nil
}

// Stop ends everything in the other order: no new work, running steps end or are
// handed back, what was counted is written, the database is closed.
func (a *App) Stop(ctx context.Context) error {
	a.stopping.Store(true)
	var err error
	if a.started {
		err = a.queue.Stop(ctx)
		wait, done := context.WithTimeout(ctx, 2*time.Second)
		a.Engine.Wait(wait)
		done()
		a.stop()
		a.loops.Wait()
	}
	if a.endTraces != nil {
		err = errors.Join(err, a.endTraces(ctx))
	}
	return errors.Join(err, a.Store.Close())
}

// Listen opens the address to serve on.
func (a *App) Listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", a.cfg.Listen, err)
	}
	base := a.cfg.PublicURL(l.Addr())
	a.base.Store(&base)
	return l, nil
}

// URL returns the server's public address; empty before it listens.
func (a *App) URL() string { return *a.base.Load() }

// server returns an HTTP server that no slow or large request can hold.
func (a *App) server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 60 * time.Second, MaxHeaderBytes: 32 << 10}
}

// Serve answers requests until ctx ends, then stops gracefully. A second call of
// kill, closed when the operator is out of patience, ends it at once.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	public, control := a.server(a.Handler), a.server(a.control)
	failed := make(chan error, 3)
	go func() { failed <- public.Serve(l) }()
	socket, err := a.socket(ctx)
	if err != nil {
		a.log.Warn("no control socket: commands cannot reach this server by it", "error", err)
	} else {
		go func() { failed <- control.Serve(socket) }()
	}
	side, err := a.metricsServer(ctx)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	return errors.Join(err, a.shut(public, control, side))
}

func (a *App) metricsServer(ctx context.Context) (*http.Server, error) {
	if a.cfg.MetricsListen == "" {
		return nil, nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.cfg.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	s := a.server(a.metrics.handler())
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.log.Warn("serve metrics", "error", err)
		}
	}()
	return s, nil
}

// shut stops taking requests at once, lets those under way end, and ends streams.
func (a *App) shut(servers ...*http.Server) error {
	a.stopping.Store(true)
	ctx, done := context.WithTimeout(context.Background(), stopGrace)
	defer done()
	a.site.Close()
	a.hub.Close()
	var errs error
	for _, s := range servers {
		if s == nil {
			continue
		}
		brief, done := context.WithTimeout(ctx, 5*time.Second)
		if err := s.Shutdown(brief); err != nil {
			errs = errors.Join(errs, s.Close())
		}
		done()
	}
	return errs
}
