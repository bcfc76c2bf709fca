package publish_test

import (
	"strings"
	"testing"

	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/publish"
	"vellocity/internal/domain"
)

func TestPublish(t *testing.T) {
	block := domain.Finding{
		Guardrail: "banned-terms",
		Severity:  domain.SeverityBlocking,
		Action:    domain.ActionBlocked,
		Message:   "The brand voice rules out “synergy”.",
	}
	redacted := block
	redacted.Action = domain.ActionRedacted
	for _, tc := range []struct {
		name  string
		item  domain.ContentItem
		fault string
	}{
		{"a good item", domain.ContentItem{ID: 4, Title: "Post", Body: "Text", Version: 2}, ""},
		{"what was redacted does not block", domain.ContentItem{ID: 4, Title: "Post", Body: "Text", Findings: []domain.Finding{redacted}}, ""},
		{"a blocking finding", domain.ContentItem{ID: 4, Title: "Post", Body: "Text", Findings: []domain.Finding{block}}, "This item cannot be published yet: The brand voice rules out “synergy”."},
		{"no text", domain.ContentItem{ID: 4, Title: "Post", Body: " "}, "has no text yet"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := captest.Do(
				t,
				publish.New(),
				captest.Run{Settings: map[string]any{"content_id": 4}, Items: []domain.ContentItem{tc.item}},
			)
			if tc.fault != "" {
				if domain.CodeOf(out.Err) != domain.CodeConflict || !strings.Contains(out.Err.Error(), tc.fault) ||
					len(out.Effects) != 0 {
					t.Errorf("%v", out.Err)
				}
				return
			}
			if out.Err != nil || len(out.Effects) != 1 {
				t.Fatalf("%v %+v", out.Err, out.Effects)
			}
			if p := out.Effects[0].Publish; p == nil || p.ContentID != 4 {
				t.Errorf("%+v", p)
			}
		})
	}
}

// Anyone who fills in the form or calls the API reads what leaving out the channels means.
func TestTheSettingsSayWhatNoChannelsMean(t *testing.T) {
	const says = "Left out: every enabled channel that takes its content type."
	if schema := string(publish.New().Capability.SettingsSchema); !strings.Contains(schema, says) {
		t.Errorf("the settings do not say %q", says)
	}
}
