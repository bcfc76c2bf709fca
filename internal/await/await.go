// Package await waits for something that another goroutine or process does. It
// exists so that no test sleeps and hopes: every wait names what it waits for, has
// a deadline, and ends as soon as the condition holds. Only tests and the programs
// around them import it.
package await

import (
	"context"
	"fmt"
	"testing"
	"time"
)

const (
	// Interval is how often a condition is checked.
	Interval = 5 * time.Millisecond
	// Patience is how long a test waits for what a busy machine may do late. A test that holds how soon something
	// happens says so with [Until].
	Patience = 90 * time.Second
)

// Until checks f every interval until it returns true. It returns an error that
// wraps [context.DeadlineExceeded] when f has not by the end of within, and the
// cause when ctx ends first. f is called at least once.
func Until(ctx context.Context, within, interval time.Duration, what string, f func() bool) error {
	began := time.Now()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for !f() {
		if time.Since(began) > within {
			return fmt.Errorf("%s: not within %s: %w", what, within, context.DeadlineExceeded)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, context.Cause(ctx))
		case <-tick.C:
		}
	}
	return nil
}

// True waits until f returns true, at most [Patience], and fails the test when it has not by then.
func True(t testing.TB, what string, f func() bool) {
	t.Helper()
	if err := Until(t.Context(), Patience, Interval, what, f); err != nil {
		t.Fatal(err)
	}
}

// Pause lets d pass, or less if ctx ends first, and returns why it ended early.
// It is for the clock of testing/synctest, and for programs that measure over a
// period; a test on the real clock waits for a condition with [True].
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
