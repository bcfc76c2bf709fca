package image

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/draw"

	"vellocity/internal/domain"
)

// smallestEdge is the longer edge, in pixels, below which nothing is made smaller to fit.
const smallestEdge = 100

// Fit returns the picture with at most so many bytes, and its longer edge at most so many pixels; 0 is
// no bound. One that fits stays as it is, byte for byte. Any other becomes a JPEG on white, in the best
// quality that fits; the mark of its origin stays.
func (p Picture) Fit(most, edge int) (Picture, error) {
	fits := func(p Picture) bool {
		return (most <= 0 || len(p.Data) <= most) && (edge <= 0 || max(p.Width, p.Height) <= edge)
	}
	if fits(p) {
		return p, nil
	}
	from, err := p.Decode()
	if err != nil {
		return p, err
	}
	mark := p.mark()
	longer := max(p.Width, p.Height)
	if edge > 0 {
		longer = min(longer, edge)
	}
	for ; longer >= smallestEdge; longer = longer * 3 / 4 {
		to := onWhite(from, longer)
		for _, quality := range []int{jpegQuality, 80, 65} {
			var out bytes.Buffer
			if err := jpeg.Encode(&out, to, &jpeg.Options{Quality: quality}); err != nil {
				return p, fmt.Errorf("write a smaller picture: %w", err)
			}
			small := Picture{out.Bytes(), domain.ImageJPEG, to.Rect.Dx(), to.Rect.Dy()}
			if len(mark) > 0 {
				if small, err = small.withMark(mark); err != nil {
					return p, err
				}
			}
			if fits(small) {
				return small, nil
			}
		}
	}
	return p, fmt.Errorf("the picture cannot be made smaller than %d bytes", most)
}

// onWhite returns a picture scaled to a longer edge, with white behind what is transparent: JPEG knows
// no transparency.
func onWhite(from image.Image, edge int) *image.RGBA {
	b := from.Bounds()
	longer := max(b.Dx(), b.Dy())
	scale := func(n int) int { return max(1, (n*edge+longer/2)/longer) }
	to := image.NewRGBA(image.Rect(0, 0, scale(b.Dx()), scale(b.Dy())))
	draw.Draw(to, to.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(to, to.Bounds(), from, b, draw.Over, nil)
	return to
}

// mark returns the mark of a picture that was checked here, as XMP; nothing where it has none.
func (p Picture) mark() []byte {
	start := bytes.Index(p.Data, []byte("<?xpacket begin="))
	const last = `<?xpacket end="w"?>`
	if start < 0 {
		return nil
	}
	end := bytes.Index(p.Data[start:], []byte(last))
	if end < 0 {
		return nil
	}
	return p.Data[start : start+end+len(last)]
}
