package item

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Comment stores what the caller says about an item.
func Comment(ctx context.Context, tx *store.Tx, c domain.ContentItem, said domain.Comment) (domain.Comment, error) {
	a := actor(ctx)
	said.WorkspaceID, said.ContentID = c.WorkspaceID, c.ID
	said.AuthorKind, said.AuthorID, said.Author = a.Kind, a.ID, a.Name
	said, err := tx.CreateComment(ctx, said)
	if err != nil {
		return said, err
	}
	return said, tx.AppendEvent(ctx, c.Subject(), domain.ContentCommented{
		ItemState: c.State(), CommentID: said.ID, Version: said.Version, Comment: said.Body, Quote: said.Quote,
	})
}
