package repurpose_test

import (
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/repurpose"
	"vellocity/internal/domain"
)

var item = domain.ContentItem{
	ID: 7, Version: 2, Title: "How a shared inbox helped our bakery", Language: "en", Keywords: []string{"shared inbox"},
	Body: `We moved our orders to a shared inbox on 4 May. It was easier than we thought.

## How long did it take?

The move took one afternoon, and the old address still works.

## What changed

Before, two people often answered the same order. In the first month, double answers fell from 14 to 1.
Orders for Saturday now arrive by Thursday evening.

` + "```\n## no heading?\n```\n",
}

func settings(more map[string]any) map[string]any {
	out := map[string]any{
		"content_id": 7, "into": []string{"social", "email", "summary", "faq"}, "networks": []string{"linkedin", "x"},
		"call_to_action": "Read how we did it", "link": "https://example.com/inbox",
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func TestComposedTexts(t *testing.T) {
	out := captest.Made(
		t,
		captest.Do(t, repurpose.New(), captest.Run{Settings: settings(nil), Items: []domain.ContentItem{item}}),
		5,
	)
	captest.Golden(t, "composed.md", captest.Shown(out))
	for _, e := range out.Effects { // nothing that the item, or the settings, do not say
		for line := range strings.Lines(e.Create.Item.Body) {
			line = strings.Trim(line, "\n#.• ")
			if line != "" && !strings.HasPrefix(line, "http") && !strings.Contains(line, "Read how we did it") &&
				!strings.Contains(
					line,
					item.Title,
				) && line != "SharedInbox" && !strings.Contains(item.Body, line) && !strings.Contains(line, ".") {
				t.Errorf("%s: %q", e.Create.Item.Title, line)
			}
		}
	}
}

func TestTextsByAModel(t *testing.T) {
	model := func(step string, _ ai.Request) (string, error) {
		switch step {
		case "faq":
			return `{"questions":[{"question":"How long did it take?","answer":"One afternoon."}]}`, nil
		case "email.mail-1":
			return `{"subject":"Orders in one inbox","preheader":"Double answers fell from 14 to 1.",` +
				`"text":"We moved on 4 May."}`, nil
		case "summary":
			return "A bakery moved its orders to a shared inbox: double answers fell from 14 to 1.", nil
		}
		return "Double answers fell from 14 to 1 in the first month.", nil
	}
	out := captest.Made(t, captest.Do(t, repurpose.New(), captest.Run{
		Settings: settings(map[string]any{"networks": []string{"x"}}), Items: []domain.ContentItem{item}, Model: model,
	}), 4)
	captest.Golden(t, "model.md", captest.Shown(out))
	captest.Golden(t, "prompts.txt", captest.Prompts(out))
	for _, w := range out.Written {
		if !strings.Contains(w.Request.Prompt(), "double answers fell from 14 to 1") {
			t.Errorf("%s does not have the source", w.Step)
		}
	}
	if len(out.Findings) != 0 {
		t.Errorf("%+v", out.Findings)
	}
}

// What is not in the item is found.
func TestAnInventedFigureIsFound(t *testing.T) {
	model := func(string, ai.Request) (string, error) { return "It saves 73% of the time.", nil }
	out := captest.Made(t, captest.Do(t, repurpose.New(), captest.Run{
		Settings: settings(map[string]any{"into": []string{"social", "summary"}, "networks": []string{"x"}}),
		Items:    []domain.ContentItem{item}, Model: model,
	}), 2)
	for _, f := range out.Findings {
		if f.Step != "social.post-x" && f.Step != "summary" {
			t.Errorf("%+v", f)
		}
	}
	if len(out.Findings) < 2 {
		t.Errorf("%+v", out.Findings)
	}
}

func TestAnItemWithoutQuestionsGivesNoFAQ(t *testing.T) {
	short := item
	short.Body = "We moved on 4 May."
	out := captest.Made(t, captest.Do(t, repurpose.New(), captest.Run{
		Settings: settings(map[string]any{"into": []string{"faq"}}), Items: []domain.ContentItem{short},
	}), 0)
	if len(out.Needs) != 1 || !strings.HasSuffix(out.Needs[0].Reason, "For example: “How long does delivery take?”") {
		t.Errorf("%+v", out.Needs)
	}
	short.Language = "de"
	if out = captest.Do(t, repurpose.New(), captest.Run{
		Settings: settings(map[string]any{"into": []string{"faq"}}), Items: []domain.ContentItem{short},
	}); len(out.Needs) != 1 || !strings.HasSuffix(out.Needs[0].Reason, "Zum Beispiel: „Wie lange dauert die Lieferung?“") {
		t.Errorf("%+v", out.Needs)
	}
	short.Body = " "
	out = captest.Do(t, repurpose.New(), captest.Run{Settings: settings(nil), Items: []domain.ContentItem{short}})
	if domain.CodeOf(out.Err) != domain.CodeConflict {
		t.Errorf("%v", out.Err)
	}
}
