package content

import (
	"context"
	"net/http"

	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// duplicate creates a copy of the item and opens it.
func (p page) duplicate(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r,
		func(ctx context.Context, id int64, seen verb.Precondition) (content.ItemDetails, error) {
			return p.Engine.Content.DuplicateItem(ctx, verb.ID{ID: id, Precondition: seen})
		},
		func(d content.ItemDetails) ui.Outcome {
			return ui.Outcome{Path: ui.ItemPath(d.ID), Message: "This is the copy. Give it a title of its own."}
		})
}
