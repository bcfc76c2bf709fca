package content

import (
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// TestTheNextStep follows an item from its first finding to the feed and on.
func TestTheNextStep(t *testing.T) {
	item := func(status domain.ItemStatus, version, approved, published int) facts {
		f := facts{Card: ui.Card{ID: 1, Status: status}, Version: version, Approved: approved, Published: published}
		if published > 0 {
			f.Feed = "/feeds/main/items/x"
		}
		return f
	}
	blocked := item(domain.ItemReview, 1, 0, 0)
	blocked.Blocking = true
	for _, c := range []struct {
		name     string
		item     facts
		findings int
		strict   bool
		button   string
	}{
		{"blocked", blocked, 1, false, "Fix"},
		{"found something", item(domain.ItemGenerated, 1, 0, 0), 1, false, "Fix"},
		{"clean", item(domain.ItemGenerated, 1, 0, 0), 0, false, "Approve"},
		{"approved, and in review again", item(domain.ItemReview, 2, 2, 0), 0, false, "Approve"},
		{"approved as it is", item(domain.ItemReady, 2, 2, 0), 1, false, "Publish"},
		{"published", item(domain.ItemPublished, 2, 2, 2), 0, false, "View in feed"},
		{"edited since", item(domain.ItemPublished, 3, 2, 2), 0, false, "Publish version 3"},
		{"edited since, to be approved", item(domain.ItemPublished, 3, 2, 2), 0, true, "Approve"},
		{"edited since and approved", item(domain.ItemPublished, 3, 3, 2), 0, true, "Publish version 3"},
	} {
		if got := nextFor(c.item, c.findings, c.strict).Button; got != c.button {
			t.Errorf("%s: %q, want %q", c.name, got, c.button)
		}
	}
}
