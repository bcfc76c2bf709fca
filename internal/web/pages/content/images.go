package content

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/images"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// recentImages is how many images a person can pick from.
const recentImages = 24

// imagesView are the images of an item, and those that it could have.
type imagesView struct {
	Item     int64
	ETag     string
	Rows     []imageRow
	Recent   []domain.Image // not those that the item has
	MostAlt  int
	MostNote int
	Missing  int // images without an alt text, which hold up publication
}

// imageRow is one image of an item.
type imageRow struct {
	domain.ItemImage
	Name    string // how a text names it: ![](image:31)
	Cover   bool
	Earlier int // the position before this one; 0: it is the first
}

func (p page) imageRoutes() []ui.Route {
	const of = "/content/{id}/images"
	return []ui.Route{
		{Pattern: "POST " + of, Handle: p.uploadImage, Upload: true},
		{Pattern: "POST " + of + "/{image}", Handle: p.setImage},
		{Pattern: "POST " + of + "/{image}/remove", Handle: p.removeImage},
	}
}

func imagesPath(id int64) string { return ui.ItemPath(id) + "?view=images" }

func (p page) images(ctx context.Context, c domain.ContentItem) (imagesView, error) {
	v := imagesView{
		Item: c.ID, ETag: ui.ETag(c.Revision), Rows: imageRows(c.Images), Missing: len(domain.ImageBlockers(c.Images)),
		MostAlt: domain.LimitAltText.Max, MostNote: domain.LimitImageCaption.Max,
	}
	l, err := p.Engine.Images.RecentImages(ctx, domain.Page{Number: 1, Size: recentImages})
	for _, i := range l.Items {
		if domain.ImageByID(c.Images, i.ID) < 0 {
			v.Recent = append(v.Recent, i)
		}
	}
	return v, err
}

func imageRows(list []domain.ItemImage) (rows []imageRow) {
	for n, i := range list {
		rows = append(rows, imageRow{
			ItemImage: i, Name: "![](" + domain.ImageRef(i.ImageID) + ")", Cover: i.Role == domain.ImageCover, Earlier: n,
		})
	}
	return rows
}

// withImages renders Markdown with the images of an item.
func (p page) withImages(list []domain.ItemImage) func(string) string {
	return func(md string) string { return p.Engine.Content.PreviewItem(md, list) }
}

// uploadImage adds a picture of the person's own to the workspace, and to the item.
func (p page) uploadImage(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	file, _, err := ui.PostedFile(r, "file")
	if err != nil {
		return err
	}
	in := images.UploadImage{File: file, AltText: r.PostForm.Get("alt_text")}
	place := imagesPath(id) + "#image-"
	out, err := ui.Once(r, func(ctx context.Context) (domain.Image, error) {
		return p.Engine.Images.UploadImage(ctx, in)
	}, func(i domain.Image) ui.Outcome {
		return ui.Outcome{Path: place + strconv.FormatInt(i.ID, 10), Message: "The image was added."}
	})
	if err != nil {
		return p.Refuse(w, r, imagesPath(id)+"#add", err)
	}
	// To add it a second time, as after a double click, changes nothing.
	image, err := strconv.ParseInt(strings.TrimPrefix(out.Path, place), 10, 64)
	if err != nil {
		return domain.NotFound("Image")
	}
	_, err = p.Engine.Content.SetItemImage(r.Context(), content.SetItemImage{
		ID: id, ImageID: image, Role: domain.ImageRole(r.PostForm.Get("role")),
	})
	if err != nil {
		return p.Refuse(w, r, imagesPath(id)+"#add", err)
	}
	return p.Finish(w, r, out)
}

// setImage adds an image to the item, or changes how the item shows it.
func (p page) setImage(w http.ResponseWriter, r *http.Request) error {
	return p.imageAct(w, r, func(ctx context.Context, in content.ItemImage) (content.ItemDetails, error) {
		set := content.SetItemImage{
			ID: in.ID, ImageID: in.ImageID, Role: domain.ImageRole(r.PostForm.Get("role")), Precondition: in.Precondition,
		}
		for name, to := range map[string]**string{"alt_text": &set.AltText, "caption": &set.Caption} {
			if r.PostForm.Has(name) {
				text := r.PostForm.Get(name)
				*to = &text
			}
		}
		set.Position, _ = strconv.Atoi(r.PostForm.Get("position")) // a form without one leaves it where it is
		return p.Engine.Content.SetItemImage(ctx, set)
	}, "The images were saved.")
}

// removeImage removes an image from the item.
func (p page) removeImage(w http.ResponseWriter, r *http.Request) error {
	return p.imageAct(w, r, func(ctx context.Context, in content.ItemImage) (content.ItemDetails, error) {
		return p.Engine.Content.RemoveItemImage(ctx, in)
	}, "The image was removed from this item. It is still among your images.")
}

func (p page) imageAct(
	w http.ResponseWriter, r *http.Request,
	do func(context.Context, content.ItemImage) (content.ItemDetails, error), message string,
) error {
	image, err := strconv.ParseInt(r.PathValue("image"), 10, 64)
	if err != nil {
		return domain.NotFound("Image")
	}
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (content.ItemDetails, error) {
		return do(ctx, content.ItemImage{
			ID: id, ImageID: image, Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
		})
	}, func(content.ItemDetails) ui.Outcome { return ui.Outcome{Path: imagesPath(id), Message: message} })
	if err != nil {
		return p.Refuse(w, r, imagesPath(id), err)
	}
	return p.Finish(w, r, out)
}
