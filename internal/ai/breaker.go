package ai

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// The first and the longest pause for a provider that keeps failing.
const (
	firstPause = 15 * time.Second
	lastPause  = 2 * time.Minute
)

// breaker is a circuit breaker. After many failures in a row it pauses calls to the
// provider, so that a thousand waiting executions do not add to the load. After the
// pause one trial call is allowed; its outcome ends the pause or doubles it.
type breaker struct {
	limit int // failures in a row; 0 or less: never

	mu       sync.Mutex
	failures int
	until    time.Time
	pause    time.Duration
	trying   bool
}

// enter returns how much of the pause is left; 0 allows a call. trial reports that
// this call is the trial.
func (b *breaker) enter(now time.Time) (wait time.Duration, trial bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.limit <= 0 || b.failures < b.limit:
		return 0, false
	case now.Before(b.until):
		return b.until.Sub(now), false
	case b.trying:
		return firstPause, false
	}
	b.trying = true
	return 0, true
}

// leave takes the outcome of a call that was allowed. Any response, even a refusal,
// shows that the provider is up; a call that this side ended, or a failure that may be
// the prompt's fault, shows nothing.
func (b *breaker) leave(now time.Time, trial bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if trial {
		b.trying = false
	}
	e, known := AsError(err)
	switch {
	case err == nil || known && e.Kind != KindTransient:
		b.failures, b.pause = 0, 0
	case known && !e.Unclear:
		b.failures++
		if b.failures == b.limit || trial {
			b.pause = min(max(firstPause, b.pause*2), lastPause)
			b.until = now.Add(b.pause)
		}
	}
}

// guarded makes an attempt when a slot is free, unless calls are paused.
func (k *call) guarded(ctx context.Context, req *Request) (Response, error) {
	if err := k.acquire(ctx); err != nil {
		return Response{}, err
	}
	defer k.release()
	wait, trial := k.breaker.enter(time.Now())
	if wait > 0 {
		return Response{}, &Error{Provider: k.Name(), Kind: KindRate, RetryAfter: wait,
			Message: fmt.Sprintf(
				"%s has failed many times in a row, so calls are paused for %s. Check the provider's status page.",
				k.called(),
				wait.Round(time.Second),
			)}
	}
	resp, err := k.attempt(ctx, req)
	k.breaker.leave(time.Now(), trial, err)
	return resp, err
}
