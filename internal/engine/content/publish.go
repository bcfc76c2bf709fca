package content

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// rendered has texts as HTML, by the ids of their items.
type rendered map[int64]item.Rendered

// renderAhead renders the texts of items that a move publishes, before its
// transaction, which holds the writer. A text that has changed by then is rendered by its
// first reader.
func (v *Verbs) renderAhead(ctx context.Context, to domain.ItemStatus, ids ...int64) (rendered, error) {
	a, err := verb.Caller(ctx, verb.AnyScope)
	if err != nil || to != domain.ItemPublished || !a.May(domain.ScopePublish) {
		return nil, err
	}
	texts := rendered{}
	for _, id := range ids {
		c, err := v.store.Read().Content(ctx, a.WorkspaceID, id)
		if err == nil && c.PublishedVersion != c.Version {
			texts[id] = item.Rendered{Version: c.Version, HTML: Render(c)}
		}
	}
	return texts, nil
}

// published returns what a feed shows of an item, rendered. A publication from before
// texts were rendered when they were published is rendered once, and kept.
func (v *Verbs) published(ctx context.Context, workspaceID int64, p store.Published) store.Published {
	if p.Rendered {
		return p
	}
	p.HTML = RenderText(p.Body, p.Images, FeedImage)
	if p.Summary == "" {
		p.Summary = summaryOf(p.Snapshot)
	}
	// A reader gets the text in any case; the next one has it rendered again.
	_ = v.store.InTx(ctx, func(tx *store.Tx) error { return tx.SavePublicationHTML(ctx, workspaceID, p) })
	return p
}
