package app

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var writes atomic.Int32
		var fault error
		hold := make(chan struct{})
		p := &probe{now: time.Now, write: func(ctx context.Context) error {
			writes.Add(1)
			if fault != nil {
				return fault
			}
			select {
			case <-hold:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		for range 3 { // one write for all who ask
			go func() { _ = p.try(t.Context()) }()
		}
		if err := p.try(t.Context()); !errors.Is(err, errSlowWrite) || writes.Load() != 1 {
			t.Errorf("a write that hangs: %v, %d writes", err, writes.Load())
		}
		synctest.Wait()
		close(hold)
		if err := p.try(t.Context()); err != nil {
			t.Errorf("it ended: %v", err)
		}
		n := writes.Load()
		if err := p.try(t.Context()); err != nil || writes.Load() != n {
			t.Errorf("a moment later: %v, %d writes instead of %d", err, writes.Load(), n)
		}
		fault = errors.New("no space")
		wait, cancel := context.WithTimeout(t.Context(), probeKept)
		defer cancel()
		<-wait.Done()
		if err := p.try(t.Context()); !errors.Is(err, fault) {
			t.Errorf("the disk is full: %v", err)
		}
	})
}
