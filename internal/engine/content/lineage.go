package content

import (
	"context"
	"encoding/json"

	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// mostMade is how many items that were made from one a lineage lists.
const mostMade = 100

// Lineage is where an item came from, and what became of it.
type Lineage struct {
	ContentID int64
	Execution *domain.Execution // that wrote it; nil: none, or deleted since
	// Sources are those of the execution's settings.
	Sources      []string
	From         []domain.Relative // the items that it was made from, deleted ones too
	Made         []domain.Relative // the items that were made from it, newest first, at most 100
	Publications []domain.Publication
}

// Lineage returns where an item came from, and what became of it.
func (v *Verbs) Lineage(ctx context.Context, id int64) (Lineage, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return Lineage{}, err
	}
	q, out := v.store.Read(), Lineage{ContentID: id}
	c, err := q.Content(ctx, a.WorkspaceID, id)
	if err != nil {
		return out, err
	}
	if out.Execution, err = executionOf(ctx, q, c); err != nil {
		return out, err
	}
	if out.Execution != nil {
		out.Sources = sourcesOf(out.Execution.Settings)
	}
	if out.From, err = q.ContentSources(ctx, a.WorkspaceID, id); err != nil {
		return out, err
	}
	if out.Made, err = q.ContentMadeFrom(ctx, a.WorkspaceID, id, mostMade); err != nil {
		return out, err
	}
	out.Publications, err = v.publications(ctx, q, a.WorkspaceID, id)
	return out, err
}

// sourcesOf returns the sources in the settings of an execution; nil where it has none.
func sourcesOf(settings json.RawMessage) []string {
	var s struct {
		Sources json.RawMessage `json:"sources"`
	}
	if json.Unmarshal(settings, &s) != nil {
		return nil
	}
	var list []string
	if json.Unmarshal(s.Sources, &list) != nil {
		return nil
	}
	return list
}
