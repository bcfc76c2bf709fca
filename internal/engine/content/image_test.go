package content_test

import (
	"bytes"
	"context"
	stdimage "image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/images"
	"vellocity/internal/verb"
)

// drawing is a PNG of one color.
func drawing(k K, shade uint8) []byte {
	m := stdimage.NewNRGBA(stdimage.Rect(0, 0, 40, 30))
	for n := range m.Pix {
		m.Pix[n] = shade
	}
	m.Set(0, 0, color.White)
	var out bytes.Buffer
	must(k, png.Encode(&out, m))
	return out.Bytes()
}

// uploaded is the id of an image of ours.
func uploaded(k K, shade uint8, alt string) int64 {
	k.T.Helper()
	i, err := k.Images.UploadImage(k.Ctx(), images.UploadImage{File: drawing(k, shade), AltText: alt})
	must(k, err)
	return i.ID
}

// shows adds an image to an item.
func shows(k K, id, image int64, role domain.ImageRole) content.ItemDetails {
	k.T.Helper()
	d, err := k.Content.SetItemImage(k.Ctx(), content.SetItemImage{ID: id, ImageID: image, Role: role})
	must(k, err)
	return d
}

func (verbs) Images() enginetest.Verbs {
	illustrated := func(k K) int64 {
		c := k.Item(k.Ctx(), "An item", "Text.")
		shows(k, c.ID, uploaded(k, 8, "Eight"), domain.ImageInline)
		return c.ID
	}
	of := func(k K, id int64) int64 {
		return int64(k.Count("select coalesce(max(image_id), 1) from content_image where content_id = $1", id))
	}
	return enginetest.Verbs{
		"ItemImages": enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Content.ItemImages(ctx, x.Item)) }),
		"SetItemImage": makes(changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return second(k.Content.SetItemImage(ctx, content.SetItemImage{
				ID: x.Made, ImageID: of(k, x.Made), Role: domain.ImageCover,
			}))
		}), illustrated),
		"RemoveItemImage": makes(changes(domain.ScopeContent, func(k K, ctx C, x X) error {
			return second(k.Content.RemoveItemImage(ctx, content.ItemImage{ID: x.Made, ImageID: of(k, x.Made)}))
		}), illustrated),
		"PublicImage": {Open: true},
		"PreviewItem": {Open: true},
		"UseFiles":    {Open: true},
	}
}

func TestImagesOfAnItemArePartOfItsVersions(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.\n\n![](image:1)")
		a, b := uploaded(k, 1, "Alpha"), uploaded(k, 2, "")
		d := shows(k, c.ID, a, domain.ImageCover)
		if d.Version != 2 || len(d.Images) != 1 || d.Images[0].AltText != "Alpha" || d.Images[0].Role != domain.ImageCover {
			t.Fatalf("version %d, %+v", d.Version, d.Images)
		}
		if again := shows(k, c.ID, a, domain.ImageCover); again.Version != 2 || again.Revision != d.Revision {
			t.Errorf("the same again made version %d", again.Version)
		}
		d = shows(k, c.ID, b, domain.ImageCover)
		if d.Images[0].Role != domain.ImageInline || d.Images[1].Role != domain.ImageCover {
			t.Errorf("two covers: %+v", d.Images)
		}
		d, err := k.Content.SetItemImage(k.Ctx(), content.SetItemImage{
			ID: c.ID, ImageID: b, AltText: new(" Beta "), Caption: new("By us"), Position: 1,
		})
		must(k, err)
		if i := d.Images[0]; i.ImageID != b || i.AltText != "Beta" || i.Caption != "By us" || i.Role != domain.ImageCover {
			t.Errorf("changed: %+v", d.Images)
		}
		stale := content.ItemImage{ID: c.ID, ImageID: b, Precondition: verb.Precondition{IfMatch: `"1"`}}
		if _, err := k.Content.RemoveItemImage(k.Ctx(), stale); domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("removed from an older revision: %v", err)
		}
		d, err = k.Content.RemoveItemImage(k.Ctx(), content.ItemImage{ID: c.ID, ImageID: b})
		must(k, err)
		if len(d.Images) != 1 || d.Images[0].ImageID != a {
			t.Errorf("after removing one: %+v", d.Images)
		}
		copied, err := k.Content.DuplicateItem(k.Ctx(), verb.ID{ID: c.ID})
		must(k, err)
		if len(copied.Images) != 1 {
			t.Errorf("a copy has %+v", copied.Images)
		}
		v, err := k.Content.Version(k.Ctx(), c.ID, 4)
		must(k, err)
		if len(v.Images) != 2 {
			t.Errorf("version 4 had %+v", v.Images)
		}
		// What was deleted since cannot come back.
		must(k, k.Images.DeleteImage(k.Ctx(), images.DeleteImage{ID: b}))
		d, err = k.Content.RestoreVersion(k.Ctx(), content.RestoreVersion{ID: c.ID, N: 4})
		if domain.CodeOf(err) != domain.CodeConflict { // without b, it is what is there now, save the role
			must(k, err)
			if len(d.Images) != 1 || d.Images[0].ImageID != a {
				t.Errorf("restored: %+v", d.Images)
			}
		}
	})
}

