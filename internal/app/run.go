package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"vellocity/internal/gate"
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
	a.background, a.backgroundCtx = errgroup.WithContext(ctx)
	for _, run := range a.tasks() {
		a.background.Go(func() error { return run(a.backgroundCtx) })
	}
	return nil
}

// Stop ends everything in the reverse order: no new work, running steps end or go
// back to the queue, what was counted is written, the database is closed.
func (a *App) Stop(ctx context.Context) error {
	a.stopping.Store(true)
	var err error
	if a.started {
		err = a.queue.Stop(ctx)
		wait, done := context.WithTimeout(ctx, 2*time.Second)
		a.Engine.Studio.Wait(wait)
		done()
		a.stop()
		err = errors.Join(err, a.background.Wait())
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

// server returns an HTTP server that no slow or large request can hold. A response that
// takes longer than patience to begin sets its own time ([gate.Load]).
func (a *App) server(h http.Handler, patience time.Duration) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		WriteTimeout:      patience,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		// net/http's own answer to OPTIONS * reads the body without a deadline.
		DisableGeneralOptionsHandler: true,
	}
}

// mostConnections is how many connections the public address may have at most.
const mostConnections = 10_000

// Serve serves requests until ctx ends, then stops gracefully. It also ends, with
// the error, when a server or a background task fails.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	side, err := a.metricsListener(ctx)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	public, control := a.server(a.Handler, time.Minute), a.server(a.control, time.Hour)
	metrics := a.server(new(gate.Uploads).Handler(a.metrics.handler()), time.Minute)
	l = a.connections.Bound(public, l)
	socket, err := a.socket(ctx)
	if err != nil {
		a.log.Warn("no control socket: commands cannot reach this server by it", "error", err)
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range []struct {
		server *http.Server
		on     net.Listener
	}{{public, l}, {control, socket}, {metrics, side}} {
		if s.on != nil {
			g.Go(func() error { return serve(s.server, s.on) })
		}
	}
	g.Go(func() error { return a.backgroundFailed(ctx) })
	g.Go(func() error {
		<-ctx.Done()
		return a.shut(public, control, metrics)
	})
	return g.Wait()
}

func serve(s *http.Server, l net.Listener) error {
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}
	return nil
}

// backgroundFailed waits until a background task fails, or ctx ends.
func (a *App) backgroundFailed(ctx context.Context) error {
	if !a.started {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-a.backgroundCtx.Done():
		return context.Cause(a.backgroundCtx)
	}
}

// metricsListener opens the address of the metrics; nil where they have none of
// their own.
func (a *App) metricsListener(ctx context.Context) (net.Listener, error) {
	if a.cfg.MetricsListen == "" {
		return nil, nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.cfg.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	return l, nil
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
		brief, done := context.WithTimeout(ctx, 5*time.Second)
		if err := s.Shutdown(brief); err != nil {
			errs = errors.Join(errs, s.Close())
		}
		done()
	}
	return errs
}
