package content

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/files"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ItemImages returns an item with its images.
func (v *Verbs) ItemImages(ctx context.Context, id int64) (domain.ContentItem, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.ContentItem{}, err
	}
	return v.store.Read().Content(ctx, a.WorkspaceID, id)
}

// SetItemImage adds an image to an item, or changes how the item shows it. What is nil stays as it is;
// at first the image is inline, last, and has the alt text of the image itself.
type SetItemImage struct {
	ID       int64 // of the item
	ImageID  int64
	Role     domain.ImageRole // empty: as it is
	AltText  *string
	Caption  *string
	Position int // among the images, from 1; 0: as it is
	verb.Precondition
}

func (in SetItemImage) validate() error {
	var p domain.Problems
	domain.CheckEnum(&p, "role", in.Role)
	verb.CheckText(&p, "alt_text", in.AltText, domain.LimitAltText)
	verb.CheckText(&p, "caption", in.Caption, domain.LimitImageCaption)
	if in.Position != 0 {
		domain.LimitImagePosition.Value(&p, "position", in.Position)
	}
	return p.Err()
}

// SetItemImage adds an image to an item, or changes how the item shows it. A second cover takes the place
// of the first, which stays as an inline image. Images are part of an item's version: a change makes the
// next one, and an approved text that is not published yet goes back to review. It takes the scope content.
func (v *Verbs) SetItemImage(ctx context.Context, in SetItemImage) (ItemDetails, error) {
	if _, err := verb.Caller(ctx, domain.ScopeContent); err != nil {
		return ItemDetails{}, err
	}
	if err := in.validate(); err != nil {
		return ItemDetails{}, err
	}
	next := func(before domain.ContentItem) ([]domain.ItemImage, string, error) {
		i, err := v.store.Read().Image(ctx, before.WorkspaceID, in.ImageID)
		if err != nil {
			return nil, "", err
		}
		return in.apply(before.Images, i)
	}
	return v.changeImages(ctx, in.ID, in.Precondition, next)
}

// apply returns the images of an item with the change, and what it is, for the history.
func (in SetItemImage) apply(images []domain.ItemImage, from domain.Image) ([]domain.ItemImage, string, error) {
	images = slices.Clone(images)
	n, what := domain.ImageByID(images, from.ID), "Changed image %d"
	if n < 0 {
		n, what = len(images), "Added image %d"
		images = append(images, domain.NewItemImage(from))
	}
	i := &images[n]
	if in.Role != "" {
		i.Role = in.Role
	}
	for to, text := range map[*string]*string{&i.AltText: in.AltText, &i.Caption: in.Caption} {
		if text != nil {
			*to = strings.TrimSpace(*text)
		}
	}
	if i.Role == domain.ImageCover {
		what += " as the cover"
		domain.OneCover(images, n)
	}
	if at := min(in.Position, len(images)) - 1; at >= 0 && at != n {
		moved := images[n]
		images = slices.Insert(slices.Delete(images, n, n+1), at, moved)
	}
	return images, fmt.Sprintf(what, from.ID), domain.CheckItemImages(images)
}

// ItemImage names an image of an item.
type ItemImage struct {
	ID      int64 // of the item
	ImageID int64
	verb.Precondition
}

// RemoveItemImage removes an image from an item; the image itself stays. Where the text still names it,
// that becomes a finding. It takes the scope content.
func (v *Verbs) RemoveItemImage(ctx context.Context, in ItemImage) (ItemDetails, error) {
	if _, err := verb.Caller(ctx, domain.ScopeContent); err != nil {
		return ItemDetails{}, err
	}
	next := func(before domain.ContentItem) ([]domain.ItemImage, string, error) {
		n := domain.ImageByID(before.Images, in.ImageID)
		if n < 0 {
			return nil, "", domain.NotFound("Image of this item")
		}
		return slices.Delete(slices.Clone(before.Images), n, n+1), fmt.Sprintf("Removed image %d", in.ImageID), nil
	}
	return v.changeImages(ctx, in.ID, in.Precondition, next)
}

// changeImages stores other images of an item, as its next version.
func (v *Verbs) changeImages(
	ctx context.Context, id int64, seen verb.Precondition,
	next func(before domain.ContentItem) (images []domain.ItemImage, reason string, err error),
) (ItemDetails, error) {
	type changed struct {
		c      domain.ContentItem
		reason string
	}
	return changeItem(ctx, v, change[changed]{
		id: id, seen: seen, scope: domain.ScopeContent,
		prepare: func(before domain.ContentItem) (out changed, err error) {
			out.c = before
			if out.c.Images, out.reason, err = next(before); err != nil {
				return out, err
			}
			out.c, err = prepared(ctx, v.store.Read(), out.c, before.Version+1, earlier(before))
			return out, err
		},
		apply: func(tx *store.Tx, _ domain.Actor, before domain.ContentItem, now changed) (ItemDetails, error) {
			if err := lockImages(ctx, tx, before.WorkspaceID, now.c.Images); err != nil {
				return ItemDetails{}, err
			}
			return v.saveEdit(ctx, tx, before, now.c, now.reason)
		},
	})
}

// lockImages locks the images that an item is about to have, so that nobody deletes one meanwhile. One
// that was deleted is NOT_FOUND.
func lockImages(ctx context.Context, tx *store.Tx, workspaceID int64, images []domain.ItemImage) error {
	ids := domain.ImageIDs(images)
	slices.Sort(ids) // two who lock the same wait for each other in one order
	for _, id := range ids {
		if _, err := tx.LockImage(ctx, workspaceID, id); err != nil {
			return err
		}
	}
	return nil
}

// PublicImage is the file of an image that a published item shows.
type PublicImage struct {
	MediaType string
	Sum       string // SHA-256, hexadecimal
	Data      []byte
}

// PublicImage returns an image that a workspace's feed shows, by the name of its file: a checksum and a
// format. It is public. What no published item shows is NOT_FOUND for everyone.
func (v *Verbs) PublicImage(ctx context.Context, workspaceSlug, file string) (PublicImage, error) {
	w, err := v.feedOf(ctx, workspaceSlug)
	if err != nil {
		return PublicImage{}, err
	}
	sum, format, _ := strings.Cut(file, ".")
	i, err := v.store.Read().PublicImage(ctx, w.ID, sum)
	if err != nil {
		return PublicImage{}, err
	}
	if string(i.Format) != format || v.files == nil {
		return PublicImage{}, domain.NotFound("Image")
	}
	data, err := v.files.Get(ctx, w.ID, sum)
	if errors.Is(err, files.ErrMissing) || errors.Is(err, files.ErrDamaged) {
		return PublicImage{}, domain.NotFound("Image").Because(err)
	}
	return PublicImage{MediaType: i.Format.MediaType(), Sum: sum, Data: data}, err
}
