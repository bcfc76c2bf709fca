package execution

import (
	"context"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
)

// Write has a text written by a provider, or composes it where the connection is
// the composer. Either way watch gets the text as it comes; a composed text comes at
// once, a few words at a time, and has no attempts.
func Write(ctx context.Context, c ai.Connection, ask capability.Ask, watch ai.Watch) (ai.Response, error) {
	if c.Origin.Kind == domain.OriginModel {
		ask.Model = c.Origin.Model
		return c.Caller.Call(ctx, ask.Request, watch)
	}
	text, err := ask.Compose()
	if err != nil {
		return ai.Response{}, err
	}
	for _, piece := range compose.Pieces(text) {
		if err := ctx.Err(); err != nil {
			return ai.Response{}, err
		}
		if watch.Text == nil {
			continue
		}
		if err := watch.Text(piece); err != nil {
			return ai.Response{}, err
		}
	}
	return ai.Response{Text: text, Model: c.Origin.Model, Stop: ai.StopEnd}, nil
}
