package webhook_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/webhook"
	"vellocity/internal/extension/wire"
	"vellocity/internal/signature"
)

// receiver is a program that verifies what it gets.
type receiver struct {
	t      *testing.T
	secret domain.Secret
	answer string
	status int
	ids    []string
	last   struct {
		Type string
		Data map[string]any
	}
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	key, _ := signature.Key(r.secret)
	id := q.Header.Get("Webhook-Id")
	if signature.Sign(key, id, time.Unix(1_900_000_000, 0), body) != q.Header.Get("Webhook-Signature") ||
		q.Header.Get("Webhook-Timestamp") != "1900000000" || q.Header.Get("Content-Type") != "application/json" {
		r.t.Errorf("the request is not signed: %v", q.Header)
	}
	r.ids = append(r.ids, id)
	if err := json.Unmarshal(body, &r.last); err != nil {
		r.t.Error(err)
	}
	w.Header().Set("Retry-After", "120")
	w.WriteHeader(r.status)
	_, _ = io.WriteString(w, r.answer)
}

func connect(r *receiver, address string) wire.Peer {
	return webhook.Kind().Connect(wire.Config{
		Settings: map[string]string{"url": address}, Secret: r.secret, HTTP: http.DefaultClient,
		Now: func() time.Time { return time.Unix(1_900_000_000, 0) },
	})
}

func start(t *testing.T) (*receiver, wire.Peer) {
	t.Helper()
	r := &receiver{t: t, secret: signature.NewSecret(), status: http.StatusOK}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	return r, connect(r, s.URL)
}

var post = wire.Post{
	Snapshot: domain.Snapshot{Title: "A title", Slug: "a-title", Body: "**Text**", Keywords: []string{"k"}, Language: "en"},
	UUID:     "0a1b", Key: "0a1b-4-1", ContentID: 7, Version: 2, Type: domain.ContentBlog, HTML: "<p><strong>Text</strong></p>",
}

// TestRequests reads what a receiver gets, and takes what it answers.
func TestRequests(t *testing.T) {
	r, peer := start(t)
	if _, err := peer.Check(t.Context()); err != nil || r.last.Type != "channel.check" {
		t.Errorf("%v %+v", err, r.last)
	}
	for answer, want := range map[string]wire.Ref{
		"":                                      {},
		"ok":                                    {},
		`{"id":"x9","url":"https://a.test/x9"}`: {ID: "x9", URL: "https://a.test/x9"},
		`{"id":7}`:                              {},
		`{"url":"javascript:alert(1)"}`:         {},
	} {
		r.answer = answer
		got, err := peer.Put(t.Context(), post, wire.Ref{})
		if err != nil || got.Ref != want {
			t.Errorf("%q: %+v %v", answer, got, err)
		}
	}
	if d := r.last.Data; r.last.Type != "content.published" || d["markdown"] != "**Text**" || d["html"] != post.HTML ||
		d["id"] != "0a1b" || d["version"] != 2.0 || d["content_type"] != "blog_post" {
		t.Errorf("%+v", r.last)
	}
	r.last.Data = nil
	if err := peer.Remove(t.Context(), post, wire.Ref{ID: "x9"}); err != nil || r.last.Type != "content.unpublished" ||
		r.last.Data["external_id"] != "x9" || r.last.Data["markdown"] != nil {
		t.Errorf("%v %+v", err, r.last)
	}
	for _, id := range r.ids[1:] {
		if id != post.Key {
			t.Errorf("the id %q is another one on another try", id)
		}
	}
}

// TestFaults sorts the answers that are no success.
func TestFaults(t *testing.T) {
	r, peer := start(t)
	for status, kind := range map[int]wire.FaultKind{
		401: wire.Settings, 403: wire.Settings, 404: wire.Settings, 410: wire.Refused, 422: wire.Refused,
		408: wire.Again, 429: wire.Again, 500: wire.Again, 503: wire.Again,
	} {
		r.status = status
		_, err := peer.Put(t.Context(), post, wire.Ref{})
		var f *wire.Fault
		if !errors.As(err, &f) || f.Kind != kind || kind == wire.Again && f.After != 2*time.Minute {
			t.Errorf("%d: %+v", status, f)
		}
	}
}

func TestImagesAreNamedWithTheirAddresses(t *testing.T) {
	r, peer := start(t)
	p := wire.Post{Key: "k", UUID: "u", Images: []wire.Image{
		{URL: "https://a.test/feeds/main/images/ab.png", ItemImage: domain.ItemImage{
			ImageID: 31, Role: domain.ImageCover, AltText: "A cup", Caption: "By us", Sum: "ab", Format: domain.ImagePNG, Width: 4, Height: 3,
		}},
		{ItemImage: domain.ItemImage{ImageID: 32, Role: domain.ImageInline, AltText: "A jug", Sum: "cd", Format: domain.ImageWebP}},
	}}
	if _, err := peer.Put(t.Context(), p, wire.Ref{}); err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(r.last.Data["images"])
	const want = `[{"alt_text":"A cup","bytes":0,"caption":"By us","height":3,"image_id":31,"media_type":"image/png",` +
		`"role":"cover","sha256":"ab","url":"https://a.test/feeds/main/images/ab.png","width":4},` +
		`{"alt_text":"A jug","bytes":0,"height":0,"image_id":32,"media_type":"image/webp","role":"inline","sha256":"cd",` +
		`"url":null,"width":0}]`
	if string(raw) != want {
		t.Errorf("got  %s\nwant %s", raw, want)
	}
}
