package review_test

import (
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/capability"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/review"
	"vellocity/internal/domain"
)

func item(body string) domain.ContentItem {
	return domain.ContentItem{
		ID:              9,
		Version:         2,
		Title:           "A shared inbox for small teams",
		MetaTitle:       "A shared inbox for small teams",
		Slug:            "shared-inbox",
		MetaDescription: "How a shared inbox helps a small support team to answer each message once, and how to start.",
		Type:            domain.ContentBlog,
		Status:          domain.ItemGenerated,
		Body:            body,
		Keywords:        []string{"shared inbox"},
		Language:        "en",
	}
}

var good = "A shared inbox helps. " + strings.Repeat(
	"It shows who answers a message. ",
	20,
) + "\n\n## How a shared inbox works\n\n" + strings.Repeat(
	"Each message has one owner, and the team can see it. ",
	25,
) + "\n\nSee [the guide](https://example.com)."

func move(t *testing.T, out captest.Outcome) capability.MoveItem {
	t.Helper()
	if out.Err != nil || len(out.Effects) != 1 || out.Effects[0].Move == nil {
		t.Fatalf("%v %+v", out.Err, out.Effects)
	}
	return *out.Effects[0].Move
}

func TestDecisions(t *testing.T) {
	published := item(good)
	published.Status = domain.ItemPublished
	invented := item(good + " It grew 73 %.")
	at := len([]rune(good)) + len(" It grew ")
	invented.Findings = []domain.Finding{
		{
			Guardrail: "unsupported-numbers",
			Severity:  domain.SeverityWarning,
			Message:   "No source.",
			Matches:   []domain.Match{{Start: at, End: at + 4, Text: "73 %"}},
		},
	}
	for _, tc := range []struct {
		name     string
		item     domain.ContentItem
		settings map[string]any
		voice    *domain.BrandVoice
		to       domain.ItemStatus
		reason   string
	}{
		{"clean and good", item(good), nil, nil, domain.ItemReady, "Nothing was found"},
		{"clean, score too low", item(good), map[string]any{"threshold": 99}, nil, domain.ItemReview, "below 99"},
		{"a promise", item(good + " It is guaranteed."), nil, nil, domain.ItemReview, "One finding"},
		{"a banned word", item(good), nil, &domain.BrandVoice{BannedTerms: []string{"owner"}}, domain.ItemReview, "One finding"},
		{"published stays", published, nil, nil, "", "stays"},
		{"a figure found while it was written", invented, nil, nil, domain.ItemReview, "One finding"},
		{"that figure is supported now", invented, map[string]any{"support": []string{"73 % growth, https://example.com"}}, nil, domain.ItemReady, "Nothing"},
		{"a person is asked", item(good), map[string]any{"ask_person": true}, nil, domain.ItemReview, "Nothing was found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			settings := map[string]any{"content_id": 9}
			for k, v := range tc.settings {
				settings[k] = v
			}
			out := captest.Do(
				t,
				review.New(),
				captest.Run{Settings: settings, Items: []domain.ContentItem{tc.item}, BrandVoice: tc.voice},
			)
			m := move(t, out)
			if m.To != tc.to || !strings.Contains(string(out.Outputs["decision"]), tc.reason) || m.Scores["seo"] == 0 ||
				m.Findings == nil {
				t.Errorf("%+v", m)
			}
			for _, f := range m.Findings {
				if f.ContentID != 9 || f.Version != 2 {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

func TestAPersonDecides(t *testing.T) {
	run := captest.Run{
		Settings: map[string]any{"content_id": 9, "ask_person": true},
		Items:    []domain.ContentItem{item(good)},
	}
	out := captest.Do(t, review.New(), run)
	if len(out.Waits) != 1 || out.Waits[0].ContentID != 9 || out.Outputs["person"] != nil {
		t.Fatalf("%+v", out)
	}
	for _, approved := range []bool{true, false} {
		run.Waited = func(capability.Wait) *capability.Answer { return &capability.Answer{Approved: approved, By: "Ada"} }
		out = captest.Do(t, review.New(), run)
		var a review.Answered
		if err := json.Unmarshal(out.Outputs["person"], &a); err != nil || a.Approved != approved || a.By != "Ada" ||
			len(out.Effects) != 1 {
			t.Errorf("%+v %v", a, err)
		}
	}
}

func TestASecretIsNotShownAndBlocks(t *testing.T) {
	out := captest.Do(
		t,
		review.New(),
		captest.Run{
			Settings: map[string]any{"content_id": 9},
			Items:    []domain.ContentItem{item(good + " vell_pk_0123456789abcdefABCDEF0123456789abcd")},
		},
	)
	m := move(t, out)
	if !domain.Blocking(m.Findings) || strings.Contains(string(out.Outputs["checks"]), "0123456789abcdef") {
		t.Errorf("%s", out.Outputs["checks"])
	}
}
