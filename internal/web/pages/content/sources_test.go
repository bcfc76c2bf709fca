package content_test

import (
	"fmt"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

// What a text rests on is shown beside it, with the way to the passage, and so are passages that it does not use.
func TestCitationsOpenTheirPassages(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "You get your money in five days."}, domain.ItemReview)
	page := p.Get(fmt.Sprintf("/content/%d", c.ID)).Body
	for _, want := range []string{
		"What it rests on", `href="/sources/7?at=384"`, "Refunds take five working days.", "You get your money in five days.",
		"Passages that the text does not use (1)", `href="/sources/8?at=0"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
