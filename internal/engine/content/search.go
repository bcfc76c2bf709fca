package content

import (
	"cmp"
	"context"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// The numbers of items that a search returns.
const (
	foundItems    = 20
	maxFoundItems = 100
)

// SearchItems asks for items whose title holds every word of Text. An empty Text
// asks for the newest items.
type SearchItems struct {
	Text  string
	Limit int // at most 100; 0 means 20
}

// SearchItems returns cards, without bodies: an item whose whole title is the text
// first, then the newest ones.
func (v *Verbs) SearchItems(ctx context.Context, in SearchItems) ([]domain.ContentItem, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	in.Limit = cmp.Or(in.Limit, foundItems)
	var p domain.Problems
	if in.Limit < 1 {
		p.Small("limit", 1)
	}
	if in.Limit > maxFoundItems {
		p.Large("limit", maxFoundItems)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	return v.store.Read().SearchContent(ctx, a.WorkspaceID, strings.Fields(in.Text), in.Limit)
}