func TestWrongImagesAreRefusedByName(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		a := uploaded(k, 1, "Alpha")
		long := strings.Repeat("x", 501)
		for name, tc := range map[string]struct {
			in    content.SetItemImage
			field string
			code  domain.Code
		}{
			"role":      {content.SetItemImage{ID: c.ID, ImageID: a, Role: "hero"}, "role", domain.CodeValidation},
			"alt text":  {content.SetItemImage{ID: c.ID, ImageID: a, AltText: &long}, "alt_text", domain.CodeValidation},
			"two lines": {content.SetItemImage{ID: c.ID, ImageID: a, AltText: new("a\nb")}, "alt_text", domain.CodeValidation},
			"caption":   {content.SetItemImage{ID: c.ID, ImageID: a, Caption: &long}, "caption", domain.CodeValidation},
			"position":  {content.SetItemImage{ID: c.ID, ImageID: a, Position: -1}, "position", domain.CodeValidation},
			"image":     {content.SetItemImage{ID: c.ID, ImageID: 999}, "", domain.CodeNotFound},
			"item":      {content.SetItemImage{ID: 999, ImageID: a}, "", domain.CodeNotFound},
		} {
			_, err := k.Content.SetItemImage(k.Ctx(), tc.in)
			if domain.CodeOf(err) != tc.code || tc.field != "" && domain.AsError(err).Fields[tc.field] == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		theirs := enginetest.As(k.Theirs.ID, domain.RoleOwner)
		foreign, err := k.Images.UploadImage(theirs, images.UploadImage{File: drawing(k, 9)})
		must(k, err)
		_, err = k.Content.SetItemImage(k.Ctx(), content.SetItemImage{ID: c.ID, ImageID: foreign.ID})
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("an image of another workspace: %v", err)
		}
		for n := range 20 {
			shows(k, c.ID, uploaded(k, uint8(20+n), "x"), domain.ImageInline)
		}
		shows(k, c.ID, a, domain.ImageCover)
		one := uploaded(k, 50, "x")
		_, err = k.Content.SetItemImage(k.Ctx(), content.SetItemImage{ID: c.ID, ImageID: one})
		if domain.AsError(err).Fields["images"] == nil {
			t.Errorf("the 21st inline image: %v", err)
		}
	})
}

// Every way to publish asks for alt texts, since the rule stands where items move.
func TestAnImageWithoutAltTextIsNotPublished(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		shows(k, c.ID, uploaded(k, 1, ""), domain.ImageInline)
		doors := map[string]func() error{
			"move": func() error {
				return second(k.Content.Move(k.Ctx(), content.Move{ID: c.ID, To: domain.ItemPublished}))
			},
			"bulk move": func() error {
				return second(k.Content.BulkMove(k.Ctx(), content.BulkMove{IDs: []int64{c.ID}, To: domain.ItemPublished}))
			},
		}
		for name, publish := range doors {
			err := publish()
			list := domain.BlockersOf(err)
			if domain.CodeOf(err) != domain.CodeConflict || len(list) != 1 || list[0].Field != "images[0].alt_text" ||
				!strings.Contains(err.Error(), "alt_text") {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := k.Content.SetItemImage(k.Ctx(), content.SetItemImage{
			ID: c.ID, ImageID: firstImage(k, c.ID), AltText: new("A dog"),
		})
		must(k, err)
		must(k, doors["move"]())
	})
}

func firstImage(k K, id int64) int64 {
	c, err := k.Content.ItemImages(k.Ctx(), id)
	must(k, err)
	return c.Images[0].ImageID
}

