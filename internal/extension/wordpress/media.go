package wordpress

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

// media is a file in WordPress's media library.
type media struct {
	ID     int64  `json:"id"`
	Source string `json:"source_url"`
	Alt    string `json:"alt_text"`
}

// pictures uploads what the post shows and is not there yet, and returns each image's file there by its
// checksum.
func (s *site) pictures(ctx context.Context, p wire.Post) (map[string]media, error) {
	there := map[string]media{}
	for _, i := range p.Shown() {
		m, err := s.picture(ctx, p, i)
		if err != nil {
			return nil, err
		}
		if m.Alt != i.AltText { // it was uploaded with another one
			if _, err := s.call(ctx, http.MethodPost, "media/"+strconv.FormatInt(m.ID, 10), nil,
				map[string]string{"alt_text": i.AltText}, &m); err != nil {
				return nil, err
			}
		}
		there[i.Sum] = m
	}
	return there, nil
}

// picture returns the file of an image: the one that was uploaded before, also where the answer got lost,
// else a new one.
func (s *site) picture(ctx context.Context, p wire.Post, i wire.Image) (m media, err error) {
	if u, known := p.Upload(i); known {
		code, err := s.call(ctx, http.MethodGet, "media/"+url.PathEscape(u.ID),
			url.Values{"_fields": {"id,source_url,alt_text"}}, nil, &m)
		if code != "rest_post_invalid_id" { // else somebody has deleted it there
			return m, err
		}
	}
	f, err := i.Load(ctx, wire.Bounds{})
	if err != nil {
		return m, err
	}
	slug, _, _ := strings.Cut(f.Name, ".")
	var left []media
	if _, err := s.call(ctx, http.MethodGet, "media",
		url.Values{"slug": {slug}, "_fields": {"id,source_url,alt_text"}}, nil, &left); err != nil {
		return m, err
	}
	if len(left) > 0 {
		m = left[0]
	} else if m, err = s.upload(ctx, i, f, slug); err != nil {
		return m, err
	}
	return m, p.Record(ctx, domain.Upload{Sum: i.Sum, ID: strconv.FormatInt(m.ID, 10), URL: m.Source})
}

func (s *site) upload(ctx context.Context, i wire.Image, f wire.File, slug string) (m media, err error) {
	body, mediaType := wire.Multipart("file", f, map[string]string{
		"alt_text": i.AltText, "caption": i.Caption, "slug": slug,
	})
	_, err = s.send(ctx, wire.Request{
		Method: http.MethodPost, URL: s.address("media", nil), Body: body, Header: http.Header{"Content-Type": {mediaType}},
	}, &m)
	if err == nil && (m.ID == 0 || m.Source == "") {
		err = wire.Faultf(wire.Settings, "WordPress took the image, but did not say where it is.")
	}
	return m, err
}

// addresses returns where images are in WordPress, by their checksums.
func addresses(there map[string]media) map[string]string {
	out := map[string]string{}
	for sum, m := range there {
		out[sum] = m.Source
	}
	return out
}

// featured sets the post's featured image to the cover. Where the item has none, what a person has chosen
// in WordPress stays; what was the cover before goes.
func featured(p wire.Post, there map[string]media, before int64, send map[string]any) {
	if c := p.Cover(); c != nil {
		send["featured_media"] = there[c.Sum].ID
		return
	}
	for _, u := range p.Uploads {
		if before != 0 && u.ID == strconv.FormatInt(before, 10) {
			send["featured_media"] = int64(0)
		}
	}
}
