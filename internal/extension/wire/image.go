package wire

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// Image is an image of a post.
type Image struct {
	domain.ItemImage
	URL string // where the public feed shows it; empty: nowhere
	// Load returns the file, within bounds: one that is too large is made smaller.
	Load func(ctx context.Context, b Bounds) (File, error)
}

// Bounds are what a channel takes of an image; 0 is no bound.
type Bounds struct{ Bytes, Edge int }

// File is the file of an image as it is uploaded.
type File struct {
	Name      string // vellocity-9f86d081884c7d65.png: the same for the same image
	MediaType string
	Data      []byte
	Width     int // pixels
	Height    int
}

// fileName is how the file of an image is called elsewhere.
func fileName(i domain.ItemImage, ending domain.ImageFormat) string {
	return "vellocity-" + i.Sum[:min(len(i.Sum), 16)] + "." + string(ending)
}

// FileOf returns a file of an image.
func FileOf(i domain.ItemImage, format domain.ImageFormat, data []byte, width, height int) File {
	return File{fileName(i, format), format.MediaType(), data, width, height}
}

// Cover returns the cover; nil: the post has none.
func (p Post) Cover() *Image {
	n := slices.IndexFunc(p.Images, func(i Image) bool { return i.Role == domain.ImageCover })
	if n < 0 {
		return nil
	}
	return &p.Images[n]
}

// Shown returns the images that an article shows: its cover, and those that its text names.
func (p Post) Shown() (list []Image) {
	named := map[int64]bool{}
	if p.Render != nil {
		p.Render(func(i domain.ItemImage) string { named[i.ImageID] = true; return "" })
	}
	for _, i := range p.Images {
		if i.Role == domain.ImageCover || named[i.ImageID] {
			list = append(list, i)
		}
	}
	return list
}

// HTMLAt returns the text as HTML, with its images at these addresses by their checksums. Of one that has
// none, readers get the alt text.
func (p Post) HTMLAt(addresses map[string]string) string {
	if p.Render == nil {
		return p.HTML
	}
	return p.Render(func(i domain.ItemImage) string { return addresses[i.Sum] })
}

// Foreign counts what is in the text without the images of the item.
func (p Post) Foreign() Contents { return ContentsOf(p.HTMLAt(nil)) }

// ByOrder returns the images with the cover first.
func (p Post) ByOrder() []Image {
	list := slices.Clone(p.Images)
	slices.SortStableFunc(list, func(a, b Image) int {
		rank := func(i Image) int {
			if i.Role == domain.ImageCover {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	return list
}

// Upload returns what an earlier publication or try has uploaded of an image; ok is false where nothing
// is known.
func (p Post) Upload(i Image) (domain.Upload, bool) {
	n := slices.IndexFunc(p.Uploads, func(u domain.Upload) bool { return u.Sum == i.Sum })
	if n < 0 {
		return domain.Upload{}, false
	}
	return p.Uploads[n], true
}

// Record stores an upload before the post that shows it is made, so that another try uploads nothing
// twice.
func (p Post) Record(ctx context.Context, u domain.Upload) error {
	if p.Keep == nil {
		return nil
	}
	return p.Keep(ctx, u)
}

// Multipart returns a multipart form (RFC 7578) of a file and fields, and its media type. Names and
// values come from the program or were checked as one line.
func Multipart(name string, f File, fields map[string]string) (body []byte, mediaType string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	var random [16]byte
	_, _ = rand.Read(random[:])                      // it never fails
	_ = w.SetBoundary(hex.EncodeToString(random[:])) // hexadecimal is allowed
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		_ = w.WriteField(key, fields[key]) // a buffer takes everything
	}
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%q`, name, f.Name)},
		"Content-Type":        {f.MediaType},
	})
	_, _ = part.Write(f.Data)
	_ = w.Close()
	return out.Bytes(), w.FormDataContentType()
}

// LostOfArticle returns what a site loses of an article with its images.
func LostOfArticle(p Post) (lost []string) {
	lost = p.Foreign().OfArticle()
	if n := len(p.Images) - len(p.Shown()); n > 0 {
		lost = append(lost, Count(n, "image")+" that the text does not show: they are not sent.")
	}
	return append(lost, WithoutAlt(p)...)
}

// WithoutAlt says which images hold up the publication, since they have no alt text.
func WithoutAlt(p Post) (lost []string) {
	var ids []string
	for _, i := range p.Images {
		if strings.TrimSpace(i.AltText) == "" {
			ids = append(ids, fmt.Sprint(i.ImageID))
		}
	}
	if len(ids) > 0 {
		lost = append(lost, "It cannot be published: image "+strings.Join(ids, ", ")+" has no alt text. Write in alt_text "+
			"what the image shows.")
	}
	return lost
}

// LostOfImages returns what a network that shows at most so many images loses of a post's.
func LostOfImages(p Post, most int) (lost []string) {
	if n := len(p.Images) - most; n > 0 {
		lost = append(lost, fmt.Sprintf("%s left out: a post has at most %d.", Count(n, "image"), most))
	}
	for _, i := range p.Images {
		if i.Caption != "" {
			lost = append(lost, "The captions of images: only alt texts are sent.")
			break
		}
	}
	return append(lost, WithoutAlt(p)...)
}
