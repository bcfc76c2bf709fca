package eval

import (
	"context"
	"sync"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
)

// calls writes texts and counts what that took. It is safe for concurrent use, since
// sections are written side by side.
type calls struct {
	writer ai.Connection

	mu      sync.Mutex
	n       int
	in, out int64
	cost    domain.Cost
}

// write has one text written, by the same line as an execution's steps.
func (c *calls) write(ctx context.Context, ask capability.Ask) (ai.Response, error) {
	return execution.Write(ctx, c.writer, ask, ai.Watch{Ended: func(a domain.Attempt) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.n++
		c.in += a.InputTokens
		c.out += a.OutputTokens
		c.cost = c.cost.Plus(a.Cost)
		return nil
	}})
}

// usage returns what the calls until now took.
func (c *calls) usage() Usage {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := Usage{Calls: c.n, InputTokens: c.in, OutputTokens: c.out, Estimated: c.cost.Estimated}
	if c.n == 0 || c.cost.Known {
		usd := float64(c.cost.MicroUSD) / 1e6
		u.CostUSD = &usd
	}
	return u
}
