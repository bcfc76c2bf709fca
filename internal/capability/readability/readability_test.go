package readability_test

import (
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/readability"
	"vellocity/internal/domain"
)

const body = `# A shared inbox

We open the inbox at eight. You see who has which message, and nobody writes twice. It saves time, and the team
likes it.

Notwithstanding the considerable interdependencies of organizational responsibilities, implementation of the
infrastructure necessitates comprehensive documentation, institutional coordination, and communication, particularly
insofar as regulatory considerations are concerned.

- Short.
`

func run(t *testing.T, r captest.Run) (readability.Analysis, string) {
	t.Helper()
	out := captest.Do(t, readability.New(), r)
	if out.Err != nil || len(out.Effects) != 0 || len(out.Written) != 0 {
		t.Fatalf("%v, effects %v, written %v", out.Err, out.Effects, out.Written)
	}
	var a readability.Analysis
	if err := json.Unmarshal(out.Outputs["analysis"], &a); err != nil {
		t.Fatal(err)
	}
	raw, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return a, string(raw) + "\n"
}

func TestAnalysis(t *testing.T) {
	_, raw := run(t, captest.Run{Settings: map[string]any{"text": body, "language": "en"}})
	captest.Golden(t, "analysis.json", raw)
}

func TestTheLevelDecides(t *testing.T) {
	simple, _ := run(t, captest.Run{Settings: map[string]any{"text": body, "language": "en", "reading_level": "simple"}})
	expert, _ := run(t, captest.Run{Settings: map[string]any{"text": body, "language": "en", "reading_level": "expert"}})
	if *simple.Score != *expert.Score || simple.Target <= expert.Target || len(simple.Advice) <= len(expert.Advice) {
		t.Errorf("%+v\n%+v", simple, expert)
	}
}

func TestItemsAndLanguages(t *testing.T) {
	item := domain.ContentItem{ID: 7, Version: 3, Body: body, Language: "en"}
	a, _ := run(t, captest.Run{Settings: map[string]any{"content_id": 7}, Items: []domain.ContentItem{item}})
	if a.ContentID != 7 || a.Version != 3 ||
		a.Score == nil {
		t.Errorf("%+v", a)
	}
	if a, _ := run(t, captest.Run{Settings: map[string]any{"text": body, "language": "it"}}); a.Score != nil ||
		!strings.Contains(a.Summary, "English, German") || len(a.Paragraphs) != 2 {
		t.Errorf("%+v", a)
	}
	german := strings.Repeat(
		"Die Abteilung prüft die Vereinbarungen mit den Zulieferern, und wir dokumentieren die Ergebnisse der Woche. ",
		3,
	)
	if a, _ := run(t, captest.Run{Settings: map[string]any{"text": german}}); a.Language != "de" || a.Score == nil ||
		a.Years == 0 {
		t.Errorf("%+v", a)
	}
	if a, _ := run(t, captest.Run{Settings: map[string]any{"text": "![](x.png)"}}); a.Score != nil || a.Summary == "" {
		t.Errorf("%+v", a)
	}
}

func TestSettings(t *testing.T) {
	c := readability.New()
	for raw, want := range map[string]string{
		`{}`:                                "Name a content_id or give a text to analyze",
		`{"content_id":1,"text":"x"}`:       "Give a content_id or a text, not both",
		`{"text":"x","reading_level":"dr"}`: "The reading_level field must be one of",
	} {
		if _, err := c.Prepare(json.RawMessage(raw)); err == nil || !strings.HasPrefix(domain.AsError(err).Message, want) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
