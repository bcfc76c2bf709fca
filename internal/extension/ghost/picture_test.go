package ghost_test

import (
	"context"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/extension/ghost"
	"vellocity/internal/extension/wire"
	"vellocity/internal/markdown"
)

func TestImagesAreUploadedOnce(t *testing.T) {
	s := start(t)
	if s.double == nil {
		t.Skip("a real Ghost keeps images for ever")
	}
	p := s.article("illustrated", "Text.\n\n![](image:2)")
	for n, role := range []domain.ImageRole{domain.ImageCover, domain.ImageInline, domain.ImageInline} {
		i := domain.ItemImage{
			ImageID: int64(n + 1), Role: role, AltText: strings.Repeat("Alt ", 60), Caption: "A <caption>",
			Sum: strings.Repeat(string(rune('a'+n)), 64), Format: domain.ImagePNG,
		}
		p.Images = append(p.Images, wire.Image{ItemImage: i, Load: func(context.Context, wire.Bounds) (wire.File, error) {
			return wire.FileOf(i, i.Format, []byte("pixels"), 4, 3), nil
		}})
	}
	p.Render = func(address func(domain.ItemImage) string) string {
		return markdown.HTMLWith(p.Body, func(string) (markdown.Image, bool) {
			return markdown.Image{Address: address(p.Images[1].ItemImage), Alt: "Two", Caption: "Below"}, true
		})
	}
	p.Keep = func(_ context.Context, u domain.Upload) error { p.Uploads = append(p.Uploads, u); return nil }
	peer := s.peer(nil)
	got, err := peer.Put(t.Context(), p, wire.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	there := s.double.posts[len(s.double.posts)-1]
	alt, _ := there["feature_image_alt"].(string)
	html, _ := there["html"].(string)
	if s.double.uploads != 2 || there["feature_image"] != p.Uploads[0].URL || len([]rune(alt)) > 191 ||
		!strings.HasSuffix(alt, "…") || there["feature_image_caption"] != "A &lt;caption&gt;" {
		t.Errorf("%d uploads, %+v", s.double.uploads, there)
	}
	shown := `<figure><img src="` + p.Uploads[1].URL + `" alt="Two"><figcaption>Below</figcaption></figure>`
	if !strings.Contains(html, shown) {
		t.Errorf("the text is %s", html)
	}
	if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "191 characters") {
		t.Errorf("notes %q", got.Notes)
	}
	if _, err = peer.Put(t.Context(), p, got.Ref); err != nil || s.double.uploads != 2 {
		t.Errorf("published again: %d uploads: %v", s.double.uploads, err)
	}
	p.Images = p.Images[1:]
	if _, err = peer.Put(t.Context(), p, got.Ref); err != nil || there["feature_image"] != nil {
		t.Errorf("without a cover: %v: %v", there["feature_image"], err)
	}
	there["feature_image"] = "https://people.test/x.png"
	if _, err = peer.Put(t.Context(), p, got.Ref); err != nil || there["feature_image"] != "https://people.test/x.png" {
		t.Errorf("what a person has chosen: %v: %v", there["feature_image"], err)
	}
	lost := strings.Join(ghost.Kind().Preview(map[string]string{"status": "publish"}, p).Lost, "|")
	if !strings.Contains(lost, "1 image that the text does not show") {
		t.Errorf("the preview says %s", lost)
	}
}
