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

// What the settings leave out comes from the listing, and what they say wins.
func TestAListingGivesWhatIsLeftOut(t *testing.T) {
	l := domain.Listing{ID: 7, ListingFields: domain.ListingFields{
		Title: "Acme Shared Inbox", Highlights: []string{"See who answers which question"}, Keywords: []string{"shared inbox"},
		LongDescription: "Acme sorts the questions of customers. It counts them, too.",
	}}
	for want, features := range map[string][]string{
		"See who answers which question": nil, "Works on a telephone": {"Works on a telephone"},
	} {
		settings := map[string]any{"name": l.Title, "listing_id": "lst_7", "features": features}
		if features == nil {
			delete(settings, "features")
		}
		out := captest.Made(t, captest.Do(t, product.New(), captest.Run{Settings: settings, Listing: &l}), 1)
		c := out.Effects[0].Create.Item
		if !strings.Contains(c.Body, want) || c.Keywords[0] != "shared inbox" {
			t.Errorf("%q is not in %+v", want, c)
		}
	}
	l.Highlights = nil
	c := captest.Made(t, captest.Do(t, product.New(), captest.Run{
		Settings: map[string]any{"name": l.Title, "listing_id": "lst_7"}, Listing: &l,
	}), 1).Effects[0].Create.Item
	if !strings.Contains(c.Body, "It counts them, too") {
		t.Errorf("%+v", c)
	}
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
