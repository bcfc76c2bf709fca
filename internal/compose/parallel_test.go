package compose_test

import (
	"sync"
	"testing"

	"vellocity/internal/compose"
)

// The sections of a post are composed side by side, and so are executions. Run under the
// race detector, this holds that none of them changes what they share.
func TestComposingSideBySide(t *testing.T) {
	for name, b := range briefs {
		want := compose.NewArticle(b)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				a := compose.NewArticle(b)
				if compose.NewMeta(b, a.Title) != compose.NewMeta(b, want.Title) || len(a.Parts) != len(want.Parts) {
					t.Errorf("%s: another article", name)
					return
				}
				for i, p := range a.Parts {
					if p.Text != want.Parts[i].Text {
						t.Errorf("%s, part %d: %q, want %q", name, i, p.Text, want.Parts[i].Text)
					}
				}
			})
		}
		all.Wait()
	}
}
