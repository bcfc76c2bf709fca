package images

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/files"
	"vellocity/internal/image"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// RecentImages returns a page of the workspace's images, newest first.
func (v *Verbs) RecentImages(ctx context.Context, p domain.Page) (domain.List[domain.Image], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Image]{}, err
	}
	return v.store.Read().RecentImages(ctx, a.WorkspaceID, p)
}

// Image returns an image without its file.
func (v *Verbs) Image(ctx context.Context, id int64) (domain.Image, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Image{}, err
	}
	return v.store.Read().Image(ctx, a.WorkspaceID, id)
}

// ImageFile is an image with its file.
type ImageFile struct {
	domain.Image
	Data []byte
}

// ImageFile returns an image with its file. Where the file is gone, as after a restore of the database
// without its files, the error is NOT_FOUND.
func (v *Verbs) ImageFile(ctx context.Context, id int64) (ImageFile, error) {
	i, err := v.Image(ctx, id)
	if err != nil {
		return ImageFile{}, err
	}
	data, err := v.files.Get(ctx, i.WorkspaceID, i.Sum)
	if errors.Is(err, files.ErrMissing) || errors.Is(err, files.ErrDamaged) {
		return ImageFile{}, domain.Errorf(domain.CodeNotFound,
			"The file of this image is missing or damaged. Restore the directory of files from a backup.").Because(err)
	}
	return ImageFile{i, data}, err
}

// UploadImage is a picture of the caller's own.
type UploadImage struct {
	File    []byte // PNG, JPEG or WebP, at most 20 MB; required
	AltText string // what it shows; may be empty
}

// UploadImage adds a picture of the caller's own to the images of the workspace. What else is in its file, such
// as the place where it was taken, is removed, and a photo is turned as its camera was held. It costs nothing,
// and takes the scope content.
func (v *Verbs) UploadImage(ctx context.Context, in UploadImage) (domain.Image, error) {
	a, err := verb.Caller(ctx, domain.ScopeContent)
	if err != nil {
		return domain.Image{}, err
	}
	var p domain.Problems
	verb.CheckText(&p, "alt_text", &in.AltText, domain.LimitAltText)
	if len(in.File) == 0 {
		p.Required(fieldFile)
	}
	var picture image.Picture
	if len(in.File) > 0 {
		if picture, err = image.Upload(in.File); err != nil {
			p.Format(fieldFile, fmt.Sprintf(readablePicture, err))
		}
	}
	if err := p.Err(); err != nil {
		return domain.Image{}, err
	}
	sum, err := v.files.Put(ctx, a.WorkspaceID, picture.Data) // a file is there before the row that names it
	if err != nil {
		return domain.Image{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (domain.Image, error) {
		made, err := tx.AddUploadedImage(ctx,
			domain.ImageGeneration{WorkspaceID: a.WorkspaceID, By: a.Starter(), ByName: a.Name},
			domain.Image{
				Sum: sum, Format: picture.Format, Width: picture.Width, Height: picture.Height, Bytes: len(picture.Data),
			}, strings.TrimSpace(in.AltText))
		if err != nil {
			return made, err
		}
		return made, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID}, domain.ImageUploaded{
			ImageID: made.ID, AltText: made.AltText,
		})
	})
}

// fieldFile is the field of an upload.
const fieldFile = "file"

// ChangeImage says what is new about an image.
type ChangeImage struct {
	ID      int64
	AltText *string // what the picture shows, for those who do not see it; nil: as it was
	verb.Precondition
}

// ChangeImage stores the alt text of an image. It takes the scope content.
func (v *Verbs) ChangeImage(ctx context.Context, in ChangeImage) (domain.Image, error) {
	if _, err := verb.Caller(ctx, domain.ScopeContent); err != nil {
		return domain.Image{}, err
	}
	var p domain.Problems
	verb.CheckText(&p, "alt_text", in.AltText, domain.LimitAltText)
	if err := p.Err(); err != nil {
		return domain.Image{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (domain.Image, error) {
		i, err := tx.LockImage(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return i, err
		}
		if err := in.CheckRevision(int64(i.Version)); err != nil {
			return i, err
		}
		if in.AltText == nil || strings.TrimSpace(*in.AltText) == i.AltText {
			return i, nil
		}
		text := strings.TrimSpace(*in.AltText)
		if err := tx.SaveAltText(ctx, a.WorkspaceID, i.ID, text); err != nil {
			return i, err
		}
		err = tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ImageChanged{ImageID: i.ID, AltText: text})
		if err != nil {
			return i, err
		}
		return tx.Image(ctx, a.WorkspaceID, i.ID)
	})
}

// DeleteImage names an image.
type DeleteImage struct {
	ID int64
	verb.Precondition
}

// mostUses is how many items an error names that use an image.
const mostUses = 20

// ImageUses returns the items that show an image, in their present version or on the feed; at most 20.
func (v *Verbs) ImageUses(ctx context.Context, id int64) ([]domain.ItemRef, error) {
	i, err := v.Image(ctx, id)
	if err != nil {
		return nil, err
	}
	return v.store.Read().ImageUses(ctx, i.WorkspaceID, id, mostUses)
}

// DeleteImage removes an image. Its file goes with the next sweep, unless another image has the
// same bytes. An image that an item shows is a CONFLICT, which names the items. It takes the scope write.
func (v *Verbs) DeleteImage(ctx context.Context, in DeleteImage) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		i, err := tx.LockImage(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(int64(i.Version)); err != nil {
			return struct{}{}, err
		}
		uses, err := tx.ImageUses(ctx, a.WorkspaceID, in.ID, mostUses)
		if err != nil {
			return struct{}{}, err
		}
		if len(uses) > 0 {
			return struct{}{}, domain.ImageInUse(uses)
		}
		if err := tx.DeleteImage(ctx, a.WorkspaceID, in.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ImageDeleted{ImageID: i.ID})
	})
	return err
}
