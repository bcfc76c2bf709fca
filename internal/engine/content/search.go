package content

import (
	"cmp"
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/search"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListItems asks for a page of the workspace's items. A zero field does not filter.
type ListItems struct {
	Text        string // as in [BoardFilter]
	Status      domain.ItemStatus
	ContentType domain.ContentType
	Assignee    string           // exactly
	ExecutionID int64            // that created them, or wrote a version of them
	Created     domain.DateRange // when they were created
	Sort        domain.ItemSort  // empty: relevance with a text, else newest
	Page        domain.Page
}

// ListItems returns cards, without bodies, and how many there are in total.
func (v *Verbs) ListItems(ctx context.Context, in ListItems) (domain.List[domain.ContentItem], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.ContentItem]{}, err
	}
	if err := in.validate(); err != nil {
		return domain.List[domain.ContentItem]{}, err
	}
	f := store.ContentFilter{
		Status:      in.Status,
		Type:        in.ContentType,
		Assignee:    in.Assignee,
		ExecutionID: in.ExecutionID,
		Span:        in.Created,
		Search:      v.lookFor(ctx, a.WorkspaceID, in.Text),
	}
	sort := cmp.Or(in.Sort, domain.SortRelevance)
	if f.Search == nil && sort == domain.SortRelevance {
		sort = domain.SortNewest
	}
	return v.store.Read().ContentList(ctx, a.WorkspaceID, f, sort, in.Page)
}

// lookFor returns the search of a list for a text; nil where the text is blank. What was
// written last in the workspace is indexed first.
func (v *Verbs) lookFor(ctx context.Context, workspaceID int64, text string) *store.Search {
	s := search.Items(text)
	if s != nil {
		// Where it cannot be indexed, the list has what is found without it, and the job
		// that indexes reports the fault.
		_ = v.search.CatchUp(ctx, workspaceID)
	}
	return s
}

func (in ListItems) validate() error {
	var p domain.Problems
	domain.LimitSearch.Text(&p, "q", in.Text)
	domain.CheckEnum(&p, "status", in.Status)
	domain.CheckEnum(&p, "content_type", in.ContentType)
	domain.LimitAssignee.Text(&p, "assignee", in.Assignee)
	domain.CheckEnum(&p, "sort", in.Sort)
	return p.Err()
}
