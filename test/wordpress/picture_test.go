package wordpress_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
	filestore "vellocity/internal/files"
	"vellocity/internal/markdown"
)

// media is a file in WordPress's media library.
type media struct {
	ID     int64
	Source string `json:"source_url"`
	Alt    string `json:"alt_text"`
}

// illustrated is an article with a cover, and with an image in its text.
func illustrated(t *testing.T, uuid, slug string) wire.Post {
	t.Helper()
	p := article(uuid, slug, "Text.\n\n![](image:2)\n\nMore.")
	for n, role := range []domain.ImageRole{domain.ImageCover, domain.ImageInline} {
		var out bytes.Buffer
		must(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, 40+n, 30))))
		i := domain.ItemImage{
			ImageID: int64(n + 1), Role: role, AltText: `Salt & "pepper" ` + string(role), Sum: filestore.Sum(out.Bytes()),
			Format: domain.ImagePNG, Width: 40 + n, Height: 30, Bytes: out.Len(),
		}
		p.Images = append(p.Images, wire.Image{ItemImage: i, Load: func(context.Context, wire.Bounds) (wire.File, error) {
			return wire.FileOf(i, i.Format, out.Bytes(), i.Width, i.Height), nil
		}})
	}
	p.Render = func(address func(domain.ItemImage) string) string {
		return markdown.HTMLWith(p.Body, func(string) (markdown.Image, bool) {
			i := p.Images[1].ItemImage
			return markdown.Image{Address: address(i), Alt: i.AltText, Caption: "A caption"}, true
		})
	}
	p.HTML = p.HTMLAt(nil)
	return p
}

// pictures holds what becomes of an article's images in WordPress.
func pictures(t *testing.T, s site) {
	library := func() (list []media) {
		s.call(t, "admin", "GET", "media", url.Values{"per_page": {"100"}}, "", &list)
		return list
	}
	p := illustrated(t, "0a1b2c3d-0000-8000-8000-000000000007", "pictures")
	p.Keep = func(_ context.Context, u domain.Upload) error { p.Uploads = append(p.Uploads, u); return nil }
	ada := s.peer("ada", nil)
	lossy := s.peer("ada", func(c *wire.Config) { c.HTTP = &http.Client{Transport: losing{}} })
	for range 3 { // each answer to an upload gets lost, then that to the post
		if _, err := lossy.Put(t.Context(), p, wire.Ref{}); err == nil {
			t.Fatal("nothing was lost")
		}
	}
	got, err := ada.Put(t.Context(), p, wire.Ref{})
	must(t, err)
	if len(got.Notes) > 0 || len(library()) != 2 || len(p.Uploads) != 2 {
		t.Fatalf("%q, %+v, %+v", got.Notes, library(), p.Uploads)
	}
	now := s.find(t, "pictures")
	var cover media
	s.call(t, "ada", "GET", "media/"+p.Uploads[0].ID, nil, "", &cover)
	if now.Cover != cover.ID || cover.Alt != p.Images[0].AltText {
		t.Errorf("featured %d, cover %+v", now.Cover, cover)
	}
	for _, want := range []string{`<img src="` + p.Uploads[1].URL + `"`, "<figcaption>A caption</figcaption>", "Salt &amp;"} {
		if !strings.Contains(now.Content.Raw, want) {
			t.Errorf("without %s: %s", want, now.Content.Raw)
		}
	}
	p.Images[0].AltText = "Another"
	got, err = ada.Put(t.Context(), p, got.Ref)
	must(t, err)
	s.call(t, "ada", "GET", "media/"+p.Uploads[0].ID, nil, "", &cover)
	if len(library()) != 2 || cover.Alt != "Another" {
		t.Errorf("published again: %+v, %+v", library(), cover)
	}
	p.Images[0].Role = domain.ImageInline // there is no cover any more
	got, err = ada.Put(t.Context(), p, got.Ref)
	must(t, err)
	if c := s.find(t, "pictures").Cover; c != 0 {
		t.Errorf("the featured image is still %d", c)
	}
	var post post
	s.call(t, "admin", "POST", "posts/"+got.ID, nil, `{"featured_media":`+p.Uploads[1].ID+`}`, &post)
	p.Uploads = p.Uploads[:1] // as if a person had chosen it
	_, err = ada.Put(t.Context(), p, got.Ref)
	must(t, err)
	if c := s.find(t, "pictures").Cover; c != post.Cover {
		t.Errorf("what a person has chosen became %d", c)
	}
}
