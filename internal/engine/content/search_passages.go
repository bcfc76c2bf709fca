package content

import (
	"cmp"
	"context"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/search"
	"vellocity/internal/verb"
)

// SearchPassages asks for passages of content items and sources.
type SearchPassages struct {
	Query string // words, or a question
	Limit int    // 0: 10
}

// SearchPassages returns the passages of the workspace that fit a query best. A text that has changed is found by its
// new words a moment later.
func (v *Verbs) SearchPassages(ctx context.Context, in SearchPassages) ([]search.Passage, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	in.Limit = cmp.Or(in.Limit, 10)
	var p domain.Problems
	domain.LimitQuery.Text(&p, "q", in.Query)
	domain.LimitPassages.Value(&p, "limit", in.Limit)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return v.search.Find(ctx, strconv.FormatInt(a.WorkspaceID, 10), in.Query, in.Limit)
}
