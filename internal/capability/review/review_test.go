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

var good = `A shared inbox gives a small team one place for every message. Before the move, six people read the same
mailbox with one password, and customers often got two answers or none.

## What a shared inbox does

Each message has one owner. Anyone who opens it sees who is on it, when it came in and what was said before. Drafts are
visible to the others, so nobody starts a second reply while the first is being written.

Notes sit beside the message instead of in a chat window. A new colleague can read why a refund was agreed last spring
without asking anybody.

## Where to start

Pick the mailbox with the fewest rules. Ours was the one for delivery questions, because every mail there needs the
same three facts: the order, the street and the day. The export took most of an afternoon. Forwarding took five
minutes, and [the guide](https://example.com) names the two settings that matter.

## What to watch

Write down what urgent means. For us it is a closed road, a broken oven or an allergy, and nothing else. Everything
else waits until the next round. Close what is done, since finished work hides the rest.`

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
		{"clean and good", item(good), map[string]any{"approve": true}, nil, domain.ItemReady, "Nothing was found"},
		{"it does not approve unless asked", item(good), nil, nil, domain.ItemReview, "A person approves it"},
		{"clean, too short", item("A shared inbox helps.\n\n## A shared inbox\n\nIt shows who answers."), map[string]any{"approve": true, "threshold": 0}, nil,
			domain.ItemReview, "150 are needed"},
		{"said again and again", item(strings.Repeat("A good desk has room for one person. ", 40)), map[string]any{"approve": true}, nil,
			domain.ItemReview, "repeat an earlier one"},
		{"clean, score too low", item(good), map[string]any{"threshold": 99}, nil, domain.ItemReview, "below 99"},
		{"a promise", item(good + " It is guaranteed."), nil, nil, domain.ItemReview, "1 finding"},
		{"a banned word", item(good), nil, &domain.BrandVoice{BannedTerms: []string{"owner"}}, domain.ItemReview, "1 finding"},
		{"published stays", published, nil, nil, "", "stays"},
		{"a figure found while it was written", invented, nil, nil, domain.ItemReview, "1 finding"},
		{"that figure is supported now", invented, map[string]any{"approve": true, "support": []string{"73 % growth, https://example.com"}}, nil, domain.ItemReady, "Nothing"},
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
