package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

// What Mastodon takes of images; a server may have other limits.
const (
	mostImages     = 4
	mostImageBytes = 16 << 20
	mostEdge       = 3840 // it makes larger ones smaller itself
)

// processing bounds how long an image is waited for; pause is the time between two looks.
const (
	processing = 30 * time.Second
	pause      = 250 * time.Millisecond
)

// attachment is an image of a post. URL is null while the server works on it.
type attachment struct {
	ID          string  `json:"id"`
	URL         *string `json:"url"`
	Description *string `json:"description"`
}

// pictures returns the ids of the post's images, in the order in which it shows them. What was uploaded before
// and is still there, in the post as it is now or waiting for one, is not uploaded again.
func (a *account) pictures(ctx context.Context, p wire.Post, l limits, shown []attachment) (ids []string, err error) {
	list := p.ByOrder()
	for _, i := range list[:min(len(list), l.images)] {
		id, err := a.picture(ctx, p, i, l, shown)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (a *account) picture(
	ctx context.Context, p wire.Post, i wire.Image, l limits, shown []attachment,
) (id string, err error) {
	if u, known := p.Upload(i); known {
		if slices.ContainsFunc(shown, func(m attachment) bool { return m.ID == u.ID }) {
			return u.ID, nil
		}
		code, err := a.await(ctx, u.ID)
		if code != http.StatusNotFound { // else it was deleted there, after a day without a post
			return u.ID, err
		}
	}
	f, err := i.Load(ctx, wire.Bounds{Bytes: l.imageBytes, Edge: mostEdge})
	if err != nil {
		return "", err
	}
	body, mediaType := wire.Multipart("file", f, map[string]string{"description": i.AltText})
	var m attachment
	_, err = a.send(ctx, wire.Request{
		Method: http.MethodPost, URL: a.base() + "/api/v2/media", Body: body,
		Header: http.Header{"Content-Type": {mediaType}},
	}, &m)
	if err == nil && m.ID == "" {
		err = wire.Faultf(wire.Settings, "The server took an image, but not as Mastodon does. Check its address.")
	}
	if err != nil {
		return "", err
	}
	if err := p.Record(ctx, domain.Upload{Sum: i.Sum, ID: m.ID}); err != nil {
		return "", err
	}
	if m.URL == nil {
		_, err = a.await(ctx, m.ID)
	}
	return m.ID, err
}

// await waits until the server has processed an image.
func (a *account) await(ctx context.Context, id string) (code int, err error) {
	ctx, done := context.WithTimeoutCause(ctx, processing,
		wire.Faultf(wire.Again, "Mastodon still works on an image."))
	defer done()
	for {
		var m attachment
		code, err = a.call(ctx, http.MethodGet, "/api/v1/media/"+url.PathEscape(id), nil, "", nil, &m)
		if err != nil || code != http.StatusPartialContent {
			return code, err
		}
		select {
		case <-ctx.Done():
			return code, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// attach adds the images of the item to the body of a post. It returns the id of the post that is known; empty
// where somebody has deleted it there.
func (a *account) attach(
	ctx context.Context, p wire.Post, l limits, known string, body map[string]any,
) (string, error) {
	var there status
	if known != "" {
		code, err := a.call(ctx, http.MethodGet, "/api/v1/statuses/"+url.PathEscape(known), nil, "", nil, &there)
		switch {
		case code == http.StatusNotFound:
			known = ""
		case err != nil:
			return known, err
		}
	}
	ids, err := a.pictures(ctx, p, l, there.Media)
	body["media_ids"] = ids
	if known != "" {
		body["media_attributes"] = described(p, ids)
	}
	return known, err
}

// described are the alt texts of images that a post shows already: an edit may change them.
func described(p wire.Post, ids []string) (list []map[string]string) {
	for n, i := range p.ByOrder() {
		if n < len(ids) {
			list = append(list, map[string]string{"id": ids[n], "description": i.AltText})
		}
	}
	return list
}
