package queue

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// begin starts a generation: it takes the lease, takes back the jobs that were left
// running, and starts River.
func (q *Queue) begin(ctx context.Context) (_ *generation, err error) {
	g := &generation{
		q: q, bus: make(bus, 1024), held: map[int64]*run{},
		gone: make(chan struct{}), maintained: make(chan struct{}),
	}
	g.ctx, g.end = context.WithCancelCause(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			g.end(err)
			err = errors.Join(err, g.close())
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, q.opts.Lease)
	defer cancel()
	if err := g.open(ctx); err != nil {
		return nil, err
	}
	if err := g.claim(ctx); err != nil {
		return nil, err
	}
	if g.client, err = g.newClient(); err != nil {
		return nil, fmt.Errorf("set up River: %w", err)
	}
	if g.pool != nil {
		g.expiry = time.AfterFunc(q.opts.Lease-time.Since(g.renewed), func() {
			g.lose(fmt.Errorf("%w: the database did not respond for %s", ErrLost, q.opts.Lease))
		})
	}
	if err := g.client.Start(g.ctx); err != nil {
		return nil, fmt.Errorf("start River: %w", err)
	}
	go g.maintain()
	return g, nil
}

// maintain renews the lease, looks for dead nodes, reads which running jobs are
// cancelled, and deletes finished ones, until the generation has ended.
func (g *generation) maintain() {
	defer close(g.maintained)
	tick := time.NewTicker(g.q.opts.Lease / 5)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-g.ctx.Done():
			return
		case <-tick.C:
		}
		if g.pool != nil && !g.heartbeat() {
			continue
		}
		if n%2 == 0 {
			g.attempt("reconcile running jobs", g.reconcile)
		}
		if n%10 == 0 {
			g.attempt("delete finished jobs", g.deleteFinished)
		}
	}
}

// attempt does one round of maintenance. After a failure the next round tries again.
func (g *generation) attempt(what string, f func(context.Context) error) {
	ctx, cancel := context.WithTimeout(g.ctx, g.q.opts.Lease/2)
	defer cancel()
	if err := f(ctx); err != nil && g.ctx.Err() == nil {
		g.q.log.Warn(what, "error", err)
	}
}

// heartbeat renews the lease once and reports whether that worked.
func (g *generation) heartbeat() bool {
	began := time.Now()
	ctx, cancel := context.WithTimeout(g.ctx, g.q.opts.Lease/2)
	defer cancel()
	err := g.renew(ctx)
	if errors.Is(err, ErrLost) {
		g.lose(err)
		return false
	}
	g.mu.Lock()
	if g.lastErr = err; err != nil {
		g.healthySince = time.Time{}
		g.mu.Unlock()
		return false
	}
	if g.healthySince.IsZero() || began.Sub(g.renewed) > g.q.opts.Lease/2 {
		g.healthySince = began
	}
	g.renewed = began
	watched := time.Since(g.healthySince) >= g.q.opts.Lease
	g.expiry.Reset(g.q.opts.Lease - time.Since(began))
	g.mu.Unlock()
	if watched {
		g.attempt("take over from dead nodes", g.takeOver)
	}
	return true
}

// stop ends the generation gracefully. The lease is kept until the end.
func (g *generation) stop(ctx context.Context) error {
	if g.ctx.Err() != nil { // lost already
		return nil
	}
	soft, cancel := context.WithTimeout(ctx, g.q.opts.Grace)
	defer cancel()
	err := g.client.Stop(soft)
	if err != nil {
		err = g.client.StopAndCancel(ctx)
	}
	g.mu.Lock()
	lost := g.over
	g.over = true
	g.mu.Unlock()
	if lost {
		return err
	}
	err = errors.Join(err, g.leave(context.WithoutCancel(ctx)))
	g.end(ErrStopping)
	<-g.maintained
	return errors.Join(err, g.close())
}
