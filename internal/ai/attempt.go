package ai

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"vellocity/internal/domain"
)

// attempt makes one call to the provider, within the timeouts, and records it.
func (k *call) attempt(ctx context.Context, req *Request) (Response, error) {
	k.n++
	a := domain.Attempt{N: k.n, Provider: k.Name(), Model: req.Model, StartedAt: time.Now()}
	if k.watch.Started != nil {
		if err := k.watch.Started(a); err != nil {
			return Response{}, err
		}
	}
	resp, err := k.watched(ctx, req, &a)
	resp.Usage = estimate(req, resp)
	k.complete(&a, resp, err)
	if k.watch.Ended != nil {
		if ended := k.watch.Ended(a); ended != nil {
			return resp, ended
		}
	}
	return resp, err
}

// watched runs the provider under two watchdogs: one that every byte resets, and one
// that text and thoughts reset.
func (k *call) watched(ctx context.Context, req *Request, a *domain.Attempt) (Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var bound atomic.Int64 // of silence; a time.Duration
	bound.Store(int64(k.o.First))
	silence := time.AfterFunc(k.o.First, func() { cancel(k.silent("nothing", time.Duration(bound.Load()))) })
	defer silence.Stop()
	quiet := time.AfterFunc(k.o.Quiet, func() { cancel(k.silent("no text", k.o.Quiet)) })
	defer quiet.Stop()
	var foreign error // from Watch, not from the provider
	during := func(f func() error) error {
		silence.Stop() // a slow Watch must not count as silence of the provider
		quiet.Stop()
		foreign = f()
		silence.Reset(time.Duration(bound.Load()))
		quiet.Reset(k.o.Quiet)
		return foreign
	}
	resp, err := k.o.Provider.Generate(ctx, *req, Sink{
		Text: func(piece string) error {
			return during(func() error {
				if piece != "" {
					bound.Store(int64(k.o.Idle))
				}
				return k.show(a, piece)
			})
		},
		Retract: func() error { return during(func() error { return k.retract(req.Model) }) },
		Alive:   func() { silence.Reset(time.Duration(bound.Load())) },
	})
	if foreign != nil {
		return resp, foreign
	}
	if err == nil {
		return resp, nil
	}
	var late *Error
	if errors.As(context.Cause(ctx), &late) && late != k.total {
		return resp, late
	}
	return resp, err
}

// show passes a piece on to Watch and notes when the first one arrived.
func (k *call) show(a *domain.Attempt, piece string) error {
	if piece == "" {
		return nil
	}
	if a.FirstTextMS == 0 {
		a.FirstTextMS = max(1, time.Since(a.StartedAt).Milliseconds())
	}
	k.shown = true
	if k.watch.Text == nil {
		return nil
	}
	return k.watch.Text(piece)
}

// retract discards what turned out to be thoughts, and remembers that the model sends
// them so.
func (k *call) retract(model string) error {
	k.learn(model, func(l *lessons) { l.opened = true })
	return unlessSeen(k.restart(), &Error{Provider: k.Name(), Status: 200, Kind: KindAnswer,
		Message: k.called() + " mixed the model's thoughts with its text. Try again: they are recognized from now on."})
}

func (c *Caller) silent(what string, d time.Duration) *Error {
	return &Error{Provider: c.Name(), Kind: KindTransient,
		Message: fmt.Sprintf(
			"%s sent %s for %s. Try again. "+
				"If it keeps happening, choose a faster model or check the provider's status page.",
			c.called(),
			what,
			d,
		)}
}

// complete fills in how an attempt ended.
func (k *call) complete(a *domain.Attempt, resp Response, err error) {
	if resp.Model != "" {
		a.Model = resp.Model
	}
	a.DurationMS = time.Since(a.StartedAt).Milliseconds()
	a.RequestID, a.Status = resp.RequestID, resp.Status
	a.InputTokens, a.OutputTokens = resp.Usage.InputTokens, resp.Usage.OutputTokens
	if resp.Usage.InputTokens+resp.Usage.OutputTokens > 0 || err == nil || k.o.Prices.free(a.Model) {
		a.Cost = k.o.Prices.Cost(a.Model, resp.Usage)
	}
	if resp.Cost.Known {
		a.Cost = resp.Cost
	}
	switch {
	case err != nil:
		a.Error = reason(err)
	case resp.Finish != "":
		a.Error = fmt.Sprintf("The text ended for a reason that Vellocity does not know: %q.", resp.Finish)
	}
}

// reason is what the record of an attempt says about a failure. The inner cause is
// for logs only.
func reason(err error) string {
	if e, ok := AsError(err); ok {
		return e.Message
	}
	if errors.Is(err, context.Canceled) {
		return "cancelled"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "timed out"
	}
	return "stopped by this server"
}

// bytesPerToken is a conservative average for English prose; JSON and other
// languages have fewer bytes per token.
const bytesPerToken = 3.5

// estimate fills in from the texts what the provider did not count: a stream that
// broke off still costs money.
func estimate(req *Request, resp Response) Usage {
	u := resp.Usage
	received := max(len(resp.Text), resp.Received)
	if resp.Status != 200 || received == 0 {
		return u
	}
	if u.InputTokens == 0 {
		sent := len(req.System) + len(req.Schema)
		for _, m := range req.Messages {
			sent += len(m.Whole())
		}
		u.InputTokens = tokens(sent)
		u.Estimated = true
	}
	// A stream that broke off may have reported only a first figure, such as 1.
	if atLeast := tokens(received); u.OutputTokens*8 < atLeast {
		u.OutputTokens = atLeast
		u.Estimated = true
	}
	return u
}

func tokens(bytes int) int64 { return int64(float64(bytes)/bytesPerToken) + 1 }

func (c *Caller) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil || c.slots == nil {
		return err
	}
	select {
	case c.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Caller) release() {
	if c.slots != nil {
		<-c.slots
	}
}
