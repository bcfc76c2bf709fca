package social_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/social"
	"vellocity/internal/channel"
	"vellocity/internal/domain"
)

var all = map[string]any{
	"topic": "Moving a small support team to a shared inbox", "networks": []string{"linkedin", "x", "bluesky", "mastodon", "facebook", "instagram", "threads"},
	"key_points": []string{"A shared inbox shows who is answering what, so no customer gets two different replies."},
	"facts":      []string{"In a four-week pilot, our team of 6 cut the median first reply from 9 hours to 2."},
	"keywords": []string{
		"shared inbox",
		"customer support",
	}, "call_to_action": "Read the whole story", "link": "https://example.com/shared-inbox",
}

func TestOneItemPerNetwork(t *testing.T) {
	out := captest.Do(t, social.New(), captest.Run{Settings: all})
	if out.Err != nil || len(out.Effects) != 7 || len(out.Findings) != 0 {
		t.Fatalf("%v, %d effects, findings %+v", out.Err, len(out.Effects), out.Findings)
	}
	var text strings.Builder
	for _, e := range out.Effects {
		item := e.Create.Item
		c, _ := channel.BySlug(item.Channel)
		if item.Type != domain.ContentSocial || c.Count(item.Body) > c.Max ||
			!strings.Contains(item.Body, "https://example.com/shared-inbox") {
			t.Errorf("%+v", item)
		}
		fmt.Fprintf(&text, "== %s\n%s\n\n", item.Title, item.Body)
	}
	captest.Golden(t, "posts.txt", text.String())
}

func TestTheSettingsNameEveryNetwork(t *testing.T) {
	var known []string
	for _, n := range channel.Networks() {
		known = append(known, n.Slug)
	}
	f, _ := social.New().Schema.Field("networks")
	if !slices.Equal(f.Items.Enum, known) {
		t.Errorf("the settings offer %v, package channel knows %v", f.Items.Enum, known)
	}
}

func TestDefaultsAndATopicAlone(t *testing.T) {
	out := captest.Do(t, social.New(), captest.Run{Settings: map[string]any{"topic": "how to choose a CRM"}})
	if len(out.Effects) != 2 || len(out.Needs) != 3 || out.Err != nil {
		t.Fatalf("%d effects, needs %+v, %v", len(out.Effects), out.Needs, out.Err)
	}
}

func TestEastAsianPostsFitIntoX(t *testing.T) {
	long := strings.Repeat("共有受信箱は便利です。", 20)
	out := captest.Do(
		t,
		social.New(),
		captest.Run{
			Settings: map[string]any{
				"topic":      "共有受信箱",
				"language":   "ja",
				"networks":   []string{"x"},
				"key_points": []string{long},
			},
		},
	)
	if out.Err != nil || len(out.Findings) != 0 {
		t.Errorf("%v %+v", out.Err, out.Findings)
	}
}

func TestAPostThatIsTooLongIsTriedOnceMore(t *testing.T) {
	tries := 0
	model := captest.Script(func(_ string, req ai.Request) (string, error) {
		if tries++; tries == 1 {
			return strings.Repeat("Too long. ", 40), nil
		}
		if !strings.Contains(req.Prompt(), "Shorten it by") {
			t.Errorf("the fault is not in the prompt:\n%s", req.Prompt())
		}
		return "A short post.", nil
	})
	settings := map[string]any{"topic": "Inbox", "networks": []string{"x"}, "link": "https://example.com/a"}
	out := captest.Do(t, social.New(), captest.Run{Settings: settings, Model: model})
	if out.Err != nil || tries != 2 || out.Effects[0].Create.Item.Body != "A short post.\n\nhttps://example.com/a" {
		t.Errorf("%v after %d tries: %+v", out.Err, tries, out.Effects)
	}
	if len(out.Findings) != 1 || out.Findings[0].Action != domain.ActionRetried {
		t.Errorf("%+v", out.Findings)
	}
	captest.Golden(
		t,
		"prompts.txt",
		out.Written[0].Request.Prompt()+"\n\n========\n\n"+out.Written[1].Request.Prompt()+"\n",
	)
}

// What a network has no room for is named on its item, and the call to action stays.
func TestWhatDoesNotFitIsNamed(t *testing.T) {
	long := strings.Repeat("The trial went on for a very long time, ", 8) + "and nobody would go back."
	out := captest.Do(t, social.New(), captest.Run{Settings: map[string]any{
		"topic": "The four-day week at Norwick Print", "networks": []string{"x", "linkedin"},
		"facts": []string{
			long,
			"Sick days fell from 14 to 9.",
		}, "call_to_action": "Read the report", "link": "https://example.com/r",
	}})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	for _, e := range out.Effects {
		named := slices.ContainsFunc(
			e.Create.Item.NeedsInput,
			func(n domain.Need) bool { return n.What == "not used: fact 1" },
		)
		body := e.Create.Item.Body
		if e.Create.Item.Channel == "x" != named || strings.Contains(body, "nobody would go back") == named ||
			!strings.Contains(body, "Read the report.") || !strings.Contains(body, "Sick days fell from 14 to 9.") {
			t.Errorf("%s: named %t\n%s", e.Create.Item.Channel, named, body)
		}
		if strings.Contains(string(e.Create.Provenance), `"unused"`) != named {
			t.Errorf("%s: %s", e.Create.Item.Channel, e.Create.Provenance)
		}
	}
}
