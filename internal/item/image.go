package item

import (
	"context"
	"fmt"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// AddImage adds an image to an item, or gives it another role there, as the item's next version. The image is
// locked, so that nobody deletes it meanwhile; one that was deleted is NOT_FOUND.
func AddImage(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, from domain.Image, role domain.ImageRole, altText string,
) (domain.ContentItem, error) {
	if _, err := tx.LockImage(ctx, c.WorkspaceID, from.ID); err != nil {
		return c, err
	}
	before := c
	c.Images = slices.Clone(c.Images)
	n := domain.ImageByID(c.Images, from.ID)
	if n < 0 {
		n = len(c.Images)
		c.Images = append(c.Images, domain.NewItemImage(from))
	}
	if altText != "" {
		c.Images[n].AltText = altText
	}
	c.Images[n].Role = role
	domain.OneCover(c.Images, n)
	if err := domain.CheckItemImages(c.Images); err != nil {
		return before, err
	}
	return Edit(ctx, tx, before, c, fmt.Sprintf("Added image %d", from.ID))
}
