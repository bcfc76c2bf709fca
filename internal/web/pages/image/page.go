// Package image is the page of one image: what it shows, what was asked for, its alt text.
package image

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/images"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const (
	list = "/images"
	path = list + "/{id}"
)

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "image",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "GET " + path + "/file", Handle: p.file},
			{Pattern: "POST " + path, Handle: p.change},
			{Pattern: "POST " + path + "/delete", Handle: p.remove},
			{Pattern: "POST " + path + "/use", Handle: p.use},
		},
	}
}

type view struct {
	ui.Shell
	Image  domain.Image
	Alt    ui.Field
	Edit   bool // the person may change the alt text
	Delete bool
	Uses   []domain.ItemRef     // the items that show it
	Items  []domain.ContentItem // that it can be added to, changed last
}

// latestItems is how many items a person can add an image to from here; any other has a page of its own for
// its images.
const latestItems = 50

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	var v view
	if v.Image, err = p.Engine.Images.Image(r.Context(), id); err != nil {
		return err
	}
	if v.Shell, err = p.Shell(w, r, list, fmt.Sprintf("Image %d", id)); err != nil {
		return err
	}
	v.Alt = ui.Field{
		Name: "alt_text", Path: "alt_text", Label: "Alt text", Widget: ui.WidgetText, Value: v.Image.AltText,
		MaxLength: domain.LimitAltText.Max, Help: "What the image shows, for people who do not see it.",
		Placeholder: "A cup of coffee on a red table",
	}
	if a, ok := domain.ActorFrom(r.Context()); ok {
		v.Edit, v.Delete = a.May(domain.ScopeContent), a.May(domain.ScopeWrite)
	}
	if err := p.items(r.Context(), &v); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "image", v)
}

// items fills in what shows the image, and what could.
func (p page) items(ctx context.Context, v *view) (err error) {
	if v.Uses, err = p.Engine.Images.ImageUses(ctx, v.Image.ID); err != nil || !v.Edit {
		return err
	}
	l, err := p.Engine.Content.ListItems(ctx, content.ListItems{
		Page: domain.Page{Number: 1, Size: latestItems}, Sort: domain.SortUpdatedDown,
	})
	for _, c := range l.Items {
		if domain.ImageByID(c.Images, v.Image.ID) < 0 {
			v.Items = append(v.Items, c)
		}
	}
	return err
}

// use adds the image to an item.
func (p page) use(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	here := fmt.Sprintf("%s/%d", list, id)
	item, err := strconv.ParseInt(r.PostForm.Get("item"), 10, 64)
	if err != nil {
		return p.Refuse(w, r, here, domain.Errorf(domain.CodeValidation, "Choose an item."))
	}
	out, err := ui.Once(r, func(ctx context.Context) (content.ItemDetails, error) {
		return p.Engine.Content.SetItemImage(ctx, content.SetItemImage{
			ID: item, ImageID: id, Role: domain.ImageRole(r.PostForm.Get("role")),
		})
	}, func(content.ItemDetails) ui.Outcome {
		return ui.Outcome{Path: ui.ItemPath(item) + "?view=images", Message: "The image was added to this item."}
	})
	if err != nil {
		return p.Refuse(w, r, here, err)
	}
	return p.Finish(w, r, out)
}

// file sends the picture. It never changes, so browsers keep it; with download it is saved.
func (p page) file(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	f, err := p.Engine.Images.ImageFile(r.Context(), id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", f.Format.MediaType())
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("Etag", strconv.Quote(f.Sum))
	if r.URL.Query().Has("download") {
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="image-%d.%s"`, f.ID, f.Format))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Data))
	return nil
}

func (p page) change(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	text := r.PostForm.Get("alt_text")
	here := fmt.Sprintf("%s/%d", list, id)
	in := images.ChangeImage{
		ID: id, AltText: &text, Precondition: verb.Precondition{IfMatch: strconv.Quote(r.PostForm.Get("version"))},
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.Image, error) {
		return p.Engine.Images.ChangeImage(ctx, in)
	}, func(domain.Image) ui.Outcome { return ui.Outcome{Path: here, Message: "The alt text was saved."} })
	if err != nil {
		return p.Refuse(w, r, here, err)
	}
	return p.Finish(w, r, out)
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Images.DeleteImage(ctx, images.DeleteImage{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: list, Message: "The image was deleted."} })
	if err != nil {
		return p.Refuse(w, r, fmt.Sprintf("%s/%d", list, id), err)
	}
	return p.Finish(w, r, out)
}
