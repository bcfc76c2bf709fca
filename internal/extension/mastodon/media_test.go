package mastodon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/mastodon"
	"vellocity/internal/extension/wire"
)

// gallery is a Mastodon that takes images: it answers as its documentation says.
type gallery struct {
	t       *testing.T
	media   map[string]string // descriptions by id
	used    map[string]bool   // by a post
	slow    int               // how often an image is not ready yet
	uploads int
	lose    bool // the answer of the next post gets lost, before it was carried out
	body    map[string]any
}

func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	say := func(code int, body any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(body)
	}
	id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	shown := func() map[string]any {
		list := []any{}
		for _, m := range g.shown() {
			list = append(list, map[string]any{"id": m, "url": "https://files.test/" + m, "description": g.media[m]})
		}
		return map[string]any{"id": "1", "url": "https://m.test/@ada/1", "content": "", "media_attachments": list}
	}
	switch {
	case r.URL.Path == "/api/v2/instance":
		say(200, map[string]any{"configuration": map[string]any{
			"statuses":          map[string]int{"max_characters": 500, "characters_reserved_per_url": 23, "max_media_attachments": 3},
			"media_attachments": map[string]int{"image_size_limit": 1000},
		}})
	case r.URL.Path == "/api/v1/accounts/verify_credentials":
		say(200, map[string]string{"id": "9", "acct": "ada"})
	case r.URL.Path == "/api/v1/accounts/9/statuses":
		say(200, []any{})
	case r.URL.Path == "/api/v2/media":
		g.uploads++
		f, h, err := r.FormFile("file")
		if err != nil || h.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(h.Filename, "vellocity-") {
			g.t.Errorf("upload %+v: %v", h, err)
		}
		_ = f.Close()
		id := fmt.Sprint(100 + g.uploads)
		g.media[id] = r.FormValue("description")
		g.slow = 1
		say(202, map[string]any{"id": id, "url": nil})
	case strings.HasPrefix(r.URL.Path, "/api/v1/media/"):
		_, known := g.media[id]
		switch {
		case !known || g.used[id]:
			say(404, map[string]string{"error": "Record not found"})
		case g.slow > 0:
			g.slow--
			say(206, map[string]any{"id": id, "url": nil})
		default:
			say(200, map[string]any{"id": id, "url": "https://files.test/" + id})
		}
	case r.URL.Path == "/api/v1/statuses/1" && r.Method == http.MethodGet:
		say(200, shown())
	case strings.HasPrefix(r.URL.Path, "/api/v1/statuses"):
		g.body = map[string]any{}
		_ = json.NewDecoder(r.Body).Decode(&g.body)
		if g.lose {
			g.lose = false
			say(503, map[string]string{"error": "Busy"})
			return
		}
		g.used = map[string]bool{}
		for _, m := range g.shown() {
			g.used[m] = true
		}
		attributes, _ := g.body["media_attributes"].([]any)
		for _, a := range attributes {
			g.media[a.(map[string]any)["id"].(string)] = a.(map[string]any)["description"].(string)
		}
		say(200, shown())
	}
}

// shown are the images of the last post.
func (g *gallery) shown() (ids []string) {
	list, _ := g.body["media_ids"].([]any)
	for _, m := range list {
		ids = append(ids, m.(string))
	}
	return ids
}

// picture is an image of an item.
func picture(n int, role domain.ImageRole) wire.Image {
	i := domain.ItemImage{
		ImageID: int64(n), Role: role, AltText: fmt.Sprintf("Alt %d", n), Sum: strings.Repeat(fmt.Sprint(n), 64), Format: domain.ImagePNG,
	}
	return wire.Image{ItemImage: i, Load: func(_ context.Context, b wire.Bounds) (wire.File, error) {
		if b.Bytes != 1000 {
			return wire.File{}, fmt.Errorf("loaded within %+v", b)
		}
		return wire.FileOf(i, domain.ImagePNG, []byte("pixels"), 4, 3), nil
	}}
}

func TestImagesAreAttachedOnce(t *testing.T) {
	g := &gallery{t: t, media: map[string]string{}, used: map[string]bool{}}
	s := httptest.NewServer(g)
	defer s.Close()
	peer := mastodon.Kind().Connect(wire.Config{
		Settings: map[string]string{"url": s.URL, "visibility": "public"}, Secret: token, HTTP: http.DefaultClient, Now: time.Now,
	})
	p := post("Text.")
	p.Images = []wire.Image{
		picture(1, domain.ImageInline), picture(2, domain.ImageCover),
		picture(3, domain.ImageInline), picture(4, domain.ImageInline),
	}
	p.Keep = func(_ context.Context, u domain.Upload) error { p.Uploads = append(p.Uploads, u); return nil }
	g.lose = true
	if _, err := peer.Put(t.Context(), p, wire.Ref{}); err == nil {
		t.Fatal("the post was not lost")
	}
	got, err := peer.Put(t.Context(), p, wire.Ref{}) // what was uploaded is not uploaded again
	if err != nil || g.uploads != 3 || g.media["101"] != "Alt 2" ||
		!slices.Equal(g.shown(), []string{"101", "102", "103"}) {
		t.Fatalf("%d uploads, %v, %v: %v", g.uploads, g.shown(), g.media, err)
	}
	p.Images[1].AltText = "Another alt"
	got, err = peer.Put(t.Context(), p, got.Ref)
	if err != nil || g.uploads != 3 || g.media["101"] != "Another alt" || len(g.shown()) != 3 {
		t.Errorf("edited: %d uploads, %v: %v", g.uploads, g.media, err)
	}
	delete(g.media, "102") // Mastodon deletes what no post shows
	g.used, g.body = map[string]bool{}, map[string]any{"media_ids": []any{"101", "103"}}
	if _, err = peer.Put(t.Context(), p, got.Ref); err != nil || g.uploads != 4 {
		t.Errorf("after one was deleted: %d uploads: %v", g.uploads, err)
	}
	lost := strings.Join(mastodon.Kind().Preview(nil, p).Lost, "|")
	p.Images[0].AltText = ""
	without := strings.Join(mastodon.Kind().Preview(nil, p).Lost, "|")
	if strings.Contains(lost, "alt text") || !strings.Contains(without, "image 1 has no alt text") {
		t.Errorf("previews: %s, %s", lost, without)
	}
}
