package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"vellocity/internal/config"
	"vellocity/internal/gate"
)

// How long a stop waits: 10 s in all ([StopTime]), since that is what Docker gives.
const (
	// StopTime is how long a stop may take. What has not ended by then continues from
	// its last record after the next start.
	StopTime     = 9500 * time.Millisecond
	requestGrace = 6 * time.Second
	stepGrace    = 4 * time.Second // for steps that are running
	textGrace    = 3 * time.Second // for texts that are being written
	closeGrace   = 2 * time.Second // for the database's connections
)

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
		err = a.stopWork(ctx)
		a.stop()
		err = errors.Join(err, a.background.Wait())
	}
	ctx, done := context.WithTimeout(ctx, closeGrace)
	defer done()
	if a.endTraces != nil {
		err = errors.Join(err, a.endTraces(ctx))
	}
	return errors.Join(err, a.close(ctx))
}

// close closes the database. A connection whose other end is silent is left behind.
func (a *App) close(ctx context.Context) error {
	closed := make(chan error, 1)
	go func() { closed <- a.Store.Close() }()
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
		return errors.New("the database's connections did not close in time")
	}
}

// Listen opens the address to serve on.
func (a *App) Listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", a.cfg.Listen, err)
	}
	base, local := a.cfg.PublicURL(l.Addr()), config.LocalURL(l.Addr())
	a.base.Store(&base)
	a.local.Store(&local)
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

// MoreThreads lets Go run more threads than there are processors: two for each, and two
// more. Go looks at the network when a thread has nothing else to do: with as many threads
// as processors, a server at its capacity lets new requests wait for seconds, the health
// checks among them. [gate.NewLoad] admits fewer requests that need a processor than there
// are threads, and the kernel gives every thread its turn. Threads that take turns cost a
// tenth of what a request costs. GOMAXPROCS in the environment takes precedence.
func MoreThreads() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2*runtime.GOMAXPROCS(0) + 2)
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

// shut stops taking requests at once and lets those under way end. Streams of events
// break off, so that their clients resume on another node or after the start; texts that
// are being written end with their reason once textGrace is over.
func (a *App) shut(servers ...*http.Server) error {
	a.stopping.Store(true)
	a.site.Close()
	a.hub.Close()
	ctx, done := context.WithTimeout(context.Background(), requestGrace)
	defer done()
	var g errgroup.Group
	g.Go(func() error { return a.stopWork(ctx) })
	for _, s := range servers {
		g.Go(func() error {
			if err := s.Shutdown(ctx); err != nil {
				a.log.Warn("requests did not end in time", "error", err)
				return s.Close()
			}
			return nil
		})
	}
	return g.Wait()
}

// stopWork ends the texts and the steps that are running; steps that do not end in time
// go back to the queue.
func (a *App) stopWork(ctx context.Context) error {
	if !a.started {
		return nil
	}
	var texts sync.WaitGroup
	texts.Go(func() {
		wait, done := context.WithTimeout(ctx, textGrace)
		defer done()
		a.Engine.Studio.Wait(wait)
	})
	defer texts.Wait()
	return a.queue.Stop(ctx)
}
