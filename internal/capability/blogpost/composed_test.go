package blogpost_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/capability/blogpost"
	"vellocity/internal/capability/captest"
	"vellocity/internal/compose"
)

func TestTheSettingsNameEveryFormat(t *testing.T) {
	f, _ := blogpost.New().Schema.Field("format")
	var offered []string
	for _, v := range f.Enum {
		offered = append(offered, v)
		if f.Labels[v] == "" {
			t.Errorf("%s has no label", v)
		}
	}
	if want := append([]string{compose.Automatic}, compose.Formats()...); !slices.Equal(offered, want) {
		t.Errorf("the settings offer %v, package compose knows %v", offered, want)
	}
}

func TestTheFormatIsASetting(t *testing.T) {
	item := created(t, captest.Do(t, blogpost.New(), captest.Run{Settings: map[string]any{
		"topic": "Rye bread", "format": "how_to", "word_count": 100, "key_points": []string{"Mix flour and water", "Bake it"},
	}}))
	if !strings.HasPrefix(item.Item.Body, "## Step by step\n\n1. Mix flour and water\n2. Bake it") {
		t.Error(item.Item.Body)
	}
}

func TestAModelGetsTheFormat(t *testing.T) {
	settings := map[string]any{"topic": "Fenwick Dairy", "format": "customer_story", "word_count": 300}
	out := captest.Do(t, blogpost.New(), captest.Run{Settings: settings, Model: writer(nil)})
	if lead := out.Written[0].Request.Messages[0].Lead; !strings.Contains(lead, "\nKind of text: customer story\n") {
		t.Error(lead)
	}
}

// What the text does not hold is named on the item: in its questions and its record.
func TestUnusedInputsAreNamedOnTheItem(t *testing.T) {
	item := created(t, captest.Do(t, blogpost.New(), captest.Run{Settings: map[string]any{
		"topic":      "FAQ: bulk mail",
		"key_points": []string{"Who needs DMARC? Bulk senders.", "Since when? February 2024.", "Is there a fine?"},
		"sources":    []string{"Sender guidelines, 2024", "We looked at 40 senders. Half of them had no DMARC record."},
	}}))
	var record struct {
		Format string           `json:"format"`
		Unused []compose.Unused `json:"unused"`
	}
	if err := json.Unmarshal(item.Provenance, &record); err != nil || record.Format != "faq" || len(record.Unused) != 2 {
		t.Errorf("%v %+v", err, record)
	}
	for ref, name := range map[string]string{"key_points[2]": "key point 3", "sources[1]": "source 2"} {
		found := false
		for _, n := range item.Item.NeedsInput {
			found = found || n.What == "not used: "+name
		}
		if !found || !strings.Contains(string(item.Provenance), `"input":"`+ref+`"`) {
			t.Errorf("%s is not named: %+v", ref, item.Item.NeedsInput)
		}
	}
	if strings.Count(item.Item.Body, "Sender guidelines, 2024") != 1 || strings.Contains(item.Item.Body, "40 senders") {
		t.Error(item.Item.Body)
	}
}

// Figures and quotes may stand in key points: they are asked for only where there are none.
func TestNeedsLookAtKeyPointsToo(t *testing.T) {
	settings := map[string]any{
		"topic":      "Order",
		"word_count": 300,
		"key_points": []string{"We open at 6:30.", "“Fine bread,” says Ana."},
	}
	item := created(t, captest.Do(t, blogpost.New(), captest.Run{Settings: settings, Model: writer(nil)}))
	for _, n := range item.Item.NeedsInput {
		if n.What == "figures" || n.What == "customer proof" {
			t.Errorf("asked for although given: %+v", n)
		}
	}
}

// A language without words gets the caller's sentences and no English between them.
func TestALanguageWithoutWords(t *testing.T) {
	item := created(t, captest.Do(t, blogpost.New(), captest.Run{Settings: map[string]any{
		"topic": "Nowy sezon w teatrze", "language": "pl", "key_points": []string{"Sześć oper i dwa balety.", "Bilety są w kasie"},
		"sources": []string{"Program na rok 2026"},
	}}))
	if want := "Sześć oper i dwa balety. Bilety są w kasie.\n\n- Program na rok 2026"; item.Item.Body != want {
		t.Errorf("%q, not %q", item.Item.Body, want)
	}
}

func TestGermanAddresses(t *testing.T) {
	item := created(
		t,
		captest.Do(t, blogpost.New(), captest.Run{Settings: map[string]any{"topic": "Wärme für Görlitz", "language": "de"}}),
	)
	if item.Item.Slug != "waerme-fuer-goerlitz" || item.Item.Title != "Gliederung: Wärme für Görlitz" {
		t.Errorf("%q %q", item.Item.Slug, item.Item.Title)
	}
}
