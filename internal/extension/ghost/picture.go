package ghost

import (
	"context"
	"html"
	"net/http"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
)

// form is a multipart form, in place of a JSON body.
type form struct {
	data      []byte
	mediaType string
}

// pictures uploads what the post shows and is not there yet, and returns where each image is in Ghost, by its
// checksum. Ghost has no list of images, so an upload whose answer got lost is done again.
func (s *site) pictures(ctx context.Context, p wire.Post) (map[string]string, error) {
	there := map[string]string{}
	for _, i := range p.Shown() {
		if u, known := p.Upload(i); known {
			there[i.Sum] = u.URL
			continue
		}
		f, err := i.Load(ctx, wire.Bounds{})
		if err != nil {
			return nil, err
		}
		data, mediaType := wire.Multipart("file", f, map[string]string{"purpose": "image", "ref": f.Name})
		var now struct{ Images []struct{ URL string } }
		if err := s.call(ctx, http.MethodPost, "images/upload/", nil, form{data, mediaType}, &now); err != nil {
			return nil, err
		}
		if len(now.Images) != 1 || now.Images[0].URL == "" {
			return nil, noAPI()
		}
		there[i.Sum] = now.Images[0].URL
		if err := p.Record(ctx, domain.Upload{Sum: i.Sum, URL: there[i.Sum]}); err != nil {
			return nil, err
		}
	}
	return there, nil
}

// cover sets the post's feature image, and notes what had to be changed about it. Where the item has no
// cover, what a person has chosen in Ghost stays; what was the cover before goes.
func cover(p wire.Post, there map[string]string, before string, send map[string]any) (notes []string) {
	c := p.Cover()
	if c == nil {
		if before != "" && slices.ContainsFunc(p.Uploads, func(u domain.Upload) bool { return u.URL == before }) {
			send["feature_image"], send["feature_image_alt"], send["feature_image_caption"] = nil, nil, nil
		}
		return nil
	}
	alt, cut := shorten(c.AltText, mostAlt)
	if cut {
		notes = append(notes, altCut)
	}
	send["feature_image"], send["feature_image_alt"] = there[c.Sum], alt
	send["feature_image_caption"] = html.EscapeString(c.Caption)
	return notes
}
