package seoreport_test

import (
	"encoding/json"
	"testing"

	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/seoreport"
	"vellocity/internal/domain"
)

func run(t *testing.T, r captest.Run) seoreport.Analysis {
	t.Helper()
	out := captest.Do(t, seoreport.New(), r)
	if out.Err != nil || len(out.Effects) != 0 || len(out.Written) != 0 {
		t.Fatalf("%v, effects %v, written %v", out.Err, out.Effects, out.Written)
	}
	var a seoreport.Analysis
	if err := json.Unmarshal(out.Outputs["analysis"], &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestATextAndAnItemAreJudgedAlike(t *testing.T) {
	item := domain.ContentItem{
		ID:       7,
		Version:  3,
		Title:    "A shared inbox for small teams",
		Body:     "A shared inbox helps.\n\n## Start\n\nWith one.",
		Keywords: []string{"shared inbox"},
		Language: "en",
	}
	a := run(t, captest.Run{Settings: map[string]any{"content_id": 7}, Items: []domain.ContentItem{item}})
	b := run(t, captest.Run{Settings: map[string]any{"text": item.Body, "title": item.Title, "keywords": item.Keywords}})
	if a.Score != b.Score || a.Score == 0 || a.ContentID != 7 || a.Version != 3 || len(a.Checks) < 10 ||
		!a.Keywords[0].InTitle {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestSettings(t *testing.T) {
	c := seoreport.New()
	for raw, want := range map[string]string{
		`{}`:                          "Name a content_id or give a text to analyze",
		`{"content_id":1,"text":"x"}`: "Give a content_id or a text, not both",
		`{"content_id":0}`:            "The content_id field must be at least 1",
	} {
		if _, err := c.Prepare(json.RawMessage(raw)); err == nil || domain.AsError(err).Message != want {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for raw, want := range map[string]int{`{"content_id":5}`: 1, `{"text":"x"}`: 0} {
		if req, err := c.Prepare(json.RawMessage(raw)); err != nil || len(req.Reads()) != want {
			t.Errorf("%s: %v, %v", raw, req.Reads(), err)
		}
	}
}
