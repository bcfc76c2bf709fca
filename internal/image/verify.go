package image

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"vellocity/internal/domain"
)

// The largest picture that is taken.
const (
	MostBytes  = 20 << 20
	MostEdge   = 8192     // pixels
	MostPixels = 24 << 20 // of the whole: about 100 MB of memory once it is decoded
)

// Picture is a picture that went through [Verify]: it is whole, of a known format, and says
// nothing about who made it where, except for the mark of [Picture.Marked].
type Picture struct {
	Data          []byte
	Format        domain.ImageFormat
	Width, Height int // pixels
}

// codec is what has to be known about a format.
type codec struct {
	format domain.ImageFormat
	is     func([]byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	// strip keeps what the picture needs and drops all else: metadata, comments, what
	// follows the end. mark is an XMP packet to add; empty: none.
	strip func(data, mark []byte) ([]byte, error)
}

func codecs() []codec {
	return []codec{
		{domain.ImagePNG, isPNG, png.DecodeConfig, png.Decode, stripPNG},
		{domain.ImageJPEG, isJPEG, jpeg.DecodeConfig, jpeg.Decode, stripJPEG},
		{domain.ImageWebP, isWebP, webp.DecodeConfig, webp.Decode, stripWebP},
	}
}

// errCut means that a file ends too early, or contradicts itself.
var errCut = errors.New("the picture is damaged")

// Verify checks bytes from outside. It looks at what they are, not at what they were called:
// a PNG, JPEG or WebP that decodes to its last row, within the limits. The picture that it
// returns has the same pixels and colors, and neither metadata nor anything after its end.
// The error says what is wrong, for people.
func Verify(data []byte) (Picture, error) {
	if len(data) == 0 {
		return Picture{}, errors.New("the picture is empty")
	}
	if len(data) > MostBytes {
		return Picture{}, fmt.Errorf("the picture has more than %d MB", MostBytes>>20)
	}
	for _, c := range codecs() {
		if c.is(data) {
			return c.verify(data)
		}
	}
	return Picture{}, errors.New("it is not a PNG, JPEG or WebP picture")
}

func (c codec) verify(data []byte) (Picture, error) {
	clean, err := c.strip(data, nil)
	if err != nil {
		return Picture{}, err
	}
	// The size is read before anything is decoded: a small file can claim a huge picture.
	size, err := c.config(bytes.NewReader(clean))
	if err != nil {
		return Picture{}, fmt.Errorf("%w (%w)", errCut, err)
	}
	if err := checkSize(size.Width, size.Height); err != nil {
		return Picture{}, err
	}
	m, err := c.decode(bytes.NewReader(clean))
	if err != nil {
		return Picture{}, fmt.Errorf("%w (%w)", errCut, err)
	}
	if b := m.Bounds(); b.Dx() != size.Width || b.Dy() != size.Height {
		return Picture{}, fmt.Errorf("%w: it states two sizes", errCut)
	}
	return Picture{clean, c.format, size.Width, size.Height}, nil
}

func checkSize(width, height int) error {
	if width < 1 || height < 1 {
		return fmt.Errorf("%w: it has no pixels", errCut)
	}
	if width > MostEdge || height > MostEdge || width*height > MostPixels {
		return fmt.Errorf("the picture is too large: %d × %d pixels; at most %d on each side and %d million in all",
			width, height, MostEdge, MostPixels/1_000_000)
	}
	return nil
}

// Decode returns the pixels.
func (p Picture) Decode() (image.Image, error) {
	for _, c := range codecs() {
		if c.format == p.Format {
			return c.decode(bytes.NewReader(p.Data))
		}
	}
	return nil, fmt.Errorf("decode a picture: unknown format %q", p.Format)
}

// withMark returns the picture with an XMP packet in place of whatever metadata it had.
func (p Picture) withMark(packet []byte) (Picture, error) {
	for _, c := range codecs() {
		if c.format == p.Format {
			data, err := c.strip(p.Data, packet)
			p.Data = data
			return p, err
		}
	}
	return p, fmt.Errorf("mark a picture: unknown format %q", p.Format)
}
