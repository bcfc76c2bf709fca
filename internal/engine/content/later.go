package content

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// Later is a publication that can be made: what needs no transaction has been done about it.
type Later func(ctx context.Context, tx *store.Tx, a domain.Actor) (domain.ContentItem, error)

// PrepareLater renders the text of an item that is published now, as was said earlier. The
// rights of the actor that the result is called with are asked for then: it takes the scope
// publish. No channels: those that take the item. The result is the item as it is then; one
// whose present version is published already stays as it is.
func (v *Verbs) PrepareLater(ctx context.Context, workspaceID, id int64, channels []string) (Later, error) {
	c, err := v.store.Read().Content(ctx, workspaceID, id)
	if err != nil {
		return nil, err
	}
	text := item.Rendered{Version: c.Version, HTML: Render(c)}
	return func(ctx context.Context, tx *store.Tx, a domain.Actor) (domain.ContentItem, error) {
		return v.publishLater(ctx, tx, a, id, channels, text)
	}, nil
}

func (v *Verbs) publishLater(
	ctx context.Context, tx *store.Tx, a domain.Actor, id int64, channels []string, text item.Rendered,
) (domain.ContentItem, error) {
	c, err := tx.LockContent(ctx, a.WorkspaceID, id)
	if err != nil {
		return c, err
	}
	if err := a.Require(domain.ScopePublish); err != nil {
		return c, domain.Errorf(domain.CodeForbidden,
			"The person or key that planned this no longer has the %q scope, which it takes. "+
				"Someone who has it can give the event a new time.", domain.ScopePublish)
	}
	if c.Status == domain.ItemPublished && c.PublishedVersion == c.Version && len(channels) == 0 {
		return c, nil
	}
	if c, err = item.Publish(ctx, tx, c, channels); err != nil {
		return c, err
	}
	if err := item.SaveHTML(ctx, tx, c, text); err != nil {
		return c, err
	}
	return c, v.runner.Wake(ctx, tx, a.WorkspaceID, c.ID)
}
