package outline_test

import (
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/outline"
)

var brief = map[string]any{
	"topic": "Moving a small support team to a shared inbox", "format": "how_to", "sections": 4,
	"key_points": []string{"First, pick one mailbox.", "Then agree on who answers what.", "Write to support@example.com first."},
	"facts":      []string{"In a four-week pilot, our team of 6 cut the median first reply from 9 hours to 2."},
}

func TestComposedOutline(t *testing.T) {
	out := captest.Made(t, captest.Do(t, outline.New(), captest.Run{Settings: brief}), 1)
	captest.Golden(t, "composed.md", captest.Shown(out))
	body := out.Effects[0].Create.Item.Body
	for _, given := range []string{"pick one mailbox", "who answers what", "median first reply from 9 hours to 2"} {
		if strings.Count(body, given) != 1 {
			t.Errorf("%q stands in the outline %d times", given, strings.Count(body, given))
		}
	}
}

// Every format and language gives an outline that has what was given once.
func TestOutlinesOfEveryFormat(t *testing.T) {
	f, _ := outline.New().Schema.Field("format")
	for _, format := range f.Enum {
		for _, language := range []string{"en", "de", "fr", "es", "ja", "it"} {
			out := captest.Made(t, captest.Do(t, outline.New(), captest.Run{Settings: map[string]any{
				"topic": "Shared inbox", "format": format, "language": language,
				"key_points": []string{"Qwertz one mailbox is enough for a start."}, "facts": []string{"Asdfgh: 14"},
			}}), 1)
			body := out.Effects[0].Create.Item.Body
			if strings.Count(body, "Qwertz") != 1 || strings.Count(body, "Asdfgh") != 1 {
				t.Errorf("%s %s:\n%s", format, language, body)
			}
		}
	}
}

func TestATopicAloneIsAnOutlineToo(t *testing.T) {
	out := captest.Made(t, captest.Do(t, outline.New(), captest.Run{Settings: map[string]any{"topic": "rain"}}), 1)
	if c := out.Effects[0].Create.Item; !strings.Contains(c.Body, "## ") || len(c.NeedsInput) == 0 {
		t.Errorf("%+v", c)
	}
}

func TestOutlineByAModel(t *testing.T) {
	model := func(string, ai.Request) (string, error) {
		return `{"title":"A shared inbox in four steps","sections":[
			{"heading":"One mailbox first","points":["Pick one mailbox.","Pick one mailbox."],"questions":["Which *mailbox* is busiest?"]},
			{"heading":"What the pilot showed","points":["The median first reply fell from 9 hours to 2."],"questions":[]}]}`, nil
	}
	out := captest.Made(t, captest.Do(t, outline.New(), captest.Run{Settings: brief, Model: model}), 1)
	captest.Golden(t, "model.md", captest.Shown(out))
	captest.Golden(t, "prompt.txt", captest.Prompts(out))
}

// A figure that the brief does not have is tried once more, and then named.
func TestAnInventedFigureIsTriedOnceMore(t *testing.T) {
	model := func(string, ai.Request) (string, error) {
		return `{"title":"Inboxes","sections":[{"heading":"Growth","points":["It saves 73% of the time."],"questions":[]}]}`, nil
	}
	out := captest.Made(t, captest.Do(t, outline.New(), captest.Run{Settings: brief, Model: model}), 1)
	if len(out.Written) != 2 || len(out.Findings) == 0 ||
		!strings.Contains(out.Written[1].Request.Prompt(), "A check has found problems") {
		t.Errorf("%d written, findings %v", len(out.Written), out.Findings)
	}
}
