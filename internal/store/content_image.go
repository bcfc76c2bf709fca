package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// SaveContentImages stores which images the present version of an item needs.
func (t *Tx) SaveContentImages(ctx context.Context, c domain.ContentItem) error {
	return t.saveImagesOf(ctx, c.WorkspaceID, c.ID, c.Images, false)
}

// saveImagesOf stores which images an item needs: its present version, or what is public of it.
func (t *Tx) saveImagesOf(
	ctx context.Context, workspaceID, contentID int64, images []domain.ItemImage, public bool,
) error {
	err := t.db.Exec(ctx, `delete from content_image where workspace_id = $1 and content_id = $2 and public = $3`,
		workspaceID, contentID, public)
	for _, i := range images {
		if err == nil {
			err = t.db.Exec(ctx, `insert into content_image (workspace_id, content_id, image_id, public)
				values ($1, $2, $3, $4)`, workspaceID, contentID, i.ImageID, public)
		}
	}
	if err != nil {
		return fmt.Errorf("save the images of an item: %w", err)
	}
	return nil
}

// ImageUses returns the items of the workspace that show an image, in their present version or on the
// feed, by their ids; at most limit of them.
func (q Q) ImageUses(ctx context.Context, workspaceID, imageID int64, limit int) ([]domain.ItemRef, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (i domain.ItemRef, err error) {
		err = row.Scan(&i.ID, &i.Title)
		return i, err
	}, `select content.id, content.title from content where content.workspace_id = $1 and content.id in
		(select content_id from content_image where workspace_id = $1 and image_id = $2)
		order by content.id limit 0 + $3`, workspaceID, imageID, limit)
	if err != nil {
		return nil, fmt.Errorf("look for the items that show an image: %w", err)
	}
	return list, nil
}

// PublicImage returns an image of the workspace that a published item shows, by the checksum of its
// file. What is public of no item is NOT_FOUND.
func (q Q) PublicImage(ctx context.Context, workspaceID int64, sum string) (domain.Image, error) {
	i, ok, err := db.First(ctx, q.db, scanImage(), imageFrom+shown+` and image.sum = $2 and image.id in
		(select image_id from content_image where workspace_id = $1 and public = $3) limit 1`, workspaceID, sum, true)
	if err != nil {
		return i, fmt.Errorf("read a public image: %w", err)
	}
	if !ok {
		return i, domain.NotFound("Image")
	}
	return i, nil
}

// PresentImages returns which of the ids are images of the workspace that are still there.
func (q Q) PresentImages(ctx context.Context, workspaceID int64, ids []int64) (map[int64]bool, error) {
	there := map[int64]bool{}
	if len(ids) == 0 {
		return there, nil
	}
	found, err := db.Many(ctx, q.db, db.ID, `select image.id from image where image.workspace_id = $1 and `+shown+
		` and image.id in (`+placeholders(2, len(ids))+`)`, append([]any{workspaceID}, anyIDs(ids)...)...)
	if err != nil {
		return nil, fmt.Errorf("look for images: %w", err)
	}
	for _, id := range found {
		there[id] = true
	}
	return there, nil
}
