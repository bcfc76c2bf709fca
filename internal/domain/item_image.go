package domain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ImageRole says where an item shows an image.
type ImageRole string

// The roles.
const (
	ImageCover  ImageRole = "cover"  // above the text, in lists and link previews; an item has at most one
	ImageInline ImageRole = "inline" // where the text names it
)

// Values lists the roles.
func (ImageRole) Values() []string { return names([]ImageRole{ImageCover, ImageInline}) }

// ItemImage is an image as an item shows it. What the file is stands here too, so that a version and
// a publication are whole; files never change.
type ItemImage struct {
	ImageID int64       `json:"image_id"`
	Role    ImageRole   `json:"role"`
	AltText string      `json:"alt_text"`          // what it shows, for those who do not see it; required to publish
	Caption string      `json:"caption,omitempty"` // that readers see below it; plain text
	Sum     string      `json:"sum"`               // SHA-256 of the file, hexadecimal
	Format  ImageFormat `json:"format"`
	Width   int         `json:"width"` // pixels
	Height  int         `json:"height"`
	Bytes   int         `json:"bytes"`
}

// MostItemImages is how many inline images an item may have, beside its cover.
const MostItemImages = 20

// imageScheme begins the address of an item's image in a text: image:31 (RFC 3986, section 3.1).
const imageScheme = "image:"

// ImageRef returns how a text names an image: ![…](image:31).
func ImageRef(id int64) string { return imageScheme + strconv.FormatInt(id, 10) }

// ParseImageRef returns the id of the image that an address in a text names; ok is false for any
// other address.
func ParseImageRef(address string) (id int64, ok bool) {
	digits, ok := strings.CutPrefix(address, imageScheme)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil && id > 0 && digits == strconv.FormatInt(id, 10)
}

// File returns the name of the image's file, as addresses have it: its checksum and its format.
func (i ItemImage) File() string { return i.Sum + "." + string(i.Format) }

// NewItemImage returns an image as an item shows it at first: inline, with the image's own alt text.
func NewItemImage(from Image) ItemImage {
	return ItemImage{
		ImageID: from.ID, Role: ImageInline, AltText: from.AltText,
		Sum: from.Sum, Format: from.Format, Width: from.Width, Height: from.Height, Bytes: from.Bytes,
	}
}

// OneCover makes all covers but the n-th inline images, where that one is a cover.
func OneCover(images []ItemImage, n int) {
	for m := range images {
		if m != n && images[n].Role == ImageCover {
			images[m].Role = ImageInline
		}
	}
}

// CheckItemImages returns a VALIDATION_ERROR for more inline images than an item may have.
func CheckItemImages(images []ItemImage) error {
	var p Problems
	inline := len(images)
	if CoverOf(images) != nil {
		inline--
	}
	if inline > MostItemImages {
		p.Many("images", MostItemImages, inline)
	}
	return p.Err()
}

// Cover returns the item's cover; nil: it has none.
func (c ContentItem) Cover() *ItemImage { return CoverOf(c.Images) }

// CoverOf returns the cover among the images of an item; nil: there is none.
func CoverOf(images []ItemImage) *ItemImage {
	n := slices.IndexFunc(images, func(i ItemImage) bool { return i.Role == ImageCover })
	if n < 0 {
		return nil
	}
	return &images[n]
}

// ImageByID returns the place of an image among those of an item; -1: it is not there.
func ImageByID(images []ItemImage, id int64) int {
	return slices.IndexFunc(images, func(i ItemImage) bool { return i.ImageID == id })
}

// ImageIDs returns the ids of images, in their order.
func ImageIDs(images []ItemImage) []int64 {
	var ids []int64
	for _, i := range images {
		ids = append(ids, i.ImageID)
	}
	return ids
}

// NamedImages returns those of the images that a text names by [ImageRef], as inline images: what a
// text that was made from another one needs of that one's images.
func NamedImages(body string, images []ItemImage) (list []ItemImage) {
	for _, i := range images {
		if strings.Contains(body, "("+ImageRef(i.ImageID)+")") {
			i.Role = ImageInline
			list = append(list, i)
		}
	}
	return list
}

// ImageBlockers returns why an item may not be published for its images: one without an alt text.
func ImageBlockers(images []ItemImage) (list []Blocker) {
	for n, i := range images {
		if strings.TrimSpace(i.AltText) == "" {
			list = append(list, Blocker{
				Field: fmt.Sprintf("images[%d].alt_text", n),
				Message: fmt.Sprintf("Image %d has no alt text. Write in alt_text what it shows, for readers who do not see it, "+
					"or remove the image from the item.", i.ImageID),
			})
		}
	}
	return list
}

// ImageInUse is the CONFLICT of an image that cannot be deleted, since items show it. Its details name
// the items.
func ImageInUse(items []ItemRef) *Error {
	var titles []string
	ids := []int64{}
	for _, i := range items {
		titles, ids = append(titles, fmt.Sprintf("“%s” (%d)", i.Title, i.ID)), append(ids, i.ID)
	}
	return Errorf(CodeConflict, "This image is in use by %s. Remove it from there first; if the item is published, "+
		"publish it again after that.", strings.Join(titles, ", ")).With("content_ids", ids)
}

// Upload is an image that was uploaded to a channel.
type Upload struct {
	Sum string // SHA-256 of the image as it is here
	ID  string // what the channel calls it; may be empty
	URL string // where it is there; may be empty
}
