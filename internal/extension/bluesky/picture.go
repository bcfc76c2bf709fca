package bluesky

import (
	"context"
	"encoding/json"
	"net/http"

	"vellocity/internal/extension/wire"
)

// The limits of images (lexicon app.bsky.embed.images). Bluesky shows no more than mostEdge pixels.
const (
	mostImages     = 4
	mostImageBytes = 1_000_000
	mostEdge       = 2000
)

// embed are the images of a post.
type embed struct {
	Type   string     `json:"$type"`
	Images []embedded `json:"images"`
}

type embedded struct {
	Alt         string          `json:"alt"`
	Image       json.RawMessage `json:"image"` // the blob as the server has named it
	AspectRatio ratio           `json:"aspectRatio"`
}

type ratio struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// pictures uploads the images of a post. The server names a blob by its bytes, so what is uploaded again is
// there once; and it deletes blobs that no post shows, so nothing is kept of earlier uploads.
func (a *account) pictures(ctx context.Context, p wire.Post) (*embed, error) {
	list := p.ByOrder()
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // no images is no embed
	}
	out := &embed{Type: "app.bsky.embed.images"}
	for _, i := range list[:min(len(list), mostImages)] {
		f, err := i.Load(ctx, wire.Bounds{Bytes: mostImageBytes, Edge: mostEdge})
		if err != nil {
			return nil, err
		}
		var up struct{ Blob json.RawMessage }
		err = a.send(ctx, "com.atproto.repo.uploadBlob",
			wire.Request{Body: f.Data, Header: http.Header{"Content-Type": {f.MediaType}}}, &up)
		if err == nil && len(up.Blob) == 0 {
			err = wire.Faultf(wire.Settings, "The server took an image, but not as Bluesky does. Check its address.")
		}
		if err != nil {
			return nil, err
		}
		out.Images = append(out.Images, embedded{i.AltText, up.Blob, ratio{f.Width, f.Height}})
	}
	return out, nil
}
