package blogpost

import (
	"encoding/json"
	"testing"
)

var inbox = newComposer(Settings{
	Topic:     "Moving a small support team to a shared inbox",
	WordCount: 800,
	KeyPoints: []string{
		"See who answers. A shared inbox shows who is answering what.",
		"Start with one mailbox. Move the rest once the team trusts it.",
	},
}, nil)

func TestComposedSectionsFollowTheOutline(t *testing.T) {
	raw, err := inbox.outline()
	if err != nil {
		t.Fatal(err)
	}
	var o outlined
	if err := json.Unmarshal([]byte(raw), &o); err != nil || len(o.Sections) < 2 {
		t.Fatalf("%s: %v", raw, err)
	}
	for i, plan := range o.Sections {
		if text, err := inbox.section(i, plan); err != nil || text == "" {
			t.Errorf("section %d (%s): %q, %v", i, plan.Heading, text, err)
		}
	}
}

func TestASectionOutsideThePlanIsEmptyOrWrittenFromItsPoints(t *testing.T) {
	if got, err := inbox.section(11, sectionPlan{}); got != "" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	edited := sectionPlan{Heading: "A heading of an editor", Points: []string{"Keep it short"}}
	if got, err := inbox.section(1, edited); got != "Keep it short." || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
