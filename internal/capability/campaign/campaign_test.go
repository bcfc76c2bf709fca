package campaign_test

import (
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability/campaign"
	"vellocity/internal/capability/captest"
	"vellocity/internal/domain"
)

var brief = map[string]any{
	"topic": "Moving a small support team to a shared inbox", "networks": []string{"linkedin", "x"}, "word_count": 300,
	"key_points":     []string{"Start with one mailbox and move the rest once the team trusts it."},
	"facts":          []string{"In a four-week pilot, our team of 6 cut the median first reply from 9 hours to 2."},
	"call_to_action": "Try it with one mailbox", "link": "https://example.com/inbox", "keywords": []string{"shared inbox"},
}

func agreement(t *testing.T, out captest.Outcome) (a campaign.Agreement) {
	t.Helper()
	if err := json.Unmarshal(out.Outputs["agreement"], &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestComposedCampaign(t *testing.T) {
	out := captest.Made(t, captest.Do(t, campaign.New(), captest.Run{Settings: brief}), 4)
	captest.Golden(t, "composed.md", captest.Shown(out))
	types := map[domain.ContentType]int{}
	for _, e := range out.Effects {
		types[e.Create.Item.Type]++
		if !strings.Contains(e.Create.Item.Body, "from 9 hours to 2") {
			t.Errorf("%s lacks the fact", e.Create.Item.Title)
		}
	}
	if types[domain.ContentBlog] != 1 || types[domain.ContentSocial] != 2 || types[domain.ContentEmail] != 1 {
		t.Errorf("%v", types)
	}
	a := agreement(t, out)
	if len(a.Checks) != 2 || a.Checks[0].Points != 4 || a.Checks[1].Points != 3 || len(a.NotInBrief) != 0 {
		t.Errorf("%+v", a)
	}
}

// script is a model that writes each text; message is what the campaign says.
func script(t *testing.T, message string) captest.Script {
	return func(step string, req ai.Request) (string, error) {
		if step != "message" && !strings.Contains(req.Prompt(), "which all its texts share") &&
			strings.Contains(req.Prompt(), "The brief for") {
			t.Errorf("%s does not know the message", step)
		}
		switch step {
		case "message":
			return message, nil
		case "post.outline":
			return `{"title":"One inbox","sections":[{"heading":"Start","points":["One mailbox"]}]}`, nil
		case "post.meta":
			return `{"title":"One inbox","meta_title":"One inbox","meta_description":"How to start.","slug":"one-inbox"}`, nil
		case "email.mail-1":
			return `{"subject":"One inbox","preheader":"","text":"The first reply fell from 9 hours to 3."}`, nil
		}
		return "The first reply fell from 9 hours to 2.", nil
	}
}

func TestCampaignByAModel(t *testing.T) {
	message := `{"message":"One inbox halves nothing but the wait: 73% less.","shared":[` +
		`"In a four-week pilot, our team of 6 cut the median first reply from 9 hours to 2.",` +
		`"It saves 4,000 euros."],"terms":["shared inbox"]}`
	out := captest.Made(t, captest.Do(t, campaign.New(), captest.Run{Settings: brief, Model: script(t, message)}), 4)
	var m campaign.Message
	if err := json.Unmarshal(out.Outputs["message"], &m); err != nil || strings.Contains(m.Message, "73") ||
		len(m.Shared) != 1 {
		t.Errorf("what a model made up is in the message of all texts: %+v %v", m, err)
	}
	a := agreement(t, out)
	if len(a.NotInBrief) != 1 || a.NotInBrief[0] != "E-mail: 3" {
		t.Errorf("%+v", a)
	}
	for _, w := range out.Written[:1] {
		captest.Golden(t, "prompt.txt", w.Request.Prompt()+"\n")
	}
}
