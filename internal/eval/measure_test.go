package eval

import (
	"slices"
	"strings"
	"testing"

	"vellocity/internal/capability/blogpost"
	"vellocity/internal/domain"
)

func TestFactsUsed(t *testing.T) {
	for _, c := range []struct {
		fact, text string
		want       bool
	}{
		{"Price: €29 per gauge and month", "It costs €29 a month for each gauge.", true},
		{"Price: €29 per gauge and month", "It costs €39 a month for each gauge.", false},
		{"Price: €29 per gauge and month", "We answered 29 letters.", false},
		{"Cost: €1,500", "Die Kosten: 1.500 € (cost)", true},
		{"A boiler needs less space.", "Space is short? A boiler needs less.", true},
		{"A boiler needs less space.", "A boiler is loud.", false},
		{"Existing sites move over without new hardware.", "Keep your hardware: the sites that you have move over.", true},
		{"Existing sites move over without new hardware.", "We visited sites. Boats move. It was loud. The hardware is red.", false},
		{"Sick days: 7.9 before, 5.2 after", "Before, people had 7.9 sick days. Now they have 5.2.", true},
		{"毎週月曜日の開店前に棚卸しをする。", "棚卸しは毎週月曜日の開店前にする。", true},
		{"毎週月曜日の開店前に棚卸しをする。", "まず売れ筋だけを数える。", false},
		{"欠品が3か月で半分に減った。", "欠品が4か月で半分に減った。", false},
	} {
		uses := func(passage string) bool { return uses(passage, c.fact) }
		if got := slices.ContainsFunc(passages(c.text), uses); got != c.want {
			t.Errorf("%q in %q: %v", c.fact, c.text, got)
		}
	}
}

func TestRepeatedRuns(t *testing.T) {
	const run = "the gauge sends its level every ten minutes to us"
	for text, want := range map[string]int{
		"":                              0,
		run:                             0,
		run + ". So: " + run:            10,
		run + ". " + run + "; " + run:   20,
		"a b c d e f g, a b c d e f g.": 0, // 7 words
		"A b c d e f g h. Then: a b c d e f g h.":          8,
		strings.Repeat("毎週月曜日の開店前に棚卸しをする店は欠品が少ない。", 2):     24,
		"毎週月曜日に数える。" + "毎週月曜日に数える。":                        0,
		"one two three four five six seven eight nine ten": 0,
	} {
		if got := repeated(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// The stock phrases are those of the guardrail, in the title too.
func TestStockPhrases(t *testing.T) {
	for _, c := range []struct {
		title, text, language string
		want                  int
	}{
		{"", "In today’s fast-paced world, let's delve into it. It's\nimportant to note that.", "en-GB", 3},
		{"", "The level is sent every ten minutes.", "en", 0},
		{"", "In der heutigen Zeit ist das so.", "de", 1},
		{"Unlock the power of alerts", "いかがでしたか。", "ja", 2},
	} {
		var got Text
		measure(Brief{Settings: blogpost.Settings{Language: c.language, WordCount: 20}}, page{title: c.title, body: c.text}, &got)
		if got.Stock != c.want {
			t.Errorf("%q: %d, want %d", c.text, got.Stock, c.want)
		}
	}
}

func TestMeasure(t *testing.T) {
	b := Brief{
		Settings: blogpost.Settings{
			Topic: "Flood alerts", Language: "en", WordCount: 20, KeyPoints: []string{"Alerts reach the crew."},
			Facts: []string{"Price: €29 per month"},
		},
		Voice: &Voice{
			BannedTerms:    []string{"seamless"},
			PreferredTerms: []domain.PreferredTerm{{Use: "customers", InsteadOf: "users"}},
		},
	}
	for _, c := range []struct {
		name string
		page page
		want Measures
	}{
		{"faithful", page{"Flood alerts", "Alerts reach the crew. The price is €29 per month, and that is all of it, for now and next year."},
			Measures{Words: 21, Facts: 2, FactsUsed: 2, LengthError: 5}},
		{"invented", page{"Flood alerts", "Alerts reach the crew within 15 seconds, says https://made-up.example, at a price of €29 per month for 300 users."},
			Measures{Words: 19, Facts: 2, FactsUsed: 2, Invented: 3, VoiceBroken: 1, Findings: 3, LengthError: -5}},
		{"banned in the title", page{"Seamless alerts", "Alerts reach the crew."},
			Measures{Words: 4, Facts: 2, FactsUsed: 1, VoiceBroken: 1, Findings: 2, LengthError: -80}},
	} {
		got := Text{Way: Product}
		measure(b, c.page, &got)
		if got.Measures != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got.Measures, c.want)
		}
		if len(got.Missing) != c.want.Facts-c.want.FactsUsed || len(got.Messages) != c.want.Findings {
			t.Errorf("%s: %q, %q", c.name, got.Missing, got.Messages)
		}
	}
	short := Text{Way: Composer}
	if measure(b, page{"Flood alerts", "Alerts reach the crew."}, &short); short.Findings != 0 {
		t.Errorf("a short composed text has %d findings", short.Findings)
	}
}

func TestTitleOfOnePrompt(t *testing.T) {
	for text, want := range map[string]page{
		"# Flood alerts\n\nThey come.": {"Flood alerts", "They come."},
		"\n# Flood alerts":             {"Flood alerts", ""},
		"They come.\n# Not a title":    {"", "They come.\n# Not a title"},
		"## A heading\n\nThey come.":   {"", "## A heading\n\nThey come."},
	} {
		if got := split(text); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
