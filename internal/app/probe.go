package app

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// probeKept is how long the result of a probe is believed.
	probeKept = 2 * time.Second
	// probeTime is how long a write may take before the node counts as not ready.
	probeTime = 2 * time.Second
)

// probe tries whether writes get to the disk. However often it is asked, there is one
// write at a time and one every two seconds.
type probe struct {
	write func(context.Context) error
	now   func() time.Time

	mu     sync.Mutex
	at     time.Time     // of the latest result
	err    error         // it
	flight chan struct{} // closed when the write under way has ended; nil while there is none
}

var errSlowWrite = errors.New("a write to the database takes too long: its disk is slow, or another program locks it")

// try returns why writes do not work; nil while they do.
func (p *probe) try(ctx context.Context) error {
	p.mu.Lock()
	if !p.at.IsZero() && p.now().Sub(p.at).Abs() < probeKept {
		defer p.mu.Unlock()
		return p.err
	}
	flight := p.flight
	if flight == nil {
		flight = make(chan struct{})
		p.flight = flight
		go p.run(context.WithoutCancel(ctx), flight)
	}
	p.mu.Unlock()
	timeout := time.NewTimer(probeTime)
	defer timeout.Stop()
	select {
	case <-flight:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.err
	case <-timeout.C:
		return errSlowWrite
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *probe) run(ctx context.Context, flight chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, 2*probeTime)
	defer cancel()
	err := p.write(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.err, p.flight = p.now(), err, nil
	close(flight)
}
