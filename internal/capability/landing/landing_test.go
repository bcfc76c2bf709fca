package landing_test

import (
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/landing"
)

const quote = "“We cut the first reply from 9 hours to 2.” Ana Ruiz, Norwick Print"

var brief = map[string]any{
	"topic": "A shared inbox for small support teams",
	"benefits": []string{
		"One answer: Everybody sees who answers what, so no customer gets two replies.",
		"Set up in an afternoon",
	},
	"proof":     []string{quote},
	"questions": []string{"Can I keep my address? Yes, mail to the old address still arrives.", "What does it cost?"},
	"facts":     []string{"Price: €49 per month for five people"}, "call_to_action": "Try it with one mailbox",
	"link": "https://example.com/inbox",
}

func TestComposedPage(t *testing.T) {
	out := captest.Made(t, captest.Do(t, landing.New(), captest.Run{Settings: brief}), 1)
	captest.Golden(t, "composed.md", captest.Shown(out))
	body := out.Effects[0].Create.Item.Body
	for _, given := range []string{quote, "so no customer gets two replies", "Set up in an afternoon", "€49", "the old address still", "https://example.com/inbox"} {
		if strings.Count(body, given) != 1 {
			t.Errorf("%q stands on the page %d times", given, strings.Count(body, given))
		}
	}
}

const written = `{"headline":"One inbox, one answer","subline":"For small support teams.","summary":"A shared inbox.",
	"benefits":[{"heading":"One answer","text":"Everybody sees who answers what."}],
	"questions":[{"question":"Can I keep my address?","answer":"Yes, mail to it still arrives."}],"action":"Try it with one mailbox"}`

func TestPageByAModel(t *testing.T) {
	model := func(string, ai.Request) (string, error) { return written, nil }
	out := captest.Made(t, captest.Do(t, landing.New(), captest.Run{Settings: brief, Model: model}), 1)
	captest.Golden(t, "model.md", captest.Shown(out))
	captest.Golden(t, "prompt.txt", captest.Prompts(out))
}

// A model has no say in the proof, and none in answers that rest on nothing.
func TestOnlyGivenProof(t *testing.T) {
	model := func(string, ai.Request) (string, error) { return written, nil }
	out := captest.Made(t, captest.Do(t, landing.New(), captest.Run{
		Settings: map[string]any{"topic": "A shared inbox", "benefits": []string{"One answer"}}, Model: model,
	}), 1)
	if body := out.Effects[0].Create.Item.Body; strings.Contains(body, "Results") ||
		strings.Contains(body, "keep my address") {
		t.Error(body)
	}
}

// TestThePageAsksInItsLanguage, with an example of each answer.
func TestThePageAsksInItsLanguage(t *testing.T) {
	for language, mark := range map[string]string{
		"en": "For example: ", "de-CH": "Zum Beispiel: ", "fr": "Par exemple : ", "es": "Por ejemplo: ", "ja": "例：",
	} {
		out := captest.Made(t, captest.Do(t, landing.New(), captest.Run{Settings: map[string]any{
			"topic": "Inbox", "facts": []string{"Inbox: 49 €"}, "questions": []string{"2027?"}, "language": language,
		}}), 1)
		needs := out.Effects[0].Create.Item.NeedsInput
		asked := 0
		for _, n := range needs {
			if strings.Contains(n.Reason, mark) {
				asked++
			}
		}
		if asked != 4 || asked != len(needs) {
			t.Errorf("%s: %d of %d are asked with %q: %+v", language, asked, len(needs), mark, needs)
		}
	}
}
