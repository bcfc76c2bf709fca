package ai_test

import (
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/ai/composer"
	"vellocity/internal/domain"
)

// TestComposerCostsNothing holds also where it fails: its cost is known, and 0.
func TestComposerCostsNothing(t *testing.T) {
	prices := table(t, "")
	c := ai.NewCaller(ai.Options{Provider: composer.New(), Model: composer.Model, Prices: prices})
	free := domain.Cost{Known: true, PriceVersion: prices.Version()}
	for name, req := range map[string]ai.Request{
		"written": {Task: ai.TaskFree, Brief: ai.Brief{Text: "Write about rain."}},
		"failed":  {Task: "text.unknown"},
	} {
		var w watched
		_, err := c.Call(t.Context(), req, w.watch())
		if (err != nil) != (name == "failed") {
			t.Errorf("%s: %v", name, err)
		}
		if len(w.ended) != 1 || w.ended[0].Cost != free || w.ended[0].Model != composer.Model {
			t.Errorf("%s: %+v", name, w.ended)
		}
	}
}
