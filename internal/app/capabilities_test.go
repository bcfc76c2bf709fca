package app

import (
	"maps"
	"testing"

	"vellocity/internal/schema"
)

// capabilityIDs are the ids that were given out. A new capability takes the next number;
// a line is never changed, and stays when its capability goes.
var capabilityIDs = map[string]int64{
	"generate-blog-post":           1,
	"generate-social-posts":        2,
	"publish-content":              3,
	"analyze-seo":                  4,
	"review-content":               5,
	"check-brand-voice":            6,
	"analyze-readability":          7,
	"generate-article-outline":     8,
	"generate-email-draft":         9,
	"generate-product-description": 10,
	"generate-landing-copy":        11,
	"repurpose-content":            12,
	"refresh-content":              13,
	"translate-content":            14,
	"campaign-kit":                 15,
	"generate-image":               16,
	"audit-listing":                17,
	"schedule-content":             18,
}

// TestCapabilitiesKeepTheirIDs holds that no id moves and none is given out twice, and that
// each settings schema compiles, which is otherwise done when it is first used.
func TestCapabilitiesKeepTheirIDs(t *testing.T) {
	owner := map[int64]string{}
	for slug, id := range maps.All(capabilityIDs) {
		if other, twice := owner[id]; twice {
			t.Errorf("%s and %s have the id %d", slug, other, id)
		}
		owner[id] = slug
	}
	for _, c := range Capabilities() {
		if want, known := capabilityIDs[c.Slug]; !known || c.ID != want {
			t.Errorf("%s has the id %d: give it its own in its package, and write it down here", c.Slug, c.ID)
		}
		if _, err := schema.Compile(c.SettingsSchema); err != nil {
			t.Errorf("%s: its settings schema: %v", c.Slug, err)
		}
	}
}
