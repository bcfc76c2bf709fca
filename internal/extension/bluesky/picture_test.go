package bluesky_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/extension/bluesky"
	"vellocity/internal/extension/wire"
	"vellocity/internal/markdown"
)

// blobs takes images before a double, as a Bluesky server does: a blob has the name of its bytes.
type blobs struct {
	*pds
	uploads int
}

func (b *blobs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "uploadBlob") {
		b.pds.ServeHTTP(w, r)
		return
	}
	b.uploads++
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("Content-Type") != "image/jpeg" || r.Header.Get("Authorization") != "Bearer token" {
		b.t.Errorf("uploaded with %v", r.Header)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"blob": map[string]any{
		"$type": "blob", "ref": map[string]string{"$link": "cid-" + string(body)}, "mimeType": "image/jpeg", "size": len(body),
	}})
}

func TestImagesAreEmbedded(t *testing.T) {
	double := &blobs{pds: &pds{t: t, records: map[string]map[string]any{}}}
	s := httptest.NewServer(double)
	defer s.Close()
	peer := connect(s.URL, "ada.test", password)
	p := post("0a1b2c3d-0000-8000-8000-000000000009", "![](image:1)\n\nText.")
	p.Render = func(address func(domain.ItemImage) string) string {
		return markdown.HTMLWith(p.Body, func(string) (markdown.Image, bool) {
			return markdown.Image{Address: address(p.Images[0].ItemImage), Alt: "Alt", Caption: "A caption"}, true
		})
	}
	for n := 1; n <= 5; n++ {
		i := domain.ItemImage{
			ImageID: int64(n), Role: domain.ImageInline, AltText: fmt.Sprintf("Alt %d", n), Sum: fmt.Sprint(n), Bytes: 2_000_000,
		}
		if n == 3 {
			i.Role = domain.ImageCover
		}
		p.Images = append(p.Images, wire.Image{ItemImage: i, Load: func(_ context.Context, b wire.Bounds) (wire.File, error) {
			if b.Bytes != 1_000_000 {
				t.Errorf("loaded within %+v", b)
			}
			return wire.FileOf(i, domain.ImageJPEG, fmt.Append(nil, n), 1600, 900), nil
		}})
	}
	for range 2 {
		if _, err := peer.Put(t.Context(), p, wire.Ref{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(double.records) != 1 || double.writes != 1 {
		t.Errorf("%d posts, %d writes", len(double.records), double.writes)
	}
	for _, r := range double.records {
		raw, _ := json.Marshal(r)
		for _, want := range []string{
			`"text":"Text."`, `"$type":"app.bsky.embed.images"`, `"alt":"Alt 3"`, `"$link":"cid-3"`,
			`"aspectRatio":{"height":900,"width":1600}`,
		} {
			if !strings.Contains(string(raw), want) {
				t.Errorf("without %s: %s", want, raw)
			}
		}
		text := string(raw)
		if strings.Index(text, "Alt 3") > strings.Index(text, "Alt 1") || strings.Contains(text, "Alt 5") {
			t.Errorf("the cover is not first, or there are more than four: %s", raw)
		}
	}
	lost := strings.Join(bluesky.Kind().Preview(nil, p).Lost, "|")
	for _, want := range []string{"1 image left out: a post has at most 4.", "Large images are made smaller"} {
		if !strings.Contains(lost, want) {
			t.Errorf("the preview does not say %q: %s", want, lost)
		}
	}
}
