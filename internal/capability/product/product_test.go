package product_test

import (
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/product"
	"vellocity/internal/domain"
)

var brief = map[string]any{
	"name":           "Norwick steel water bottle, 750 ml",
	"features":       []string{"Double wall: drinks stay cold for 24 hours.", "Fits into bike holders", "One-handed lid"},
	"specs":          []string{"Weight: 340 g", "Height: 26 cm", "Lid | seal: steel | silicone", "Dishwasher safe"},
	"call_to_action": "Order the bottle", "audience": "cyclists",
}

// Features and specifications stand in the text once, word for word.
func TestComposedDescription(t *testing.T) {
	out := captest.Made(t, captest.Do(t, product.New(), captest.Run{Settings: brief}), 1)
	captest.Golden(t, "composed.md", captest.Shown(out))
	c := out.Effects[0].Create.Item
	for _, given := range []string{"drinks stay cold for 24 hours", "Fits into bike holders", "One-handed lid", "| Weight | 340 g |", "Dishwasher safe"} {
		if strings.Count(c.Body, given) != 1 {
			t.Errorf("%q stands in the text %d times", given, strings.Count(c.Body, given))
		}
	}
	if c.Type != domain.ContentProduct ||
		!strings.Contains(string(out.Effects[0].Create.Provenance), "Composed from your inputs") {
		t.Errorf("%+v", c)
	}
}

func TestDescriptionByAModel(t *testing.T) {
	model := func(string, ai.Request) (string, error) {
		return `{"summary":"A steel bottle for cyclists that keeps drinks cold for 24 hours.",
			"text":"A water bottle for cyclists.\n\n- Drinks stay cold for 24 hours behind a double wall.\n- It fits into bike holders."}`, nil
	}
	out := captest.Made(t, captest.Do(t, product.New(), captest.Run{Settings: brief, Model: model}), 1)
	captest.Golden(t, "model.md", captest.Shown(out))
	captest.Golden(t, "prompt.txt", captest.Prompts(out))
}

func TestANameAloneIsAnOutline(t *testing.T) {
	out := captest.Made(
		t,
		captest.Do(t, product.New(), captest.Run{Settings: map[string]any{"name": "Bottle", "language": "de"}}),
		1,
	)
	if c := out.Effects[0].Create.Item; len(c.NeedsInput) == 0 || !strings.HasPrefix(c.Title, "Gliederung") {
		t.Errorf("%+v", c)
	}
}
