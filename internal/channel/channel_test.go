package channel_test

import (
	"strings"
	"testing"

	"vellocity/internal/channel"
)

func TestCount(t *testing.T) {
	const link = "https://example.com/a-rather-long-address-of-a-page"
	for _, tc := range []struct {
		network, text string
		want          int
	}{
		{"linkedin", "héllo", 5},
		{"x", "see " + link, 4 + 23},
		{"mastodon", "see " + link, 4 + 23},
		{"bluesky", link, len(link)},
		{"x", "共有 ok", 2*2 + 3},
		{"x", "🚀", 2},
		{"threads", "共有", 2},
	} {
		n, ok := channel.BySlug(tc.network)
		if got := n.Count(tc.text); !ok || got != tc.want {
			t.Errorf("%s: %q counts %d, not %d", tc.network, tc.text, got, tc.want)
		}
	}
}

func TestNetworks(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range channel.Networks() {
		if seen[n.Slug] || n.Name == "" || n.Max < 100 || n.Hashtags < 1 || n.Manner.Shape == "" ||
			n.Manner.Tags > n.Hashtags ||
			n.Slug != strings.ToLower(n.Slug) {
			t.Errorf("%+v", n)
		}
		seen[n.Slug] = true
	}
	if _, ok := channel.BySlug("myspace"); ok {
		t.Error("an unknown network is found")
	}
}
