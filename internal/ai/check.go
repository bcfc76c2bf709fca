package ai

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"vellocity/internal/domain"
)

// Health is what a live call found out about a provider.
type Health struct {
	Model     string // as the provider names it
	Latency   time.Duration
	FirstText time.Duration // 0 where no text came
	// Refused are the optional parameters that the model rejects, by their names on
	// the wire. Later calls omit them.
	Refused []string
	Usage   Usage
	Cost    domain.Cost
}

// healthSchema is the smallest schema that shows whether a model supports them.
var healthSchema = json.RawMessage(
	`{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false}`,
)

// Check makes one cheap live call, of a few tokens, that uses every optional
// parameter, and reports which of them the model rejects. It retries only to omit a
// rejected parameter, and does not judge the response.
func (c *Caller) Check(ctx context.Context, model string) (Health, error) {
	if model == "" {
		model = c.o.Model
	}
	creativity := 0.5
	req := Request{
		Model: model, System: "You are a connection test.", Messages: User(`Answer with {"ok":true}`),
		Schema: healthSchema, SchemaName: "check", MaxTokens: 16, Creativity: &creativity,
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.First)
	defer cancel()
	k := &call{Caller: c}
	var last domain.Attempt
	k.watch.Ended = func(a domain.Attempt) error { last = a; return nil }
	for {
		resp, err := k.attempt(ctx, &req)
		e, _ := AsError(err)
		if e != nil && e.Param != "" && len(req.Omit) < maxDrops && !slices.Contains(req.Omit, e.Param) {
			c.learn(model, func(l *lessons) { l.refused = append(l.refused, e.Param) })
			req.Omit = append(req.Omit, e.Param)
			continue
		}
		return Health{
			Model: last.Model, Refused: req.Omit, Usage: resp.Usage, Cost: last.Cost,
			Latency:   time.Duration(last.DurationMS) * time.Millisecond,
			FirstText: time.Duration(last.FirstTextMS) * time.Millisecond,
		}, err
	}
}