func TestAnImageInUseIsNotDeleted(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "The item's title", "Text.")
		a := uploaded(k, 1, "Alpha")
		shows(k, c.ID, a, domain.ImageCover)
		moved(k, c.ID, domain.ItemPublished)
		refused := func(why string) {
			err := k.Images.DeleteImage(k.Ctx(), images.DeleteImage{ID: a})
			ids, _ := domain.AsError(err).Details["content_ids"].([]int64)
			if domain.CodeOf(err) != domain.CodeConflict || !slices.Equal(ids, []int64{c.ID}) ||
				!strings.Contains(err.Error(), "The item's title") {
				t.Errorf("%s: %v", why, err)
			}
		}
		refused("shown")
		must(k, second(k.Content.RemoveItemImage(k.Ctx(), content.ItemImage{ID: c.ID, ImageID: a})))
		refused("still public")
		moved(k, c.ID, domain.ItemPublished) // the version without it
		must(k, k.Images.DeleteImage(k.Ctx(), images.DeleteImage{ID: a}))

		d := k.Item(k.Ctx(), "Another", "Text.")
		b := uploaded(k, 2, "Beta")
		shows(k, d.ID, b, domain.ImageInline)
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: d.ID}))
		must(k, k.Images.DeleteImage(k.Ctx(), images.DeleteImage{ID: b}))
	})
}

// A public address is as good as the publication that shows the image, and no better.
func TestImagesArePublicOnlyWhileAnItemShowsThem(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		d := shows(k, c.ID, uploaded(k, 1, "Alpha"), domain.ImageCover)
		file := d.Images[0].File()
		nobody := context.Background()
		public := func() domain.Code {
			i, err := k.Content.PublicImage(nobody, k.Ours.Slug, file)
			if err == nil && (i.MediaType != "image/png" || len(i.Data) == 0) {
				t.Errorf("%+v", i)
			}
			return domain.CodeOf(err)
		}
		if public() != domain.CodeNotFound {
			t.Error("public before it was published")
		}
		moved(k, c.ID, domain.ItemPublished)
		if public() != "" {
			t.Error("not public while published")
		}
		next := shows(k, c.ID, uploaded(k, 2, "Beta"), domain.ImageInline).Images[1].File()
		for _, other := range []string{
			next, strings.TrimSuffix(file, "png") + "webp", strings.TrimSuffix(file, ".png"), "../" + file, "", "1.png",
		} {
			if _, err := k.Content.PublicImage(nobody, k.Ours.Slug, other); domain.CodeOf(err) != domain.CodeNotFound {
				t.Errorf("%q is public: %v", other, err)
			}
		}
		if _, err := k.Content.PublicImage(nobody, k.Theirs.Slug, file); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("in another workspace's feed: %v", err)
		}
		k.Exec("update workspace set feed_enabled = $1 where id = $2", false, k.Ours.ID)
		if public() != domain.CodeNotFound {
			t.Error("public with the feed off")
		}
		k.Exec("update workspace set feed_enabled = $1 where id = $2", true, k.Ours.ID)
		moved(k, c.ID, domain.ItemReady)
		if public() != domain.CodeNotFound {
			t.Error("public after it was taken back")
		}
		moved(k, c.ID, domain.ItemPublished)
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: c.ID}))
		if public() != domain.CodeNotFound {
			t.Error("public after the item was deleted")
		}
	})
}

func TestATextThatNamesAnImageThatTheItemLacks(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		a := uploaded(k, 1, "Alpha")
		body := "Text.\n\n![](" + domain.ImageRef(a) + ")\n\n![What](image:4711)\n"
		said := func() (messages []string) {
			c, err := k.Content.Findings(k.Ctx(), c.ID)
			must(k, err)
			for _, f := range c.Findings {
				messages = append(messages, f.Message)
			}
			return messages
		}
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: &body}})))
		got := strings.Join(said(), "|")
		if !strings.Contains(got, "image:4711") || !strings.Contains(got, domain.ImageRef(a)) {
			t.Errorf("before: %s", got)
		}
		shows(k, c.ID, a, domain.ImageInline)
		got = strings.Join(said(), "|")
		if !strings.Contains(got, "image:4711") || strings.Contains(got, domain.ImageRef(a)+",") {
			t.Errorf("after: %s", got)
		}
		moved(k, c.ID, domain.ItemPublished)
		one, err := k.Content.FeedItem(context.Background(), k.Ours.Slug, "an-item")
		must(k, err)
		if !strings.Contains(one.HTML, `<img src="../images/`) || !strings.Contains(one.HTML, `alt="Alpha"`) ||
			strings.Contains(one.HTML, "image:") || !strings.Contains(one.HTML, "What") {
			t.Errorf("the feed shows %s", one.HTML)
		}
	})
}
